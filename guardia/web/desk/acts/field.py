"""P4 at the desk while the crew is out: its steps, what holds it up, what it leaves behind; also told by radio."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.cases.case import Case
from guardia.cases.labels import CONDITION_NAMES
from guardia.cases.verbs import Event
from guardia.evidence.files import CaseFile, pictures_of
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Condition, Moment, WaitCause
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.desk.acts.dispatch import LinesField, promised_range, used_line, written_parts
from guardia.web.desk.acts.offered import open_visit, visit_there
from guardia.web.shared.act import Doing

# --- field forms ------------------------------------------------------------------------------------------------------
# What is asked while a crew is out: the hour, the place, whether it was told by radio, and what each step needs.
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
    why = prose(_("What blocks the visit"))
    next_decision_at = hour(_("Next decision at"), ahead=True, required=True)
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
    next_decision_at = hour(_("Next decision at"), ahead=True, required=True)
    why = prose(_("What was decided, and why"))
    field_order = ("next_decision_at", "why", "at", "radio")


class ResumeForm(ReportedForm):
    forecast_from = hour(_("Expected arrival, from"), ahead=True)
    forecast_to = hour(_("Expected arrival, to"), ahead=True)
    next_decision_at = hour(_("Next decision at (if needed)"), ahead=True)
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
        label=_("Parts installed, one per line"), line=used_line, rows=4, help_text=_("SFP 10G ×1 · AB-1234")
    )
    field_order = ("parts", "at", "radio")


class PictureField(forms.ModelChoiceField):
    def label_from_instance(self, file: CaseFile) -> str:
        return f"{file.name} · {file.caption}" if file.caption else file.name


class SignatureForm(ReportedForm):
    name = words(_("Who of the company signs"))
    position = words(_("Job title"), required=False)
    signature = PictureField(
        None,
        label=_("Signature image"),
        required=False,
        empty_label=_("none"),
        help_text=_("One of the photographs of this case; add it below first."),
    )
    field_order = ("name", "position", "signature", "at", "radio")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["signature"]).queryset = pictures_of(self.case)


class LeaveForm(StepForm):
    finished = one_of(_("How it leaves"), LEFT, initial="unfinished")
    why = prose(_("What is left to do, and what follows"), required=False)
    field_order = ("finished", "why", "at", "place", "radio")

    def clean(self) -> dict:
        fields = super().clean() or {}
        if fields.get("finished") == "unfinished" and not (fields.get("why") or "").strip():
            self.add_error("why", _("Say what is left to do and what follows: the customer will be told."))
        return fields


# --- in the field -----------------------------------------------------------------------------------------------------
RADIO, DESK = "radio", "desk"


def step_arguments(doing: Doing[Case]) -> dict[str, Any]:
    """Who, when, and by which way the desk came to know."""
    return {**doing.when, "source": RADIO if doing.fields.get("radio") else DESK}


def step(doing: Doing[Case]) -> dict[str, Any]:
    return {**step_arguments(doing), "place": doing.fields.get("place", "")}


def depart(doing: Doing[Case]) -> Event | None:
    return doing.on.depart(**step(doing))


def arrive(doing: Doing[Case]) -> Event | None:
    return doing.on.arrive(**step(doing))


def clear_permit(doing: Doing[Case]) -> Event | None:
    return doing.on.clear_permit(**step(doing))


def block(doing: Doing[Case]) -> Event | None:
    condition = Condition(doing.fields["condition"])
    stop = {name: doing.fields[name] for name in ("stops_clock", "asked_by", "proof") if name in doing.fields}
    return doing.on.block(
        condition, doing.fields["why"], doing.fields["next_decision_at"], **stop, **step_arguments(doing)
    )


def decide_again(doing: Doing[Case]) -> Event | None:
    return doing.on.decide_again(doing.fields["next_decision_at"], doing.fields["why"], **step_arguments(doing))


def resume(doing: Doing[Case]) -> Event | None:
    forecast = (doing.fields.get("forecast_from"), doing.fields.get("forecast_to"))
    return doing.on.resume_visit(*forecast, next_decision_at=doing.fields["next_decision_at"], **step_arguments(doing))


def use_parts(doing: Doing[Case]) -> Event | None:
    return doing.on.use_parts(doing.fields["parts"], **step_arguments(doing))


def sign(doing: Doing[Case]) -> Event | None:
    return doing.on.sign_visit(
        doing.fields["name"], doing.fields["position"], signature=doing.fields["signature"], **step_arguments(doing)
    )


def leave(doing: Doing[Case]) -> Event | None:
    return doing.on.leave_site(doing.fields["finished"] == "done", doing.fields["why"], **step(doing))


def known_used(case: Case, staff: Staff) -> dict:
    """What is written down as used; before that, what the crew carried, since most of it is put in."""
    visit = visit_there(case)
    if visit is None:
        return {}
    carried = [{**part, "serial": ""} for part in visit.parts]
    return {"parts": written_parts(visit.parts_used or carried, "serial")}


def known_signature(case: Case, staff: Staff) -> dict:
    visit = visit_there(case)
    if visit is None:
        return {}
    return {"name": visit.signed_by, "position": visit.signed_position, "signature": visit.signature_id}


def known_leaving(case: Case, staff: Staff) -> dict:
    """Once the service is back the work is finished, as long as nobody says otherwise."""
    return {"finished": "unfinished" if open_visit(case) else "done"}


FIELD_ACTS = (
    CaseAct("salida", _("The crew left"), StepForm, depart, tells=Moment.DEPARTED),
    CaseAct("llegada", _("The crew arrived"), StepForm, arrive, tells=Moment.ARRIVED),
    CaseAct(
        "permiso",
        _("Work permit cleared"),
        StepForm,
        clear_permit,
        asks=_("Permits, protective equipment, weather window. Its time does not count towards the solution time."),
        tells=Moment.PERMIT_CLEARED,
    ),
    CaseAct(
        "bloqueo",
        _("The visit is blocked"),
        BlockForm,
        block,
        template="desk/acts/_block.html",
        tells=Moment.BLOCKED,
    ),
    CaseAct("decidir", _("Decide again"), DecisionForm, decide_again, tells=Moment.DECISION_SET),
    CaseAct("reanudar-visita", _("The visit resumes"), ResumeForm, resume, tells=Moment.VISIT_RESUMED),
    CaseAct("repuestos", _("Parts used"), UsedForm, use_parts, known=known_used, tells=Moment.PARTS_USED),
    CaseAct("firma", _("Customer's signature"), SignatureForm, sign, known=known_signature, tells=Moment.VISIT_SIGNED),
    CaseAct(
        "salida-sede",
        pgettext_lazy("act", "The crew left the site"),
        LeaveForm,
        leave,
        known=known_leaving,
        tells=Moment.LEFT_SITE,
    ),
)
