"""The row of one running promise of exactly one call or case. It is a cache: `fold` derives it from the events."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q

from guardia.procedure.vocabulary import ClockKind, WaitCause


class Clock(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+", db_constraint=False)
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="clocks", db_index=False)
    call = models.ForeignKey("guardia.Call", models.PROTECT, null=True, related_name="clocks", db_index=False)
    request = models.ForeignKey(
        "guardia.WrittenRequest", models.PROTECT, null=True, related_name="clocks", db_index=False
    )
    kind = models.CharField(max_length=30)
    ordinal = models.SmallIntegerField(help_text="1 for the first clock of this kind in the case, 2 after a relapse …")
    calendar = models.CharField(max_length=40, default="always")
    edition = models.IntegerField(default=0, help_text="of the calendar's dated exceptions, by which it runs")
    looked_at_edition = models.IntegerField(
        default=0, db_default=0, help_text="the newest edition known not to move it"
    )
    comparison = models.CharField(max_length=10)
    target_seconds = models.IntegerField(null=True, help_text="stamped at the start; null: no hour is promised")
    started_at = models.DateTimeField()
    waits = models.JSONField(default=list, help_text="[[from, to or null], …] in ISO 8601 UTC")
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="null while waiting or where no hour is promised")
    warn_at = models.DateTimeField(null=True, help_text="first warning point")
    urgent_at = models.DateTimeField(null=True, help_text="second warning point")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="running")
    taken_seconds = models.IntegerField(null=True, help_text="from start to end, less the waits")
    breached_at = models.DateTimeField(null=True, help_text="when it fell due, not when we noticed")

    class Meta:
        app_label = "guardia"
        db_table = "clock"
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(call__isnull=False) | Q(request__isnull=False),
                name="clock_of_a_case_a_call_or_a_request",
            ),
            models.UniqueConstraint(fields=["case", "kind", "ordinal"], name="clock_once_per_case"),
            models.UniqueConstraint(
                fields=["call", "kind", "ordinal"], condition=Q(case=None), name="clock_once_per_call"
            ),
            models.UniqueConstraint(
                fields=["request", "kind", "ordinal"], condition=Q(case=None), name="clock_once_per_request"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["running", "kept", "breached", "dropped"]), name="clock_outcome_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_to_sweep",
                condition=Q(ended_at=None, breached_at=None, due_at__isnull=False),
            ),
            models.Index(
                fields=["looked_at_edition"],
                name="clock_by_calendar",
                condition=Q(ended_at=None) & ~Q(calendar="always"),
            ),
            models.Index(fields=["call"], name="clock_of_call", condition=Q(call__isnull=False)),
            models.Index(fields=["request"], name="clock_of_request", condition=Q(request__isnull=False)),
            models.Index(
                fields=["breached_at"], name="clock_broken_for_reports", condition=Q(breached_at__isnull=False)
            ),
            models.Index(fields=["ended_at", "kind"], name="clock_for_reports", condition=Q(ended_at__isnull=False)),
        ]


def running_clocks(case_ids: Collection[int]) -> models.QuerySet[Clock]:
    """The clocks of these cases that have not ended."""
    return Clock.objects.filter(case__in=list(case_ids), ended_at=None)


def by_case(clocks: Iterable[Clock]) -> dict[int, list[Clock]]:
    """These clocks by the id of their case, in the order given."""
    found: dict[int, list[Clock]] = {}
    for clock in clocks:
        found.setdefault(clock.case_id or 0, []).append(clock)
    return found


def due_of_each(case_ids: Collection[int], kinds: Collection[str]) -> dict[int, datetime]:
    """When the running clock of these kinds falls due (UTC), by the id of its case."""
    clocks = running_clocks(case_ids).filter(kind__in=list(kinds))
    return {clock.case_id: clock.due_at for clock in clocks if clock.case_id and clock.due_at}


def registration_due(request_ids: Collection[int]) -> dict[int, datetime | None]:
    """By which hour (UTC) each of these written requests has its number (P2)."""
    clocks = Clock.objects.filter(request__in=list(request_ids), kind=ClockKind.REGISTRATION, ended_at=None)
    return dict(clocks.values_list("request_id", "due_at"))


# A clock stopped for a named cause (W1), which the customer sees: who asked, why, with what proof.


class Wait(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="waits")
    cause = models.CharField(max_length=20)
    clocks = models.JSONField(help_text="kinds of the clocks that stand still")
    asked_by = models.CharField(max_length=160)
    reason = models.TextField()
    proof = models.TextField(blank=True)
    party = models.CharField(max_length=160, blank=True, help_text="the third party")
    party_ticket = models.CharField(max_length=80, blank=True)
    party_contact = models.CharField(max_length=160, blank=True)
    party_promise_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    contested_at = models.DateTimeField(null=True, help_text="the customer objects to it (P7 D)")
    contested_by = models.CharField(max_length=160, blank=True)
    contest_reason = models.TextField(blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    ruling = models.CharField(max_length=10, blank=True, help_text="upheld: the objection is right, the stop is void")
    ruling_reasons = models.TextField(blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "wait"
        constraints = [
            models.CheckConstraint(condition=models.Q(cause__in=[c.value for c in WaitCause]), name="wait_cause_known")
        ]
        indexes = [
            models.Index(fields=["case"], name="wait_open", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["contested_at"],
                name="wait_contested",
                condition=models.Q(contested_at__isnull=False, ruled_at=None),
            ),
            models.Index(fields=["-ruled_at", "-id"], name="wait_ruled", condition=models.Q(ruled_at__isnull=False)),
        ]


def stopping_waits(case_id: int, pk: int) -> models.QuerySet[Wait]:
    """The wait of this id, if it is the case's and stops a clock."""
    return Wait.objects.filter(case=case_id, pk=pk).exclude(clocks=[])
