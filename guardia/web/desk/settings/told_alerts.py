"""A change of the sources of alerts in words: which source or alert, and each thing before and after."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.network.alert import AlertSource, AlertState, SourceKind, WhatItOpens
from guardia.network.alerts_listed import ALERT
from guardia.network.alerts_sources import SOURCE
from guardia.people.setting_change import SettingChange
from guardia.web.desk.settings.told_things import Named, kept, named

NOUNS: dict[str, Promise] = {SOURCE: gettext_lazy("Source of alerts"), ALERT: pgettext_lazy("monitoring", "Alert")}
FIELDS: dict[str, Promise] = {
    "source_kind": gettext_lazy("Kind"),
    "device": gettext_lazy("Address of the device"),
    "opens": gettext_lazy("What it opens"),
    "hold_seconds": gettext_lazy("Seconds that it must fire"),
    "calm_seconds": gettext_lazy("Seconds that it must be quiet"),
    "gathers": gettext_lazy("Services of one cause"),
    "rules": gettext_lazy("Where its labels lead"),
    "alert_state": gettext_lazy("State"),
}
CODED: Mapping[str, Mapping[str, Any]] = {
    "source_kind": dict(SourceKind.choices),
    "opens": dict(WhatItOpens.choices),
    "alert_state": dict(AlertState.choices),
}


def of(change: SettingChange) -> Named | None:
    return None if "name" in kept(change) or change.noun == ALERT else named(AlertSource, change.key)


def about(change: SettingChange, thing: Model | None) -> str:
    """The name of the source, or of the alert."""
    return str(thing or kept(change).get("name", change.key))
