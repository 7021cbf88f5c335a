"""The desk plans, announces, moves, cancels, ends, answers: by forms, with what was typed kept where it is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.element import Element, ServiceElement
from guardia.notices.notice import Notice
from guardia.outages import work_course
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.people.staff import Role, Staff
from tests.reports.test_screen import Book


@pytest.fixture(autouse=True)
def today(story) -> None:
    """The doors read the database's own hour."""
    story.now = now()


@pytest.fixture
def browser_of(as_staff) -> Callable[[Role], Client]:
    def open_(role: Role) -> Client:
        member = Staff.objects.create(username=role.value, name=role.value, role=role, language="en")
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(member)
        return browser

    return open_


@pytest.fixture
def desk(browser_of) -> Client:
    return browser_of(Role.ENGINEER)


FORM = {
    "name": "Tarjeta 4",
    "what_es": "Cambio de una tarjeta",
    "what_en": "Change of a card",
    "what_pt": "",
    "circuits": "ENL-0042\nenl-0077",
    "element": "",
    "minutes": "30",
    "carrier": "",
    "carrier_reference": "",
}


def fields(story, days: int = 10, **more) -> dict[str, str]:
    day = (story.now + timedelta(days=days)).strftime("%d/%m/%Y")
    return {**FORM, "starts": f"{day} 02:00", "ends": "06:00", **more}


def planned(desk, story, **more) -> PlannedWork:
    assert desk.post("/trabajos/nuevo", fields(story, **more)).status_code == 302
    return PlannedWork.objects.order_by("pk").last()


def act(desk, work, name: str, **typed):
    return desk.post(f"/trabajos/{work.display_number}/{name}", typed)


def test_the_empty_list_teaches(desk, night):
    said = desk.get("/trabajos").content.decode()
    assert "No work is planned." in said
    assert 'href="/trabajos/nuevo"' in said


