"""A day, a week or a month in the operator's zone, over which the lines are reported."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from guardia.cases.month import Month, zone

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class Length(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, order=True)
class Span:
    """``first`` is its first day; a week begins on Monday. Built by ``Span.of``, which finds that day."""

    length: Length
    first: date

    @classmethod
    def of(cls, length: Length, day: date) -> "Span":
        """The day, week or month that a day of the operator's calendar falls in. Raises ValueError when far away."""
        if not EARLIEST <= day <= LATEST:
            raise ValueError(f"too far away: {day}")
        match length:
            case Length.WEEK:
                return cls(length, max(EARLIEST, day - timedelta(days=day.weekday())))
            case Length.MONTH:
                return cls(length, day.replace(day=1))
        return cls(length, day)

    @classmethod
    def around(cls, length: Length, at: datetime) -> "Span":
        """The one that an instant falls in."""
        return cls.of(length, at.astimezone(zone()).date())

    def moved(self, by: int) -> "Span":
        """The span so many later, or earlier."""
        if self.length is Length.MONTH:
            month = Month(self.first.year, self.first.month).moved(by)
            return Span(self.length, date(month.year, month.number, 1))
        return Span(self.length, self.first + by * timedelta(days=7 if self.length is Length.WEEK else 1))

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return self.moved(1).first

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=step) for step in range((self.after - self.first).days)]

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return _midnight(self.after)

    def __str__(self) -> str:
        """``2026-11-25`` for a day, ``2026-11-23_week`` and ``2026-11`` for the longer ones: the name of its file."""
        match self.length:
            case Length.WEEK:
                return f"{self.first.isoformat()}_week"
            case Length.MONTH:
                return f"{self.first:%Y-%m}"
        return self.first.isoformat()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone()).astimezone(UTC)
