"""When is it due, how long did it take: pure functions of start, target and waits. UTC, exact to the second.

A wait is an interval during which the clock stands still; overlapping waits count once (W1).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]
OpenInterval = tuple[datetime, datetime | None]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as ordered intervals that neither overlap nor touch; empty ones are left out."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def length(intervals: Iterable[Interval]) -> timedelta:
    """How long the intervals last together, overlaps counted once."""
    return sum((end - start for start, end in union(intervals)), timedelta())


def add(start: datetime, target: timedelta, waits: Iterable[OpenInterval]) -> datetime | None:
    """The hour at which ``target`` of running time has passed since ``start``; None while a wait stands open before it.

    An event on the very hour a wait begins is not delayed by it.
    """
    waits = list(waits)
    due = start + target
    for begin, end in union((max(a, start), b) for a, b in waits if b is not None):
        if begin >= due:
            break
        due += end - begin
    return None if any(end is None and begin < due for begin, end in waits) else due


def between(start: datetime, end: datetime, waits: Iterable[OpenInterval]) -> timedelta:
    """Running time from ``start`` to ``end``, waits left out. Zero where ``end`` is before ``start``."""
    stood = length((max(a, start), min(b or end, end)) for a, b in waits)
    return max(end - start, timedelta()) - stood if end > start else timedelta()
