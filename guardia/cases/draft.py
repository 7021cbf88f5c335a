"""What an engineer had typed when the telephone rang again, and who is looking at a case now."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from guardia.cases.case import Case
from guardia.cases.case_contents import summary_of
from guardia.config import unchanged
from guardia.config.sql_rows import rows_of, run
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
    """Who else looks at the case; that this person looks is written down, at most every ten seconds.

    Somebody who comes back within the time for which one counts as present changes nothing that a page shows.
    """
    values = {"staff": staff.pk, "case": case.pk, "customer": case.customer_id, "at": at}
    hours = {"noted": at - timedelta(seconds=10), "present": at - PRESENT_FOR}
    ((transaction, was_present, names),) = rows_of(PRESENT, values | hours)
    if was_present:
        unchanged.overlook(transaction)
    return sorted(names or ())


# By hand, since each poll of a case asks it.
PRESENT = """
    WITH noted AS (
        INSERT INTO presence (staff_id, case_id, customer_id, seen_at)
        SELECT %(staff)s::bigint, %(case)s::bigint, %(customer)s::bigint, %(at)s::timestamptz WHERE NOT EXISTS (
            SELECT FROM presence WHERE staff_id = %(staff)s AND case_id = %(case)s AND seen_at > %(noted)s)
        ON CONFLICT (staff_id, case_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
        RETURNING pg_current_xact_id()::text AS transaction
    )
    SELECT (SELECT transaction FROM noted), bool_or(presence.staff_id = %(staff)s),
           array_agg(staff.name) FILTER (WHERE presence.staff_id <> %(staff)s)
    FROM presence JOIN staff ON staff.id = presence.staff_id
    WHERE presence.case_id = %(case)s AND presence.seen_at > %(present)s
"""


def draft_of(staff: Staff, key: str) -> Draft | None:
    """Return what this person was writing under this key."""
    return Draft.objects.filter(staff=staff, key=key).first()


def draft_of_case(staff: Staff, case: Case, key: str) -> Draft | None:
    """The same, of a form of the case; nothing is asked where its page knows that there is none."""
    return draft_of(staff, key) if summary_of(case).drafts else None


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
