"""The chain over the journal of the audit: a link for each entry as it was written, and for each that was erased since.

The database itself writes it, with the entry and in its transaction (``audit_linked``, migration 0028). docs/adr/0033.
"""

from django.db import models


class AuditAct(models.TextChoices):
    WRITTEN = "written"
    REDACTED = "redacted"  # by the eraser: what of a person stood in it went
    ERASED = "erased"  # by the eraser: its time was over


class AuditLane(models.Model):
    """One of several chains, so that nobody who writes waits for another; ``hash`` and ``seq`` of its last link."""

    seq = models.BigIntegerField(default=0, db_default=0)
    hash = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        app_label = "guardia"
        db_table = "audit_lane"

    def __str__(self) -> str:
        return f"lane {self.pk} at {self.seq}"


class AuditLink(models.Model):
    lane = models.BigIntegerField()
    seq = models.BigIntegerField()
    entry = models.BigIntegerField(help_text="the id in audit_entry, which may be gone")
    act = models.CharField(max_length=10)
    digest = models.BinaryField(help_text="SHA-256 of the entry as it is after the act; of an erased one empty")
    hash = models.BinaryField(help_text="SHA-256 of the hash before it in the lane, and of this link")

    class Meta:
        app_label = "guardia"
        db_table = "audit_link"
        constraints = [models.UniqueConstraint(fields=["lane", "seq"], name="audit_link_once")]
        indexes = [models.Index(fields=["entry", "id"], name="audit_link_of_entry")]

    def __str__(self) -> str:
        return f"{self.lane}/{self.seq}: {self.act} {self.entry}"
