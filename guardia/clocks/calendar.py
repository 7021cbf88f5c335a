"""The time that counts: opening hours of a zone, week by week, with dated exceptions (A3 D, E5 D); or always (A1).

An instant is open when a clock on the desk's wall, showing the zone's time, reads an hour within the spans of that day.
So a skipped hour is never open and a repeated hour counts twice, as it is worked twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guardia.clocks.intervals import Interval, union, utc
from guardia.procedure.weekly_hours import DAY

Span = tuple[float, float]
"""Opens, closes: minutes since midnight. One that closes no later than it opens closes on the next day."""

ONE_DAY = timedelta(days=1)
EMPTY_DAYS = 400
LOOKS = (0, 6, 12, 18, 24)
"""Hours of a day in UTC at which a zone's offset is compared: two changes within six hours would cancel out."""


class NoAnswer(Exception):
    """The calendar cannot say. The text is a sentence for the reader, with what to do."""


class NeverOpen(NoAnswer):
    def __init__(self, start: datetime) -> None:
        words = _(
            "These hours do not open once in the %(days)d days after %(day)s. Check the calendar and its public "
            "holidays."
        )
        super().__init__(words % {"days": EMPTY_DAYS, "day": f"{start:%Y-%m-%d}"})


class Hours(Protocol):
    """What the arithmetic asks of a calendar. Times go in with any zone and come out in UTC."""

    def next_open(self, at: datetime) -> datetime: ...

    def openings(self, start: datetime) -> Iterator[Interval]: ...

    def length(self, start: datetime, end: datetime) -> timedelta: ...


@dataclass(frozen=True)
class Always:
    """A1: 24 hours a day, 365 days a year. It has no zone, no midnight and no exceptions."""

    def next_open(self, at: datetime) -> datetime:
        return utc(at)

    def openings(self, start: datetime) -> Iterator[Interval]:
        yield utc(start), datetime.max.replace(tzinfo=UTC)

    def length(self, start: datetime, end: datetime) -> timedelta:
        return max(utc(end) - utc(start), timedelta())


ALWAYS = Always()


@dataclass(frozen=True)
class Calendar:
    """Weekly spans (Monday first) in a zone. An exception replaces the spans that begin on its day, both ways.

    Raises ValueError for spans outside the day.
    """

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    _days: dict[date, tuple[Interval, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        spans = [span for day in (*self.week, *self.exceptions.values()) for span in day]
        if len(self.week) != 7 or not all(0 <= opens < DAY and 0 <= closes <= DAY for opens, closes in spans):
            raise ValueError("a calendar has seven days, and spans in minutes from 0 to 1440")

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself if it is open, otherwise when it opens next, in UTC. Raises NoAnswer."""
        return next(self.openings(at))[0]

    def openings(self, start: datetime) -> Iterator[Interval]:
        """Every open interval from ``start`` on, in order and cut at midnight UTC. Raises NoAnswer."""
        start = utc(start)
        day, empty = start.date(), 0
        while empty <= EMPTY_DAYS:
            empty += 1
            for opens, closes in self._open_on(day):
                if closes > start:
                    empty = 0
                    yield max(opens, start), closes
            day += ONE_DAY
        raise NeverOpen(start)

    def length(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open from ``start`` to ``end``; zero if that is not later."""
        start, end = utc(start), utc(end)
        total, day, last = timedelta(), start.date(), end.date()
        while day <= last:
            for opens, closes in self._open_on(day):
                if opens < end and closes > start:
                    total += min(closes, end) - max(opens, start)
            day += ONE_DAY
        return total

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on this day."""
        return self.exceptions[day] if day in self.exceptions else self.week[day.weekday()]

    def _open_on(self, day: date) -> tuple[Interval, ...]:
        """The open intervals of a day of UTC."""
        if day not in self._days:
            self._days[day] = tuple(union(self._through(day)))
        return self._days[day]

    def _through(self, day: date) -> Iterator[Interval]:
        for begin, end, offset in steady(self.zone, day):
            local = (begin + offset).date() - ONE_DAY  # a span of the day before may reach over midnight
            while local <= (end + offset).date():
                midnight = datetime.combine(local, time(), UTC) - offset
                for opens, closes in self.spans_on(local):
                    minutes = closes if closes > opens else closes + DAY
                    yield (
                        max(begin, midnight + timedelta(minutes=opens)),
                        min(end, midnight + timedelta(minutes=minutes)),
                    )
                local += ONE_DAY


def steady(zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A day of UTC in parts during which the zone's offset does not change."""
    begin = datetime.combine(day, time(), UTC)
    edge = begin
    looks = [begin + timedelta(hours=hours) for hours in LOOKS]
    for early, late in pairwise(looks):
        if _offset(zone, early) != _offset(zone, late):
            change = _change(zone, early, late)
            if edge < change:
                yield edge, change, _offset(zone, edge)
            edge = change
    if edge < looks[-1]:
        yield edge, looks[-1], _offset(zone, edge)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second at which the offset is no longer that of ``early``."""
    before, low, high = _offset(zone, early), 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, early + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    return early + timedelta(seconds=high)
