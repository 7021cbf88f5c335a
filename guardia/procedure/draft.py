"""A text of the procedure that is being written, until the quality manager approves it or it is put away."""

from django.db import models
from django.db.models import Q


class DraftState(models.TextChoices):
    WRITING = "writing"
    SUBMITTED = "submitted"  # waits for the quality manager
    APPROVED = "approved"  # published: ``version`` says as which
    WITHDRAWN = "withdrawn"


OPEN = (DraftState.WRITING, DraftState.SUBMITTED)


class ProcedureDraft(models.Model):
    base = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, null=True, related_name="drafts")
    version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, default=DraftState.WRITING)
    what_for = models.CharField(max_length=200, help_text="why the promise changes; the customers read it too")
    source = models.TextField(help_text="YAML; it may have mistakes while it is written")
    effective_at = models.DateTimeField(null=True, help_text="null: at its approval")
    tells_customers = models.BooleanField(default=True)
    revision = models.IntegerField(default=1, help_text="goes up with each save: two who write see each other")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400, blank=True, help_text="what was said when it was approved or sent back")

    class Meta:
        app_label = "guardia"
        db_table = "procedure_draft"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="procedure_draft_state_known"),
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False) | (~Q(state="approved") & Q(version=None)),
                name="procedure_draft_approved_is_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.what_for

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def open_drafts() -> models.QuerySet[ProcedureDraft]:
    """The drafts that are being written or wait for approval, the latest first."""
    return _latest_first().filter(state__in=OPEN)


def ended_drafts() -> models.QuerySet[ProcedureDraft]:
    """The drafts that were approved or put away, the latest first."""
    return _latest_first().exclude(state__in=OPEN)


def _latest_first() -> models.QuerySet[ProcedureDraft]:
    drafts = ProcedureDraft.objects.defer("source").select_related("edited_by", "base", "version")
    return drafts.order_by("-pk")


def draft_of_id(pk: int) -> ProcedureDraft | None:
    """The draft of this id with its versions and everybody who had a hand in it."""
    drafts = ProcedureDraft.objects.select_related("base", "version", "edited_by", "submitted_by", "decided_by")
    return drafts.filter(pk=pk).first()
