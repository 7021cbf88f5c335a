"""Who holds a level and when: rotas that turn by the wall clock, and covers that stand in for them (E2 to E4).

A level has seats (two at level 1, paged together). A seat has one rota at a time and one cover at a time: the database
refuses an overlap. ``lower`` and ``upper`` of a validity are instants (UTC); the turns of a rota are of its zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from guardia.people.staff import Staff

PLACE = F("level") * 100 + F("seat")
ONE_SEAT = Func(PLACE, PLACE, Value("[]"), function="int4range")
"""Level and seat as a range of one number: GiST compares ranges without an extension."""


class Rota(models.Model):
    """One seat of a level: members take turns of ``every_days`` days from ``starts_on``, changing at ``turns_at``."""

    level = models.SmallIntegerField()
    seat = models.SmallIntegerField(default=1)
    members = models.JSONField(help_text="ids of staff, in the order of their turns; one member alone never changes")
    every_days = models.SmallIntegerField(default=7)
    starts_on = models.DateField(help_text="the day of the first member's first turn")
    turns_at = models.TimeField(help_text="the hour of the change, in the zone")
    zone = models.CharField(max_length=60, default="America/Guayaquil")
    valid = DateTimeRangeField(help_text="from when until when this rota holds; open: until it is replaced")

    class Meta:
        app_label = "guardia"
        db_table = "rota"
        constraints = [
            ExclusionConstraint(
                name="rota_one_per_seat",
                expressions=[(ONE_SEAT, RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=models.Q(every_days__range=(1, 366)), name="rota_turn_in_range"),
        ]


class Cover(models.Model):
    """Somebody stands in for whoever the rota names, on one seat, for a while."""

    level = models.SmallIntegerField()
    seat = models.SmallIntegerField(default=1)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="covers")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        app_label = "guardia"
        db_table = "cover"
        constraints = [
            ExclusionConstraint(
                name="cover_one_per_seat",
                expressions=[(ONE_SEAT, RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(withdrawn=False),
            ),
        ]


# Whose turn it is on one rota (E2 to E4): pure arithmetic of days and of the clock on the wall.
#
# A turn begins at ``turns_at`` of its day in the rota's zone, whatever the zone's clocks do that week: the week in
# which they change is an hour longer or shorter. An hour that the clock skips counts as if the clocks had not changed
# yet; one that it repeats counts the first time.


def in_turn(rota: "Rota", at: datetime) -> list[int]:
    """The ids of all members, beginning with whose turn it is: who steps in where the one before cannot.

    Empty before the first turn, or where the rota names nobody. Whether the rota holds at that hour (``valid``) is not
    asked. Raises ValueError for a time without a zone.
    """
    turn = _turn(rota, at)
    if turn < 0 or not rota.members:
        return []
    first = turn % len(rota.members)
    return [*rota.members[first:], *rota.members[:first]]


def changes(rota: "Rota", start: datetime, end: datetime) -> Iterator[datetime]:
    """The hours after ``start`` and before ``end`` at which a turn begins, in order, in UTC."""
    for turn in count(max(_turn(rota, start) + 1, 0)):
        at = _begins(rota, turn)
        if at >= end:
            return
        yield at


def first_turn(rota: "Rota") -> datetime:
    """When the first member's first turn begins, in UTC."""
    return _begins(rota, 0)


def _turn(rota: "Rota", at: datetime) -> int:
    """The number of the turn that runs at ``at``: 0 is the first, less than 0 is before it."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    turn = (at.astimezone(ZoneInfo(rota.zone)).date() - rota.starts_on).days // rota.every_days + 1
    while at < _begins(rota, turn):
        turn -= 1
    return turn


def _begins(rota: "Rota", turn: int) -> datetime:
    day = rota.starts_on + timedelta(days=turn * rota.every_days)
    return datetime.combine(day, rota.turns_at, ZoneInfo(rota.zone)).astimezone(UTC)


ROTA_FIELDS = ("level", "seat", "members", "every_days", "starts_on", "turns_at", "zone")
MOST_MEMBERS, MOST_SEATS, LONGEST_TURN = 20, 20, 366
FAR = timedelta(days=2 * 366)
LATE = timedelta(hours=12)
"""A cover that was agreed by telephone may be written down this much later; further back is history."""
LONGEST_COVER = timedelta(days=92)

Problems = dict[str, str]


def rota_problems(fields: Mapping[str, Any], at: datetime) -> Problems:
    """``at`` (UTC) is now: a first turn years away, either way, is a slip of the pen."""
    found = {
        "seat": _seat_problem(fields["level"], fields["seat"]),
        "members": _members_problem(fields["members"]),
        "every_days": _turn_problem(fields["every_days"]),
        "starts_on": _start_problem(fields["starts_on"], at),
        "zone": "" if fields["zone"] in available_timezones() else _("Choose a time zone from the list."),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def cover_problems(fields: Mapping[str, Any], at: datetime) -> Problems:
    start, end, staff = fields["start"], fields["end"], fields["staff"]
    found = {
        "seat": _seat_problem(fields["level"], fields["seat"]),
        "staff": _gone([staff]),
        "start": _cover_start_problem(start, at),
        "end": _cover_end_problem(start, end, at),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _seat_problem(level: int, seat: int) -> str:
    fits = 1 <= level <= 9 and 1 <= seat <= MOST_SEATS
    return "" if fits else _("Levels are 1 to 9 and seats 1 to %d.") % MOST_SEATS


def _members_problem(members: list[int]) -> str:
    if not members:
        return _("Nobody is selected. Choose who takes the first turn.")
    if len(members) > MOST_MEMBERS:
        return _("At most %d people take turns.") % MOST_MEMBERS
    if len(set(members)) < len(members):
        return _("Somebody is named twice. Each person takes one turn per round.")
    known = Staff.objects.in_bulk(members)
    if len(known) < len(members):
        return _("One of these people does not work for the operator. Choose from the list.")
    return _gone([known[member] for member in members])


def _gone(people: Sequence[Staff]) -> str:
    """Why these people cannot all be called upon, or nothing."""
    if machines := [person.name for person in people if person.is_machine]:
        return _("%(name)s is the account of a machine. Choose one of the people.") % {"name": ", ".join(machines)}
    if left := [person.name for person in people if not person.is_active]:
        return _("%s is not active any more. Choose somebody else, or activate this person.") % ", ".join(left)
    return ""


def _turn_problem(every_days: int) -> str:
    fits = 1 <= every_days <= LONGEST_TURN
    return "" if fits else _("A turn lasts 1 to %d days.") % LONGEST_TURN


def _start_problem(starts_on: date, at: datetime) -> str:
    away = datetime.combine(starts_on, datetime.min.time(), UTC) - at
    return "" if abs(away) <= FAR else _("This day is more than two years away. Check its year.")


def _cover_start_problem(start: datetime, at: datetime) -> str:
    if start < at - LATE:
        return _("This was more than 12 hours ago. The past is not rewritten: begin later.")
    return _("This is more than two years away. Check its year.") if start > at + FAR else ""


def _cover_end_problem(start: datetime, end: datetime, at: datetime) -> str:
    if end <= start:
        return _("It ends before it starts. Enter a later time.")
    if end <= at:
        return _("It would already be over. Enter a time in the future.")
    return _("A cover lasts 92 days at most. For longer, create a new rota.") if end - start > LONGEST_COVER else ""
