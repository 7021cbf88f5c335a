"""Who is at a desk, and when its shifts change (A1: the technical desk is attended 24 hours, 365 days)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from guardia.config import sql_rows
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

# Who is at the desk: the hours at which shifts change, who is on shift, and what the next one takes over.


usual_hours: partial[list[str]] = partial(list, ("06:00", "14:00", "22:00"))


class ShiftPlan(models.Model):
    """At what hours of the operator's zone the shifts of a desk change."""

    desk = models.CharField(max_length=40, unique=True)
    hours = models.JSONField(default=usual_hours, help_text='["06:00", "14:00", "22:00"]')
    quiet_minutes = models.PositiveSmallIntegerField(
        default=15, db_default=15, help_text="A1: after so long without a sign of life somebody on shift is asked"
    )

    class Meta:
        app_label = "guardia"
        db_table = "shift_plan"


class EndedAs(models.TextChoices):
    """How a shift ended (A1)."""

    LEFT = "left"  # said so at the desk
    SIGNED_OUT = "signed_out"
    HANDED_OVER = "handed_over"  # who came in signed
    SILENT = "silent"  # asked, and no answer
    LOST = "lost"  # no page of this person has been heard, and no other sign of life


class Shift(models.Model):
    """A person at the desk, from when to when (UTC). Open while ``ended_at`` is null.

    ``seen_at``, ``heard_at`` are null where no page was ever heard in this shift: somebody entered it from outside.
    """

    desk = models.CharField(max_length=40, default="technical")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="shifts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=12, blank=True, default="", db_default="", choices=EndedAs.choices)
    seen_at = models.DateTimeField(
        null=True, help_text="the last sign of life: a key, an act, a call, an answered page"
    )
    heard_at = models.DateTimeField(
        null=True, help_text="when a page of this person was open last; nobody need sit there"
    )
    asked_at = models.DateTimeField(null=True, help_text="since when it is asked whether this person is there still")

    class Meta:
        app_label = "guardia"
        db_table = "shift"
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(ended_at=None), name="shift_one_open_per_person"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="shift_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "started_at"], name="shift_open", condition=Q(ended_at=None)),
            models.Index(fields=["desk", "-ended_at"], name="shift_over", condition=Q(ended_at__isnull=False)),
        ]


class Handover(models.Model):
    """One hand-over, signed by who comes in. ``due_at``: the change of shift it belongs to."""

    desk = models.CharField(max_length=40, default="technical")
    due_at = models.DateTimeField()
    outgoing = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    incoming = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "handover"
        indexes = [models.Index(fields=["desk", "-signed_at"], name="handover_latest")]


class HandoverLine(models.Model):
    """One open case in a hand-over: what is next, by when, and who answers for it from now on."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+")
    next_step = models.TextField(blank=True)
    promise = models.CharField(max_length=30, blank=True, help_text="kind of the clock that breaks first")
    due_at = models.DateTimeField(null=True)
    was = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    responsible = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "handover_line"
        constraints = [models.UniqueConstraint(fields=["handover", "case"], name="handover_line_once")]


TECHNICAL = "technical"
EARLY = timedelta(hours=1)
"""Whoever comes or signs so long before a change belongs to the shift that begins with it."""
GRACE = timedelta(minutes=15)
"""So late a shift may be taken over: before that nobody is reminded that it runs on, or paged since nobody is there."""
APART = timedelta(hours=2)
"""Two changes of a plan lie at least so far apart: who signs early for one could not be told from who is late."""
MOST_CHANGES = 8
FEWEST_QUIET, MOST_QUIET = 5, 60
"""Minutes. Beyond an hour nobody would ever be asked: so often it is asked even where nothing waits."""


# --- the plan ---------------------------------------------------------------------------------------------------------


def hours_of(desk: str) -> list[str]:
    """The hours of the operator's zone at which the shifts of a desk change; the usual ones where none are planned."""
    planned = ShiftPlan.objects.filter(desk=desk).order_by("pk").values_list("hours", flat=True)
    return planned.first() or usual_hours()


def quiet_of(desk: str) -> timedelta:
    """After how long without a sign of life somebody on shift is asked, while something waits (A1)."""
    return timedelta(minutes=ShiftPlan.objects.filter(desk=desk).values_list("quiet_minutes", flat=True).first() or 15)


