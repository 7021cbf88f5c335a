"""P1: "No superior a un minuto." A call that nobody answered is owed a call-back (call-back D)."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import AlreadySettled, TimeBeforeTheCase
from guardia.cases.stages import reception


@pytest.mark.parametrize(("seconds", "outcome"), [(22, "kept"), (60, "kept"), (61, "breached")])
def test_p1_a_call_is_answered_within_one_minute(story, seconds, outcome):
    call = story.caller_rings()
    story.seconds_pass(seconds)
    story.engineer_answers()
    clock = call.clocks.get(kind="reception")
    assert (clock.outcome, clock.taken_seconds, clock.target_seconds) == (outcome, seconds, 60)
    story.nobody_is_told()


def test_p1_the_breach_of_an_unanswered_call_is_dated_when_it_fell_due(story):
    call = story.caller_rings()
    rang_at = story.now
    story.minutes_pass(10)
    assert story.the_sweep_runs() == 1
    assert call.clocks.get(kind="reception").breached_at == rang_at + timedelta(minutes=1)
    assert story.the_sweep_runs() == 0
    story.nobody_is_told()


def test_p1_answering_twice_changes_nothing(story):
    story.caller_rings()
    story.seconds_pass(10)
    first = story.engineer_answers()
    story.seconds_pass(30)
    assert story.engineer_answers().answered_at == first.answered_at


def test_call_back_d_an_abandoned_call_is_owed_a_call_back_in_five_minutes(story):
    call = story.caller_rings()
    story.seconds_pass(40)
    reception.abandon(reception.locked(call.pk), at=story.now)
    clock = call.clocks.get(kind="call_back")
    assert clock.due_at == story.now + timedelta(minutes=5)
    assert not call.clocks.filter(kind="registration").exists()
    story.minutes_pass(4)
    reception.reach(reception.locked(call.pk), by=story.engineer, at=story.now)
    assert call.clocks.get(kind="call_back").outcome == "kept"
    assert call.clocks.get(kind="registration").started_at == story.now
    story.nobody_is_told()


def test_call_back_d_the_case_of_a_call_back_keeps_the_true_hours(story):
    call = story.caller_rings(story.head)
    story.seconds_pass(40)
    reception.abandon(reception.locked(call.pk), at=story.now)
    story.minutes_pass(4)
    reception.reach(reception.locked(call.pk), by=story.engineer, at=story.now)
    story.minutes_pass(2)
    story.case_is_registered()
    assert story.moments() == ["call_waiting", "call_abandoned", "caller_reached", "call_answered", "registered"]
    assert story.clock("call_back").outcome == "kept"
    assert story.clock("registration").taken_seconds == 120


def test_p1_a_call_that_is_no_fault_owes_nothing_more(story):
    call = story.caller_rings()
    story.seconds_pass(10)
    story.engineer_answers()
    reception.settle(reception.locked(call.pk), as_="not_a_fault", at=story.now)
    story.minutes_pass(30)
    assert story.the_sweep_runs() == 0
    with pytest.raises(AlreadySettled):
        story.case_is_registered()
    story.nobody_is_told()


def test_p1_an_abandoned_call_cannot_be_answered(story):
    call = story.caller_rings()
    story.seconds_pass(20)
    reception.abandon(reception.locked(call.pk), at=story.now)
    with pytest.raises(AlreadySettled):
        story.engineer_answers()


def test_p1_a_call_is_not_answered_before_it_rang(story):
    call = story.caller_rings()  # 07:00 UTC
    with pytest.raises(TimeBeforeTheCase, match="02:00:00"):
        reception.answer(call, by=story.engineer, at=story.now - timedelta(minutes=1))
    assert reception.locked(call.pk).answered_at is None
