"""What the companies are told that is about no case: a new version of the procedure, a month's report."""

from django.db import models
from django.db.models import Q


class AnnouncementKind(models.TextChoices):
    PROCEDURE = "procedure"
    MONTH = "month"
    WORK = "work"
    OUTAGE = "outage"


class Announcement(models.Model):
    """Made once by its kind and key; its notices are written in steps until ``told_at``."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40, help_text="the number of the version; the month and the company")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+", help_text="null: all")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    facts = models.JSONField(help_text="what was true when it was made")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="null: itself")
    last_contact = models.BigIntegerField(default=0, help_text="those up to this id are told; the next step goes on")
    told_at = models.DateTimeField(null=True, help_text="everybody has a notice since then")

    class Meta:
        app_label = "guardia"
        db_table = "announcement"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="announcement_once"),
            models.CheckConstraint(condition=Q(kind__in=AnnouncementKind.values), name="announcement_kind_known"),
        ]
        indexes = [models.Index(fields=["id"], name="announcement_to_tell", condition=Q(told_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
