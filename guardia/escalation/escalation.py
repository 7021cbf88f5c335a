"""The row of one escalation of a case. It is a cache: `course` derives it from the case's events."""

from django.db import models


class Escalation(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="escalations")
    ordinal = models.SmallIntegerField(help_text="1 for the first escalation of the case")
    source = models.CharField(max_length=12, help_text="breach, engineer, customer, received")
    clock = models.CharField(max_length=30, blank=True, help_text="kind of the promise it stands on")
    began_at = models.DateTimeField()
    level = models.SmallIntegerField(default=0, help_text="the highest level paged; 0: nobody yet")
    paged_at = models.DateTimeField(null=True, help_text="when that level was paged last")
    acknowledged_at = models.DateTimeField(null=True, help_text="null while nobody answers for it, or it has expired")
    acknowledged_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    commands = models.BooleanField(default=False, help_text="who acknowledged has taken command (tomo el mando)")
    joined = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="+", help_text="paged there")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "escalation"
        constraints = [models.UniqueConstraint(fields=["case", "ordinal"], name="escalation_once_per_case")]
        indexes = [
            models.Index(fields=["began_at"], name="escalation_open", condition=models.Q(ended_at=None)),
        ]


def open_of_company(customer_id: int) -> models.QuerySet[Escalation]:
    """The escalations of the company's cases that go on, each with its case's place, the oldest first."""
    open_ones = Escalation.objects.filter(customer=customer_id, ended_at=None).select_related("case__site__city")
    return open_ones.order_by("began_at", "pk")
