"""What a company did or asks about its own contacts: the desk is told, and a person nobody knows waits for a yes."""

from django.db import models
from django.db.models import Q


class ChangeKind(models.TextChoices):
    ASKED = "asked"  # a colleague whom nobody knows yet, to be told of a case
    CHANGED = "changed"  # the company's administrator changed a contact


class ChangeOutcome(models.TextChoices):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SEEN = "seen"


class ContactChange(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    by = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    change = models.ForeignKey("guardia.SettingChange", models.PROTECT, null=True, related_name="+")
    fields = models.JSONField(default=dict, help_text="of the colleague who is asked for; emptied once settled")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=10, blank=True)
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    settled_by_contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "contact_change"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="contact_change_kind_known"),
            models.CheckConstraint(
                condition=Q(settled_as__in=["", *ChangeOutcome.values]), name="contact_change_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="contact_change_open", condition=Q(settled_at=None)),
            models.Index(fields=["customer", "-at"], name="contact_change_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
