"""The document a customer reads: every clause in it, promises and decisions apart, in three languages."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from guardia.config.now import now
from guardia.customers.cities import City
from guardia.escalation.editing import save_level
from guardia.escalation.escalation import Level
from guardia.people.staff import Role, Staff
from guardia.procedure.filling import decisions_of, filled
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Stage
from tests.procedure.story import rota, staff
from tests.procedure_room.sample import sample

pytestmark = pytest.mark.django_db
QUOTES = re.compile(r"<blockquote.*?</blockquote>", re.DOTALL)


def read(client: Client, language: str = "es") -> str:
    response = client.get("/procedimiento", {"lang": language})
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def page(published: ProcedureVersion, client: Client) -> str:
    return read(client)


@pytest.mark.parametrize("stage", Stage)
def test_P1_to_P7_are_quoted_with_their_published_time(page: str, stage: Stage) -> None:
    rule = sample().stage(stage)
    assert rule.promise.es in page
    assert rule.time.es in page
    assert f'class="clause">{rule.clause}<' in page


def test_A_E_L_clauses_are_quoted(page: str) -> None:
    promises = [clause.promise.es for clause in sample().clauses if clause.promise]
    assert len(promises) == 8
    assert all(promise in page for promise in promises)


def test_L1_L2_L3_E5_numbers_can_be_dialled(page: str) -> None:
    assert page.count('href="tel:024004040"') == 3
    for number in ("1800400404", "024005080", "023318670", "042881157", "+59324005124"):
        assert f'href="tel:{number}"' in page


def in_words_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


@pytest.fixture
def on_level_1(published: ProcedureVersion) -> Staff:
    person = staff("supervisora", Role.SUPERVISOR)
    Staff.objects.filter(pk=person.pk).update(
        name="Supervisora TSC",
        position="Supervisora de turno",
        mobile="+593999000111",
        desk_phone="+59325550100;ext=12",
        email="tsc@example.com",
    )
    rota(1, person, now() - timedelta(days=1))
    Level.objects.create(level=1, phone="+593999000010", phone_name="Celular de Operaciones")
    return person


def test_E2_a_level_prints_name_title_mobile_desk_line_and_mailbox(on_level_1: Staff, client: Client) -> None:
    page = read(client)
    for words in ("Supervisora TSC", "Supervisora de turno", "Celular de Operaciones", "tsc@example.com"):
        assert words in in_words_of(page)
    for href in ("tel:+593999000111", "tel:+59325550100;ext=12", "tel:+593999000010", "mailto:tsc@example.com"):
        assert f'href="{href}"' in page
    assert "probado" not in page


def test_E2_a_level_is_left_out_where_the_operator_says_so(on_level_1: Staff, client: Client) -> None:
    save_level(1, {"phone": "+593999000010", "phone_name": "Celular", "hidden": True}, by=None, at=now())
    page = read(client)
    assert "Supervisora TSC" not in page
    assert "593999000010" not in page


def test_each_notice_of_a_stage_says_on_which_occasion_and_tells_something(page: str) -> None:
    assert "<b>:</b>" not in page


def test_A3_fifteen_days_are_said_in_days(page: str) -> None:
    assert "15 días" in page
    assert "360 horas" not in page


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_L1_L2_a_desk_says_what_is_heard_when_it_is_closed_and_what_it_asks_for(
    published: ProcedureVersion, client: Client, language: str
) -> None:
    page = read(client, language)
    desks = [desk for desk in sample().desks if desk.said_when_closed]
    assert [desk.key for desk in desks] == ["sales", "billing"]
    for desk in desks:
        assert getattr(desk.said_when_closed, language) in page
        assert all(getattr(each.name, language) in page for each in desk.fields)


def test_a_decision_never_stands_in_a_quotation(page: str) -> None:
    quoted = " ".join(QUOTES.findall(page))
    procedure = sample()
    with translation.override("es"):
        decisions = [filled(text, procedure) for _path, text in decisions_of(procedure)]
    assert decisions
    assert all(decision in page and decision not in quoted for decision in decisions)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_length_that_is_filled_in_leaves_the_sentence_right(
    published: ProcedureVersion, client: Client, language: str
) -> None:
    page = read(client, language)
    assert re.search("hasta 1 hora antes|up to 1 hour before|até 1 hora antes", page)
    assert not re.search(r"(últimos|last|últimas) (1|un|one)\b", page)


def test_heading_at_most_and_less_than_are_said_in_words(published: ProcedureVersion, client: Client) -> None:
    page = read(client, "en")
    for words in ("No more than 20 minutes", "Less than 4 hours", "Less than 10 minutes", "No more than 6 hours"):
        assert words in page
    assert "Between 1.5 hours and 3 hours" in page
    assert "No more than 2 working days" in page
    assert not set("≤≥") & set(page)


def test_P5_you_receive_what_the_stage_owes(published: ProcedureVersion, client: Client) -> None:
    assert "The plan that was executed, the time, who of your company confirmed" in read(client, "en")


def test_P4_1_says_how_many_cities_a_band_has(published: ProcedureVersion, client: Client) -> None:
    for name in ("Quito", "Guayaquil"):
        City.objects.create(name=name, province="", band="main")
    assert "2 cities are in this group" in read(client, "en")


def test_the_version_its_hour_and_its_fingerprint_stand_on_it(published: ProcedureVersion, client: Client) -> None:
    page = read(client, "en")
    assert published.short_hash in page
    assert published.sha256 in page
    assert "March 2, 2026, 08:00 (Ecuador time)" in page
    assert "PC-EC-01" in page


@pytest.mark.parametrize(
    ("asked", "spoken", "title"),
    [
        ("es", "es", "Procedimiento de atención al cliente"),
        ("en", "en", "Customer service procedure"),
        ("pt", "pt", "Procedimento de atendimento ao cliente"),
        ("xx", "es", "Procedimiento de atención al cliente"),
        ("", "es", "Procedimiento de atención al cliente"),
    ],
)
def test_the_language_is_the_one_asked_for(published, client: Client, asked: str, spoken: str, title: str) -> None:
    response = client.get("/procedimiento", {"lang": asked} if asked else {}, headers={"accept-language": "es"})
    assert response["Content-Language"] == spoken
    assert f'<html lang="{spoken}"' in response.content.decode()
    assert f"<h1>{title}</h1>" in response.content.decode()


def test_nothing_stands_inline_that_the_browser_would_refuse(page: str) -> None:
    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page


def test_no_blank_is_left_unfilled(page: str) -> None:
    assert "{" not in page


def test_it_is_read_and_never_written(published: ProcedureVersion, client: Client) -> None:
    assert client.post("/procedimiento").status_code == 405


def test_without_a_procedure_the_page_says_what_to_do(as_staff, client: Client) -> None:
    response = client.get("/procedimiento", {"lang": "en"})
    assert response.status_code == 404
    assert 'href="/primeros-pasos"' in response.content.decode()
