"""P4 where two things meet: what is said late, a visit that is over, an hour that cannot be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases.refusals import DecisionInThePast, HourOfAnotherYear, NoOpenVisit, TimeBeforeTheCase
from guardia.procedure.vocabulary import Condition
from guardia.reports.closing_rows import report_of
from tests.procedure.story import Story
from tests.procedure.test_p4_crew_told import crew


@pytest.fixture
def agreed(story) -> Story:
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed(crew=crew("norte", "tecnica1"))
    story.minutes_pass(30)
    return story


def is_held_up(story, at=None, hours=1, **more):
    at = at or story.now
    until = at + timedelta(hours=hours)
    return story.case.block(Condition.ROADS, "derrumbe", until, by=story.by, at=at, now=story.now, **more)


def leaves_for_it(story):
    return story.case.depart(by=story.by, at=story.now)


def arrives(story, at=None):
    return story.case.arrive(by=story.by, at=at or story.now, now=story.now)


def plan_is(story, kind: str):
    return story.case.change_plan(f"de otra manera: {kind}", kind, by=story.by, at=story.now)


# --- held up ---


def test_p4_3_what_is_agreed_is_not_held_up_without_an_hour_of_decision(story):
    """It was held up before it was agreed: with the agreement it goes on, else nobody would decide on it ever again."""
    story.open_case()
    story.diagnosis("visit")
    story.case.decide_dispatch(by=story.by, at=story.now)
    story.minutes_pass(1)
    is_held_up(story)
    story.minutes_pass(5)
    story.visit_is_agreed()
    visit = story.case.open_visit()
    assert (visit.blocked_at, visit.condition, visit.next_decision_at) == (None, "", None)
    assert not story.case.clocks.filter(kind="next_decision", ended_at=None).exists()


@pytest.mark.parametrize("step", ["arrive", "resume"])
def test_p4_3_what_held_it_up_before_its_last_step_holds_nothing_up_now(agreed, step):
    early = agreed.now
    agreed.minutes_pass(20)
    if step == "arrive":
        arrives(agreed)
    else:
        is_held_up(agreed)
        agreed.minutes_pass(10)
        hours = (agreed.now + timedelta(hours=1), agreed.now + timedelta(hours=2))
        agreed.case.resume_visit(*hours, by=agreed.by, at=agreed.now)
    agreed.minutes_pass(1)
    with pytest.raises(TimeBeforeTheCase):
        is_held_up(agreed, at=early, hours=2)
    decided = agreed.now + timedelta(hours=1)
    with pytest.raises(TimeBeforeTheCase):
        agreed.case.decide_again(decided, "sigue", by=agreed.by, at=early, now=agreed.now)


def test_p4_3_a_crew_that_was_there_before_was_never_held_up(agreed):
    """Its telephone says late that it had arrived: the wait is of no length, and the report tells of none."""
    early = agreed.now
    agreed.minutes_pass(20)
    is_held_up(agreed, stops_clock=True, asked_by="Cuadrilla norte")
    agreed.minutes_pass(10)
    arrives(agreed, at=early)
    assert agreed.case.open_visit().blocked_at is None
    wait = agreed.case.waits.get()
    assert wait.started_at == wait.ended_at
    (visit,) = report_of(agreed.case, agreed.now).visits
    assert list(visit.held_up) == []


@pytest.mark.parametrize("far", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_p4_an_hour_that_no_letter_could_say_is_refused(agreed, far):
    soon = agreed.now + timedelta(hours=1)
    forecast = replace(agreed.agreement(), forecast_from=min(far, soon), forecast_to=max(far, soon))
    with pytest.raises(HourOfAnotherYear):
        agreed.case.change_dispatch(forecast, by=agreed.by, at=agreed.now)
    with pytest.raises((HourOfAnotherYear, DecisionInThePast)):
        agreed.case.block(Condition.ROADS, "derrumbe", far, by=agreed.by, at=agreed.now)
    is_held_up(agreed)
    with pytest.raises(HourOfAnotherYear):
        agreed.case.resume_visit(min(far, soon), max(far, soon), by=agreed.by, at=agreed.now)


# --- a visit that is over ---


def test_p4_a_crew_that_never_said_it_left_does_not_leave_with_the_next_one(agreed):
    arrives(agreed)
    agreed.minutes_pass(1)
    plan_is(agreed, "remote")
    agreed.minutes_pass(1)
    plan_is(agreed, "visit")
    agreed.minutes_pass(1)
    agreed.visit_is_agreed()
    agreed.minutes_pass(30)
    arrives(agreed)
    agreed.minutes_pass(30)
    agreed.service_is_restored()
    agreed.minutes_pass(1)
    first = agreed.case.leave_site(True, by=agreed.by, at=agreed.now)
    agreed.minutes_pass(1)
    assert agreed.case.leave_site(True, by=agreed.by, at=agreed.now).pk == first.pk
    assert agreed.case.visits.order_by("pk").first().left_at is None


@pytest.mark.parametrize("step", ["depart", "arrive", "clear_permit"])
def test_p4_after_the_end_of_a_visit_a_step_needs_another_one(agreed, step):
    """What is done anew is not taken silently for what was done in the visit before."""
    leaves_for_it(agreed)
    arrives(agreed)
    agreed.case.clear_permit(by=agreed.by, at=agreed.now)
    agreed.minutes_pass(30)
    agreed.case.leave_site(False, "falta fibra", by=agreed.by, at=agreed.now)
    agreed.minutes_pass(30)
    with pytest.raises(NoOpenVisit):
        getattr(agreed.case, step)(by=agreed.by, at=agreed.now)
