"""One telephone call (P1). Its clocks are the reception's; a case that grows out of it takes them over."""

from django.db import models


class Call(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="calls")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    from_number = models.CharField(max_length=40, blank=True)
    line = models.CharField(max_length=40, blank=True)
    desk = models.CharField(max_length=40, default="technical")
    waiting_at = models.DateTimeField(help_text="the call waits for a desk")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    abandoned_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True, help_text="the call-back found the person")
    settled_at = models.DateTimeField(null=True, help_text="nothing more is owed: case opened, joined, or not a fault")
    settled_as = models.CharField(max_length=20, blank=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "call"
        indexes = [
            models.Index(fields=["waiting_at"], name="call_open", condition=models.Q(settled_at=None)),
        ]

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.abandoned_at is None and self.settled_at is None

    @property
    def is_on_the_line(self) -> bool:
        return self.answered_at is not None and self.settled_at is None

    @property
    def is_owed_a_call_back(self) -> bool:
        return self.abandoned_at is not None and self.reached_at is None and self.settled_at is None
