"""One telephone call (P1). Its clocks are the reception's; a case that grows out of it takes them over."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from guardia.calls.exchange import ExchangeKind

if TYPE_CHECKING:
    from guardia.people.staff import Staff


class Measure(models.TextChoices):
    """How the hours of a call are known; what nobody saw counts neither as kept nor as broken."""

    HAND = "hand"  # pressed by a person at the desk
    EXCHANGE = "exchange"  # the exchange's own timestamps
    RECEIPT = "receipt"  # when the exchange's message came in: it said no hour of its own
    LOG = "log"  # read afterwards in the exchange's queue log, to the second
    GAP = "gap"  # the exchange was not heard and left no log: not measured


class LeftAs(models.TextChoices):
    """How a call ended that no person answered."""

    ABANDONED = "abandoned"  # the caller gave up while waiting for a desk
    IN_MENU = "in_menu"  # the caller gave up before a desk was chosen
    TIMED_OUT = "timed_out"  # the queue gave up
    TURNED_AWAY = "turned_away"  # the exchange did not let it in: desk closed, queue full, nobody signed in
    RESTARTED = "restarted"  # the exchange restarted meanwhile
    UNSEEN = "unseen"  # over while the exchange was not heard: nobody saw whether anybody answered


class Call(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="calls")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    exchange = models.ForeignKey("guardia.Exchange", models.PROTECT, null=True, related_name="calls")
    reference = models.CharField(max_length=150, blank=True, help_text="what the exchange calls it (Linkedid, callId)")
    from_number = models.CharField(max_length=40, blank=True)
    from_name = models.CharField(max_length=120, blank=True, help_text="as the exchange announced it")
    dialled = models.CharField(max_length=40, blank=True, help_text="the number that was dialled, as the exchange says")
    line = models.CharField(max_length=40, blank=True, help_text="key of a line of the procedure (L1 to L3), or words")
    desk = models.CharField(max_length=40, default="technical", help_text="the desk that the line leads to")
    after_hours = models.BooleanField(default=False, help_text="it came while that desk was closed")
    measure = models.CharField(max_length=10, default=Measure.HAND)
    arrived_at = models.DateTimeField(help_text="at the exchange, before any menu")
    waiting_at = models.DateTimeField(null=True, help_text="the call waits for a desk; null: it never did")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    answered_as = models.CharField(
        max_length=120, blank=True, help_text="who answered, as the exchange names that person"
    )
    abandoned_at = models.DateTimeField(null=True, help_text="over before any person answered")
    left_as = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="the line is free again")
    end_unseen = models.BooleanField(
        default=False, db_default=False, help_text="it is over by then, and nobody heard it end"
    )
    desk_now = models.CharField(
        max_length=40, default="", db_default="", blank=True, help_text="that it was handed on to; empty: the line's"
    )
    later = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="the waits after the first answer, and who took each: see cases/phone_later.py",
    )
    waits_again_at = models.DateTimeField(
        null=True, help_text="handed on, it waits for another person since then, now; null: it does not"
    )
    held_by = models.ForeignKey(
        "guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="who has it since it was handed on"
    )
    held_as = models.CharField(max_length=120, default="", db_default="", blank=True, help_text="as the exchange says")
    lost_again_at = models.DateTimeField(null=True, help_text="over before anybody took it whom it was handed on to")
    reached_at = models.DateTimeField(null=True, help_text="the call-back found the person")
    settled_at = models.DateTimeField(null=True, help_text="nothing more is owed: case opened, joined, or not a fault")
    settled_as = models.CharField(max_length=20, blank=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "call"
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "reference"], name="call_once_per_exchange", condition=Q(exchange__isnull=False)
            ),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="call_measure_known"),
            models.CheckConstraint(condition=Q(left_as__in=["", *LeftAs.values]), name="call_left_as_known"),
        ]
        indexes = [
            models.Index(fields=["waiting_at"], name="call_open", condition=Q(settled_at=None)),
            models.Index(fields=["waits_again_at"], name="call_waits_again", condition=Q(waits_again_at__isnull=False)),
            models.Index(fields=["arrived_at"], name="call_for_reports"),
            models.Index(fields=["from_number", "-arrived_at"], name="call_by_number"),
        ]

    @property
    def is_waiting(self) -> bool:
        """The caller waits for a person now: for the first one, or for another one to whom the call was handed on."""
        if self.waits_again_at:
            return self.ended_at is None
        return bool(
            self.waiting_at
            and self.answered_at is None
            and self.abandoned_at is None
            and self.settled_at is None
            and self.ended_at is None
        )

    @property
    def waits_since(self) -> datetime:
        """Since when it waits now, or waited the last time (UTC)."""
        return self.waits_again_at or self.waiting_at or self.arrived_at

    @property
    def is_taken_up(self) -> bool:
        """A person has spoken with the caller, who has no number yet (P2); the call may be over by now."""
        return self.answered_at is not None and self.settled_at is None and self.waits_again_at is None

    @property
    def is_on_the_line(self) -> bool:
        """A person speaks with the caller now, as far as is known."""
        return self.is_taken_up and not self.lost_again_at and (self.ended_at is None or self.is_reached_since)

    @property
    def is_reached_since(self) -> bool:
        """Rung back after it was over: that talk is another call of the exchange, whose end is not followed."""
        return bool(self.reached_at and self.ended_at and self.reached_at >= self.ended_at)

    @property
    def at_desk(self) -> str:
        """The desk that has it now."""
        return self.desk_now or self.desk

    @property
    def speaker(self) -> "Staff | None":
        """Who of us has it, or had it last; None where the exchange's name for that person is nobody's."""
        return self.held_by if self.held_as else self.answered_by

    @property
    def speaker_as(self) -> str:
        return self.held_as or self.answered_as

    @property
    def speaker_id(self) -> int | None:
        return self.held_by_id if self.held_as else self.answered_by_id

    @property
    def speaks_since(self) -> datetime | None:
        """Since when that person has it (UTC)."""
        taken = [row["taken_at"] for row in self.later if row["taken_at"]]
        if self.lost_again_at and self.reached_at:
            return self.reached_at
        return datetime.fromisoformat(taken[-1]) if taken else self.answered_at

    @property
    def lost_at(self) -> datetime | None:
        """Over before any person answered, or before anybody took it whom it was handed on to."""
        return self.lost_again_at or self.abandoned_at

    @property
    def is_owed_a_call_back(self) -> bool:
        return self.lost_at is not None and self.reached_at is None and self.settled_at is None


def call_with_case(pk: int) -> Call | None:
    """The call of this id with the case that it became."""
    return Call.objects.select_related("case").filter(pk=pk).first()


# What the exchange did with a call: its visits to queues, the telephones that rang, and to whom it was handed on.


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


# A report that came in writing: by mail, by the portal, or stamped at an office (L4 D, A4). P2 runs from then on.


class WrittenRequest(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="requests")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, help_text="mail, portal, office")
    desk = models.CharField(max_length=40, default="technical")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    office = models.CharField(max_length=120, blank=True, help_text="city of the office that stamped it (A4)")
    customer_reference = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="the company's own number of it"
    )
    received_at = models.DateTimeField(help_text="its arrival, or the office's stamp")
    taken_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, help_text="nothing more is owed: case opened, joined, or no report")
    settled_as = models.CharField(max_length=20, blank=True)
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "written_request"
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["mail", "portal", "office"]), name="written_request_way_known")
        ]
        indexes = [models.Index(fields=["received_at"], name="written_request_open", condition=Q(settled_at=None))]

    def __str__(self) -> str:
        return self.subject


class Scan(models.Model):
    """A4: the paper that was handed in at an office, as it was scanned or photographed."""

    request = models.ForeignKey(WrittenRequest, models.PROTECT, related_name="scans")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, help_text="made safe")
    type = models.CharField(max_length=100, help_text="by its content, never by what its name says")
    size = models.IntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "written_request_scan"
        constraints = [models.UniqueConstraint(fields=["request", "sha256"], name="written_request_scan_once")]
