"""P4.1: a crew that arrived in time says so too late; the breach is lifted, and so is the alarm."""

from datetime import timedelta

import pytest
from django.db.models import F

from guardia.cases import chain, derived, rebuild
from guardia.cases.refusals import TimeBeforeTheCase
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Condition
from tests.procedure.nights import Night


@pytest.fixture
def night(story) -> Night:
    """Travel (three hours to a main city) is late as far as anybody knows, and level 1 is paged."""
    night = Night(story)
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    due = story.clock("travel").due_at
    while due - story.now > timedelta(minutes=29):
        night.sweep_after(23)
        story.case.tell("la cuadrilla va en camino", by=story.by, at=story.now)
    night.sweep_after((due - story.now) / timedelta(minutes=1) + 1)
    assert night.paged() == ["supervisor-a", "supervisora-b"]
    return night


def arrived_ten_minutes_early(story):
    """The telephone of the crew comes back into coverage: it was there all the time."""
    at = story.clock("travel").due_at - timedelta(minutes=10)
    return story.case.arrive(by=story.by, at=at, now=story.now)


def test_P4_1_the_breach_is_lifted_and_stays_on_record(night, story):
    arrived_ten_minutes_early(story)
    assert (story.clock("travel").outcome, story.clock("travel").breached_at) == ("kept", None)
    about_travel = [
        moment
        for moment, data in story.case.events.order_by("seq").values_list("moment", "data")
        if data.get("clock") == "travel" and moment.startswith("breach")
    ]
    assert about_travel == ["breached", "breach_lifted"]
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_E_the_escalation_ends_with_the_breach_and_those_paged_are_told_once(night, story):
    story.minutes_pass(2)
    arrived_ten_minutes_early(story)
    assert night.running is None
    assert night.told("escalation_ended") == ["supervisor-a", "supervisora-b"]
    night.passes(5)
    assert Notice.objects.filter(moment="escalation_ended").count() == 2
    assert story.case.escalations.get().ended_at is not None


def test_P4_4_the_hours_of_the_solution_count_from_the_arrival_itself(night, story):
    arrived = arrived_ten_minutes_early(story)
    assert story.clock("field_solution").started_at == arrived.occurred_at
    assert story.clock("work_permit").due_at == arrived.occurred_at + timedelta(minutes=30)
    assert list(rebuild.rebuild()) == []


def test_E_an_arrival_that_was_late_lifts_nothing(night, story):
    story.minutes_pass(10)
    story.case.arrive(by=story.by, at=story.now - timedelta(minutes=1), now=story.now)
    assert story.clock("travel").outcome == "breached"
    assert "breach_lifted" not in story.moments()
    assert night.running is None  # the promise was met, if late: nothing is left to answer for


def test_P_the_news_that_a_late_arrival_brings_takes_back_none_that_was_told_after_it(night, story):
    """The next news counts from the last one: the customer heard from us after the arrival that we learn of now."""
    told_at = story.now
    story.case.tell("seguimos sin saber de la cuadrilla", by=story.by, at=told_at)
    story.minutes_pass(5)
    arrived_ten_minutes_early(story)
    last = story.case.clocks.filter(kind="next_news").order_by("-ordinal")[0]
    assert last.due_at == story.now + timedelta(minutes=30)
    assert not story.case.clocks.filter(kind="next_news", outcome="breached").exists()


def test_P_news_that_nobody_had_keeps_no_promise_of_news(night, story):
    """An arrival that the telephone sends when the next news is late already: it was told now, and counts from now."""
    news = story.clock("next_news", story.case.clocks.filter(kind="next_news").count())
    story.now = news.due_at + timedelta(minutes=28)
    story.the_sweep_runs()
    story.case.arrive(by=story.by, at=news.due_at - timedelta(minutes=1), now=story.now)
    kept = story.clock("next_news", news.ordinal)
    assert (kept.outcome, kept.breached_at, kept.ended_at) == ("breached", news.due_at, story.now)
    assert story.clock("next_news", news.ordinal + 1).started_at == story.now
    assert list(rebuild.rebuild()) == []


def test_P_no_clock_ends_before_it_began(night, story):
    story.case.tell("seguimos sin saber de la cuadrilla", by=story.by, at=story.now)
    story.minutes_pass(5)
    arrived_ten_minutes_early(story)
    assert [clock.kind for clock in story.case.clocks.filter(ended_at__lt=F("started_at"))] == []


# --- its other acts, which arrive late as well ---


def test_P4_4_a_crew_that_left_unfinished_hours_ago_says_so_late(story):
    """The four hours have gone on all the time; the agreement on the next visit is owed since the crew left."""
    at = came_and_cleared(story)
    story.minutes_pass(300)
    story.the_sweep_runs()
    left = at + timedelta(minutes=90)
    story.case.leave_site(False, "falta fibra", by=story.by, at=left, now=story.now, source="field")
    assert story.case.visits.get().left_at == left
    assert story.clock("field_solution").breached_at is not None
    assert story.clock("dispatch_agreed", 2).breached_at == left + timedelta(minutes=15)
    assert list(rebuild.rebuild()) == []


def test_P4_what_came_before_a_step_on_record_is_refused_with_the_hour_it_follows(story):
    at = came_and_cleared(story)
    story.minutes_pass(60)
    early = at - timedelta(minutes=30)
    for late in (
        lambda: story.case.leave_site(False, "falta fibra", by=story.by, at=early, now=story.now),
        lambda: story.case.restore("empalme", by=story.by, at=early, now=story.now),
        lambda: story.case.use_parts(
            [{"name": "SFP", "quantity": 1}], by=story.by, at=early - timedelta(hours=1), now=story.now
        ),
    ):
        with pytest.raises(TimeBeforeTheCase):
            late()


def test_P4_3_a_crew_that_arrived_before_the_desk_knew_of_the_storm(story):
    """Its arrival ends what held it up, and the wait for it has not lasted."""
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(60)
    arrived = story.now - timedelta(minutes=5)
    decided = story.now + timedelta(hours=1)
    more = {"stops_clock": True, "asked_by": "Despacho"}
    story.case.block(Condition.WEATHER, "tormenta", decided, by=story.by, at=story.now, **more)
    story.minutes_pass(10)
    story.case.arrive(by=story.by, at=arrived, now=story.now, source="field")
    visit, wait = story.case.open_visit(), story.case.waits.get()
    assert (visit.arrived_at, visit.blocked_at) == (arrived, None)
    assert wait.ended_at == wait.started_at
    assert story.clock("travel").outcome == "kept"
    assert list(rebuild.rebuild()) == []


def came_and_cleared(story):
    """When the crew was let in; a minute before now."""
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(10)
    story.case.clear_permit(by=story.by, at=story.now)
    cleared = story.now
    story.minutes_pass(1)
    return cleared
