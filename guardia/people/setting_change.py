"""Every change of an operator's setting is on record: what was, what is, who changed it and when. Append-only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from guardia.people.staff import Staff


class SettingChange(models.Model):
    noun = models.CharField(max_length=30, help_text="level, rota, cover, shift_plan, steps …")
    key = models.CharField(max_length=60, help_text="which one of them")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "setting_change"
        indexes = [models.Index(fields=["noun", "-at"], name="setting_change_latest")]


def put_on_record(
    noun: str,
    key: object,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: Staff | None,
    at: datetime,
) -> None:
    """Write down one change; nothing where nothing changed. ``at`` is UTC."""
    if before != after:
        SettingChange.objects.create(noun=noun, key=str(key), before=before, after=after, by=by, at=at)
