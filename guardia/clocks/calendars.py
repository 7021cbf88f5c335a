"""The calendars that running clocks count by: a procedure's weekly hours, the law's rest days, and what was announced.

A dated exception is live data with an edition (its row's id), and holds from the hour at which it was announced until
that of its withdrawal: no announcement reaches back (docs/adr/0040). A clock runs by the edition it was started with or
was moved to, so its hours can be computed again at any time (A3 D, E5 D).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Max, Q

from guardia.clocks.calendar import ALWAYS, ONE_DAY, Calendar, Hours, Span
from guardia.clocks.intervals import utc
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.procedure.clock_rule import ALWAYS as ALWAYS_NAME
from guardia.procedure.schema import Procedure
from guardia.procedure.weekly_hours import DAY, RestDays, WeeklyHours

# The journal of dated exceptions: decree days, days that work, local days observed. Append-only; its id is an edition.
#
# What a calendar is at an edition follows from the rows up to it, so a clock can always say by which calendar it ran.


class ChangeKind(models.TextChoices):
    REST = "rest"  # this day rests (a decree, announced a week ahead)
    WORK = "work"  # this day works (a day made up for, a Saturday)
    OBSERVE = "observe"  # the local day of this canton is observed from now on
    WITHDRAW = "withdraw"  # an earlier change no longer holds


class CalendarChange(models.Model):
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    day = models.DateField(null=True)
    canton = models.CharField(max_length=80, blank=True)
    feast = models.CharField(
        max_length=5, default="", db_default="", blank=True, help_text="of a canton: month and day, 07-25"
    )
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, help_text="the decree, or why")
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "calendar_change"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["rest", "work"], day__isnull=False)
                | (Q(kind="observe") & ~Q(canton=""))
                | Q(kind="withdraw", withdraws__isnull=False),
                name="calendar_change_says_what",
            ),
            models.UniqueConstraint(
                fields=["withdraws"], condition=Q(withdraws__isnull=False), name="calendar_change_withdrawn_once"
            ),
        ]


def journal() -> models.QuerySet[CalendarChange]:
    """Every change in the order of the editions."""
    return CalendarChange.objects.order_by("pk")


def journal_with_names(after: int = 0) -> models.QuerySet[CalendarChange]:
    """The changes after this edition, each with who made it and what it withdraws; all of them without one."""
    found = journal().select_related("by", "withdraws")
    return found.filter(pk__gt=after) if after else found


def announcements() -> models.QuerySet[CalendarChange]:
    """Every change that is no withdrawal, with who made it."""
    return CalendarChange.objects.exclude(kind=ChangeKind.WITHDRAW).select_related("by")


MONDAY, FRIDAY = 0, 4
BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Holding:
    """An announcement and the time for which it holds (UTC): from when it was made until it was withdrawn.

    ``kind``: a value of ChangeKind. ``until`` is None while it is not withdrawn.
    """

    kind: str
    since: datetime = BEGINNING
    until: datetime | None = None
    day: date | None = None
    canton: str = ""
    feast: str = ""

    def holds_at(self, instant: datetime) -> bool:
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True)
class Announced:
    """What was announced up to an edition, in the order of the journal. Of two of the same day the later one wins.

    An announcement reaches no hour that is past when it is made, and its withdrawal none that is past by then (A3 D).
    """

    holdings: tuple[Holding, ...] = ()

    @cached_property
    def days(self) -> dict[date, str]:
        """Each day that was announced and not withdrawn, and whether it rests or works."""
        return {each.day: each.kind for each in self.holdings if each.day and each.until is None}

    @property
    def rests(self) -> frozenset[date]:
        return frozenset(day for day, kind in self.days.items() if kind == ChangeKind.REST)

    @property
    def works(self) -> frozenset[date]:
        return frozenset(day for day, kind in self.days.items() if kind == ChangeKind.WORK)

    @property
    def cantons(self) -> tuple[str, ...]:
        """The cantons whose local day is observed now, in the order in which they were announced."""
        return tuple(dict.fromkeys(canton for canton, _feast in self.observed))

    @property
    def observed(self) -> tuple[tuple[str, str], ...]:
        """The same, each with the day of the year that was announced with it."""
        observed = ((each.canton, each.feast) for each in self.holdings if each.canton and each.until is None)
        return tuple(dict.fromkeys(observed))


def newest_edition() -> int:
    """The edition of the last change that is visible to this transaction; 0 before the first."""
    return CalendarChange.objects.aggregate(last=Max("pk"))["last"] or 0


@lru_cache(maxsize=64)
def announced_at(edition: int) -> Announced:
    """The journal up to an edition, withdrawn entries left out. Kept: the journal is append-only."""
    return announced(CalendarChange.objects.filter(pk__lte=edition).order_by("pk")) if edition else Announced()


@lru_cache(maxsize=64)
def journal_hash(edition: int) -> str:
    """The hash over the journal up to an edition, as an event that counts by it says. The journal is append-only."""
    found = b""
    for entry in journal_entries(edition):
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        found = sha256(found + sha256(text.encode()).digest()).digest()
    return found.hex()


def journal_entries(edition: int) -> list[dict[str, Any]]:
    """The journal up to an edition as it is hashed and handed to whoever counts again; hours in UTC."""
    return [
        {
            "edition": change.pk,
            "kind": change.kind,
            "day": change.day.isoformat() if change.day else None,
            "canton": change.canton,
            "withdraws": change.withdraws_id,
            "at": change.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        | ({"feast": change.feast} if change.feast else {})
        for change in journal().filter(pk__lte=edition)
    ]


def announced(changes: Iterable[CalendarChange]) -> Announced:
    """The entries of the journal, each with the time for which it holds. A withdrawal is no entry of its own."""
    journal = list(changes)
    withdrawn = {change.withdraws_id: change.at for change in journal if change.withdraws_id}
    return Announced(
        tuple(
            Holding(change.kind, change.at, withdrawn.get(change.pk), change.day, change.canton, change.feast)
            for change in journal
            if change.kind != ChangeKind.WITHDRAW
        )
    )


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
    by_law = lawful_days() if zone in ZONES else frozenset()
    cantons = {(each.canton, each.feast) for each in said.holdings if each.canton}
    local = {each: lawful_days((each,)) - by_law for each in cantons}
    by_day: dict[date, list[Holding]] = {}
    for each in said.holdings:
        for day in [each.day] if each.day else sorted(local[each.canton, each.feast]) if zone in ZONES else []:
            by_day.setdefault(day, []).append(each)
    usual = {day: rest if day in by_law else week[day.weekday()] for day in by_day}
    exceptions = dict.fromkeys(by_law, rest)
    for day, holdings in by_day.items():
        exceptions[day] = _spans_of(weekly, ZoneInfo(zone), day, holdings, usual[day], rest)
    return Calendar(ZoneInfo(zone), week, exceptions)


def _spans_of(
    weekly: WeeklyHours,
    zone: ZoneInfo,
    day: date,
    holdings: Sequence[Holding],
    usual: tuple[Span, ...],
    rest: tuple[Span, ...],
) -> tuple[Span, ...]:
    """The spans of a day of which something was announced; each part of the day by what held when it came."""
    midnight = datetime.combine(day, time(), zone)
    begin, end = (utc(datetime.combine(each, time(), zone)) for each in (day, day + ONE_DAY))
    turns = {utc(turn) for each in holdings for turn in (each.since, each.until) if turn}
    parts = [begin, *sorted(turn for turn in turns if begin < turn < end)]
    found: list[Span] = []
    for part, over in zip(parts, [*parts[1:], None], strict=True):
        holding = _that_wins(each for each in holdings if each.holds_at(part))
        spans = usual if holding is None else working_spans(weekly, day) if holding.kind == ChangeKind.WORK else rest
        found += _cut(spans, _minutes(part, midnight), _minutes(over, midnight) if over else None)
    return tuple(found)


def _that_wins(holdings: Iterable[Holding]) -> Holding | None:
    """Of what holds of one day: the last that names the day, else the local day of a canton."""
    last = None
    for each in holdings:
        if each.day or last is None or last.day is None:
            last = each
    return last


def _minutes(instant: datetime, midnight: datetime) -> float:
    """Minutes on the wall's clock since this midnight, both in the zone of ``midnight``."""
    there = instant.astimezone(midnight.tzinfo).replace(tzinfo=None)
    return (there - midnight.replace(tzinfo=None)) / timedelta(minutes=1)


def _cut(spans: Iterable[Span], since: float, until: float | None) -> Iterator[Span]:
    """The parts of these spans between two minutes of their day; with ``until`` None to their own ends."""
    for opens, closes in spans:
        whole = closes if closes > opens else closes + DAY
        begin, end = max(opens, since), whole if until is None else min(whole, until)
        if begin < end:
            yield begin, end - DAY if end > DAY else end


def working_spans(weekly: WeeklyHours, day: date) -> tuple[Span, ...]:
    """A day that works counts as its own weekday does; a Saturday or Sunday that is made up for, as a Monday."""
    return weekly.on(day.weekday() if MONDAY <= day.weekday() <= FRIDAY else MONDAY)


@lru_cache(maxsize=16)
def lawful_days(observed: tuple[tuple[str, str], ...] = ()) -> frozenset[date]:
    """Every day of rest by law, of the nation and of the cantons ``observed`` (as ``Announced.observed`` has them)."""
    days = (rest_days(range(FIRST, LAST + 1), canton, feast=feast) for canton, feast in (*observed, ("", "")))
    return frozenset(rest.day for each in days for rest in each)
