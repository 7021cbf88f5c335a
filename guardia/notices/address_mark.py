"""An address that does not take our messages: refused or bounced, until somebody clears it."""

from django.db import models
from django.db.models import Q


class AddressMark(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=500)
    reason = models.CharField(max_length=16, help_text="refused, bounced")
    words = models.TextField(blank=True, help_text="the far server's own")
    delivery = models.ForeignKey("guardia.Delivery", models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "address_mark"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "address"],
                condition=Q(cleared_at=None),
                nulls_distinct=False,
                name="address_marked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}: {self.reason}"
