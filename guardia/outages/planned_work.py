"""Planned work: a window that was announced, what it touches, who has agreed, and whether it kept to its hours."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guardia.config.sql_rows import rows_of
from guardia.outages import team_news
from guardia.outages.work_refusals import WorkIsOver
from guardia.people.staff import Actor, ActorKind
from guardia.procedure.rules import OnOverrun
from guardia.procedure.schema import Procedure

# What the procedure promises of planned work, as a work is stamped with it.


def notice_hours(procedure: Procedure) -> int:
    """So long before the start the companies must have been told."""
    return hours(procedure.planned_work.notice)


def again_hours(procedure: Procedure) -> int:
    """So long before the start they are told once more; 0: they are not."""
    return hours(procedure.planned_work.again)


def declares(procedure: Procedure) -> bool:
    """Whether an overrun is an outage at once, or the proposal of one."""
    return procedure.planned_work.on_overrun is OnOverrun.DECLARE


def hours(length: timedelta) -> int:
    return round(length.total_seconds() / 3600)


class WorkState(models.TextChoices):
    DRAFT = "draft", _("being written")
    ANNOUNCED = "announced", _("announced")
    UNDER_WAY = "under_way", _("under way")
    ENDED = "ended", _("ended")
    CANCELLED = "cancelled", _("cancelled")


class PlannedWork(models.Model):
    number = models.IntegerField(unique=True, help_text="shown as TP-0042")
    name = models.CharField(max_length=160, help_text="as the desk says it")
    public_name = models.JSONField(default=dict, help_text="what is done, as customers read it, by language")
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.DRAFT)
    element = models.ForeignKey("guardia.Element", models.PROTECT, null=True, related_name="works")
    carrier = models.CharField(max_length=160, blank=True, help_text="whose work it is, if not ours")
    carrier_reference = models.CharField(max_length=80, blank=True)
    zone = models.CharField(max_length=60, help_text="IANA name: in which its hours are said")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expected_minutes = models.IntegerField(null=True, help_text="without service within the window; null: all of it")
    notice_hours = models.IntegerField(help_text="so long before the start they must have been told")
    again_hours = models.IntegerField(help_text="and told once more so long before it; 0: not again")
    needs_agreement = models.BooleanField(
        default=False, db_default=False, help_text="each company is asked for its yes"
    )
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(null=True)
    short_notice_reason = models.CharField(max_length=300, blank=True, help_text="why it was announced too late")
    reminded_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="over, or cancelled")
    overran_at = models.DateTimeField(
        null=True, help_text="its end, if it was not over by then: dated when it fell due"
    )
    why_cancelled = models.CharField(max_length=300, blank=True)
    is_public = models.BooleanField(default=False, db_default=False, help_text="stands on the public status page")

    class Meta:
        app_label = "guardia"
        db_table = "planned_work"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="planned_work_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="planned_work_has_a_length"),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="planned_work_open", condition=Q(ended_at=None)),
            models.Index(fields=["-ended_at", "-id"], name="planned_work_over", condition=Q(ended_at__isnull=False)),
            models.Index(fields=["ends_at"], name="planned_work_by_its_end"),
        ]

    def __str__(self) -> str:
        return self.display_number

    @property
    def display_number(self) -> str:
        return f"TP-{self.number:04d}"


class PlannedWorkService(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    work = models.ForeignKey(PlannedWork, models.PROTECT, related_name="services")
    service = models.ForeignKey("guardia.Service", models.PROTECT, related_name="works")
    answer = models.CharField(max_length=10, blank=True, help_text="agreed, objected; empty: no answer yet")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    answer_words = models.CharField(max_length=500, blank=True)
    taken_out_at = models.DateTimeField(null=True, help_text="it is not touched after all")

    class Meta:
        app_label = "guardia"
        db_table = "planned_work_service"
        constraints = [
            models.UniqueConstraint(fields=["work", "service"], name="planned_work_service_once"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "agreed", "objected"]), name="planned_work_answer_known"
            ),
        ]
        indexes = [
            models.Index(fields=["service"], name="planned_work_of_service"),
            models.Index(
                fields=["work"], name="planned_work_objected", condition=Q(answer="objected", taken_out_at=None)
            ),
        ]


class PlannedWorkTurn(models.Model):
    """What happened to it: announced, moved, started, overran, ended, cancelled, by whom. Never changed."""

    work = models.ForeignKey(PlannedWork, models.PROTECT, related_name="turns")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="null: itself")
    moment = models.CharField(max_length=20)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "guardia"
        db_table = "planned_work_turn"


# What happened to a planned work, turn by turn. A turn is never changed.


OVER = (WorkState.ENDED, WorkState.CANCELLED)


class TurnKind(StrEnum):
    DRAFTED = "drafted"
    CHANGED = "changed"
    ANNOUNCED = "announced"
    REMINDED = "reminded"
    AGREED = "agreed"
    OBJECTED = "objected"
    REPLIED = "replied"
    TAKEN_OUT = "taken_out"
    PASSED_ON = "passed_on"
    MOVED = "moved"
    CANCELLED = "cancelled"
    STARTED = "started"
    OVERRAN = "overran"
    OVERRUN_LIFTED = "overrun_lifted"
    ENDED = "ended"


def write(
    work: PlannedWork, kind: TurnKind, *, by: Actor, at: datetime, now: datetime | None = None, **data: Any
) -> PlannedWorkTurn:
    """``at`` is when it was so, ``now`` when it is written down (UTC). ``data`` is plain: ids, hours, words."""
    turn = PlannedWorkTurn.objects.create(
        work=work,
        at=at,
        recorded_at=now or at,
        by_id=by.id if by.kind is ActorKind.STAFF else None,
        moment=kind,
        data=data,
    )
    if by.kind is not ActorKind.CONTACT:  # a company's answer is news to the desk alone
        team_news.owe_of_work(work, turn)
    return turn


def locked_work(pk: int) -> PlannedWork:
    """The work, locked: whoever acts on it goes one by one. Raises PlannedWork.DoesNotExist."""
    return PlannedWork.objects.select_for_update(of=("self",), no_key=True).select_related("element").get(pk=pk)


def must_not_be_over(work: PlannedWork) -> None:
    """Raises WorkIsOver."""
    if work.state in OVER:
        raise WorkIsOver(number=work.display_number)


def next_number() -> int:
    return rows_of("SELECT nextval('planned_work_number')")[0][0]
