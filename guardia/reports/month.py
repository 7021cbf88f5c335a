"""A calendar month in the operator's zone: its first and last instant in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings


@dataclass(frozen=True, order=True)
class Month:
    """``Month(2026, 11)``; in Ecuador it begins on 1 November at 05:00 UTC. Raises ValueError for a thirteenth one."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12:
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month of an instant, as the operator's calendar shows it."""
        local = at.astimezone(zone())
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, written: str) -> "Month":
        """``2026-11``, or ``11/2026`` as it is typed, of this millennium. Raises ValueError."""
        year, dash, number = written.partition("-")
        if "/" in written:
            number, dash, year = written.partition("/")
        if not (dash and written.isascii() and year.isdigit() and number.isdigit() and len(written) <= 7):
            raise ValueError(f"not a month: {written!r}")
        if not 2000 <= int(year) <= 2999:
            raise ValueError(f"too far away: {written!r}")
        return cls(int(year), int(number))

    def moved(self, by: int) -> "Month":
        """The month so many months later, or earlier."""
        months = self.year * 12 + self.number - 1 + by
        return Month(months // 12, months % 12 + 1)

    @cached_property
    def start(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=zone()).astimezone(UTC)

    @cached_property
    def end(self) -> datetime:
        """The first instant that is no longer in it."""
        year, number = divmod(self.year * 12 + self.number, 12)
        return datetime(year, number + 1, 1, tzinfo=zone()).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
