"""How a month's report writes its month, hours, percents and lengths, in the active language."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format

from guardia.notices.month_facts import MonthFacts

SPACE = "\u00a0"


def month_words(month: MonthFacts) -> str:
    first = datetime.strptime(month.month, "%Y-%m")  # noqa: DTZ007 - a month, no instant
    return date_format(first, "YEAR_MONTH_FORMAT")


def hour(month: MonthFacts, written: str) -> str:
    return date_format(datetime.fromisoformat(written).astimezone(ZoneInfo(month.zone)), "d/m H:i")


def percent(written: str) -> str:
    return f"{number_format(Decimal(written), 3)}{SPACE}%"


def lasting(seconds: int) -> str:
    """``3 h 36 min``, ``26 min``, ``45 s``: to the minute from an hour on."""
    length = timedelta(seconds=seconds)
    hours, rest = divmod(round(length.total_seconds()), 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}{SPACE}h {minutes:02}{SPACE}min" if minutes else f"{hours}{SPACE}h"
    if minutes:
        return f"{minutes}{SPACE}min {left:02}{SPACE}s" if left else f"{minutes}{SPACE}min"
    return f"{left}{SPACE}s"
