"""What the house itself must be told, without a case: nobody is on shift, calls past their promise, a drill."""

from django.db import models
from django.db.models import Q


class Alarm(models.Model):
    kind = models.CharField(max_length=20, help_text="nobody_on_shift, calls_overdue, handover_late, drill")
    desk = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    level = models.SmallIntegerField(default=0, help_text="the highest level paged")
    paged_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "desk"],
                condition=Q(ended_at=None, kind__in=["nobody_on_shift", "calls_overdue", "handover_late"]),
                name="alarm_once",
            )
        ]
        indexes = [models.Index(fields=["began_at"], name="alarm_open", condition=Q(ended_at=None))]
