"""A visit to a site, as plain facts with their hours (P4.1 to P4.4)."""

from datetime import datetime

from django.db import models


class Crew(models.Model):
    name = models.CharField(max_length=120, unique=True)
    phone = models.CharField(max_length=40, blank=True)
    base = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "crew"

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="visits")
    crew = models.ForeignKey(Crew, models.PROTECT, null=True, related_name="visits")
    decided_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by_operator = models.CharField(max_length=160, blank=True)
    agreed_by_customer = models.CharField(max_length=160, blank=True)
    site_contact = models.CharField(max_length=200, blank=True)
    access = models.CharField(max_length=200, blank=True)
    forecast_from = models.DateTimeField(null=True)
    forecast_to = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    permit_cleared_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="restored, called off, or the case went on without it")

    class Meta:
        app_label = "guardia"
        db_table = "visit"
        indexes = [models.Index(fields=["case"], name="visit_open", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def last_step_at(self) -> datetime:
        """When the last step on record was taken, in the order of P4."""
        return self.permit_cleared_at or self.arrived_at or self.departed_at or self.agreed_at or self.decided_at
