"""P4, P4.4: a crew leaves before the work is done, another visit follows; who said so; what was put in, who signed."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import (
    CaseIsClosed,
    DoneAlready,
    Missing,
    NotRestoredYet,
    TimeBeforeTheCase,
    VisitOutOfOrder,
)
from guardia.notices.notice import Notice
from tests.procedure.story import Story

WHY = "falta un tramo de fibra; la cuadrilla vuelve con él"


@pytest.fixture
def at_work(story) -> Story:
    """The crew is at the site and may work since ten minutes."""
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(10)
    story.case.clear_permit(by=story.by, at=story.now)
    heard(story)
    return story


def heard(story) -> None:
    story.last_notice = Notice.objects.order_by("-pk").first().pk


def leaves(story, finished: bool, why: str = "", **more):
    return story.case.leave_site(finished, why, by=story.by, **{"at": story.now} | more)


def visits(story):
    return list(story.case.visits.order_by("pk"))


# --- unfinished ---


def test_p4_4_the_customer_is_told_what_is_left_to_do_and_what_follows(at_work):
    at_work.minutes_pass(60)
    leaves(at_work, False, WHY)
    notice = at_work.is_told("left_site", at_work.head, at_work.desk)[0]
    assert notice.facts["texts"]["reason"] == WHY
    assert notice.facts["next"]["kind"] == "dispatch_agreed"
    assert at_work.clock("dispatch_agreed", 2).due_at == at_work.now + timedelta(minutes=15)
    (visit,) = visits(at_work)
    assert (visit.left_at, visit.ended_at, visit.outcome) == (at_work.now, at_work.now, "unfinished")


def test_p4_4_leaving_does_not_stop_the_four_hours(at_work):
    """ADR 0018: else the promise would be kept by whoever drives away from it in time."""
    arrived = at_work.clock("field_solution").started_at
    at_work.minutes_pass(60)
    leaves(at_work, False, WHY)
    at_work.minutes_pass(5)
    at_work.visit_is_agreed()
    at_work.minutes_pass(180)
    at_work.the_sweep_runs()
    clock = at_work.clock("field_solution")
    assert clock.breached_at == arrived + timedelta(hours=4, minutes=10)  # ten minutes of work permit
    at_work.case.arrive(by=at_work.by, at=at_work.now)
    assert not at_work.case.clocks.filter(kind="field_solution", ordinal=2).exists()


def test_p4_1_travel_begins_anew_with_its_own_agreement(at_work):
    leaves(at_work, False, WHY)
    at_work.minutes_pass(10)
    at_work.visit_is_agreed()
    assert at_work.clock("dispatch_agreed", 2).outcome == "kept"
    assert at_work.clock("travel", 2).due_at == at_work.now + timedelta(hours=3)
    at_work.minutes_pass(60)
    at_work.case.arrive(by=at_work.by, at=at_work.now)
    assert at_work.clock("work_permit", 2).started_at == at_work.now
    at_work.minutes_pass(5)
    at_work.case.clear_permit(by=at_work.by, at=at_work.now)
    at_work.minutes_pass(20)
    at_work.service_is_restored()
    leaves(at_work, True)
    assert [visit.outcome for visit in visits(at_work)] == ["unfinished", "restored"]
    clock = at_work.clock("field_solution")
    assert clock.outcome == "kept"
    assert clock.taken_seconds == (at_work.now - clock.started_at).total_seconds() - 15 * 60


def test_p4_d_a_crew_that_leaves_before_its_permit_stops_nothing_for_ever(story):
    """What the permit leaves out of the four hours ends with the visit."""
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(20)
    leaves(story, False, "el guardia no deja entrar")
    assert story.clock("work_permit").outcome == "dropped"
    assert story.clock("field_solution").due_at == story.now + timedelta(hours=4)


def test_P4_a_remote_plan_ends_the_promises_of_the_crew_on_site(story):
    """The crew was sent before the diagnosis, which needs no visit: nobody waits for its permit for ever."""
    story.open_case()
    story.visit_is_agreed()
    story.minutes_pass(10)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(2)
    story.diagnosis("remote")
    assert [story.clock(kind).outcome for kind in ("work_permit", "field_solution")] == ["dropped", "dropped"]
    assert story.clock("remote_solution").due_at == story.now + timedelta(hours=4)


def test_p4_the_next_visit_is_not_before_the_last_one_ended(at_work):
    at_work.minutes_pass(30)
    leaves(at_work, False, WHY)
    with pytest.raises(TimeBeforeTheCase):
        at_work.case.decide_dispatch(by=at_work.by, at=at_work.now - timedelta(minutes=10), now=at_work.now)


def test_p4_unfinished_asks_why_and_finished_asks_for_the_restoring(at_work):
    with pytest.raises(Missing, match=r"P4\.4"):
        leaves(at_work, False)
    with pytest.raises(NotRestoredYet, match=r"P4\.4"):
        leaves(at_work, True)
    at_work.service_is_restored()
    with pytest.raises(DoneAlready):
        leaves(at_work, False, WHY)


# --- done ---


def test_p4_the_crew_may_leave_in_p5_and_p6_but_not_after_the_closing(at_work):
    at_work.service_is_restored()
    at_work.minutes_pass(4)
    at_work.customer_confirms()
    heard(at_work)
    at_work.minutes_pass(10)
    first = leaves(at_work, True)
    at_work.nobody_is_told()
    assert visits(at_work)[0].left_at == at_work.now
    at_work.minutes_pass(1)
    assert leaves(at_work, True).pk == first.pk
    at_work.window_is_green()
    at_work.case.stabilise(by=at_work.by, at=at_work.now)
    at_work.case.close("fibra cortada", "empalme", by=at_work.by, at=at_work.now)
    with pytest.raises(CaseIsClosed):
        at_work.case.use_parts([{"name": "SFP", "quantity": 1}], by=at_work.by, at=at_work.now)


def test_p4_nobody_leaves_a_site_that_nobody_has_come_to(story):
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    with pytest.raises(VisitOutOfOrder):
        leaves(story, False, WHY)


# --- who said so, and where ---


def test_p4_hours_may_be_reported_by_radio_and_bear_their_place(at_work):
    """A place is where a person stood: it can be erased, so it is a text."""
    at_work.minutes_pass(30)
    at = at_work.now - timedelta(minutes=12)
    place = "-0.18012, -78.48231 ±12 m"
    leaves(at_work, False, WHY, at=at, now=at_work.now, source="radio", place=place)
    event = at_work.case.latest("left_site")
    assert (event.occurred_at, event.recorded_at) == (at, at_work.now)
    assert event.data["source"] == "radio"
    assert place not in str(event.data)
    assert event.texts.get(name="place").text == place


def test_p4_a_step_that_was_on_record_before_the_visit_ended_stays_harmless(at_work):
    """A telephone without network says again, after the restoring, that its crew had arrived."""
    at_work.service_is_restored()
    before = at_work.case.seq
    at_work.case.arrive(by=at_work.by, at=at_work.now - timedelta(minutes=10), now=at_work.now, source="field")
    assert at_work.case.seq == before
