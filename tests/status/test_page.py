"""What anybody may read of outages and works: what was made public, and no customer's name, number or service."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.network.element import Element
from guardia.outages.outage import Outage, OutageState
from guardia.outages.planned_work import WorkState
from guardia.web.status import page
from guardia.web.status.page import Entry, by_day

HOUR = timedelta(hours=1)
SECRETS = ("Austral", "Arrayanes", "ENL-0042", "agencia matriz", "jefe@example.com", "555", "CUE-A1", "ingeniero1")


def read(browser, address="/estado", **more) -> str:
    return browser.get(address, **more).content.decode()


def test_off_unless_the_operator_wants_it(browser, network, settings):
    settings.STATUS_PAGE = False
    network.outage()
    assert browser.get("/estado").status_code == 404
    assert browser.get("/estado.atom").status_code == 404


def test_on_a_quiet_day_it_says_so_and_what_to_do_if_one_s_own_service_fails(browser, network):
    said = read(browser)
    assert "No outage is known" in said
    assert "please report it" in said
    assert "None is announced." in said


def test_an_outage_under_way_by_city_and_kind_in_the_operator_s_hours(browser, network):
    outage = network.outage(forecast_at=network.now + HOUR, last_news_at=network.now)
    said = read(browser)
    for words in (
        "There is an outage",
        "Cuenca, Azuay",
        "Fibre cut",
        "Node",
        outage.display_number,
        "Expected to be restored",
    ):
        assert words in said
    assert "(Ecuador time)" in said


def test_no_customer_s_name_number_or_service_ever(browser, network):
    network.outage()
    network.outage(state=OutageState.ENDED, ended_at=network.now - HOUR, restored_at=network.now - HOUR)
    network.work()
    for address in ("/estado", "/estado.atom"):
        for language in ("es", "en", "pt"):
            said = read(browser, f"{address}?lang={language}")
            assert said
            assert [secret for secret in SECRETS if secret in said] == []


def test_what_was_not_made_public_is_not_there(browser, network):
    Element.objects.create(code="X", folded_code="x", name="x", kind="route")
    network.outage(is_public=False)
    network.work(is_public=False)
    network.work(state=WorkState.DRAFT)
    said = read(browser)
    assert "Fibre cut" not in said
    assert "Change of a card" not in said


@pytest.mark.parametrize("state", [OutageState.PROPOSED, OutageState.DISMISSED])
def test_what_was_only_proposed_is_no_outage(browser, network, state):
    network.outage(state=state)
    assert "Fibre cut" not in read(browser)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "announced"),
        ({"state": WorkState.UNDER_WAY, "starts_at": -1, "ends_at": 1, "started_at": -1}, "under way"),
        (
            {"state": WorkState.UNDER_WAY, "starts_at": -3, "ends_at": -1, "started_at": -3, "overran_at": -1},
            "takes longer than announced",
        ),
        ({"state": WorkState.ENDED, "starts_at": -3, "ends_at": -1, "started_at": -3, "ended_at": -1}, "ended"),
        ({"state": WorkState.CANCELLED, "ended_at": -1}, "cancelled"),
    ],
)
def test_a_work_in_each_of_its_states(browser, network, more, words):
    network.work(
        **{name: network.now + value * HOUR if isinstance(value, int) else value for name, value in more.items()}
    )
    said = read(browser)
    assert "Change of a card" in said
    assert f'<span class="kind">{words}</span>' in said


def test_the_history_reaches_ninety_days_back(browser, network):
    for days in (1, 89, 91):
        at = network.now - timedelta(days=days)
        network.outage(
            state=OutageState.ENDED,
            started=at - HOUR,
            restored_at=at,
            ended_at=at,
            public_name={"en": f"before {days} days", "es": "antes"},
        )
    said = read(browser)
    assert "before 1 days" in said
    assert "before 89 days" in said
    assert "before 91 days" not in said


def test_in_the_reader_s_language(network, client):
    network.outage()
    assert "Corte de fibra" in client.get("/estado", headers={"accept-language": "es"}).content.decode()
    assert "Fibre cut" in client.get("/estado", headers={"accept-language": "en-GB,en;q=0.8"}).content.decode()
    portuguese = client.get("/estado?lang=pt")
    assert portuguese.headers["Content-Language"] == "pt"
    assert "Corte de fibra" in portuguese.content.decode(), "the published words where the language lacks"


def test_a_thousand_visitors_ask_the_database_nothing(browser, network, django_assert_num_queries):
    network.outage()
    first = browser.get("/estado")
    with django_assert_num_queries(0):
        for _visitor in range(100):
            assert browser.get("/estado").content == first.content


def test_who_has_it_already_gets_nothing_again(browser, network):
    first = browser.get("/estado")
    assert first.headers["Cache-Control"] == "public, max-age=5"
    assert "Accept-Language" in first.headers["Vary"]
    again = browser.get("/estado", headers={"if-none-match": f"W/{first.headers['ETag']}"})
    assert (again.status_code, again.content) == (304, b"")
    with behind(DatabaseRole.STAFF):
        network.outage()
    page.kept.forget()
    assert browser.get("/estado", headers={"if-none-match": first.headers["ETag"]}).status_code == 200


def test_it_sets_no_cookie_and_has_no_script_and_is_small(browser, network):
    for number in range(120):
        at = network.now - timedelta(hours=10 + number)
        name = {"en": "A long name of an outage in the far east of the country", "es": "x"}
        network.outage(state=OutageState.ENDED, started=at - HOUR, restored_at=at, ended_at=at, public_name=name)
        network.work(
            state=WorkState.ENDED, starts_at=at - HOUR, ends_at=at, started_at=at - HOUR, ended_at=at, public_name=name
        )
    answer = browser.get("/estado")
    assert not answer.cookies
    assert "<script" not in answer.content.decode()
    assert len(answer.content) < 60_000


def test_the_feed_is_atom_with_what_changed_last_first(browser, network):
    network.work()
    outage = network.outage(last_news_at=network.now)
    answer = browser.get("/estado.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    said = answer.content.decode()
    assert said.count("<entry>") == 2
    assert said.index("Fibre cut") < said.index("Change of a card")
    assert f"/estado#{outage.display_number}" in said


def test_a_name_that_is_no_html_stays_words(browser, network):
    network.outage(public_name={"es": "<script>alert(1)</script>", "en": "<b>x</b>"})
    assert "<b>x</b>" not in read(browser)
    assert "&lt;b&gt;x&lt;/b&gt;" in read(browser)


def test_only_looked_at(browser, network):
    assert browser.post("/estado").status_code == 405
    assert browser.get("/estado?lang=xx%00&lang=").status_code == 200
    assert Outage.objects.count() == 0


def test_what_is_over_stands_under_its_day_in_the_operator_s_zone():
    """Half past ten at night in Guayaquil is the next day in Madrid."""
    at = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
    entry = Entry("AM-0001", "over", "over", "Corte", "", "", (), at, at)
    for zone, day in (("America/Guayaquil", "24"), ("Europe/Madrid", "25")):
        (found,) = by_day([entry], zone)
        assert day in found.words


def test_markup_in_a_public_name_is_text(browser, network):
    markup = "<script>alert(1)</script>"
    network.outage(public_name={"en": markup, "es": markup})
    network.work(public_name={"en": markup, "es": markup})
    for address in ("/estado", "/estado.atom"):
        said = read(browser, address)
        assert markup not in said
        assert "&lt;script&gt;" in said
