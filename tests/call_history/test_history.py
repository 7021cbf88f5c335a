"""The history of calls: each filter, fifty a page by their hours, and never a look through the whole past."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from guardia.calls.call import Call, LeftAs, Measure
from guardia.cases.call_rows import RESULTS
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.demo.seed import publish_sample
from guardia.people.staff import Role, Staff
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.call_history import Cursor, result_names

PAGE = reverse("call_history")
FREE, BILLING = "1800400404", "024004040/3"
NUMBER = "+593725550148"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(as_staff) -> ProcedureVersion:
    return publish_sample(datetime(2025, 1, 1, tzinfo=UTC))


@pytest.fixture
def browser(as_staff) -> Client:
    staff = Staff.objects.create(username="i", name="Ingeniera", role=Role.ENGINEER, language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client


@pytest.fixture
def bank(as_staff) -> Customer:
    return Customer.objects.create(name="Banco Austral", folded_name="banco austral", vip=True)


@pytest.fixture
def call(version):
    def made(ago: timedelta = timedelta(hours=1), **facts) -> Call:
        at = now() - ago
        waits = facts.pop("waits", True)
        known = {"line": FREE, "measure": Measure.EXCHANGE, "arrived_at": at, "waiting_at": at if waits else None}
        seconds = {name: at + facts.pop(name) * SECOND for name in ("answered_at", "abandoned_at") if name in facts}
        return Call.objects.create(procedure_version=version, **{**known, **seconds, **facts})

    return made


def rows(browser: Client, query: str = ""):
    answer = browser.get(PAGE + query)
    assert answer.status_code == 200
    return answer.context["rows"]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_without_calls_the_page_teaches(browser, version):
    assert "No calls have been received yet" in text(browser.get(PAGE))
    assert "No call matches" in text(browser.get(PAGE + "?numero=025550100"))


def test_a_row_says_when_who_what_became_of_it_and_leads_to_its_page(browser, call, bank):
    contact = Contact.objects.create(customer=bank, name="Jefa de Sistemas")
    who = Staff.objects.get()
    made = call(
        from_number=NUMBER, customer=bank, contact=contact, answered_at=61.04, answered_by=who, measure=Measure.LOG
    )
    (row,) = rows(browser)
    assert (row.who, row.line, row.result, row.wait) == (
        "Banco Austral · Jefa de Sistemas",
        "Toll-free",
        "answered after the minute",
        "1:01.1",
    )
    assert (row.is_bad, row.doubt, row.by, row.vip) == (True, "by its log, afterwards", "Ingeniera", True)
    page = text(browser.get(PAGE))
    for expected in (reverse("call", args=[made.pk]), reverse("company", args=[bank.pk]), row.number):
        assert expected in page


def test_what_the_exchange_announced_is_shown_escaped(browser, call):
    call(from_name="<script>alert(1)</script>", from_number="")
    page = text(browser.get(PAGE))
    assert "<script>alert" not in page
    assert "no number" in page


@pytest.mark.parametrize(
    ("facts", "words", "is_bad"),
    [
        ({"answered_at": 5}, "answered", False),
        ({"abandoned_at": 5, "left_as": "abandoned"}, "hung up while waiting, call-back pending", True),
        (
            {"abandoned_at": 5, "reached_at": datetime(2026, 11, 25, tzinfo=UTC)},
            "hung up while waiting, called back",
            False,
        ),
        ({"left_as": "turned_away", "waits": False}, "refused by the exchange", False),
        ({"ended_at": datetime(2026, 11, 25, tzinfo=UTC)}, "closed without an answer on record", None),
        ({}, "still waiting, past the minute", True),
        ({"answered_at": 90, "measure": Measure.GAP}, "answered", False),
    ],
)
def test_what_became_of_it_stands_in_words(browser, call, facts, words, is_bad):
    call(**facts)
    (row,) = rows(browser)
    assert row.result == words
    assert is_bad is None or row.is_bad is is_bad


def test_filters_by_number_company_line_and_day(browser, call, bank):
    mine = call(from_number=NUMBER, customer=bank)
    call(ago=2 * DAY, line=BILLING, desk="billing", from_number="101")
    call(ago=3 * DAY, line="")
    day = mine.arrived_at.astimezone().date()
    for query, count in (
        ("?numero=07 255 50148", 1),
        ("?numero=101", 1),
        ("?numero=nada", 0),
        ("?compania=austral", 1),
        (f"?compania={bank.pk}", 1),
        ("?compania=otro", 0),
        (f"?compania={'9' * 18}", 0),
        (f"?linea={BILLING}", 1),
        ("?linea=-", 1),
        (f"?dia={day}&linea={FREE}", 1),
        ("?dia=2020-01-01", 0),
    ):
        assert len(rows(browser, query)) == count, query
    assert 'value="Banco Austral"' in text(browser.get(f"{PAGE}?compania={bank.pk}"))


def test_each_result_finds_its_own(browser, call):
    made = {
        "contestada": call(answered_at=5, case=None),
        "colgo": call(abandoned_at=5, settled_at=now()),
        "menu": call(abandoned_at=5, left_as=LeftAs.IN_MENU, settled_at=now()),
        "cola": call(abandoned_at=5, left_as=LeftAs.TIMED_OUT, settled_at=now()),
        "rechazada": call(left_as=LeftAs.TURNED_AWAY),
        "por-devolver": call(abandoned_at=5, left_as=LeftAs.RESTARTED),
        "en-espera": call(),
        "fuera-de-horario": call(after_hours=True, settled_at=now()),
        "sin-medir": call(measure=Measure.GAP, settled_at=now()),
    }
    assert set(RESULTS) == set(result_names()) == {*made, "sin-caso"}
    for result, one in made.items():
        hrefs = [row.href for row in rows(browser, f"?resultado={result}")]
        assert reverse("call", args=[one.pk]) in hrefs
        assert len(hrefs) == (2 if result == "cola" else 1), result


def test_fifty_a_page_and_each_call_once(browser, call):
    for number in range(101):
        call(ago=timedelta(hours=number // 3), from_number=f"+59370000{number:04}")
    seen, address = [], PAGE
    while address:
        answer = browser.get(address)
        seen += [row.href for row in answer.context["rows"]]
        address = answer.context["older"]
    assert len(seen) == len(set(seen)) == 101


def test_a_rare_result_is_looked_for_month_by_month(browser, call):
    rare = call(ago=45 * DAY, left_as=LeftAs.TURNED_AWAY)
    call(answered_at=1)
    first = browser.get(PAGE + "?resultado=rechazada")
    assert first.context["rows"] == []
    assert "Searched back to" in text(first)
    second = browser.get(first.context["older"])
    assert [row.href for row in second.context["rows"]] == [reverse("call", args=[rare.pk])]
    assert second.context["older"] == ""


ON_RECORD = 2
"""That many rows were seen is on record: the hour and the line."""


def test_a_page_asks_no_more_for_fifty_calls_than_for_one(browser, call, bank):
    def asked() -> int:
        """The fewest of three readings: what a process reads once a second for all pages is in some of them."""
        found = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as queries:
                browser.get(PAGE)
            found.append(len(queries))
        return min(found)

    call(customer=bank)
    few = asked()
    for _ in range(30):
        call(customer=bank)
    assert 0 < asked() <= few + ON_RECORD


@pytest.mark.parametrize("query", ["?dia=pronto", "?dia=1999-01-01", "?resultado=nada"])
def test_a_filter_that_is_not_understood_is_marked(browser, version, query):
    answer = browser.get(PAGE + query)
    assert (answer.status_code, "errorlist" in text(answer)) == (422, True)


@pytest.mark.parametrize("before", ["x", "-", "1-", "9" * 30, "99999999999999999-1", "1-99999999999999999", "%00-1"])
def test_a_cursor_that_is_none_is_left_aside(browser, call, before):
    call()
    assert browser.get(f"{PAGE}?antes={before}&numero=%00").status_code == 200


def test_a_cursor_is_written_and_read():
    cursor = Cursor(datetime(2026, 11, 25, 14, 0, 0, 123456, tzinfo=UTC), 7)
    assert Cursor.parse(str(cursor)) == cursor


def test_a_technician_sees_none_of_it(client, version):
    client.force_login(Staff.objects.create(username="t", name="t", role=Role.TECHNICIAN))
    assert client.get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code in {302, 303}


def test_the_page_of_a_company_shows_its_last_calls(browser, call, bank):
    for _ in range(7):
        call(customer=bank, answered_at=1)
    page = browser.get(reverse("company", args=[bank.pk]))
    assert len(page.context["calls"]) == 5
    assert f"{PAGE}?compania={bank.pk}" in text(page)
    other = Customer.objects.create(name="Otra", folded_name="otra")
    assert "Nobody from this company has called" in text(browser.get(reverse("company", args=[other.pk])))
