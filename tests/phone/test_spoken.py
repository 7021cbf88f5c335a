"""A3: a call of sales or billing that asked for nothing leaves their bench by itself; a technical one never does."""

from datetime import timedelta

import pytest

from guardia.calls.call import Call
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.intake.late_calls import AFTERWARDS, SPOKEN, settle_spoken


def answered(board, desk: str, over: bool = True) -> Call:
    call = reception.ring(from_number="+593999000301", line="", version=board.version, at=board.now)
    Call.objects.filter(pk=call.pk).update(desk=desk)
    call = reception.answer(reception.locked(call.pk), by=board.engineer, at=board.now + timedelta(seconds=9))
    if over:
        Call.objects.filter(pk=call.pk).update(ended_at=board.now + timedelta(minutes=4))
    return call


@pytest.mark.parametrize("desk", ["sales", "billing"])
def test_a3_settled_two_hours_after_its_end(board, desk):
    call = answered(board, desk)
    ended = board.now + timedelta(minutes=4)
    assert settle_spoken(ended + AFTERWARDS - timedelta(seconds=1)) == 0
    assert settle_spoken(ended + AFTERWARDS) == 1
    call.refresh_from_db()
    assert (call.settled_as, call.settled_at) == (SPOKEN, ended + AFTERWARDS)
    assert settle_spoken(ended + AFTERWARDS) == 0


def test_p2_a_technical_call_and_one_that_lasts_stay(board):
    technical, lasting = answered(board, "technical"), answered(board, "billing", over=False)
    assert settle_spoken(board.now + timedelta(days=3)) == 0
    assert set(Call.objects.filter(settled_at=None)) == {technical, lasting}
    assert list(rebuild()) == []
