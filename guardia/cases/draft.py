"""What an engineer had typed when the telephone rang again, and who is looking at a case now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from guardia.people.staff import Staff


class Draft(models.Model):
    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, help_text="the form and what it is about: case:17:diagnosis")
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "draft"
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="draft_once")]


class Presence(models.Model):
    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    case = models.ForeignKey("guardia.Case", models.CASCADE, related_name="presences")
    customer = models.ForeignKey("guardia.Customer", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "presence"
        constraints = [models.UniqueConstraint(fields=["staff", "case"], name="presence_once")]


def locked_drafts() -> models.QuerySet[Draft]:
    """Every draft; whoever reads one of these holds it until the transaction ends."""
    return Draft.objects.select_for_update()


def keep_draft(staff: Staff, key: str, fields: Mapping[str, Any], at: datetime) -> Draft:
    """What this person has typed under the key, in place of what was kept before. ``at`` is UTC."""
    return Draft.objects.update_or_create(staff=staff, key=key, defaults={"fields": fields, "saved_at": at})[0]


def drop_draft(staff: Staff, key: str) -> None:
    """Nothing is kept any more of what this person typed under the key."""
    Draft.objects.filter(staff=staff, key=key).delete()