def ask_after(desk: str, minutes: int, *, by: Staff, at: datetime) -> None:
    """From now on somebody on shift is asked after so many minutes; on record. Raises ValidationError."""
    if not FEWEST_QUIET <= minutes <= MOST_QUIET:
        words = _("Write %(least)d to %(most)d minutes.")
        raise ValidationError(words % {"least": FEWEST_QUIET, "most": MOST_QUIET})
    before = int(quiet_of(desk).total_seconds() // 60)
    if before != minutes:
        ShiftPlan.objects.update_or_create(desk=desk, defaults={"quiet_minutes": minutes})
        put_on_record("shift_plan", desk, {"quiet_minutes": before}, {"quiet_minutes": minutes}, by=by, at=at)


def plan(desk: str, hours: Sequence[str], *, by: Staff, at: datetime) -> list[str]:
    """From now on the shifts of the desk change at these hours (``"6:00"``, of the operator's zone); on record.

    Returns them as they are kept: in order, each once. Raises ValidationError, which names what does not fit.
    """
    kept = sorted({clock_hour(hour) for hour in hours})
    if not 1 <= len(kept) <= MOST_CHANGES:
        raise ValidationError(_("Write one to eight times, such as 06:00 14:00 22:00."))
    for earlier, later in zip(kept, [*kept[1:], kept[0]], strict=True):
        if len(kept) > 1 and _minutes_until(earlier, later) < APART.total_seconds() / 60:
            words = _("%(a)s and %(b)s are too close: leave at least two hours between two changes of shift.")
            raise ValidationError(words % {"a": earlier, "b": later})
    before = hours_of(desk)
    ShiftPlan.objects.update_or_create(desk=desk, defaults={"hours": kept})
    put_on_record("shift_plan", desk, {"hours": before}, {"hours": kept}, by=by, at=at)
    return kept


def clock_hour(words: str) -> str:
    """``06:00`` from what a person writes for it: ``6``, ``6:00``, ``06:00``. Raises ValidationError."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])(?:[:.h]([0-5][0-9]))?", words.strip(), re.ASCII)
    if found is None:
        raise ValidationError(_("“%(words)s” is no hour. Write it as 06:00.") % {"words": words[:20]})
    return f"{int(found[1]):02}:{found[2] or '00'}"


def _minutes_until(earlier: str, later: str) -> int:
    """From one hour of the wall clock to the next of the other; to tomorrow's where it is past."""
    a, b = (time.fromisoformat(hour) for hour in (earlier, later))
    return (60 * (b.hour - a.hour) + b.minute - a.minute) % (24 * 60)


def last_change(hours: Sequence[str], zone: ZoneInfo, at: datetime) -> datetime:
    """The change of shift that came last, in UTC: at ``at`` or before it. ``hours``: ``["06:00", …]`` of ``zone``."""
    return [change for change in _changes(hours, zone, at) if change <= at][-1]


def next_change(hours: Sequence[str], zone: ZoneInfo, at: datetime) -> datetime:
    """The first change of shift after ``at``, in UTC. ``hours``: ``["06:00", …]`` of ``zone``."""
    return next(change for change in _changes(hours, zone, at) if change > at)


def change_of(hours: Sequence[str], zone: ZoneInfo, at: datetime) -> datetime:
    """The change that a hand-over signed at ``at`` belongs to: the coming one within its last hour, else the last."""
    coming = next_change(hours, zone, at)
    return coming if coming - at <= EARLY else last_change(hours, zone, at)


def awaited_until(hours: Sequence[str], zone: ZoneInfo, left_at: datetime, at: datetime) -> datetime | None:
    """Until when (UTC) an empty desk is a late take-over and no alarm yet; None where it is one, or no longer.

    Whoever leaves up to GRACE before a change, or after it, leaves the desk to the shift that begins with it.
    """
    coming = next_change(hours, zone, left_at)
    change = coming if coming - left_at <= GRACE else last_change(hours, zone, left_at)
    until = change + GRACE
    return until if at < until else None


def _changes(hours: Sequence[str], zone: ZoneInfo, at: datetime) -> list[datetime]:
    """The changes of three days around ``at``, in order.

    An hour that the clock skips counts as if the clocks had not changed yet; one that it repeats counts the first time.
    """
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=days) for days in (-1, 0, 1)]
    wall = [time.fromisoformat(hour) for hour in hours]
    return sorted({datetime.combine(day, hour, zone).astimezone(UTC) for day in days for hour in wall})


# --- who is there -----------------------------------------------------------------------------------------------------


def on_shift(desk: str, at: datetime) -> list[Shift]:
    """Who is at the desk, first who has been there longest; somebody who has left the operator is not.

    A shift ends in the present, so this is asked of the present: ``at`` (UTC) leaves out only who enters later.
    """
    begun = Shift.objects.filter(desk=desk, ended_at=None, started_at__lte=at, staff__is_active=True)
    return list(begun.select_related("staff").order_by("started_at", "pk"))


