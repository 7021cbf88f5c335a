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
    assert (call.pk, call.reference, call.measure) == (by_hand.pk, caller.reference, Measure.EXCHANGE)
    assert call.answered_by == board.engineer  # the exchange has not said otherwise yet
    board.seconds_pass(3)
    caller.is_answered("Ingeniero 2", "102")
    assert caller.call.answered_at == board.now
    assert caller.call.answered_by == board.staff["Ingeniero 2"]
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
