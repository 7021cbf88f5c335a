"""Lengths of time as a person writes them: ``20 min``, ``1.5 h``, ``4 office h``, ``2 office days``."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from django.utils.translation import gettext
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo

from guardia.procedure.problems import refusal

WRITTEN = re.compile(r"(?P<number>\d{1,6}(?:[.,]\d{1,3})?) ?(?P<office>office )?(?P<unit>s|min|h|days?)")
SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
LONGEST = timedelta(days=366)


class Unit(StrEnum):
    """Whether a length counts every hour, or only the hours of the clock's calendar (A3)."""

    ELAPSED = "elapsed"
    OFFICE = "office"


def parse(written: str) -> tuple[timedelta, Unit]:
    """The length and its unit. An office day needs its calendar: see ``office_days``.

    Raises a refusal (a pydantic error with its remedy) when the words are not understood.
    """
    match = WRITTEN.fullmatch(written.strip())
    if match is None:
        raise not_understood(written)
    if match["office"] and match["unit"].startswith("day"):
        raise refusal(
            gettext("An office day has no one length here"),
            gettext("Write office hours, or give the clock a calendar whose open days are equally long"),
        )
    length = timedelta(seconds=float(match["number"].replace(",", ".")) * SECONDS[match["unit"]])
    if length > LONGEST:
        raise refusal(gettext("“%s” is longer than a year") % written, gettext("Write a shorter time"))
    return length, Unit.OFFICE if match["office"] else Unit.ELAPSED


def counts_office_hours(written: str) -> bool:
    """Whether the words ask for office hours or minutes (not days)."""
    match = WRITTEN.fullmatch(written.strip())
    return bool(match and match["office"] and not match["unit"].startswith("day"))


def office_days(written: str) -> float | None:
    """How many office days the words ask for; None when they are no office days."""
    match = WRITTEN.fullmatch(written.strip())
    if match is None or not match["office"] or not match["unit"].startswith("day"):
        return None
    return float(match["number"].replace(",", "."))


def not_understood(written: object) -> Exception:
    return refusal(
        gettext("“%s” is not a length of time") % written,
        gettext("Write a number and its unit, such as 20 min, 1.5 h or 4 office h"),
    )


def read_length(value: Any, info: ValidationInfo) -> Any:
    """A length from a file (words) or from the database (seconds: a bare number in a file lacks its unit)."""
    stored = not (info.context or {}).get("file")
    if isinstance(value, timedelta):
        return value
    if stored and type(value) is int:
        return timedelta(seconds=value)
    if not isinstance(value, str):
        raise not_understood(value)
    length, unit = parse(value)
    if unit is Unit.OFFICE:
        raise refusal(
            gettext("“%s” counts office hours, which is not possible here") % value,
            gettext("Remove the word “office”"),
        )
    return length


def more_than_nothing(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise refusal(gettext("A target of zero time cannot be met"), gettext("Write a time greater than 0"))
    return value


Length = Annotated[
    timedelta,
    BeforeValidator(read_length),
    PlainSerializer(lambda length: int(length.total_seconds()), return_type=int, when_used="json"),
]
"""A length of time, 0 or more; whole seconds in JSON."""

RealLength = Annotated[Length, AfterValidator(more_than_nothing)]
"""A length of time greater than 0."""