def desks_of_shifts(at: datetime) -> dict[int, str]:
    """The desk of each person who is on shift at ``at`` (UTC), by the person's id."""
    begun = Shift.objects.filter(ended_at=None, started_at__lte=at, staff__is_active=True)
    return dict(begun.values_list("staff_id", "desk"))


def was_ever_entered(desk: str) -> bool:
    """Whether anybody has ever begun a shift there: before that, nobody on shift alarms nobody."""
    return Shift.objects.filter(desk=desk).exists()


def last_left_at(desk: str) -> datetime | None:
    """When somebody left the desk last, in UTC: since then nobody is there, where nobody is."""
    return Shift.objects.filter(desk=desk).aggregate(last=Max("ended_at"))["last"]


def last_of(desk: str) -> Shift | None:
    """The shift that ended last, with its person."""
    over = Shift.objects.filter(desk=desk, ended_at__isnull=False).select_related("staff")
    return over.order_by("-ended_at", "-pk").first()


def is_the_last(staff: Staff, at: datetime) -> bool:
    """Whether nobody would be at this person's desk any more, if this person left it at ``at`` (UTC)."""
    mine = open_shift(staff)
    return mine is not None and all(shift.pk == mine.pk for shift in on_shift(mine.desk, at))


def open_shift(staff: Staff) -> Shift | None:
    """The shift this person is on."""
    return Shift.objects.filter(staff=staff, ended_at=None).first()


# --- verbs ------------------------------------------------------------------------------------------------------------


def enter(staff: Staff, desk: str, at: datetime, *, is_seen: bool = False) -> Shift:
    """This person is at the desk from ``at`` (UTC). Who is there already stays; who is at another desk leaves it.

    ``is_seen``: the person says so at the desk, and signs of life are looked for from now on (``presence``).
    Raises ValidationError for the account of a machine, which answers no telephone.
    """
    if staff.is_machine:
        raise ValidationError(_("%s is the account of a machine: it is put on no shift.") % staff.name)
    take_turn()
    mine = open_shift(staff)
    seen_at = at if is_seen else None
    if mine and mine.desk == desk:
        if is_seen:
            mine.seen_at = mine.heard_at = at
            mine.asked_at = None
            mine.save(update_fields=["seen_at", "heard_at", "asked_at"])
        return mine
    leave(staff, at)
    return Shift.objects.create(desk=desk, staff=staff, started_at=at, seen_at=seen_at, heard_at=seen_at)


def leave(staff: Staff, at: datetime, how: EndedAs = EndedAs.LEFT) -> Shift | None:
    """This person's shift is over at ``at`` (UTC), whoever stays; None for somebody who is on none."""
    take_turn()
    mine = open_shift(staff)
    if mine:
        end(mine, at, how)
    return mine


def end(shift: Shift, at: datetime, how: EndedAs) -> None:
    """An open shift is over at ``at`` (UTC); whoever calls this has taken the turn."""
    shift.ended_at, shift.ended_as = max(at, shift.started_at), how
    shift.save(update_fields=["ended_at", "ended_as"])


def take_turn() -> None:
    """Whoever comes, goes, signs or looks whether anybody is there waits for the others, until the transaction ends."""
    sql_rows.take_turn("shifts")


# --- hand-overs -------------------------------------------------------------------------------------------------------


def beyond(shifts: Sequence[Shift], changed_at: datetime) -> list[Shift]:
    """Those of these open shifts of one desk that began before the last change and have not been handed over.

    Whoever has signed for that change stays on, and is not beyond it.
    """
    before = [shift for shift in shifts if shift.started_at < changed_at - EARLY]
    if not before:
        return []
    signed = Handover.objects.filter(desk=before[0].desk, signed_at__gte=changed_at - EARLY)
    stayed = set(signed.filter(incoming__in=[s.staff_id for s in before]).values_list("incoming_id", flat=True))
    return [shift for shift in before if shift.staff_id not in stayed]


def signed_already(desk: str, outgoing: Staff | None, due_at: datetime) -> Handover | None:
    """The hand-over of this person's shift, if it has been signed; None while there is something to sign.

    Where nobody goes, it is the one of the same change whose signer is still at the desk.
    """
    signed = Handover.objects.filter(desk=desk, outgoing=outgoing).select_related("incoming", "outgoing")
    latest = signed.order_by("-signed_at", "-pk").first()
    if latest is None:
        return None
    if outgoing is None:
        is_there = Shift.objects.filter(desk=desk, staff=latest.incoming_id, ended_at=None).exists()
        return latest if is_there and latest.due_at == due_at else None
    later = Shift.objects.filter(desk=desk, staff=outgoing)
    if later.filter(ended_at=None).exists() or later.filter(ended_at__gt=latest.signed_at).exists():
        return None
    return latest
