"""How much there was at once, hour by hour: open cases, cases that need somebody, and who was at work."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)
MOST_HOURS = 24 * 62
"""Of a longer stretch, only the hours of the days with most openings are told apart."""


class Life(NamedTuple):
    """One case: from when until when it was open, and the stretches in which somebody had to work on it (UTC)."""

    opened_at: datetime
    closed_at: datetime
    hands: tuple[tuple[datetime, datetime], ...]


class HourLoad(NamedTuple):
    """``open``: at most at once. ``needed``: engineers, if each works on one case at a time: the mean of the cases that
    needed somebody, rounded up.
    """

    at: datetime
    open: int
    needed: int


def by_hour(lives: Iterable[Life]) -> list[HourLoad]:
    """Each hour in which a case was open, in order."""
    changes: Counter[datetime] = Counter()
    seconds: Counter[datetime] = Counter()
    for life in lives:
        changes[life.opened_at] += 1
        changes[life.closed_at] -= 1
        for begin, end in life.hands:
            for hour, part in in_hours(begin, end):
                seconds[hour] += part
    most: Counter[datetime] = Counter()
    open_now, before = 0, None
    for at in sorted(changes):
        if before is not None and open_now:
            for hour, _part in in_hours(before, at):
                most[hour] = max(most[hour], open_now)
        open_now += changes[at]
        hour = at.replace(minute=0, second=0, microsecond=0)
        most[hour] = max(most[hour], open_now)
        before = at
    hours = [hour for hour in sorted(most) if most[hour]]
    return [HourLoad(hour, most[hour], -(-seconds[hour] // 3600)) for hour in hours]


def in_hours(begin: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """The hours between two instants, each with how many seconds of it lie between them."""
    hour = begin.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        part = (min(end, hour + HOUR) - max(begin, hour)).total_seconds()
        if part > 0:
            yield hour, round(part)
        hour += HOUR
