"""Nobody is on shift (A1: 24 hours, 365 days), or calls are past their promise (P1, P2): which level is paged when.

The levels are asked upwards, one every ten minutes; after the last one all of them are asked again, until the cause is
gone. Somebody who acknowledges has half an hour to see to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from guardia.people.staff import Staff

# What the operator itself must be told, without a case: nobody is on shift, calls past their promise, a drill.


class Alarm(models.Model):
    kind = models.CharField(max_length=20, help_text="nobody_on_shift, calls_overdue, handover_late, drill")
    desk = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    level = models.SmallIntegerField(default=0, help_text="the highest level paged")
    paged_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "desk"],
                condition=Q(ended_at=None, kind__in=["nobody_on_shift", "calls_overdue", "handover_late"]),
                name="alarm_once",
            )
        ]
        indexes = [models.Index(fields=["began_at"], name="alarm_open", condition=Q(ended_at=None))]


NOBODY_ON_SHIFT, CALLS_OVERDUE, DRILL = "nobody_on_shift", "calls_overdue", "drill"
HANDOVER_LATE = "handover_late"
"""A shift runs on beyond its change, and nobody has signed for it (A1)."""
WORK_OVERRAN = "work_overran"
"""A planned work is not over at the end of its window; its ``desk`` is the number of the work."""
MORNING = "morning_list"
"""The supervisors' list of the morning: over as soon as it is told; its ``desk`` is the day of its first night."""
PANORAMA = "panorama"
"""The letter that brings the panorama: over as soon as it is told."""
NEXT_LEVEL_AFTER = timedelta(minutes=10)
ACKNOWLEDGED_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Round:
    """One round of pages: its number from 1, the highest level asked, and everybody who is paged, each once."""

    number: int
    level: int
    persons: tuple[Staff, ...]


def open_alarm(desk: str, kind: str = NOBODY_ON_SHIFT) -> Alarm | None:
    """The alarm of this kind and desk that stands."""
    alarms = Alarm.objects.filter(kind=kind, desk=desk, ended_at=None)
    return alarms.select_related("acknowledged_by").first()


def begin(desk: str, since: datetime, kind: str = NOBODY_ON_SHIFT) -> Alarm:
    """It is so since then (UTC); an alarm that stands already is given back."""
    return open_alarm(desk, kind) or Alarm.objects.create(kind=kind, desk=desk, began_at=since)


def end(desk: str, at: datetime, kind: str = NOBODY_ON_SHIFT) -> int:
    """The cause is gone at ``at`` (UTC); returns how many alarms that ended: one, or none."""
    return Alarm.objects.filter(kind=kind, desk=desk, ended_at=None).update(ended_at=at)


def acknowledge(alarm: Alarm, by: Staff, at: datetime) -> Alarm:
    """This person sees to it from ``at`` (UTC): nobody else is paged for half an hour. Who did so first stays.

    Read again under its lock: one may come by the desk and one by the link of a page, at once.
    """
    held = Alarm.objects.select_for_update(of=("self",), no_key=True)
    alarm = held.select_related("acknowledged_by").get(pk=alarm.pk)
    if alarm.ended_at is None and not is_seen_to(alarm, at):
        alarm.acknowledged_by, alarm.acknowledged_at = by, at
        alarm.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return alarm


def is_seen_to(alarm: Alarm, at: datetime) -> bool:
    """Whether somebody has acknowledged, and the half hour for it is not over at ``at`` (UTC)."""
    return alarm.acknowledged_at is not None and at - alarm.acknowledged_at < ACKNOWLEDGED_FOR


def is_due(alarm: Alarm, at: datetime) -> bool:
    """Whether somebody is to be paged at ``at`` (UTC): at once, then every ten minutes while nobody acknowledges."""
    if alarm.ended_at is not None or is_seen_to(alarm, at):
        return False
    return alarm.paged_at is None or at - alarm.paged_at >= NEXT_LEVEL_AFTER


def next_round(alarm: Alarm, rounds: int, levels: Sequence[tuple[int, Sequence[Staff]]]) -> Round | None:
    """Whom the next round pages. ``rounds`` have been; ``levels`` with who holds each now, from the lowest up.

    A level that nobody holds is skipped at once; after the last one all are asked together. None where nobody holds
    any level.
    """
    held = [(level, persons) for level, persons in levels if persons]
    if not held:
        return None
    above = [(level, persons) for level, persons in held if level > alarm.level]
    if above:
        level, persons = above[0]
        return Round(rounds + 1, level, tuple(persons))
    everybody = dict.fromkeys(person for _, persons in held for person in persons)
    return Round(rounds + 1, held[-1][0], tuple(everybody))


def paged(alarm: Alarm, done: Round, at: datetime) -> None:
    """These pages are on their way (``at``, UTC)."""
    alarm.level, alarm.paged_at = max(alarm.level, done.level), at
    alarm.save(update_fields=["level", "paged_at"])


def locked_alarm(pk: int) -> Alarm | None:
    """The alarm of this id, held until the transaction ends."""
    return Alarm.objects.select_for_update().filter(pk=pk).first()


def is_anything_open(kind: str) -> bool:
    """Whether an alarm of this kind goes on at any desk."""
    return Alarm.objects.filter(kind=kind, ended_at=None).exists()
