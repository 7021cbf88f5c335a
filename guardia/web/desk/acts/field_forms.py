"""What is asked while a crew is out: the hour, the place, whether it was told by radio, and what each step needs."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.words import CONDITION_NAMES
from guardia.evidence.case_file import CaseFile
from guardia.procedure.vocabulary import Condition, WaitCause
from guardia.web.desk.acts.act import ActForm, hour, one_of, prose, words
from guardia.web.desk.acts.dispatch_forms import promised_range
from guardia.web.desk.acts.lists import LinesField, used_line
from guardia.web.desk.acts.offered import open_visit

LEFT = [("done", _("the work is finished")), ("unfinished", _("unfinished: another visit follows"))]


def by_radio() -> forms.BooleanField:
    return forms.BooleanField(label=_("Reported by radio"), required=False)


class ReportedForm(ActForm):
    """Something that the crew tells the desk."""

    at = hour()
    radio = by_radio()


class StepForm(ActForm):
    """A step that the crew takes, where it does."""

    at = hour()
    place = words(_("Where (coordinates or words)"), required=False, limit=120)
    radio = by_radio()


class BlockForm(ReportedForm):
    condition = one_of(_("Condition"), [(c.value, CONDITION_NAMES[c]) for c in Condition])
    why = prose(_("What holds the visit up"))
    next_decision_at = hour(_("It is decided again at"), ahead=True, required=True)
    stops_clock = forms.BooleanField(
        label=_("Force majeure: the clock stops too, as a wait that the customer sees"), required=False
    )
    asked_by = words(_("Who asks for the stop"), required=False, limit=100)
    proof = words(_("Proof"), required=False, limit=300)
    field_order = ("condition", "why", "next_decision_at", "at", "radio", "stops_clock", "asked_by", "proof")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and not self.case.clocks_that_may_wait_for(WaitCause.FORCE_MAJEURE):
            for name in ("stops_clock", "asked_by", "proof"):
                del self.fields[name]


class DecisionForm(ReportedForm):
    next_decision_at = hour(_("It is decided again at"), ahead=True, required=True)
    why = prose(_("What was decided, and why"))
    field_order = ("next_decision_at", "why", "at", "radio")


class ResumeForm(ReportedForm):
    forecast_from = hour(_("Forecast of arrival, from"), ahead=True)
    forecast_to = hour(_("Forecast of arrival, to"), ahead=True)
    next_decision_at = hour(_("It is decided again at (if it has to be)"), ahead=True)
    field_order = ("forecast_from", "forecast_to", "next_decision_at", "at", "radio")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit = open_visit(self.case)
        if visit and visit.arrived_at:
            for name in ("forecast_from", "forecast_to"):
                del self.fields[name]
        elif not self.is_bound:
            self.initial = {**promised_range(self.case, self.now), **self.initial}


class UsedForm(ReportedForm):
    parts = LinesField(
        label=_("Parts that were put in, one per line"), line=used_line, rows=4, help_text=_("SFP 10G ×1 · AB-1234")
    )
    field_order = ("parts", "at", "radio")


class PictureField(forms.ModelChoiceField):
    def label_from_instance(self, file: CaseFile) -> str:
        return f"{file.name} · {file.caption}" if file.caption else file.name


class SignatureForm(ReportedForm):
    name = words(_("Who of the company signs"))
    position = words(_("Position"), required=False)
    signature = PictureField(
        CaseFile.objects.none(),
        label=_("Picture of the signature"),
        required=False,
        empty_label=_("none"),
        help_text=_("One of the photographs of this case; add it below first."),
    )
    field_order = ("name", "position", "signature", "at", "radio")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures = CaseFile.objects.filter(case=self.case, withdrawn_at=None, type__startswith="image/")
        cast("forms.ModelChoiceField", self.fields["signature"]).queryset = pictures.order_by("-taken_at")


class LeaveForm(StepForm):
    finished = one_of(_("How it leaves"), LEFT, initial="unfinished")
    why = prose(_("What is left to do, and what follows"), required=False)
    field_order = ("finished", "why", "at", "place", "radio")

    def clean(self) -> dict:
        fields = super().clean() or {}
        if fields.get("finished") == "unfinished" and not (fields.get("why") or "").strip():
            self.add_error("why", _("Say what is left to do and what follows: the customer will be told."))
        return fields
