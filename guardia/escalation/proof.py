"""When a number or an address was last proven to reach a person: a drill, an acknowledged page, an answered call."""

from django.db import models


class Proof(models.Model):
    """One attempt. ``address`` is what was dialled or written to; a failed attempt proves that it does not reach."""

    address = models.CharField(max_length=254)
    level = models.SmallIntegerField(null=True)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    how = models.CharField(max_length=12, help_text="drill, page, call")
    reached = models.BooleanField()
    answered_by = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "proof"
        indexes = [models.Index(fields=["address", "-at"], name="proof_latest")]
