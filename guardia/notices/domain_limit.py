"""How many mails a minute the servers of one domain take from us: what is more waits its turn."""

from django.db import models
from django.db.models import Q


class DomainLimit(models.Model):
    domain = models.CharField(max_length=253, unique=True, help_text="in ASCII, lower case")
    per_minute = models.IntegerField()
    next_at = models.DateTimeField(null=True, help_text="when the next mail to it may leave")

    class Meta:
        app_label = "guardia"
        db_table = "domain_limit"
        constraints = [models.CheckConstraint(condition=Q(per_minute__gt=0), name="domain_limit_lets_some_leave")]

    def __str__(self) -> str:
        return f"{self.domain}: {self.per_minute}/min"
