"""Why is it due at this hour: the time from a clock's start to its due hour, part by part, none left out (pure).

A part runs, is closed, or stands still. Closed hours come first: a wait over a weekend delays nothing while the desk is
closed anyway, so the waits of an explanation add up to the delay they caused. The parts add up to the whole, exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from guardia.clocks.calendar import ONE_DAY, Calendar, Hours, NoAnswer
from guardia.clocks.clock_state import ClockState
from guardia.clocks.intervals import Interval, utc


class Counts(StrEnum):
    RUNS = "runs"
    CLOSED = "closed"
    WAITS = "waits"


@dataclass(frozen=True)
class SpanPart:
    """A stretch of time (UTC) and what it is to the clock; ``waits`` are those that hold it, ``rest_days`` the days
    within it that would have been worked but for an exception of the calendar.
    """

    start: datetime
    end: datetime
    counts: Counts
    waits: tuple[str, ...] = ()
    rest_days: tuple[date, ...] = ()

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True)
class Explanation:
    """The parts from the start to ``until``: the due hour, or the hour of asking while the clock stands still."""

    until: datetime
    is_due: bool
    parts: tuple[SpanPart, ...]

    def total(self, counts: Counts) -> timedelta:
        return sum((part.length for part in self.parts if part.counts == counts), timedelta())


def explain(clock: ClockState, now: datetime) -> Explanation:
    """The hour of this clock as a sum. ``now`` (UTC) is asked only for a clock without a due hour."""
    start = utc(clock.started_at)
    due = clock.due_at
    until = max(start, utc(due or clock.ended_at or now))
    return Explanation(until, due is not None, tuple(_parts(clock, start, until)))


def _parts(clock: ClockState, start: datetime, until: datetime) -> Iterator[SpanPart]:
    waits = [(utc(s.start), utc(s.end) if s.end else until, s.wait) for s in clock.stretches]
    open_hours = _open_hours(clock.hours, start, until)
    edges = {start, until}
    edges |= {hour for begin, end, _ in waits for hour in (begin, end) if start < hour < until}
    edges |= {hour for opening in open_hours for hour in opening if start < hour < until}
    hours, found = sorted(edges), list[SpanPart]()
    for begin, end in pairwise(hours):
        part = _part(begin, end, waits, open_hours)
        if found and (found[-1].counts, found[-1].waits) == (part.counts, part.waits):
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(part)
    for part in found:
        yield replace(part, rest_days=rests_within(clock.hours, part)) if part.counts == Counts.CLOSED else part


def _part(
    start: datetime, end: datetime, waits: Sequence[tuple[datetime, datetime, str]], open_hours: Sequence[Interval]
) -> SpanPart:
    if not any(opens <= start < closes for opens, closes in open_hours):
        return SpanPart(start, end, Counts.CLOSED)
    held = tuple(dict.fromkeys(wait for begin, over, wait in waits if begin <= start < over))
    return SpanPart(start, end, Counts.WAITS if held else Counts.RUNS, held)


def _open_hours(hours: Hours, start: datetime, until: datetime) -> list[Interval]:
    found: list[Interval] = []
    try:
        for opens, closes in hours.openings(start):
            if opens >= until:
                break
            found.append((opens, min(closes, until)))
            if closes >= until:
                break
    except NoAnswer:  # hours that never open again: what is left is closed
        pass
    return found


def rests_within(hours: Hours, part: SpanPart) -> tuple[date, ...]:
    """The days within the part whose working hours an exception took away: rest days, decrees."""
    if not isinstance(hours, Calendar):
        return ()
    day, last = part.start.astimezone(hours.zone).date(), part.end.astimezone(hours.zone).date()
    found = []
    while day <= last:
        midnight = datetime.combine(day, time(), hours.zone)
        usual = [
            [(midnight + timedelta(minutes=minutes)).astimezone(UTC) for minutes in span]
            for span in hours.week[day.weekday()]
        ]
        if day in hours.exceptions and any(opens < part.end and part.start < closes for opens, closes in usual):
            found.append(day)
        day += ONE_DAY
    return tuple(found)
