"""Every clock explains its hour: the parts follow each other and add up to the whole, exactly (clocks, issue's D)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from guardia.clocks.arithmetic import between
from guardia.clocks.calendar import ALWAYS, Calendar
from guardia.clocks.clock_state import ClockState, Stretch
from guardia.clocks.explain import Counts, explain

QUITO = ZoneInfo("America/Guayaquil")
OFFICE = tuple(((510, 1050),) if day < 5 else () for day in range(7))
HALVES = tuple(((510, 720), (780, 1050)) if day < 5 else () for day in range(7))
NIGHTS = tuple(((1080, 480),) for _ in range(7))
MONDAY = datetime(2026, 11, 16, 13, 30, tzinfo=UTC)  # 08:30 in Ecuador

calendars = st.sampled_from(
    [
        ALWAYS,
        Calendar(QUITO, OFFICE),
        Calendar(QUITO, HALVES, {date(2026, 11, 18): (), date(2026, 11, 21): ((600, 660),)}),
        Calendar(ZoneInfo("America/Santiago"), NIGHTS),
        Calendar(ZoneInfo("Europe/Madrid"), HALVES),
    ]
)
hours = st.integers(0, 40 * 24 * 3600).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
stretches = st.lists(
    st.tuples(hours, st.integers(0, 200_000), st.sampled_from("abc")).map(
        lambda drawn: Stretch(drawn[0], drawn[0] + timedelta(seconds=drawn[1]), drawn[2])
    ),
    max_size=6,
)
targets = st.integers(1, 300_000).map(lambda seconds: timedelta(seconds=seconds))


def clock(start, target, calendar=ALWAYS, waits=(), **more):
    held = tuple(Stretch(max(w.start, start), w.end, w.wait) for w in waits if w.end is None or w.end > start)
    return ClockState("diagnosis", 1, "x", 0, "at_most", target, (50, 80), start, held, hours=calendar, **more)


@settings(deadline=None)
@given(start=hours, target=targets, calendar=calendars, waits=stretches)
def test_the_parts_add_up_to_due_minus_start_and_what_runs_is_the_target(start, target, calendar, waits):
    told = explain(asked := clock(start, target, calendar, waits), MONDAY)
    assert told.is_due
    assert told.until == asked.due_at
    assert sum((part.length for part in told.parts), timedelta()) == asked.due_at - start
    assert told.total(Counts.RUNS) == target
    assert told.total(Counts.WAITS) == between(start, asked.due_at, [], calendar) - target
    assert all(a.end == b.start for a, b in pairwise(told.parts))
    assert all(part.start < part.end for part in told.parts)


@settings(deadline=None)
@given(start=hours, target=targets, calendar=calendars, waits=stretches, asked=hours)
def test_while_it_stands_still_the_parts_reach_the_hour_of_asking(start, target, calendar, waits, asked):
    standing = clock(start, target, calendar, [*waits, Stretch(start, None, "open")])
    told = explain(standing, asked)
    assert not told.is_due
    assert told.until == max(start, asked)
    assert sum((part.length for part in told.parts), timedelta()) == told.until - start
    assert told.total(Counts.RUNS) == timedelta()


def test_twenty_minutes_from_two_past_two_with_eight_of_waiting():
    start = datetime(2026, 11, 16, 19, 2, tzinfo=UTC)
    waits = [
        Stretch(start + timedelta(minutes=5), start + timedelta(minutes=11), "a"),
        Stretch(start + timedelta(minutes=9), start + timedelta(minutes=13), "b"),
    ]
    told = explain(clock(start, timedelta(minutes=20), waits=waits), start)
    assert [(p.counts, p.length // timedelta(minutes=1), p.waits) for p in told.parts] == [
        ("runs", 5, ()),
        ("waits", 4, ("a",)),
        ("waits", 2, ("a", "b")),
        ("waits", 2, ("b",)),
        ("runs", 15, ()),
    ]
    assert told.until == datetime(2026, 11, 16, 19, 30, tzinfo=UTC)


def test_a_rest_day_that_was_skipped_is_named_and_a_weekend_is_not():
    rests = Calendar(QUITO, OFFICE, {date(2026, 11, 20): (), date(2026, 11, 21): ()})
    start = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)  # Thursday 17:00
    told = explain(clock(start, timedelta(hours=1), rests), start)
    assert [(p.counts, p.rest_days) for p in told.parts] == [
        ("runs", ()),
        ("closed", (date(2026, 11, 20),)),
        ("runs", ()),
    ]
    assert told.until == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_a_wait_over_a_weekend_is_told_by_the_office_hours_it_took():
    start = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # Friday 16:30
    monday_nine = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    told = explain(clock(start, timedelta(hours=1), Calendar(QUITO, OFFICE), [Stretch(start, monday_nine, "w")]), start)
    assert told.total(Counts.WAITS) == timedelta(hours=1, minutes=30)
    assert told.until == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_hours_that_never_open_are_closed_time_and_no_error():
    never = Calendar(QUITO, ((),) * 7)
    told = explain(clock(MONDAY, timedelta(hours=1), never), MONDAY + timedelta(days=2))
    assert not told.is_due
    assert [(p.counts, p.length) for p in told.parts] == [("closed", timedelta(days=2))]
