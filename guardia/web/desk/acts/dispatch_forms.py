"""What is asked before a crew goes: which one, who agrees, when it arrives, what it carries, who enters."""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.field.crew import Specialty
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Band, ClockKind
from guardia.web.desk.acts.act import ActForm, hour, prose, words
from guardia.web.desk.acts.crew_field import CrewField
from guardia.web.desk.acts.lists import LinesField, part_line, person_line
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.shown.clock import desk_zone


class PlateField(forms.CharField):
    """The plate of a vehicle as it is read aloud: in capitals, on one line."""

    def __init__(self) -> None:
        super().__init__(label=_("Plate"), required=False, max_length=20, help_text=_("Empty: that of the crew."))

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).upper().split())


class EnteringForm(ActForm):
    """Who enters the site, with what: left empty it is what the crew has on record."""

    people = LinesField(
        label=_("Who enters, one per line"),
        line=person_line,
        help_text=_("Name Surname, 010000000-1. Empty: the people of the crew."),
    )
    plate = PlateField()
    tools = prose(_("Tools, one per line"), required=False, rows=2, limit=2000)


class AgreementForm(EnteringForm):
    crew = CrewField()
    specialty = forms.ChoiceField(
        label=_("Specialty that is needed"), required=False, choices=[("", _("any")), *Specialty.choices]
    )
    operator = words(_("Who agrees for the operator"))
    customer = words(_("Who agrees for the customer"))
    site_contact = words(_("Contact at the site"), limit=200)
    access = words(_("Access hours"), limit=200)
    forecast_from = hour(_("Forecast of arrival, from"), ahead=True, required=True)
    forecast_to = hour(_("Forecast of arrival, to"), ahead=True, required=True)
    next_decision_at = hour(_("It is decided again at"), ahead=True)
    parts = LinesField(
        label=_("Parts it carries, one per line"), line=part_line, help_text=_("ONT GPON ×2 · Quito store")
    )
    at = hour(_("Agreed at (empty: now)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = open_visit(self.case)
        asked = self["specialty"].value() or ""
        crew = cast("CrewField", self.fields["crew"])
        crew.offer(self.case, asked, visit.crew_id if visit else None)
        if self.case.band != Band.REMOTE:
            del self.fields["next_decision_at"]
        if not self.is_bound:
            self.initial = {**promised_range(self.case, self.now), **self.initial}

    def clean(self) -> dict:
        fields = super().clean() or {}
        begin, end = fields.get("forecast_from"), fields.get("forecast_to")
        if begin and end and end < begin:
            self.add_error("forecast_to", _("The forecast ends before it begins. Write a later hour."))
        return fields


class HandOverForm(EnteringForm):
    crew = CrewField(label=_("Crew that goes on"), required=True)
    why = prose(_("Why another crew goes on"))
    at = hour()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = open_visit(self.case)
        field = cast("CrewField", self.fields["crew"])
        field.offer(self.case, visit.specialty if visit else "")
        has_it = visit.crew_id if visit else None
        field.widget.choices = [
            (name, [one for one in choices if one[0] != str(has_it)]) if isinstance(choices, list) else (name, choices)
            for name, choices in field.widget.choices
        ]


def promised_range(case: Case, now: datetime) -> dict[str, str]:
    """The hours within which the band of the site promises the arrival (P4.1, P4.2), rounded down; else nothing."""
    band = Band(case.band) if case.band in set(Band) else None
    rule = versions.of(case.procedure_version_id).clock(ClockKind.TRAVEL)
    if rule is None or band is None:
        return {}
    span, target = rule.range_for(band), rule.target_for(band)
    begin, end = span or (None, target)
    hours = {"forecast_from": begin, "forecast_to": end}
    return {name: typed(now + length) for name, length in hours.items() if length}


def typed(at: datetime) -> str:
    """An hour as it is typed in a form, to the last five minutes before it, with its day where that is not today's."""
    local = at.astimezone(desk_zone())
    return (local - timedelta(minutes=local.minute % 5)).strftime("%d/%m %H:%M")
