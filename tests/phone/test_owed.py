"""Call-back D: who hung up on the technical desk unanswered is rung back, once; done is when the person is reached."""

from datetime import timedelta

import pytest

from guardia.calls.call import LeftAs
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception


def test_call_back_d_is_owed_within_five_minutes_of_hanging_up(board):
    caller = board.rings()
    board.seconds_pass(40)
    caller.gives_up()
    clock = caller.clock("call_back")
    assert clock.due_at == board.now + timedelta(minutes=5)
    assert caller.call.is_owed_a_call_back
    board.seconds_pass(301)
    assert board.the_sweep_runs() == 1
    assert caller.clock("call_back").breached_at == clock.due_at


def test_call_back_d_several_calls_of_one_number_owe_one(board):
    first = board.rings()
    board.seconds_pass(20)
    first.gives_up()
    due = first.clock("call_back").due_at
    board.seconds_pass(30)
    second = board.rings()
    board.seconds_pass(20)
    second.gives_up()
    assert (first.call.settled_as, second.call.settled_as) == ("", "same_caller")
    assert first.clock("call_back").due_at == due
    assert second.clock("call_back").outcome == "dropped"
    assert list(rebuild()) == []


def test_call_back_d_the_first_call_is_owed_it_even_where_it_became_known_later(board):
    first = board.rings("0599000202")
    first.silent = True
    board.seconds_pass(20)
    first.gives_up()
    board.seconds_pass(30)
    second = board.rings("0599000202")
    board.seconds_pass(20)
    second.gives_up()
    assert second.call.settled_as == ""
    board.hears([board.heard_of(packet) for packet in first.said])
    assert (first.call.settled_as, second.call.settled_as) == ("", "same_caller")
    assert list(rebuild()) == []


def test_call_back_d_who_rings_again_and_is_answered_is_owed_nothing_more(board):
    first = board.rings()
    board.seconds_pass(20)
    first.gives_up()
    board.seconds_pass(60)
    again = board.rings()
    board.seconds_pass(10)
    again.is_answered()
    call = first.call
    assert (call.settled_as, call.reached_at, call.answered_at) == ("called_again", board.now, None)
    assert first.clock("call_back").outcome == "kept"
    assert again.call.settled_at is None
    assert list(rebuild()) == []


def test_call_back_d_answered_again_by_hand_counts_too(board):
    caller = board.rings()
    board.seconds_pass(20)
    caller.gives_up()
    board.seconds_pass(400)
    written = reception.written_down(
        from_number="+970599000201", line="1800400404", version=board.version, at=board.now
    )
    assert written.pk != caller.call.pk
    reception.answer(reception.locked(written.pk), by=board.engineer, at=board.now)
    assert caller.call.settled_as == "called_again"
    assert caller.clock("call_back").outcome == "breached"


def test_call_back_d_when_we_ring_the_number_and_it_answers_the_person_is_on_the_line(board):
    caller = board.rings()
    board.seconds_pass(20)
    caller.gives_up()
    board.seconds_pass(60)
    board.dials("0599000201", "101", answers=False)
    assert caller.call.is_owed_a_call_back
    board.seconds_pass(30)
    board.dials("0599000201", "101")
    call = caller.call
    assert (call.reached_at, call.answered_by, call.settled_at) == (board.now, board.engineer, None)
    assert caller.clock("call_back").outcome == "kept"
    assert caller.clock("registration").outcome == "running"
    caller.ends()  # what is said of the call later takes nothing of it back
    assert caller.call.reached_at == call.reached_at
    assert list(rebuild()) == []


def test_call_back_d_reached_by_hand_stays_reached(board):
    caller = board.rings()
    board.seconds_pass(20)
    caller.gives_up()
    board.seconds_pass(60)
    reception.reach(reception.locked(caller.call.pk), by=board.engineer, at=board.now)
    board.seconds_pass(5)
    caller.ends()
    call = caller.call
    assert (call.answered_by, call.left_as) == (board.engineer, LeftAs.ABANDONED)
    assert call.reached_at == call.answered_at
    after = board.rings()
    board.seconds_pass(10)
    after.gives_up()
    assert after.call.settled_as == ""  # a new call in vain, a new call-back


def test_call_back_d_a_withheld_number_cannot_be_rung_back(board):
    caller = board.rings("anonymous")
    board.seconds_pass(20)
    caller.gives_up()
    assert (caller.call.from_number, caller.call.settled_as) == ("", "no_number")
    assert caller.clock("call_back").outcome == "dropped"
    assert list(rebuild()) == []


@pytest.mark.parametrize(("dialled", "owed"), [("1800400404", True), ("024004040", False), ("0999999", False)])
def test_call_back_d_who_leaves_in_the_menu_is_owed_one_on_a_technical_line_only(board, dialled, owed):
    caller = board.rings(dialled=dialled, queue="")
    board.seconds_pass(5)
    caller.say("HangupRequest")
    caller.ends("0")
    assert caller.call.left_as == LeftAs.IN_MENU
    assert caller.call.is_owed_a_call_back is owed
    assert list(rebuild()) == []


def test_call_back_d_none_is_owed_by_sales(board):
    caller = board.rings(queue="sales")
    board.seconds_pass(20)
    caller.gives_up("sales")
    call = caller.call
    assert (call.desk, call.settled_as, call.clocks.count()) == ("sales", "not_owed", 0)


def test_call_back_d_a_clock_that_never_ran_is_taken_back(board):
    """The end is heard before the answer: a call-back was owed as far as anybody knew, and then never was."""
    caller = board.rings(queue="")
    caller.silent = True
    board.seconds_pass(1)
    caller.joins()
    board.seconds_pass(3)
    caller.is_answered()
    board.seconds_pass(60)
    caller.ends()
    board.hears([board.heard_of(caller.said[-1])])
    assert caller.call.left_as == LeftAs.TURNED_AWAY
    assert caller.clock("call_back").outcome == "running"
    board.hears([board.heard_of(packet) for packet in caller.said])
    assert {clock.kind for clock in caller.call.clocks.exclude(target_seconds=None)} == {"reception", "registration"}
    assert list(rebuild()) == []
    assert board.the_sweep_runs() == 0
