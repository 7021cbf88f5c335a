"""Who holds a level and when: rotas that turn by the wall clock, and covers that stand in for them (E2 to E4).

A level has seats (two at level 1, paged together). A seat has one rota at a time and one cover at a time: the database
refuses an overlap. ``lower`` and ``upper`` of a validity are instants (UTC); the turns of a rota are of its zone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value

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
