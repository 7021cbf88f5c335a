"""A clock stopped for a named cause (W1), which the customer sees: who asked, why, with what proof."""

from django.db import models

from guardia.procedure.vocabulary import WaitCause


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
