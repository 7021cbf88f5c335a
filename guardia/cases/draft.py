"""What an engineer had typed when the telephone rang again, and who is looking at a case now."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from guardia.cases.case import Case
from guardia.config.sql_rows import run
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


PRESENT_FOR = timedelta(seconds=30)


def others_present(case: Case, staff: Staff, at: datetime) -> list[str]:
    """Who else looks at the case; that this person looks is written down, at most every ten seconds."""
    mine = Presence.objects.filter(staff=staff, case=case, seen_at__gt=at - timedelta(seconds=10))
    if not mine.exists():
        Presence.objects.update_or_create(
            staff=staff, case=case, defaults={"seen_at": at, "customer_id": case.customer_id}
        )
    others = case.presences.filter(seen_at__gt=at - PRESENT_FOR).exclude(staff=staff)
    return sorted(others.values_list("staff__name", flat=True))


def draft_of(staff: Staff, key: str) -> Draft | None:
    """Return what this person was writing under this key."""
    return Draft.objects.filter(staff=staff, key=key).first()


def keep_draft(staff: Staff, key: str, fields: Mapping[str, Any], at: datetime) -> Draft:
    """What this person has typed under the key, in place of what was kept before. ``at`` is UTC."""
    return Draft.objects.update_or_create(staff=staff, key=key, defaults={"fields": fields, "saved_at": at})[0]


def drop_draft(staff: Staff, key: str) -> None:
    """Forget what this person was writing under this key."""
    run("DELETE FROM draft WHERE staff_id = %s AND key = %s", [staff.pk, key])  # by hand: each act does it


def drafts_of(staff: Staff, keys: Iterable[str]) -> dict[str, Draft]:
    """What this person was writing, by key."""
    return {draft.key: draft for draft in Draft.objects.filter(staff=staff, key__in=list(keys))}


def locked_drafts() -> models.QuerySet[Draft]:
    """Every draft; whoever reads one of these holds it until the transaction ends."""
    return Draft.objects.select_for_update()
