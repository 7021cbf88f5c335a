"""P1: an exchange that pushes (CTI) tells less, and may tell it in any order; the call comes out all the same."""

from datetime import timedelta
from itertools import permutations

import pytest

from guardia.calls import journal
from guardia.calls.call import Call, Measure
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeKind
from guardia.cases.rebuild import rebuild
from guardia.clocks.clock import Clock
from guardia.intake import late_calls, phone

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
        phone.follow(self.exchange, journal.keep_packets(self.exchange, [packet], "cti", at), self.board.now)

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


ANSWERED = {"user": "Ingeniera 1", "answeringNumber": "101"}
SECOND_LEG = {"callId": "c.2", "user": "Ingeniero 2"}
LINKED = (
    {"origCallId": "c.1"},  # sipgate.io: stable across transfers
    {"diversion": "101"},  # a transfer is a new id with the number that forwarded it, and nothing else
)


@pytest.mark.parametrize("link", LINKED, ids=["origCallId", "diversion"])
def test_p1_a_call_that_is_forwarded_waits_again_with_its_own_minute_and_its_owner_moves(pushed, board, link):
    first = {"origCallId": "c.1"} if "origCallId" in link else {}
    pushed.says("newCall", 0, **first)
    pushed.says("answer", 8, **ANSWERED, **first)
    pushed.says("hangup", 40, cause="forwarded", **first)
    assert not pushed.call.is_on_the_line
    pushed.says("newCall", 41, **SECOND_LEG, **link)
    call = pushed.call
    assert (call.is_waiting, call.is_on_the_line, call.ended_at) == (True, False, None)
    assert call.clocks.get(kind="reception", ended_at=None).ordinal == 2
    pushed.says("answer", 50, **SECOND_LEG, answeringNumber="102", **first)
    call = pushed.call
    assert (call.is_on_the_line, call.answered_by, call.speaker) == (True, board.engineer, board.staff["Ingeniero 2"])
    pushed.says("hangup", 90, cause="normalClearing", **SECOND_LEG, **first)
    call = pushed.call
    assert (call.is_on_the_line, call.ended_at - call.arrived_at) == (False, timedelta(seconds=90))
    assert call.clocks.get(kind="reception", ordinal=2).outcome == "kept"
    assert list(rebuild()) == []


def test_p1_another_call_of_the_number_that_was_diverted_elsewhere_is_a_call_of_its_own(pushed):
    pushed.says("newCall", 0)
    pushed.says("answer", 8, **ANSWERED)
    pushed.says("newCall", 20, callId="c.2", diversion="025550199")
    assert Call.objects.filter(exchange=pushed.exchange).count() == 2


def test_p1_a_lost_hang_up_does_not_ring_for_ever(pushed, board):
    pushed.says("newCall", 0)
    board.seconds_pass(29 * 60)
    assert late_calls.end_silent(board.now) == []
    board.seconds_pass(61)
    assert late_calls.is_something_open()
    assert [call.pk for call in late_calls.end_silent(board.now)] == [pushed.call.pk]
    call = pushed.call
    assert (call.is_waiting, call.left_as, call.measure, call.end_unseen) == (False, "unseen", Measure.GAP, True)
    assert call.is_owed_a_call_back
    assert pushed.clocks() == {"reception": "dropped", "call_back": "running"}
    assert list(rebuild()) == []
    pushed.says("answer", 31 * 60, **ANSWERED)  # it was there after all: its own word goes before ours
    assert (pushed.call.is_on_the_line, pushed.call.left_as) == (True, "")
    board.seconds_pass(4 * 3600)
    assert late_calls.end_silent(board.now)
    assert (pushed.call.is_on_the_line, pushed.call.end_unseen) == (False, True)
    assert list(rebuild()) == []


def test_p1_a_person_says_that_the_caller_hung_up(pushed, board):
    pushed.says("newCall", 0)
    board.seconds_pass(25)
    phone.is_over(pushed.call, board.now)
    call = pushed.call
    assert (call.abandoned_at, call.left_as, call.measure) == (board.now, "abandoned", Measure.HAND)
    assert call.is_owed_a_call_back
    pushed.says("hangup", 20, cause="cancel")  # its word comes late, and goes before what was pressed
    call = pushed.call
    assert (call.abandoned_at - call.arrived_at, call.measure) == (timedelta(seconds=20), Measure.EXCHANGE)
    assert list(rebuild()) == []


def test_p1_a_person_says_that_the_talk_is_over(pushed, board):
    pushed.says("newCall", 0)
    pushed.says("answer", 5, **ANSWERED)
    board.seconds_pass(60)
    phone.is_over(pushed.call, board.now)
    call = pushed.call
    assert (call.is_on_the_line, call.is_taken_up, call.ended_at) == (False, True, board.now)
    assert pushed.clocks() == {"reception": "kept", "registration": "running"}
    assert list(rebuild()) == []


def test_call_back_d_who_rang_back_is_known_by_the_first_word_of_the_call_out(pushed, board):
    pushed.says("newCall", 0)
    pushed.says("hangup", 25, cause="cancel")
    agent = {"name": "Ingeniera 1", "staff": board.engineer, "since": board.now - timedelta(hours=1)}
    ExchangeAgent.objects.create(exchange=pushed.exchange, **agent)
    out = {"direction": "out", "from": "042881157", "to": "0990000001", "callId": "c.9"}
    pushed.says("newCall", 60, **out, user="Ingeniera 1")
    pushed.says("answer", 70, **out, answeringNumber="0990000001")
    assert pushed.call.reached_at
    assert pushed.call.answered_by == board.engineer
