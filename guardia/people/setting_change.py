"""Every change of an operator's setting is on record: what was, what is, who changed it and when. Append-only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from guardia.config import sql_rows
from guardia.people.staff import Staff


class SettingChange(models.Model):
    noun = models.CharField(max_length=30, help_text="level, rota, cover, shift_plan, steps …")
    key = models.CharField(max_length=60, help_text="which one of them")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    by_contact = models.ForeignKey(
        "guardia.Contact", models.PROTECT, null=True, related_name="+", help_text="the company changed it itself"
    )
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "setting_change"
        indexes = [
            models.Index(fields=["noun", "-at"], name="setting_change_latest"),
            models.Index(fields=["noun", "key", "-id"], name="setting_change_of_one"),
        ]


def put_on_record(
    noun: str,
    key: object,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: Staff | None,
    at: datetime,
    reason: str = "",
    by_contact: int | None = None,
) -> SettingChange | None:
    """Write down one change, with its ``reason`` where one was given; nothing where nothing changed. ``at`` is UTC.

    ``by_contact``: the person of the company who made it, by id, where it was none of the operator.
    """
    if before == after:
        return None
    said = {**(after or {}), "reason": reason} if reason else after
    return SettingChange.objects.create(
        noun=noun, key=str(key), before=before, after=said, by=by, by_contact_id=by_contact, at=at
    )


def take_turn(noun: str, key: object) -> None:
    """Two who change the same setting wait for each other, until the transaction ends."""
    sql_rows.take_turn(f"setting {noun} {key}")


def last_change(noun: str, key: object) -> int:
    """The id of the latest change of one setting; 0 before the first."""
    latest = SettingChange.objects.filter(noun=noun, key=str(key)).order_by("-pk")
    return latest.values_list("pk", flat=True).first() or 0


def changes_after(noun: str, key: object, seen: int) -> list[SettingChange]:
    """What was changed there after the change ``seen``, in order: what somebody who reads it must be told first."""
    later = SettingChange.objects.filter(noun=noun, key=str(key), pk__gt=seen)
    return list(later.select_related("by", "by_contact").order_by("pk"))


def latest_changes(
    *,
    noun: str = "",
    by: int | None = None,
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> models.QuerySet[SettingChange]:
    """The changes that are asked for with who made them, the latest first; what is left out narrows nothing.

    ``before``: a change's id, which is left out itself. ``since`` is included and ``until`` is not (UTC).
    """
    asked = {"noun": noun, "by": by, "pk__lt": before, "at__gte": since, "at__lt": until}
    found = SettingChange.objects.filter(**{name: value for name, value in asked.items() if value})
    return found.select_related("by", "by_contact").order_by("-pk")
