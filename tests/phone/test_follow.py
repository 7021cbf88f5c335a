"""P1, L1 to L4: every recording becomes its call, visits, attempts, clocks and call-backs; heard in whatever way."""

import random
from datetime import timedelta

import pytest

from guardia.calls import exchange_seen, journal, queue_log
from guardia.calls.ami import value
from guardia.calls.call import Call, CallTransfer, Measure, QueueVisit, RingAttempt
from guardia.calls.exchange import ExchangeEvent
from guardia.cases.rebuild import rebuild
from guardia.clocks.clock import Clock
from guardia.intake import phone
from tests.phone.expected import CALLS, IDS, Expected
from tests.phone.recorded import heard, log_packets, names

every_call = pytest.mark.parametrize("expected", CALLS, ids=IDS)
OVERLAP = timedelta(seconds=10)


def promised(call: Call) -> dict[str, str]:
    """The outcome of each clock, and whether it is broken already; a clock that never ran is none."""
    return {clock.kind: clock.outcome for clock in Clock.objects.filter(call=call).exclude(target_seconds=None)}


def is_as(expected: Expected, *, by_log: bool = False) -> Call:
    call = Call.objects.get(reference=expected.reference)
    assert (call.desk, call.from_number, call.after_hours) == (expected.desk, expected.number, expected.after_hours)
    assert (call.left_as, call.settled_as, call.answered_as) == (
        expected.left_as,
        expected.settled_as,
        expected.answered_by,
    )
    visits = list(call.visits.order_by("ordinal").values_list("queue", "result"))
    if by_log:  # it says nothing of telephones that ring without a queue
        assert [each for each in visits if each[0]] == [each for each in expected.visits if each[0]]
    else:
        assert visits == list(expected.visits)
        assert call.line == expected.line
        assert call.measure == Measure.EXCHANGE
        assert call.ended_at is not None
        rang = RingAttempt.objects.filter(visit__call=call).order_by("visit__ordinal", "ordinal")
        assert list(rang.values_list("member", "result")) == list(expected.rang)
        assert list(call.transfers.order_by("ordinal").values_list("kind", "to")) == list(expected.handed)
    assert promised(call) == expected.clocks
    return call


def everything() -> list[list[tuple]]:
    """All rows that a call has, but for their ids."""
    calls = Call.objects.order_by("reference").values_list("reference", "line", "desk", "measure", "arrived_at")
    hours = Call.objects.order_by("reference").values_list("waiting_at", "answered_at", "abandoned_at", "ended_at")
    ends = Call.objects.order_by("reference").values_list("left_as", "settled_as", "settled_at", "answered_by")
    visits = QueueVisit.objects.order_by("call__reference", "ordinal")
    rang = RingAttempt.objects.order_by("visit__call__reference", "visit__ordinal", "ordinal")
    handed = CallTransfer.objects.order_by("call__reference", "ordinal")
    clocks = Clock.objects.exclude(target_seconds=None).order_by("call__reference", "kind")
    return [
        list(rows)
        for rows in (
            calls,
            hours,
            ends,
            visits.values_list("queue", "joined_at", "left_at", "result", "member", "staff", "talk_ended_at"),
            rang.values_list("member", "interface", "rang_at", "ended_at", "result", "staff"),
            handed.values_list("at", "kind", "by", "to", "staff"),
            clocks.values_list("kind", "ordinal", "started_at", "ended_at", "outcome", "due_at"),
        )
    ]


@every_call
def test_p1_every_recording_becomes_its_call(board, expected):
    board.hears(heard(expected.recording))
    call = is_as(expected)
    assert Call.objects.count() == sum(1 for each in CALLS if each.recording == expected.recording)
    if call.answered_by:
        assert call.answered_by.extension == {"Ingeniera 1": "101", "Ingeniero 2": "102", "Ventas 1": "103"}.get(
            expected.answered_by
        )
    assert list(rebuild()) == []


@pytest.mark.parametrize("recording", names())
def test_p1_event_by_event_replayed_and_shuffled_it_is_the_same(board, recording):
    events = list(heard(recording))
    board.hears(events)
    whole, kept = everything(), ExchangeEvent.objects.count()
    assert board.hears(events) == []  # nothing new was said
    assert (everything(), ExchangeEvent.objects.count()) == (whole, kept)


@pytest.mark.parametrize("recording", names())
@pytest.mark.parametrize("seed", range(2))
def test_p1_in_any_order_and_in_any_pieces_it_comes_out_the_same(board, recording, seed):
    chance, events = random.Random(f"{recording}{seed}"), list(heard(recording))
    last = events[-1].received_at
    if seed:
        chance.shuffle(events)
    pieces = sorted(chance.sample(range(1, len(events)), min(12, len(events) - 1)))
    for start, end in zip([0, *pieces], [*pieces, len(events)], strict=True):
        board.hears(events[start:end], now=last)
        assert list(rebuild()) == []
    for expected in (each for each in CALLS if each.recording == recording):
        is_as(expected)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("recording", names())
def test_p1_cut_anywhere_the_log_stands_in_for_what_was_missed(board, recording, seed):
    """Lost after any event, back after any later one: a look around, the log, and on it goes."""
    if recording in ("robots", "closed", "abandoned_in_ivr", "ring_group_answered", "ring_group_given_up"):
        pytest.skip("its log names another leg, or says nothing of a call that was never in a queue")
    events, chance = list(heard(recording)), random.Random(f"{recording}{seed}")
    cut = chance.randrange(len(events))
    resumed = chance.randrange(cut, len(events))
    board.hears(events[:cut])
    back_at = events[resumed].received_at - timedelta(milliseconds=1)
    journal.lost(board.exchange, events[max(cut - 1, 0)].received_at)
    board.looks_around([exchange_seen.listed(alive_after(events[resumed:]))], back_at)
    touched = journal.back(board.exchange, back_at)
    since = events[max(cut - 1, 0)].received_at - OVERLAP
    lines = [each for each in log_packets(recording) if queue_log.hour_of(each, since) >= since]
    before = [each for each in lines if queue_log.hour_of(each, since) <= back_at]
    board.reads_log(before)
    touched |= journal.read_again(board.exchange, back_at)
    phone.follow(board.exchange, touched, board.now)
    board.hears(events[resumed:])
    board.reads_log(lines)  # the next reading overlaps
    assert list(rebuild()) == []
    for expected in (each for each in CALLS if each.recording == recording):
        is_as(expected, by_log=True)
        assert Call.objects.get(reference=expected.reference).measure in (Measure.EXCHANGE, Measure.LOG)


def alive_after(events) -> list[str]:
    """The calls that hang up later than this."""
    said = [value(one.packet, "Linkedid") for one in events if value(one.packet, "Event") == "Hangup"]
    return sorted(set(said))


@pytest.mark.parametrize("recording", names())
def test_p1_a_recording_is_kept_once_and_only_what_says_something(board, recording):
    board.hears(heard(recording))
    kept = ExchangeEvent.objects.count()
    assert 0 < kept < len(heard(recording))
    assert not ExchangeEvent.objects.filter(name__in=["RTCPSent", "DeviceStateChange", "QueueMemberStatus"]).exists()


@pytest.mark.parametrize("recording", ["over_a_minute", "blind_transfer", "queue_timeout", "robots"])
def test_p1_the_log_read_twice_doubles_nothing(board, recording):
    board.hears(heard(recording))
    whole = everything()
    board.reads_log(log_packets(recording))
    board.reads_log(log_packets(recording))
    assert everything() == whole
