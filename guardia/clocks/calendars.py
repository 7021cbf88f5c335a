"""The calendars that running clocks count by: a procedure's weekly hours, the law's rest days, and what was announced.

A dated exception is live data with an edition (its row's id). A clock runs by the edition it was started with or was
moved to, so its hours can be computed again at any time (A3 D, E5 D, design §1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Max

from guardia.clocks.calendar import ALWAYS, Calendar, Hours, Span
from guardia.clocks.calendar_change import CalendarChange, ChangeKind
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.procedure.clock_rule import ALWAYS as ALWAYS_NAME
from guardia.procedure.schema import Procedure
from guardia.procedure.weekly_hours import DAY, RestDays, WeeklyHours

MONDAY, FRIDAY = 0, 4


@dataclass(frozen=True)
class Announced:
    """What was announced up to an edition: days that rest, days that work, cantons whose local day is observed."""

    rests: frozenset[date] = frozenset()
    works: frozenset[date] = frozenset()
    cantons: tuple[str, ...] = ()


def newest_edition() -> int:
    """The edition of the last change that is visible to this transaction; 0 before the first."""
    return CalendarChange.objects.aggregate(last=Max("pk"))["last"] or 0


@lru_cache(maxsize=64)
def announced_at(edition: int) -> Announced:
    """The journal up to an edition, withdrawn entries left out. Kept: the journal is append-only."""
    return announced(CalendarChange.objects.filter(pk__lte=edition).order_by("pk")) if edition else Announced()


def announced(changes: Iterable[CalendarChange]) -> Announced:
    """The entries that hold, the later one of the same day winning."""
    journal = list(changes)
    withdrawn = {change.withdraws_id for change in journal if change.withdraws_id}
    days: dict[date, str] = {}
    cantons: dict[str, None] = {}
    for change in journal:
        if change.pk in withdrawn:
            continue
        if change.kind == ChangeKind.OBSERVE:
            cantons[change.canton] = None
        elif change.day:
            days[change.day] = change.kind
    rests = frozenset(day for day, kind in days.items() if kind == ChangeKind.REST)
    return Announced(rests, frozenset(days) - rests, tuple(cantons))


def hours(procedure: Procedure, name: str, edition: int) -> Hours:
    """The calendar of these weekly hours as it was at an edition. 24×7 knows no editions (A1)."""
    return ALWAYS if name == ALWAYS_NAME else calendar_with(procedure, name, announced_at(edition))


def calendar_with(procedure: Procedure, name: str, said: Announced) -> Hours:
    """The same, by what is given: for a change that is only thought of."""
    return _calendar(procedure.hours(name).model_dump_json(), procedure.provider.zone, said)


@lru_cache(maxsize=64)
def _calendar(weekly: str, zone: str, said: Announced) -> Hours:
    return calendar_of_days(WeeklyHours.model_validate_json(weekly), zone, said)


def calendar_of_days(weekly: WeeklyHours, zone: str, said: Announced) -> Hours:
    """Weekly hours in a zone, with the rest days of Ecuador's law in its zones, and with what was announced.

    Rest days are known until 2030; later days count by the week alone, so that no running promise is without an hour.
    """
    if weekly.always:
        return ALWAYS
    week = tuple(weekly.on(weekday) for weekday in range(7))
    if weekly.rest_days is RestDays.AS_USUAL:
        return Calendar(ZoneInfo(zone), week)
    rest: tuple[Span, ...] = () if weekly.rest_days is RestDays.CLOSED else ((0, DAY),)
    exceptions = dict.fromkeys((lawful_days(said.cantons) if zone in ZONES else frozenset()) | said.rests, rest)
    exceptions |= {day: working_spans(weekly, day) for day in said.works}
    return Calendar(ZoneInfo(zone), week, exceptions)


def working_spans(weekly: WeeklyHours, day: date) -> tuple[Span, ...]:
    """A day that works counts as its own weekday does; a Saturday or Sunday that is made up for, as a Monday."""
    return weekly.on(day.weekday() if MONDAY <= day.weekday() <= FRIDAY else MONDAY)


@lru_cache(maxsize=16)
def lawful_days(cantons: tuple[str, ...] = ()) -> frozenset[date]:
    """Every day of rest by law, of the nation and of the cantons observed."""
    years = range(FIRST, LAST + 1)
    return frozenset(rest.day for canton in (*cantons, "") for rest in rest_days(years, canton))
