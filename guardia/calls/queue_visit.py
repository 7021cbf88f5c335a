"""What the exchange did with a call: its visits to queues, the telephones that rang, and to whom it was handed on."""

from collections.abc import Collection

from django.db import models
from django.db.models import Q

from guardia.calls.exchange import ExchangeKind


class VisitResult(models.TextChoices):
    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the caller gave up
    TIMED_OUT = "timed_out"  # the queue gave up
    RESTARTED = "restarted"  # the exchange restarted meanwhile
    UNKNOWN = "unknown"  # over, and nobody saw how


class RingResult(models.TextChoices):
    RINGING = "ringing"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    REJECTED = "rejected"  # busy, or pressed away
    CANCELLED = "cancelled"  # somebody else was quicker, or the caller gave up


class QueueVisit(models.Model):
    """One wait of a call in one queue. A call that is transferred to another queue has several."""

    call = models.ForeignKey("guardia.Call", models.PROTECT, related_name="visits")
    ordinal = models.SmallIntegerField(help_text="1, 2, … in the order of their hours")
    queue = models.CharField(max_length=80)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, help_text="answered or given up")
    result = models.CharField(max_length=10, default=VisitResult.WAITING)
    position = models.SmallIntegerField(null=True, help_text="in the queue, when it joined")
    member = models.CharField(max_length=120, blank=True, help_text="who answered, as the exchange names that person")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    talk_ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, blank=True, help_text="caller, agent, transfer")

    class Meta:
        app_label = "guardia"
        db_table = "queue_visit"
        constraints = [
            models.UniqueConstraint(fields=["call", "ordinal"], name="queue_visit_once"),
            models.CheckConstraint(condition=Q(result__in=VisitResult.values), name="queue_visit_result_known"),
        ]


class RingAttempt(models.Model):
    """One telephone that rang for a visit."""

    visit = models.ForeignKey(QueueVisit, models.CASCADE, related_name="attempts")
    ordinal = models.SmallIntegerField()
    interface = models.CharField(max_length=120, blank=True)
    member = models.CharField(max_length=120, blank=True)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    rang_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, default=RingResult.RINGING)

    class Meta:
        app_label = "guardia"
        db_table = "ring_attempt"
        constraints = [
            models.UniqueConstraint(fields=["visit", "ordinal"], name="ring_attempt_once"),
            models.CheckConstraint(condition=Q(result__in=RingResult.values), name="ring_attempt_result_known"),
        ]


class CallTransfer(models.Model):
    """A call that was handed on: to another queue, to a telephone, after a word with the other or without."""

    call = models.ForeignKey("guardia.Call", models.PROTECT, related_name="transfers")
    ordinal = models.SmallIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, help_text="blind, attended")
    by = models.CharField(max_length=120, blank=True, help_text="who handed it on, as the exchange names that person")
    to = models.CharField(max_length=120, blank=True, help_text="extension, queue or person")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="who took it")

    class Meta:
        app_label = "guardia"
        db_table = "call_transfer"
        constraints = [models.UniqueConstraint(fields=["call", "ordinal"], name="call_transfer_once")]


def queues_of_waiting(call_ids: Collection[int], exchange: str) -> dict[int, str]:
    """The queue in which each of these calls waits at the exchange of this name, one that we listen to; by call."""
    visits = QueueVisit.objects.filter(call__in=list(call_ids), left_at=None).exclude(queue="")
    ours = visits.filter(call__exchange__name=exchange, call__exchange__kind=ExchangeKind.AMI)
    return dict(ours.order_by("ordinal").values_list("call_id", "queue"))
