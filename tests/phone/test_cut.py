"""P1: whatever part of a call was not heard, nothing untrue is said of it: never kept where it was late, or unseen."""

from datetime import timedelta

import pytest

from guardia.calls import exchange_seen, journal
from guardia.calls.call import Call, Measure
from guardia.cases.rebuild import rebuild
from guardia.intake import phone
from guardia.reports.reception_report import Length, ReceptionFilters, Span, reception_report
from tests.phone.recorded import heard

STEPS = 7
TRUTH = {"over_a_minute": ("late", 85.0440), "answered": ("kept", 4.0096), "abandoned": ("abandoned", 20.0055)}


def hears_with_a_gap(board, name: str, lost: int, back: int) -> None:
    """What was said between the two places is not heard; afterwards the exchange shows what is there."""
    events = list(heard(name))
    board.hears(events[:lost])
    journal.lost(board.exchange, events[max(lost - 1, 0)].received_at)
    at = events[back - 1].received_at
    reference = next(iter(Call.objects.values_list("reference", flat=True)), "")
    ended = any(("Event", "Hangup") in one.packet and ("Uniqueid", reference) in one.packet for one in events[:back])
    board.looks_around([exchange_seen.listed([reference] if reference and not ended else [])], at)
    phone.follow(board.exchange, journal.back(board.exchange, at), max(board.now, at))
    board.hears(events[back:])


@pytest.mark.parametrize("name", sorted(TRUTH))
@pytest.mark.parametrize("place", range(STEPS))
@pytest.mark.parametrize("length", [1, 3])
def test_p1_a_gap_anywhere_says_nothing_untrue(board, name, place, length):
    count = len(heard(name))
    lost, back = count * place // STEPS, min(count, count * (place + length) // STEPS)
    hears_with_a_gap(board, name, lost, back)
    part, waited = TRUTH[name]
    calls = list(Call.objects.all())
    assert len(calls) <= 1
    span = Span.around(Length.DAY, board.now)
    total = reception_report(ReceptionFilters(span), board.now).total
    for call in calls:
        clock = call.clocks.filter(kind="reception", target_seconds__isnull=False).first()
        told = call.answered_at or call.abandoned_at
        off = abs(told - call.waiting_at - timedelta(seconds=waited)) if told and call.waiting_at else None
        if clock and clock.outcome == "kept":
            assert part == "kept", (call.measure, call.waiting_at, call.answered_at)
            assert off is not None
            assert off <= timedelta(seconds=2)
        if clock and clock.outcome == "breached":
            assert part == "late"
        if call.measure == Measure.GAP:
            assert total.not_measured == 1
            assert clock is None or clock.outcome == "dropped" or clock.ended_at is None
        else:
            assert getattr(total, part) == 1 or call.settled_at is None
    assert list(rebuild()) == []
