"""Hours in words: a week’s, “Monday to Friday”, “08:30–17:30”; and one of a date, in the operator’s zone."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from guardia.procedure.directory import Provider
from guardia.procedure.weekly_hours import DAY, RestDays, WeeklyHours

type Openings = tuple[tuple[int, int], ...]


def weekly(hours: WeeklyHours) -> list[tuple[str, str]]:
    """Days and their hours, days with the same hours together; closed days are left out, rest days come last."""
    lines = [(days(first, last), openings_text(openings)) for first, last, openings in runs(hours) if openings]
    if hours.rest_days is RestDays.OPEN_ALL_DAY:
        lines.append((gettext("Public holidays"), openings_text(((0, DAY),))))
    if hours.rest_days is RestDays.CLOSED:
        lines.append((gettext("Public holidays"), pgettext("hours", "closed")))
    return lines


def dated(at: datetime, provider: Provider) -> str:
    """A date and an hour in the operator's zone, which is named: ``21 November 2026, 08:00 (Ecuador time)``."""
    local = at.astimezone(ZoneInfo(provider.zone))
    words = {"date": date_format(local, "DATE_FORMAT"), "hour": f"{local:%H:%M}", "country": provider.country}
    return gettext("%(date)s, %(hour)s (%(country)s time)") % words


def runs(hours: WeeklyHours) -> Iterator[tuple[int, int, Openings]]:
    """First day, last day and openings of each stretch of equal days, Monday first."""
    for openings, group in groupby(range(7), key=hours.on):
        members = list(group)
        yield members[0], members[-1], openings


def days(first: int, last: int) -> str:
    names = {"first": str(WEEKDAYS[first]), "last": str(WEEKDAYS[last])}
    if first == last:
        return capfirst(names["first"])
    words = gettext("%(first)s and %(last)s") if last == first + 1 else gettext("%(first)s to %(last)s")
    return capfirst(words % names)


def openings_text(openings: Openings) -> str:
    """Hours of one day; what began the evening before, or goes on into the night, is said without midnight."""
    return ", ".join(opening_text(*opening) for opening in openings)


def opening_text(opens: int, closes: int) -> str:
    if (opens, closes) == (0, DAY):
        return gettext("all day")
    if opens == 0:
        return gettext("until %s") % hour(closes)
    if closes == DAY:
        return gettext("from %s") % hour(opens)
    return f"{hour(opens)}–{hour(closes)}"


def hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
