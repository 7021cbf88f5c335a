"""The forms of a source of alerts. What may stand in a field is decided by the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.network.alert import AlertSource, SourceKind, WhatItOpens
from guardia.network.alerts_sources import LONGEST_COMMUNITY, LONGEST_NAME, LONGEST_WAIT, MOST_GATHERED, READERS
from guardia.web.desk.companies.forms import DeskForm, words


def brings() -> forms.CharField:
    return words(
        gettext_lazy("Community, or v3:USER"),
        LONGEST_COMMUNITY,
        help_text=gettext_lazy("Of SNMP: what its traps bring. Only its digest is kept."),
    )


def from_where() -> forms.CharField:
    return words(
        gettext_lazy("Address of the device"),
        60,
        help_text=gettext_lazy("Of SNMP: from here alone its traps are taken."),
    )


def opens() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("What it opens"), choices=WhatItOpens.choices)


class NewSourceForm(DeskForm):
    name = words(
        gettext_lazy("Name"),
        LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("As the desk calls it. It stays."),
        error_messages={"required": gettext_lazy("Write how the desk calls this source.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SourceKind.choices)
    opens = opens()
    signed = forms.BooleanField(
        label=gettext_lazy("Refuse messages that are not signed"),
        required=False,
        help_text=gettext_lazy("Only where the source can sign."),
    )
    address = from_where()
    brings = brings()

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.initial = {"opens": WhatItOpens.PROPOSAL, **(initial or {})}

    def clean(self) -> dict[str, Any]:
        """Of what pushes, address and community are not asked for."""
        cleaned = super().clean()
        if cleaned.get("kind") == SourceKind.SNMP:
            for field in ("address", "brings"):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, _("SNMP needs it. Please write it."))
        return cleaned


class SourceForm(DeskForm):
    readers = {name: READERS[name] for name in ("hold_seconds", "calm_seconds", "gathers")}
    opens = opens()
    hold_seconds = forms.CharField(
        label=gettext_lazy("Seconds that it must fire"),
        max_length=5,
        widget=forms.NumberInput({"min": 0, "max": LONGEST_WAIT}),
        help_text=gettext_lazy("Before anything is opened. What is over sooner opens nothing."),
    )
    calm_seconds = forms.CharField(
        label=gettext_lazy("Seconds that it must be quiet"),
        max_length=5,
        widget=forms.NumberInput({"min": 0, "max": LONGEST_WAIT}),
        help_text=gettext_lazy("Before it counts as resolved. What comes and goes meanwhile is one alert."),
    )
    gathers = forms.CharField(
        label=gettext_lazy("Services of one cause"),
        max_length=4,
        widget=forms.NumberInput({"min": 2, "max": MOST_GATHERED}),
        help_text=gettext_lazy("From so many on it is a mass outage; fewer are cases of their own."),
    )
    signed = NewSourceForm.base_fields["signed"]
    address = from_where()
    brings = words(
        gettext_lazy("Another community, or v3:USER"),
        LONGEST_COMMUNITY,
        help_text=gettext_lazy("Empty: it stays as it is. Only its digest is kept."),
    )

    def __init__(self, data: Any = None, *, of: AlertSource) -> None:
        super().__init__(data, of=of)
        for field in ("signed",) if of.kind == SourceKind.SNMP else ("address", "brings"):
            del self.fields[field]
