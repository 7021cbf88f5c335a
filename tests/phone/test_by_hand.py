"""P1: a call that a person writes down and one that the exchange tells of are one call, by the exchange's hours."""

from datetime import timedelta

import pytest

from guardia.calls.call import Call, Measure
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception

NUMBER = "+970599000201"


def written(board, number: str = NUMBER, line: str = "1800400404") -> Call:
    return reception.written_down(from_number=number, line=line, version=board.version, at=board.now)


def test_p1_written_down_first_it_is_adopted(board):
    by_hand = written(board)
    board.seconds_pass(2)
    reception.answer(reception.locked(by_hand.pk), by=board.engineer, at=board.now)
    board.seconds_pass(30)
    caller = board.rings()
    call = Call.objects.get()
    assert (call.pk, call.reference, call.measure) == (by_hand.pk, caller.reference, Measure.HAND)
    assert call.answered_by == board.engineer  # the exchange has not said otherwise yet
    board.seconds_pass(3)
    caller.is_answered("Ingeniero 2", "102")
    assert caller.call.answered_at == board.now
    assert (caller.call.answered_by, caller.call.measure) == (board.staff["Ingeniero 2"], Measure.EXCHANGE)
    assert list(rebuild()) == []


def test_p1_after_five_minutes_it_is_another_call(board):
    written(board)
    board.seconds_pass(301)
    board.rings()
    assert Call.objects.count() == 2


def test_p1_pressed_while_the_exchange_tells_of_it_makes_no_second_call(board):
    caller = board.rings()
    board.seconds_pass(3)
    assert written(board) == caller.call
    caller.is_answered()
    board.seconds_pass(60)
    assert written(board) == caller.call
    nameless = board.rings("anonymous")
    assert written(board, "") == nameless.call
    assert Call.objects.count() == 2


def test_p1_answered_by_hand_waits_for_the_exchange_s_own_hour(board):
    caller = board.rings()
    board.seconds_pass(5)
    reception.answer(reception.locked(caller.call.pk), by=board.engineer, at=board.now)
    pressed = board.now
    caller.say("AgentCalled", Queue="technical", MemberName="Ingeniera 1", Interface="PJSIP/101", DestUniqueid="leg.1")
    assert caller.call.answered_at == pressed
    board.seconds_pass(1)
    caller.is_answered("Nadie conocido", "199")
    call = caller.call
    assert (call.answered_at, call.answered_as, call.answered_by) == (board.now, "Nadie conocido", board.engineer)
    caller.ends()
    assert caller.call.answered_by == board.engineer
    assert list(rebuild()) == []


def test_p1_an_answer_that_only_a_person_saw_is_measured_by_hand(board, customer):
    """Not as the exchange's own hour: nobody heard it. The case that is opened meanwhile keeps it so."""
    first, second = board.rings(), board.rings("0599000202")
    board.seconds_pass(50)
    for caller in (first, second):
        reception.answer(reception.locked(caller.call.pk), by=board.engineer, at=board.now)
        assert caller.call.measure == Measure.HAND
        caller.say("AgentCalled", Queue="technical", MemberName="Ingeniera 1", DestUniqueid="leg.1")
        assert caller.call.measure == Measure.HAND
    customer.opens_a_case(reception.locked(second.call.pk), board.now)
    for caller in (first, second):
        caller.is_answered()
    assert [caller.call.measure for caller in (first, second)] == [Measure.EXCHANGE, Measure.HAND]
    assert list(rebuild()) == []


def test_p1_what_the_exchange_saw_abandoned_was_not_answered(board):
    caller = board.rings()
    board.seconds_pass(5)
    reception.answer(reception.locked(caller.call.pk), by=board.engineer, at=board.now)
    board.seconds_pass(5)
    caller.gives_up()
    call = caller.call
    assert (call.answered_at, call.left_as) == (None, "abandoned")
    assert caller.clock("call_back").outcome == "running"
    assert list(rebuild()) == []


@pytest.mark.parametrize("done", ["a case", "no fault", "hung up"])
def test_p1_done_with_by_hand_the_next_call_of_the_number_is_another_one(board, customer, done):
    """Else whoever rings now would be behind a call that is settled, and nobody would see it ring."""
    by_hand = reception.locked(written(board).pk)
    board.seconds_pass(20)
    if done == "hung up":
        reception.abandon(by_hand, at=board.now)
    else:
        reception.answer(by_hand, by=board.engineer, at=board.now)
    if done == "a case":
        customer.opens_a_case(by_hand, board.now)
    elif done == "no fault":
        reception.settle(by_hand, as_="not_a_fault", at=board.now)
    board.seconds_pass(60)
    caller = board.rings()
    assert caller.call.is_waiting
    assert Call.objects.count() == 2
    assert list(rebuild()) == []


def test_p1_told_late_a_call_that_was_written_down_and_has_its_case_is_the_same(board, customer):
    begun = board.now
    board.seconds_pass(9)
    by_hand = reception.answer(reception.locked(written(board).pk), by=board.engineer, at=board.now)
    case = customer.opens_a_case(by_hand, board.now)
    board.now = begun
    caller = board.rings()
    caller.is_answered()
    assert (caller.call.pk, caller.call.case_id) == (by_hand.pk, case.pk)
    assert Call.objects.count() == 1


@pytest.mark.parametrize(("seconds", "calls"), [(0, 1), (4, 1), (6, 2)])
def test_p1_a_call_without_a_number_pressed_twice_is_one_call(board, seconds, calls):
    written(board, "")
    board.seconds_pass(seconds)
    written(board, "")
    assert Call.objects.count() == calls


def test_p1_a_line_of_the_procedure_leads_to_its_desk(board):
    assert written(board, line="024004040/3").desk == "billing"
    assert written(board, number="+970599000299", line="como sea").desk == "technical"
    assert Call.objects.get(desk="billing").clocks.count() == 0


def test_p1_a_case_keeps_the_hours_it_was_opened_with(board, customer):
    caller = board.rings()
    board.seconds_pass(5)
    reception.answer(reception.locked(caller.call.pk), by=board.engineer, at=board.now)
    pressed = board.now
    board.seconds_pass(60)
    case = customer.opens_a_case(reception.locked(caller.call.pk), board.now)
    board.now = pressed + timedelta(seconds=1)
    caller.is_answered()
    board.seconds_pass(90)
    caller.ends()
    call = caller.call
    assert (call.answered_at, call.ended_at, call.case_id) == (pressed, board.now, case.pk)
    assert [visit.member for visit in call.visits.all()] == ["Ingeniera 1"]
    assert list(rebuild()) == []
