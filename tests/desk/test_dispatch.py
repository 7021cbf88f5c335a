"""The dispatch board: who waits, who is on the road, who is free; its address is its filter, its cost what it shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guardia.cases.in_the_field import Looking, counts_by_stand
from guardia.cases.stages.field_work import Agreement
from guardia.config.now import now
from guardia.field.crew import Crew
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Condition
from guardia.web.desk.dispatch_board import board_of
from tests.desk.conftest import words
from tests.procedure.story import staff

POLL = {"hx-request": "true"}


@pytest.fixture
def crew(story) -> Crew:
    return Crew.objects.create(name="Cuadrilla 1", base="Cuenca", phone="+59375550401", specialties=["fibre"])


@pytest.fixture
def other(story) -> Crew:
    return Crew.objects.create(name="Cuadrilla 2", base="Quito", contractor="Redes del Sur", specialties=["power"])


def waits_for_a_crew(story):
    story.open_case()
    story.diagnosis("visit")


def agreed(story, crew: Crew | None, **more):
    hours = {"forecast_from": story.now + timedelta(hours=1.5), "forecast_to": story.now + timedelta(hours=3)}
    agreement = Agreement("Despacho", "Jefe", "Portería", "24 horas", **hours, crew=crew, **more)
    return story.case.agree(agreement, by=story.by, at=story.now)


def rows(stands: str = "", specialty: str = "") -> list:
    return list(board_of(Looking(stands, specialty), now()).rows)


def test_a_case_whose_plan_is_a_visit_waits_for_a_crew(story, engineer, crew):
    waits_for_a_crew(story)
    page = words(engineer.get("/despacho"))
    assert story.case.display_number in page
    assert "no crew yet" in page
    assert f'data-assign="/casos/{story.number}/acuerdo"' in page


def test_a_dispatch_that_is_decided_before_the_diagnosis_waits_too(story, crew):
    story.open_case()
    assert rows() == []
    story.case.decide_dispatch(by=story.by, at=story.now)
    assert [row.place.step for row in rows("sin-cuadrilla")] == ["to_agree"]


def test_a_plan_from_afar_asks_for_nobody(story):
    story.open_case()
    story.diagnosis("remote")
    assert rows() == []


def test_a_visit_is_found_where_it_stands(story, crew):
    waits_for_a_crew(story)
    assert (len(rows("sin-cuadrilla")), len(rows("por-salir"))) == (1, 0)
    agreed(story, crew)
    assert (len(rows("sin-cuadrilla")), len(rows("por-salir"))) == (0, 1)
    story.case.depart(by=story.by, at=story.now)
    assert (len(rows("por-salir")), len(rows("en-camino"))) == (0, 1)
    again = now() + timedelta(hours=2)
    story.case.block(Condition.WEATHER, "niebla", again, by=story.by, at=story.now)
    assert (len(rows("en-camino")), len(rows("bloqueadas"))) == (0, 1)
    assert "decided again at" in rows()[0].forecast
    story.case.resume_visit(again, again + timedelta(hours=1), by=story.by, at=story.now)
    story.case.arrive(by=story.by, at=story.now)
    assert (len(rows("bloqueadas")), len(rows("en-sede"))) == (0, 1)
    story.case.clear_permit(by=story.by, at=story.now)
    story.service_is_restored()
    assert rows() == []


def test_the_counts_stand_beside_the_filters(story, crew):
    waits_for_a_crew(story)
    assert counts_by_stand(now())["sin-cuadrilla"] == 1
    agreed(story, crew)
    counted = counts_by_stand(now())
    assert (counted["sin-cuadrilla"], counted["por-salir"], counted[""]) == (0, 1, 1)


def test_crews_say_where_they_are_and_who_is_free(story, engineer, crew, other):
    waits_for_a_crew(story)
    agreed(story, crew, specialty="fibre")
    free, busy = {}, {}
    for row in board_of(Looking(), now()).crews:
        (free if row.is_free else busy)[row.name] = row
    assert (set(free), set(busy)) == ({"Cuadrilla 2"}, {"Cuadrilla 1"})
    assert busy["Cuadrilla 1"].where == "Banco Austral · Cuenca"
    page = words(engineer.get("/despacho"))
    assert "contractor" in page
    assert 'href="tel:' in page
    assert "1 free" in page


def test_a_filter_by_specialty_keeps_the_key_of_each_crew(story, crew, other):
    every = {row.name: row.key for row in board_of(Looking(), now()).crews}
    fitting = {row.name: row.key for row in board_of(Looking(specialty="power"), now()).crews}
    assert every == {"Cuadrilla 1": "a", "Cuadrilla 2": "b"}
    assert fitting == {"Cuadrilla 2": "b"}


def test_who_takes_no_more_visits_is_shown_until_it_is_back_and_has_no_key(story, crew):
    waits_for_a_crew(story)
    agreed(story, crew)
    Crew.objects.update(active=False)
    assert [(row.name, row.key) for row in board_of(Looking(), now()).crews] == [("Cuadrilla 1", "")]


def test_an_empty_board_teaches(story, engineer):
    page = words(engineer.get("/despacho"))
    assert "no case is waiting for a crew" in page
    assert reverse("crew_new") in page
    assert "No visit has this status now." in words(engineer.get("/despacho?ver=bloqueadas"))


@pytest.mark.parametrize("query", ["?ver=x", "?especialidad=x", "?ver=%00&especialidad=%00"])
def test_an_address_nobody_would_write_is_no_error(story, engineer, query):
    assert engineer.get(f"/despacho{query}").status_code == 200


def test_an_unchanged_board_answers_304_and_a_changed_one_does_not(story, engineer, crew):
    waits_for_a_crew(story)
    tag = engineer.get("/despacho?vivo=1", headers=POLL).headers["HX-PTag"]
    assert engineer.get("/despacho?vivo=1", headers={**POLL, "hx-ptag": tag}).status_code == 304
    agreed(story, crew)
    assert engineer.get("/despacho?vivo=1", headers={**POLL, "hx-ptag": tag}).status_code == 200


def test_a_letter_that_is_not_sent_is_said_before_the_crew_leaves(story, engineer, crew):
    waits_for_a_crew(story)
    agreed(story, crew, people=[{"name": "Persona 1", "document": "0000000001"}])
    assert "the permit letter has not been sent" in words(engineer.get("/despacho"))
    story.case.send_permit_letter(by=story.by, at=story.now)
    assert "the permit letter has not been sent" not in words(engineer.get("/despacho"))


def test_it_asks_the_same_questions_for_one_visit_as_for_many(story, crew, other):
    waits_for_a_crew(story)
    agreed(story, crew)
    with CaptureQueriesContext(connection) as first:
        board_of(Looking(), now())
    for number in range(6):
        story.call = None
        story.seconds_pass(5)
        story.case_is_registered(f"Cortes, {number}")
        story.diagnosis("visit")
        agreed(story, other)
    with CaptureQueriesContext(connection) as many:
        assert len(board_of(Looking(), now()).rows) == 7
    assert len(first) == len(many) <= 10


def test_who_may_only_look_sees_the_board_and_assigns_nobody(story, sign_in, crew):
    waits_for_a_crew(story)
    page = words(sign_in(staff("auditora", Role.AUDITOR)).get("/despacho"))
    assert story.case.display_number in page
    assert "data-assign" not in page
    assert "data-crew-key" not in page
    assert sign_in(staff("tecnico", Role.TECHNICIAN)).get("/despacho").status_code == 403


def test_the_markup_is_what_the_keys_work_on(story, engineer, crew, other):
    waits_for_a_crew(story)
    page = words(engineer.get("/despacho"))
    assert f'data-crew="{crew.pk}" data-crew-key="a" aria-pressed="false"' in page
    assert f'data-crew="{other.pk}" data-crew-key="b"' in page
    assert 'class="bench-list"' in page
    assert 'class="row-link"' in page


def test_the_form_of_the_agreement_comes_with_the_crew_in_it(story, engineer, crew, other):
    waits_for_a_crew(story)
    page = words(engineer.get(f"/casos/{story.number}/acuerdo?crew={other.pk}"))
    assert f'<option value="{other.pk}" selected>' in page
    assert "selected" not in words(engineer.get(f"/casos/{story.number}/acuerdo?crew=x")).split('name="crew"')[1][:400]


def test_the_bench_leads_to_the_board(story, engineer):
    assert f'href="{reverse("dispatch")}"' in words(engineer.get("/"))
