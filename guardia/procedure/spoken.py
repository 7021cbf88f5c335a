"""Times in words, in the active language: “20 minutes”, “no more than 20 minutes”, “between 1.5 hours and 3 hours”."""

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from guardia.procedure.durations import Unit
from guardia.procedure.vocabulary import Band, Comparison

if TYPE_CHECKING:
    from guardia.procedure.clock_rule import ClockRule

MINUTE, HOUR, DAY = 60, 3600, 86_400
FEWEST_DAYS = 3
"""From so many whole days on a length is said in days: 15 days, but 24 and 48 hours."""


def length(value: timedelta, unit: Unit = Unit.ELAPSED, office_day_minutes: int | None = None) -> str:
    """A length of time. Office time that fills whole days of ``office_day_minutes`` is said in working days."""
    seconds = int(value.total_seconds())
    if unit is Unit.OFFICE:
        return office_length(seconds, office_day_minutes)
    if seconds < MINUTE:
        return ngettext("%s second", "%s seconds", seconds) % seconds
    if seconds % DAY == 0 and seconds >= FEWEST_DAYS * DAY:
        return ngettext("%s day", "%s days", seconds // DAY) % (seconds // DAY)
    if seconds % (HOUR // 4) == 0 and seconds >= HOUR:
        return ngettext("%s hour", "%s hours", ceil(seconds / HOUR)) % decimal(seconds / HOUR)
    return ngettext("%s minute", "%s minutes", ceil(seconds / MINUTE)) % decimal(seconds / MINUTE)


def office_length(seconds: int, day_minutes: int | None) -> str:
    day = (day_minutes or 0) * MINUTE
    if day and seconds % day == 0:
        return ngettext("%s working day", "%s working days", seconds // day) % (seconds // day)
    return ngettext("%s office hour", "%s office hours", ceil(seconds / HOUR)) % decimal(seconds / HOUR)


def decimal(value: float) -> str:
    """With the comma or point of the language, and no more digits than it needs."""
    return number_format(f"{value:.2f}".rstrip("0").rstrip("."), use_l10n=True)


def bound(words: str, comparison: Comparison) -> str:
    """ "No superior a" and "inferior a", said so that nobody has to know the signs."""
    return (gettext("no more than %s") if comparison is Comparison.AT_MOST else gettext("less than %s")) % words


def promised(rule: "ClockRule", band: Band | None = None, office_day_minutes: int | None = None) -> str:
    """What the clock promises to a site of this band."""
    if rule.target.as_set:
        return gettext("at the hour we set")
    if reach := rule.range_for(band):
        return gettext("between %(from)s and %(to)s") % {"from": length(reach[0]), "to": length(reach[1])}
    target = rule.target_for(band)
    if target is None:
        return gettext("no fixed hour: subject to conditions")
    return bound(length(target, rule.unit, office_day_minutes), rule.comparison)
