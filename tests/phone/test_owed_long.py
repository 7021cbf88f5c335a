"""Call-back D: what is settled stays settled, however many calls come later and however long ago it was."""

from datetime import timedelta

import pytest

from guardia.calls.call import Call
from guardia.cases import phone_owed
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception


def two_in_vain(board):
    first = board.rings()
    board.seconds_pass(20)
    first.gives_up()
    board.seconds_pass(30)
    second = board.rings()
    board.seconds_pass(20)
    second.gives_up()
    board.seconds_pass(60)
    reception.reach(reception.locked(first.call.pk), by=board.engineer, at=board.now)
    assert second.call.settled_as == "same_caller"
    return first, second


def test_call_back_d_a_month_later_nothing_old_is_owed_anew(board):
    _first, second = two_in_vain(board)
    board.now = second.call.arrived_at + phone_owed.LOOKS_BACK - timedelta(seconds=1)
    assert board.rings().call.is_waiting  # the first of the two is out of sight by now, the second is not
    assert second.call.settled_as == "same_caller"
    assert second.clock("call_back").outcome == "dropped"
    assert list(rebuild()) == []


def test_call_back_d_however_many_calls_a_switchboard_makes_nothing_old_is_owed_anew(board, monkeypatch):
    monkeypatch.setattr(phone_owed, "MOST", 5)
    _first, second = two_in_vain(board)
    for _ in range(6):
        board.seconds_pass(60)
        again = board.rings()
        board.seconds_pass(2)
        again.is_answered()
        assert second.call.settled_as == "same_caller"
    assert list(rebuild()) == []


def test_call_back_d_a_call_in_vain_after_many_calls_is_owed_one(board, monkeypatch):
    monkeypatch.setattr(phone_owed, "MOST", 3)
    two_in_vain(board)
    for _ in range(3):
        board.seconds_pass(60)
        board.rings().is_answered()
    board.seconds_pass(60)
    late = board.rings()
    board.seconds_pass(9)
    late.gives_up()
    assert late.call.is_owed_a_call_back


@pytest.mark.parametrize(
    "written", ["0", "000000", "Anonymous", "Unavailable", "asterisk", "anonymous@anonymous.invalid", "No Disponible"]
)
def test_call_back_d_what_cannot_be_dialled_is_nobody_s_number(board, written):
    """Two strangers behind one word are not one caller: the second is not done with the first."""
    first, second = board.rings(written), board.rings(written)
    board.seconds_pass(20)
    first.gives_up()
    second.gives_up()
    assert {call.settled_as for call in Call.objects.all()} == {"no_number"}
    board.seconds_pass(20)
    board.rings(written).is_answered()
    assert {call.settled_as for call in Call.objects.exclude(abandoned_at=None)} == {"no_number"}


def test_call_back_d_one_of_sales_who_rings_the_same_switchboard_has_not_called_back(board):
    caller = board.rings()
    board.seconds_pass(20)
    caller.gives_up()
    board.seconds_pass(20)
    board.dials("0599000201", "103")  # Ventas 1
    assert caller.call.is_owed_a_call_back
    board.seconds_pass(20)
    board.dials("0599000201", "102")
    assert caller.call.answered_by == board.staff["Ingeniero 2"]


def test_call_back_d_rung_back_before_anybody_knew_of_the_call(board):
    """The exchange was not heard when the caller gave up; the log tells it after we have rung the number."""
    caller = board.rings()
    caller.silent = True
    board.seconds_pass(20)
    caller.gives_up()
    board.seconds_pass(60)
    board.dials("0599000201", "101")
    reached = board.now
    board.seconds_pass(3600)
    board.hears([board.heard_of(packet) for packet in caller.said])
    call = caller.call
    assert (call.reached_at, call.answered_by) == (reached, board.engineer)
    assert caller.clock("call_back").outcome == "kept"
    assert list(rebuild()) == []


def test_call_back_d_known_an_hour_late_it_was_owed_since_the_caller_gave_up(board):
    caller = board.rings()
    caller.silent = True
    board.seconds_pass(20)
    caller.gives_up()
    over = board.now
    board.seconds_pass(3600)
    board.hears([board.heard_of(packet) for packet in caller.said])
    clock = caller.clock("call_back")
    assert (clock.started_at, clock.due_at) == (over, over + timedelta(minutes=5))
    assert clock.breached_at == clock.due_at
    assert list(rebuild()) == []
