"""Who is at the desk: the hours at which shifts change, who is on shift, and what the next one takes over."""

from functools import partial

from django.db import models
from django.db.models import Q

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
