"""The hours of October 2026 in Quito, which is UTC−5."""

from datetime import UTC, datetime, timedelta

from guardia.reports.month import Month

SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)
AFTER = datetime(2026, 12, 20, tzinfo=UTC)
"""Long after: when the tests ask."""
HOUR = 3600
WHOLE = 31 * 24 * HOUR


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An hour of 2026 in Quito, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)
