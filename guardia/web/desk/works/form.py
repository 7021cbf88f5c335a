"""The form of a planned work: what is done, when, which services it touches. Hours in the operator's zone."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused
from guardia.network.element import Element
from guardia.network.elements import element_called
from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_drafting import Planned, circuits_named, touched
from guardia.web.desk.acts.act import as_hour, hour, prose, words
from guardia.web.desk.shown.clock import desk_zone

LONGEST_MINUTES = 14 * 24 * 60
OF_REFUSALS = {
    "starts_at": "starts",
    "ends_at": "ends",
    "expected_minutes": "minutes",
    "public_name_es": "what_es",
}
"""Which field of the form a refusal of the room speaks of."""


class WindowForm(forms.Form):
    """The hours: the end may be an hour alone, which is the next one after the beginning."""

    use_required_attribute = False

    starts = hour(_("Begins"), ahead=True, required=True)
    ends = words(_("Ends"), limit=20)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["starts"].now = now  # type: ignore[attr-defined]
        self.fields["starts"].help_text = _("A day and an hour, such as 24/11 02:00.")
        self.fields["ends"].help_text = _("An hour after the beginning, or a day and an hour.")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        starts, ends = fields.get("starts"), fields.get("ends")
        if starts and isinstance(ends, str):
            try:
                fields["ends"] = as_hour(ends.replace("T", " ").strip(), desk_zone(), starts, ahead=True)
            except forms.ValidationError as wrong:
                self.add_error("ends", wrong)
        return fields


class WorkForm(WindowForm):
    """All that a draft says."""

    name = words(_("Name at the desk"))
    what_es = words(_("What is done, as customers read it (Spanish)"), limit=200)
    what_en = words(_("The same in English"), required=False, limit=200)
    what_pt = words(_("The same in Portuguese"), required=False, limit=200)
    element = words(_("Element whose services it touches"), required=False, limit=80)
    circuits = prose(_("Other services, one circuit per line"), required=False, rows=3, limit=20_000)
    minutes = forms.IntegerField(
        label=_("Minutes without service"), required=False, min_value=0, max_value=LONGEST_MINUTES
    )
    carrier = words(_("Carrier, if the work is not ours"), required=False)
    carrier_reference = words(_("Its reference"), required=False, limit=80)
    needs_agreement = forms.BooleanField(label=_("Ask each company for its agreement"), required=False)
    is_public = forms.BooleanField(label=_("Show it on the public status page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].help_text = _("Within the window; empty: all of it.")
        self.fields["element"].help_text = _("Its code. Services that have another way are left aside.")

    def clean_element(self) -> Element | None:
        code = self.cleaned_data["element"].strip()
        found = element_called(code) if code else None
        if code and found is None:
            raise forms.ValidationError(gettext("No element has this code. Choose one of the list."))
        return found

    def clean_circuits(self) -> tuple[int, ...]:
        try:
            return tuple(circuits_named(self.cleaned_data["circuits"].splitlines()))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def planned(self) -> Planned:
        fields = self.cleaned_data
        return Planned(
            name=fields["name"],
            public_name={language: fields[f"what_{language}"] for language in ("es", "en", "pt")},
            starts_at=fields["starts"],
            ends_at=fields["ends"],
            element=fields["element"],
            services=fields["circuits"],
            expected_minutes=fields["minutes"],
            carrier=fields["carrier"],
            carrier_reference=fields["carrier_reference"],
            needs_agreement=fields["needs_agreement"],
            is_public=fields["is_public"],
            zone=settings.TIME_ZONE,
        )

    def refuse(self, refused: Refused) -> bool:
        """The sentence beside its field; whether it has one."""
        name = OF_REFUSALS.get(refused.field, refused.field)
        if name not in self.fields:
            return False
        self.add_error(name, str(refused))
        return True


def written(work: PlannedWork, below: set[int]) -> dict[str, Any]:
    """What the form of a draft begins with. ``below``: the services that the element brings with it."""
    named = touched(work).exclude(service__in=below).select_related("service").order_by("service__circuit")
    return {
        **hours_written(work),
        "name": work.name,
        **{f"what_{language}": work.public_name.get(language, "") for language in ("es", "en", "pt")},
        "element": work.element.code if work.element else "",
        "circuits": "\n".join(row.service.circuit for row in named),
        "minutes": work.expected_minutes,
        "carrier": work.carrier,
        "carrier_reference": work.carrier_reference,
        "needs_agreement": work.needs_agreement,
        "is_public": work.is_public,
    }


def hours_written(work: PlannedWork, later: timedelta = timedelta()) -> dict[str, str]:
    zone = desk_zone()
    pattern = "%d/%m/%Y %H:%M"
    return {
        "starts": (work.starts_at + later).astimezone(zone).strftime(pattern),
        "ends": (work.ends_at + later).astimezone(zone).strftime(pattern),
    }