def test_a_draft_is_written_shown_and_changed_and_nobody_is_told(desk, night, story):
    work = planned(desk, story)
    assert (work.state, work.expected_minutes) == (WorkState.DRAFT, 30)
    assert (work.ends_at - work.starts_at).total_seconds() == 4 * 3600, "an hour alone is the next one after the start"
    said = desk.get(f"/trabajos/{work.display_number}").content.decode()
    for words in ("2 services, 2 companies", "VIP: Banco Austral", "3 contacts", "Announce it to them"):
        assert words in said
    assert not Notice.objects.exists()
    assert "ENL-0042" in desk.get(f"/trabajos/{work.display_number}/editar").content.decode()
    desk.post(f"/trabajos/{work.display_number}/editar", fields(story, name="Tarjeta 5", circuits="ENL-0077"))
    work.refresh_from_db()
    assert work.name == "Tarjeta 5"
    assert "1 service, 1 company" in desk.get(f"/trabajos/{work.display_number}").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"starts": "mañana"}, "The time is missing"),
        ({"ends": ""}, "This field is required."),
        ({"circuits": "ENL-0042\nENL-9999"}, "No service is called: ENL-9999."),
        ({"circuits": ""}, "No service is affected."),
        ({"element": "CUE-X"}, "No element has this code."),
        ({"minutes": "999"}, "cannot be down for longer than the window lasts: 240 minutes"),
        ({"what_es": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(desk, night, story, wrong, words):
    answer = desk.post("/trabajos/nuevo", fields(story, **wrong))
    said = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert words in said
    assert "Cambio de una tarjeta" in said or "what_es" in wrong
    assert not PlannedWork.objects.exists()


def test_an_element_brings_its_services(desk, night, story):
    node = Element.objects.create(code="CUE-A1", folded_code="cue-a1", name="nodo", kind="node")
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=node)
    ServiceElement.objects.create(customer=story.other, service=night.hospital, element=node, protected=True)
    assert "CUE-A1" in desk.get("/trabajos/nuevo").content.decode()
    work = planned(desk, story, element="cue-a1", circuits="")
    assert [row.service_id for row in work.services.filter(taken_out_at=None)] == [story.service.pk]


def test_announced_late_only_with_its_reason_which_comes_back_if_it_is_refused(desk, night, story):
    work = planned(desk, story, days=2)
    answer = act(desk, work, "anunciar", reason="")
    assert answer.status_code == 422
    assert "the companies are told it" in answer.content.decode()
    assert act(desk, work, "anunciar", reason="urge").status_code == 302
    work.refresh_from_db()
    assert (work.state, work.short_notice_reason) == (WorkState.ANNOUNCED, "urge")
    assert Notice.objects.count() == 5


def test_moved_cancelled_and_their_words_on_the_page(desk, night, story):
    work = planned(desk, story)
    act(desk, work, "anunciar")
    hours = {name: fields(story, days=12)[name] for name in ("starts", "ends")}
    refused = act(desk, work, "mover", **hours, why="")
    assert refused.status_code == 422
    assert hours["starts"] in refused.content.decode()
    assert act(desk, work, "mover", starts="nunca", ends="06:00", why="x").status_code == 422
    assert act(desk, work, "mover", **hours, why="lluvia").status_code == 302
    assert "lluvia" in desk.get(f"/trabajos/{work.display_number}").content.decode()
    assert act(desk, work, "cancelar", why="ya no").status_code == 302
    said = desk.get("/trabajos").content.decode()
    assert "cancelled" in said


def test_an_objection_is_answered_from_the_list_and_counts_in_the_side_column(desk, night, story):
    work = planned(desk, story, needs_agreement="on")
    act(desk, work, "anunciar")
    night.pk = work.pk
    night.objects("es fin de mes")
    said = desk.get("/trabajos").content.decode()
    assert "Objections to answer" in said
    assert "es fin de mes" in said
    assert '<span class="count">1</span>' in said
    assert act(desk, work, "responder", company=story.bank.pk, words="").status_code == 422
    assert act(desk, work, "responder", company=story.bank.pk, words="la movemos").status_code == 302
    assert "Objections to answer" not in desk.get("/trabajos").content.decode()
    assert act(desk, work, "quitar", company=story.bank.pk, why="tiene otro camino").status_code == 302
    assert "1 service, 1 company" in desk.get(f"/trabajos/{work.display_number}").content.decode()


def test_what_overran_stands_above_every_page_until_it_is_over(desk, night, story):
    work = planned(desk, story)
    act(desk, work, "anunciar")
    an_hour = timedelta(hours=1)
    past = {"starts_at": story.now - 5 * an_hour, "ends_at": story.now - an_hour}
    PlannedWork.objects.filter(pk=work.pk).update(**past)
    with behind(DatabaseRole.WORKER):
        work_course.start_due(story.now)
        work_course.overrun_due(story.now)
    with behind(DatabaseRole.STAFF):
        said = desk.get("/").content.decode()
        assert f"Planned work overran: {work.display_number}" in said
        assert "overran" in desk.get(f"/trabajos/{work.display_number}").content.decode()
        assert act(desk, work, "terminar", at="").status_code == 302
        assert "Planned work overran" not in desk.get("/").content.decode()


def test_the_month_is_a_table_of_days(desk, night, story):
    work = planned(desk, story)
    month = work.starts_at.strftime("%Y-%m")
    said = desk.get(f"/trabajos?mes={month}").content.decode()
    assert "02:00–06:00" in said
    assert desk.get("/trabajos?mes=nunca").status_code == 200
    assert desk.get("/trabajos?mes=9999-12").status_code == 200


def test_the_workbook_proves_who_was_told(desk, night, story):
    work = planned(desk, story)
    act(desk, work, "anunciar")
    answer = desk.get(f"/trabajos/{work.display_number}/avisados.xlsx")
    book = Book(answer.content)
    told, answers, turns = (book.rows(number) for number in (1, 2, 3))
    assert len(told) == 5
    assert {row["Company"] for row in told} == {"Banco Austral", "Hospital Los Arrayanes"}
    assert {row["Service"] for row in answers} == {"ENL-0042", "ENL-0077"}
    assert len(turns) == 2


@pytest.mark.parametrize("number", ["TP-9999", "0", "x", "99999999999999999999", "TP-"])
def test_a_work_that_is_none_is_not_found(desk, night, number):
    for address in (f"/trabajos/{number}", f"/trabajos/{number}/editar", f"/trabajos/{number}/avisados.xlsx"):
        assert desk.get(address).status_code == 404
    assert desk.post(f"/trabajos/{number}/anunciar").status_code == 404


def test_who_only_looks_may_look(browser_of, desk, night, story):
    work = planned(desk, story)
    auditor = browser_of(Role.AUDITOR)
    assert auditor.get(f"/trabajos/{work.display_number}").status_code == 200
    assert "Announce it to them" not in auditor.get(f"/trabajos/{work.display_number}").content.decode()
    assert act(auditor, work, "anunciar").status_code == 403
    assert auditor.post("/trabajos/nuevo", fields(story)).status_code == 403
    assert browser_of(Role.TECHNICIAN).get("/trabajos").status_code == 403
    assert Client().get("/trabajos").status_code == 302


def test_it_is_in_the_palette(desk, night):
    assert (
        "/trabajos" in desk.get("/paleta?q=plan").content.decode()
        or "/trabajos" in desk.get("/palette?q=plan").content.decode()
    )
