"""When is it due, how long did it take: pure functions of start, target, waits and calendar. Exact to the second.

A wait is an interval during which the clock stands still; overlapping waits count once (W1). A calendar is the time
that counts at all (A3 D): `ALWAYS` (A1) or the opening hours of `guardia.clocks.calendar`. Answers are in UTC.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from guardia.clocks.calendar import ALWAYS, Hours, NeverOpen
from guardia.clocks.intervals import Interval, OpenInterval, length, union, utc, without

__all__ = ["Interval", "OpenInterval", "add", "between", "length", "union"]


def add(start: datetime, target: timedelta, waits: Iterable[OpenInterval], calendar: Hours = ALWAYS) -> datetime | None:
    """The hour at which ``target`` of running time has passed since ``start``; None while a wait stands open before it.

    An event on the very hour a wait begins, or the desk closes, is not delayed by it.
    Raises NoAnswer where the calendar ends or never opens.
    """
    waits = [(utc(begin), end and utc(end)) for begin, end in waits]
    due = _reach(utc(start), target, union((a, b) for a, b in waits if b is not None), calendar)
    return None if any(end is None and begin < due for begin, end in waits) else due


def between(start: datetime, end: datetime, waits: Iterable[OpenInterval], calendar: Hours = ALWAYS) -> timedelta:
    """Running time from ``start`` to ``end``, waits and closed hours left out. Zero where ``end`` is before ``start``.

    Raises NoAnswer where the calendar ends.
    """
    start, end = utc(start), utc(end)
    if end <= start:
        return timedelta()
    stood = union((utc(a), utc(b) if b else end) for a, b in waits)
    return sum((calendar.length(a, b) for a, b in without((start, end), stood)), timedelta())


def _reach(start: datetime, target: timedelta, stood: Sequence[Interval], calendar: Hours) -> datetime:
    if target <= timedelta():
        return start + target
    left = target
    for opening in calendar.openings(start):
        for begin, end in without(opening, stood):
            if left <= end - begin:
                return begin + left
            left -= end - begin
    raise NeverOpen(start)
