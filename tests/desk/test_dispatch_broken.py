"""The dispatch board and the acts of a visit under forged forms, odd words, and two people at once."""

from datetime import timedelta

import pytest

from guardia.cases.in_the_field import Looking, counts_by_stand
from guardia.config.now import now
from guardia.field import crews
from guardia.field.crew import Crew, CrewMember
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Condition
from guardia.web.desk.dispatch_board import board_of
from tests.breaking.browser import changed, on_record
from tests.breaking.stages import said
from tests.desk.conftest import words
from tests.desk.test_dispatch import POLL, agreed, crew, other, waits_for_a_crew  # noqa: F401
from tests.procedure.story import staff

FORECAST = {"operator": "Despacho", "customer": "Jefe", "site_contact": "Portería", "access": "24 horas"}


def agreement(crew: Crew, **more) -> dict[str, str]:  # noqa: F811
    soon, later = said(now() + timedelta(hours=2)), said(now() + timedelta(hours=3))
    return {**FORECAST, "crew": str(crew.pk), "forecast_from": soon, "forecast_to": later, **more}


def test_what_is_held_up_before_it_is_agreed_counts_once(story, crew):  # noqa: F811
    story.open_case()
    story.case.decide_dispatch(by=story.by, at=story.now)
    story.case.block(Condition.ROADS, "derrumbe", now() + timedelta(hours=2), by=story.by, at=story.now)
    assert counts_by_stand(now())[""] == len(board_of(Looking(), now()).rows) == 1


def test_who_may_only_look_reads_no_document_of_identity(story, engineer, sign_in, crew):  # noqa: F811
    reader = staff("lectora", Role.QUALITY)
    CrewMember.objects.create(crew=crew, name="Persona 1", document="010000000-1")
    waits_for_a_crew(story)
    agreed(story, crew)
    looks = words(sign_in(reader).get(f"/casos/{story.number}/"))
    assert "Persona 1" in looks
    assert "010000000-1" not in looks
    assert "carta.pdf" not in sign_in(reader).get(f"/casos/{story.number}/").content.decode()
    assert "010000000-1" in words(engineer.get(f"/casos/{story.number}/"))


@pytest.mark.parametrize("what", ["phone", "base", "active", "name", "plate"])
def test_a_poll_answers_anew_once_a_crew_is_another_one(story, engineer, crew, what):  # noqa: F811
    tag = engineer.get("/despacho?vivo=1", headers=POLL).headers["HX-PTag"]
    value = {"phone": "+59375550499", "active": False}.get(what, "Otra")
    Crew.objects.filter(pk=crew.pk).update(**{what: value})
    shown = what != "plate"
    answer = engineer.get("/despacho?vivo=1", headers={**POLL, "hx-ptag": tag})
    assert answer.status_code == (200 if shown else 304)


def test_a_crew_that_was_ended_meanwhile_gets_no_visit(story, engineer, crew):  # noqa: F811
    waits_for_a_crew(story)
    form = agreement(crew)
    crews.end(crew)
    before = on_record()
    assert engineer.post(f"/casos/{story.number}/acuerdo", form).status_code == 422
    assert changed(before) == []


@pytest.mark.parametrize("forged", ["0", "-1", "x", "9" * 30, "١", "\0"])
def test_a_crew_that_nobody_offered(story, engineer, crew, forged):  # noqa: F811
    waits_for_a_crew(story)
    form = {**agreement(crew), "crew": forged}
    assert engineer.post(f"/casos/{story.number}/acuerdo", form).status_code == 422


def test_two_at_once_agree_and_the_second_is_told(story, engineer, sign_in, crew, other):  # noqa: F811
    waits_for_a_crew(story)
    seen = str(story.case.seq)
    assert engineer.post(f"/casos/{story.number}/acuerdo", {**agreement(crew), "seen": seen}).status_code == 302
    answer = sign_in(story.supervisor).post(f"/casos/{story.number}/acuerdo", {**agreement(other), "seen": seen})
    assert answer.status_code in {409, 422}
    assert story.case.open_visit().crew == crew


@pytest.mark.parametrize(
    "lines",
    {
        "parts": "٣ × قطعة · مخزن\n\u202eabc ×2",
        "people": "محمد, ١٢٣\nJosé\u0301 Ñandú, 010000000-1",
        "tools": "🔧\n" * 50,
    }.items(),
)
def test_lists_in_any_letters_are_shown_as_they_were_written(story, engineer, crew, lines):  # noqa: F811
    waits_for_a_crew(story)
    form = agreement(crew, **({"people": "Técnico 1, 010000000-1"} | dict([lines])))
    answer = engineer.post(f"/casos/{story.number}/acuerdo", form)
    assert answer.status_code in {302, 422}
    assert engineer.get(f"/casos/{story.number}/").status_code == 200
    if answer.status_code == 302:
        visit = story.case.open_visit()
        assert engineer.get(f"/casos/{story.number}/visitas/{visit.pk}/carta.pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["parts", "people"])
def test_sixty_one_lines_or_a_line_without_end_are_refused(story, engineer, crew, name):  # noqa: F811
    waits_for_a_crew(story)
    for lines in ("uno\n" * 61, "u" * 301, "uno ×0", "uno ×" + "9" * 400):
        answer = engineer.post(f"/casos/{story.number}/acuerdo", agreement(crew, **{name: lines}))
        assert answer.status_code == 422 or (name == "people" and lines == "uno ×0"), lines[:10]


def test_the_picture_of_another_case_signs_nothing(story, engineer, crew):  # noqa: F811
    waits_for_a_crew(story)
    agreed(story, crew)
    story.case.arrive(by=story.by, at=story.now)
    form = {"name": "Jefe", "position": "Sistemas", "signature": "1"}
    assert engineer.post(f"/casos/{story.number}/firma", form).status_code == 422


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "0000-00", "2026-13", "x", "٢٠٢٦-٠١", "-1"])
def test_the_availability_of_a_month_that_is_none(story, engineer, month):
    story.open_case()
    address = f"/companias/{story.bank.pk}/servicios/{story.service.pk}/disponibilidad"
    for query in (f"?mes={month}", f"?desde={month}&hasta={month}"):
        assert engineer.get(address + query).status_code in {200, 404, 422}
        assert engineer.get(address + ".xlsx" + query).status_code in {200, 404, 422}


def test_the_card_of_a_crew_names_documents_to_who_sends_it_alone(story, engineer, sign_in, crew):  # noqa: F811
    CrewMember.objects.create(crew=crew, name="Persona 1", document="010000000-1")
    assert "010000000-1" in words(engineer.get(f"/cuadrillas/{crew.pk}/"))
    looks = words(sign_in(staff("lectora", Role.QUALITY)).get(f"/cuadrillas/{crew.pk}/"))
    assert ("Persona 1" in looks, "010000000-1" in looks) == (True, False)


def test_who_gets_the_case_as_a_request_reads_no_document_either(story, sign_in, crew):  # noqa: F811
    CrewMember.objects.create(crew=crew, name="Persona 1", document="010000000-1")
    waits_for_a_crew(story)
    agreed(story, crew)
    story.case.arrive(by=story.by, at=story.now)
    story.case.transfer("sales", by=story.by, at=story.now, reason="es de ventas")
    page = words(sign_in(staff("vendedora", Role.SALES)).get(f"/casos/{story.number}/"))
    assert ("Persona 1" in page, "010000000-1" in page) == (True, False)
