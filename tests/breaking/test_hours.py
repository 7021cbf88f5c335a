"""Hours that are told late, early, to the minute, across midnight, or that contradict each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from guardia.cases.refusals import (
    DecisionInThePast,
    NotGreenLongEnough,
    NothingToStop,
    Refused,
    TimeBeforeTheCase,
    TimeInTheFuture,
)
from guardia.cases.waiting import WaitReason
from guardia.evidence.test_result import Verdict
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Condition, Moment, WaitCause
from tests.breaking.browser import changed, on_record, whole
from tests.breaking.stages import stop_at
from tests.procedure import story as stories

ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "sin llave")
ELSEWHERE = WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party="Proveedor", party_ticket="8841")


@pytest.fixture(autouse=True)
def everything_stays_whole(story):
    """Also a day later, when all that was promised has fallen due."""
    yield
    whole()
    story.minutes_pass(24 * 60)
    story.the_sweep_runs()
    whole()


def does(story, verb: str, *words, at=None, **more):
    """A verb that is told now and happened at ``at``; all of it or nothing, as a door does it."""
    with transaction.atomic():
        return getattr(story.case, verb)(*words, by=story.by, at=at or story.now, now=story.now, **more)


def is_refused(story, refusal: type[Refused], verb: str, *words, at=None) -> None:
    before = on_record()
    with pytest.raises(refusal):
        does(story, verb, *words, at=at)
    assert changed(before) == []


STEPS = [
    ("diagnosis", "diagnose", ("causa", "plan", "remote")),
    ("diagnosis", "recover", ("responde",)),
    ("diagnosis", "decide_dispatch", ()),
    ("agreed", "depart", ()),
    ("on the way", "arrive", ()),
    ("arrived", "clear_permit", ()),
    ("permitted", "restore", ("empalme",)),
    ("remote", "restore", ("cambio",)),
    ("verification", "try_to_confirm", ("Jefe", "no contesta")),
    ("green", "flap", ("cayó", timedelta(seconds=5))),
    ("closure", "relapse", ("otra vez",)),
    ("closure", "close", ("falla", "solución")),
]


@pytest.mark.parametrize(("stop", "verb", "words"), STEPS)
def test_a_step_is_never_before_the_one_it_follows_nor_to_come(story, stop, verb, words):
    stop_at(story, stop)
    followed = story.now - timedelta(minutes=2)
    is_refused(story, TimeInTheFuture, verb, *words, at=story.now + timedelta(minutes=2))
    for before in (timedelta(hours=1), timedelta(days=400)):
        if (stop, verb) not in {("closure", "relapse"), ("closure", "close"), ("green", "flap")}:
            is_refused(story, TimeBeforeTheCase, verb, *words, at=followed - before)
    is_refused(story, TimeBeforeTheCase, verb, *words, at=followed - timedelta(days=1))


def test_an_hour_said_to_the_minute_may_be_the_minute_of_the_step(story):
    story.now = story.now.replace(second=20, microsecond=7)
    story.open_case()
    minute = story.now.replace(second=0, microsecond=0)
    does(story, "add_test", "ping", "100 %", Verdict.BAD, at=minute)
    does(story, "add_test", "OTDR", "corte", Verdict.BAD, at=minute)
    does(story, "diagnose", "fibra", "empalme", "remote", at=minute)
    does(story, "restore", "empalme", at=minute)
    for whom in ("Jefe", "Mesa", "Gerente"):
        does(story, "try_to_confirm", whom, "no contesta", at=minute)
    story.service_is_tested()
    supervisor = Actor.of_staff(story.supervisor)
    assert story.case.go_on_unconfirmed("nadie", by=supervisor, at=story.now).data["attempts"] == 3
    assert story.clock("verification").taken_seconds == 40


def test_across_midnight_and_the_turn_of_the_year(story, monkeypatch):
    midnight = datetime(2027, 1, 1, 5, 0, tzinfo=UTC)  # in Ecuador
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", midnight - timedelta(minutes=2))
    story.now = midnight - timedelta(minutes=2)
    story.open_case()
    story.minutes_pass(5)
    story.diagnosis()
    story.minutes_pass(30)
    does(story, "restore", "empalme", at=midnight + timedelta(minutes=20))
    story.customer_confirms()
    assert story.clock("diagnosis").taken_seconds == 300
    assert story.clock("remote_solution").taken_seconds == 20 * 60 - (story_minutes(story, Moment.DIAGNOSED, midnight))


def story_minutes(story, moment: Moment, since: datetime) -> int:
    return round((story.case.latest(moment).occurred_at - since).total_seconds())


def test_waits_that_overlap_count_once_however_late_they_are_told(story):
    story.open_case()
    begun, due = story.now, story.clock("diagnosis").due_at
    story.minutes_pass(30)
    does(story, "wait", ACCESS, at=begun + timedelta(minutes=5))
    promised = replace(ELSEWHERE, party_promise_at=begun + timedelta(hours=2))
    does(story, "wait", promised, at=begun + timedelta(minutes=10))
    first, second = story.case.waits.order_by("pk")
    is_refused(story, TimeBeforeTheCase, "go_on", second, at=begun + timedelta(minutes=9))
    is_refused(story, TimeInTheFuture, "go_on", second, at=story.now + timedelta(minutes=2))
    second.refresh_from_db()
    does(story, "go_on", second, at=begun + timedelta(minutes=25))
    does(story, "go_on", first, at=begun + timedelta(minutes=15))
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=20)
    assert story.case.status == "inProgress"


def test_a_wait_ends_with_what_it_held_and_the_next_one_stops_the_next_clock(story):
    story.open_case()
    does(story, "wait", ACCESS)
    story.minutes_pass(2)
    story.diagnosis()
    assert story.clock("remote_solution").due_at is not None
    does(story, "wait", ACCESS)
    assert story.clock("remote_solution").due_at is None
    assert story.case.waits.filter(ended_at=None).count() == 1
    story.minutes_pass(1)
    story.service_is_restored()
    assert story.case.waits.filter(ended_at=None).count() == 0


def test_what_was_waited_for_when_the_case_ended_is_over(story, supervisor):
    stop_at(story, "cancelled")
    assert story.case.waits.filter(ended_at=None).count() == 0
    wait = story.case.waits.order_by("pk").last()
    before = on_record()
    assert supervisor.post(f"/casos/{story.number}/reanudar", {"wait": wait.pk}).status_code in {302, 409}
    assert changed(before) == []


def test_nothing_waits_where_nothing_runs(story):
    stop_at(story, "green")
    is_refused(story, NothingToStop, "wait", ACCESS)


def test_a_flap_that_lasts_longer_than_the_window_and_one_that_is_told_late(story):
    stop_at(story, "verification")
    story.customer_confirms()
    confirmed = story.now
    story.minutes_pass(50)
    is_refused(story, TimeInTheFuture, "flap", "cayó", timedelta(hours=2), at=confirmed + timedelta(minutes=1))
    does(story, "flap", "cayó", timedelta(minutes=40), at=confirmed + timedelta(minutes=5))
    does(story, "flap", "cayó antes", timedelta(seconds=30), at=confirmed + timedelta(minutes=1))
    assert story.case.green_since == confirmed + timedelta(minutes=45)
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    is_refused(story, NotGreenLongEnough, "stabilise")
    story.window_is_green(30)
    does(story, "stabilise")
    does(story, "close", "fibra", "empalme")
    outage = story.case.outages[0]
    first = datetime.fromisoformat(outage[1]) - datetime.fromisoformat(outage[0])
    assert story.case.affected_seconds == round((first + timedelta(minutes=40, seconds=30)).total_seconds())


def test_two_relapses_are_two_rounds(story):
    stop_at(story, "relapsed")
    is_refused(story, TimeBeforeTheCase, "recover", "responde", at=story.now - timedelta(hours=1))
    does(story, "recover", "responde")
    story.minutes_pass(1)
    does(story, "relapse", "y otra", at=story.now)
    story.minutes_pass(1)
    does(story, "recover", "responde otra vez")
    assert story.clock("diagnosis", 3).outcome == "kept"
    assert [None not in pair for pair in story.case.outages] == [True] * 3
    story.customer_confirms()
    story.window_is_green(31)
    does(story, "stabilise")
    does(story, "close", "falla", "solución")
    assert story.case.affected_seconds > 0


@pytest.mark.parametrize("early", ["recover", "remote", "plan"])
def test_a_visit_that_is_called_off_makes_room_for_the_next(story, early):
    """Its clocks end with it, so the next visit is agreed anew: no clock runs that nobody can stop."""
    story.open_case()
    story.visit_is_agreed()
    if early == "recover":
        does(story, "recover", "responde")
        story.minutes_pass(1)
        does(story, "relapse", "otra vez")
        story.diagnosis("visit")
    else:
        story.diagnosis("remote" if early == "remote" else "visit")
        if early == "plan":
            does(story, "change_plan", "a distancia", "remote")
        does(story, "change_plan", "con cuadrilla", "visit")
    assert story.case.visits.filter(ended_at=None).count() == 0
    assert story.clock("travel").outcome == "dropped"
    story.minutes_pass(1)
    story.visit_is_agreed()
    assert not story.case.clocks.filter(kind="dispatch_agreed", ended_at=None).exists()
    assert story.clock("travel", 2).ended_at is None


def test_the_next_decision_is_still_to_come(story):
    stop_at(story, "agreed")
    for hour in (story.now, story.now - timedelta(seconds=30), story.now - timedelta(days=1)):
        is_refused(story, DecisionInThePast, "block", Condition.ROADS, "derrumbe", hour)
    later = story.now + timedelta(days=300)
    once = [does(story, "block", Condition.ROADS, "derrumbe", later).pk for _ in range(2)]
    assert once[0] == once[1]
    assert story.clock("next_decision").due_at == later
    assert does(story, "block", Condition.WEATHER, "derrumbe", later).pk != once[0]


def test_an_arrival_is_not_before_the_departure(story):
    stop_at(story, "on the way")
    left = story.case.open_visit().departed_at
    is_refused(story, TimeBeforeTheCase, "arrive", at=left - timedelta(minutes=1))
    does(story, "arrive", at=left)
    does(story, "clear_permit")
    is_refused(story, TimeBeforeTheCase, "restore", "empalme", at=left - timedelta(minutes=1))
