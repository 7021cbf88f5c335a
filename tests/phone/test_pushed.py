"""P1: an exchange that pushes (CTI) tells less, and may tell it in any order; the call comes out all the same."""

from datetime import timedelta
from itertools import permutations

import pytest

from guardia.calls import journal
from guardia.calls.call import Call, Measure
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.cases import phone
from guardia.cases.rebuild import rebuild
from guardia.clocks.clock import Clock

IN = {"direction": "in", "from": "0990000001", "to": "1800400404", "callId": "c.1"}


class Pushed:
    def __init__(self, board) -> None:
        self.board = board
        self.exchange = Exchange.objects.create(name="nube", kind=ExchangeKind.CTI, country="EC")
        self.begun = board.now

    def says(self, event: str, seconds: float, received_after: float | None = None, **more: str) -> None:
        """``received_after``: it says no hour of its own, and came in so many seconds after the beginning."""
        said = {"event": event, **IN, **more}
        at = self.begun + timedelta(seconds=seconds if received_after is None else received_after)
        if received_after is None:
            said["timestamp"] = at.isoformat()
        packet = list(said.items())
        self.board.now = max(self.board.now, at)
        phone.follow(self.exchange, journal.keep(self.exchange, [packet], "cti", at), self.board.now)

    @property
    def call(self) -> Call:
        return Call.objects.get(exchange=self.exchange)

    def clocks(self) -> dict[str, str]:
        return dict(
            Clock.objects.filter(call__exchange=self.exchange)
            .exclude(target_seconds=None)
            .values_list("kind", "outcome")
        )


@pytest.fixture
def pushed(board) -> Pushed:
    return Pushed(board)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_p1_an_answered_call_in_any_order(pushed, board, order):
    words = [
        ("newCall", 0, {}),
        ("answer", 20, {"user": "Ingeniera 1", "answeringNumber": "101"}),
        ("hangup", 90, {"cause": "normalClearing"}),
    ]
    for place in [*order, *order]:
        event, seconds, more = words[place]
        pushed.says(event, seconds, **more)
        assert list(rebuild()) == []
    call = pushed.call
    assert (call.from_number, call.desk, call.line) == ("+593990000001", "technical", "1800400404")
    assert (call.measure, call.answered_by, call.left_as) == (Measure.EXCHANGE, board.engineer, "")
    assert call.ended_at - call.answered_at == timedelta(seconds=70)
    assert pushed.clocks() == {"reception": "kept", "registration": "running"}


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize(
    ("cause", "left_as"),
    [("cancel", "abandoned"), ("normalClearing", "abandoned"), ("noAnswer", "timed_out"), ("busy", "timed_out")],
)
def test_p1_an_unanswered_call_is_owed_a_call_back(pushed, order, cause, left_as):
    words = [("newCall", 0, {}), ("hangup", 25, {"cause": cause})]
    for place in order:
        event, seconds, more = words[place]
        pushed.says(event, seconds, **more)
    assert (pushed.call.left_as, pushed.call.is_owed_a_call_back) == (left_as, True)
    assert pushed.clocks() == {"reception": "dropped", "call_back": "running"}
    assert list(rebuild()) == []


def test_p1_hours_of_receipt_are_marked(pushed):
    pushed.says("newCall", 0, received_after=0)
    pushed.says("answer", 0, received_after=12, user="Ingeniera 1")
    assert pushed.call.measure == Measure.RECEIPT
    assert pushed.clocks()["reception"] == "kept"


def test_p1_a_call_that_is_handed_on_stays_one(pushed):
    pushed.says("newCall", 0)
    pushed.says("answer", 8, user="Ingeniera 1", answeringNumber="101")
    pushed.says("hangup", 40, cause="forwarded", callId="c.1", origCallId="c.1")
    pushed.says("newCall", 41, callId="c.2", origCallId="c.1", user="Ingeniero 2")
    pushed.says("answer", 50, callId="c.2", origCallId="c.1", user="Ingeniero 2", answeringNumber="102")
    pushed.says("hangup", 90, callId="c.2", origCallId="c.1", cause="normalClearing")
    call = pushed.call
    assert (call.answered_as, call.ended_at - call.arrived_at) == ("Ingeniera 1", timedelta(seconds=90))
    assert call.transfers.get().staff.extension == "102"
    assert [visit.result for visit in call.visits.order_by("ordinal")] == ["answered", "answered"]
    assert list(rebuild()) == []


def test_call_back_d_a_call_of_ours_that_is_answered_is_the_call_back(pushed, board):
    pushed.says("newCall", 0)
    pushed.says("hangup", 25, cause="cancel")
    out = {"direction": "out", "from": "101", "to": "0990000001", "callId": "c.9"}
    pushed.says("newCall", 60, **out, user="Ingeniera 1")
    assert pushed.call.is_owed_a_call_back
    pushed.says("answer", 70, **out, user="Ingeniera 1")
    call = pushed.call
    assert call.reached_at - call.arrived_at == timedelta(seconds=70)
    assert pushed.clocks() == {"reception": "dropped", "call_back": "kept", "registration": "running"}
    assert Call.objects.count() == 1
    assert list(rebuild()) == []


def test_p1_rings_are_on_record(pushed):
    pushed.says("newCall", 0, user="Ingeniera 1")
    assert [each.member for each in pushed.call.visits.get().attempts.all()] == ["Ingeniera 1"]
    pushed.says("answer", 5, user="Ingeniera 1")
    assert pushed.call.visits.get().attempts.get().result == "answered"
