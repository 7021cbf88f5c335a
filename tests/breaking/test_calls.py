"""A call's steps in whatever order, by two people: its clocks stay what its facts say, and one call is one case."""

from itertools import product

import pytest

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.customers.editing import end
from tests.breaking.browser import Browser, changed, on_record, taken_back, whole

STEPS = ("contesta", "abandona", "contactado", "no-es-falla", "unir", "registrar")


@pytest.fixture
def rung(story, engineer) -> Call:
    story.open_case()
    engineer.post("/llamadas/timbra", {"from_number": "02 555 0177"})
    return Call.objects.latest("pk")


def take(browser: Browser, story, call: Call, step: str):
    if step == "unir":
        return browser.post(f"/casos/{story.number}/unir", {"call": call.pk})
    if step == "registrar":
        fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
        return browser.post(f"/casos/nuevo?llamada={call.pk}", fields)
    return browser.post(f"/llamadas/{call.pk}/{step}")


def test_the_steps_of_a_call_in_any_order(story, engineer, rung):
    colleague = Browser(story.colleague)
    for steps in (*product(["contesta"], STEPS, STEPS), *product(["abandona"], STEPS[:3], STEPS)):
        with taken_back():
            for browser, step in zip((engineer, colleague, engineer), steps, strict=True):
                before = on_record()
                answer = take(browser, story, rung, step)
                assert answer.status_code in {302, 409, 422}, steps
                assert answer.status_code == 302 or changed(before) == [], steps
            whole()
            rung.refresh_from_db()
            assert Case.objects.count() <= 2, steps
            assert (rung.case_id is None) or rung.settled_as in {"case", "joined"}, steps


@pytest.mark.parametrize("step", ["unir", "registrar"])
def test_a_call_that_was_given_up_belongs_to_no_case(story, engineer, rung, step):
    take(engineer, story, rung, "abandona")
    before = on_record()
    take(engineer, story, rung, step)
    assert changed(before) == []


@pytest.mark.parametrize("step", ["unir", "registrar"])
def test_whoever_takes_up_a_call_that_rings_has_answered_it(story, engineer, rung, step):
    take(engineer, story, rung, step)
    rung.refresh_from_db()
    assert (rung.answered_by, rung.settled_as) == (story.engineer, {"unir": "joined", "registrar": "case"}[step])
    whole()


def test_a_call_cannot_be_joined_to_a_case_that_has_ended(story, engineer, rung):
    take(engineer, story, rung, "contesta")
    story.case.cancel("por error", by=story.by, at=story.now)
    before = on_record()
    take(engineer, story, rung, "unir")
    assert changed(before) == []
    assert "This case is closed" in engineer.get("/").content.decode()


def test_a_step_or_a_call_that_there_is_not(story, engineer, rung):
    for place in (f"{rung.pk}/nada", "0/contesta", f"{10**30}/contesta", f"{'9' * 5000}/contesta", "x/contesta"):
        assert engineer.post(f"/llamadas/{place}").status_code == 404


def test_a_company_that_has_left_is_registered_for_no_more(story, engineer):
    end(story.bank)
    fields = {"service": story.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    for place in ("/casos/nuevo", f"/casos/nuevo?compania={story.bank.pk}"):
        engineer.post(place, fields)
    assert not Case.objects.exists()
