"""Stretches of time as sets: union, length, what is left. All in UTC: two hours of one zone subtract by its wall
clock.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

Interval = tuple[datetime, datetime]
OpenInterval = tuple[datetime, datetime | None]


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone, which is no instant."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)


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


def without(interval: Interval, holes: Iterable[Interval]) -> Iterator[Interval]:
    """What is left of the interval, in order. ``holes`` must come from ``union``."""
    start, end = interval
    for begin, over in holes:
        if begin >= end:
            break
        if start < begin:
            yield start, begin
        start = max(start, over)
    if start < end:
        yield start, end
