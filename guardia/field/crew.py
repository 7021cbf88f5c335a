"""Who goes: a crew of the operator or of a contractor, and its people (P4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Specialty(models.TextChoices):
    """What a fault may ask for at the site ("personal especializado", P4)."""

    FIBRE = "fibre", _("Optical fibre")
    RADIO = "radio", _("Radio links")
    EQUIPMENT = "equipment", _("Equipment and routing")
    CABLING = "cabling", _("Cabling")
    POWER = "power", _("Power supply")
    TOWER = "tower", _("Work at height")


class Crew(models.Model):
    name = models.CharField(max_length=120, unique=True)
    phone = models.CharField(max_length=40, blank=True)
    base = models.CharField(max_length=120, blank=True)
    contractor = models.CharField(max_length=120, blank=True, help_text="the company it is of; empty: the operator's")
    specialties = models.JSONField(default=list, help_text="of Specialty; empty: any")
    plate = models.CharField(max_length=20, blank=True, help_text="of the vehicle it drives")
    tools = models.TextField(blank=True, help_text="what it carries in at a gate, a line each")
    email = models.CharField(max_length=254, blank=True, help_text="where its visits are sent, if it has no account")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "crew"

    def __str__(self) -> str:
        return self.name


class CrewMember(models.Model):
    """A person of a crew, with an account or without one; the guard at the gate asks for name and document."""

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="members")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="crews")
    name = models.CharField(max_length=160)
    document = models.CharField(max_length=40, blank=True, help_text="identity card or passport, as the guard reads it")
    phone = models.CharField(max_length=40, blank=True, help_text="E.164")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "crew_member"
        constraints = [
            models.UniqueConstraint(fields=["crew", "staff"], condition=models.Q(active=True), name="crew_member_once")
        ]

    def __str__(self) -> str:
        return self.name
