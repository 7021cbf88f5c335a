"""P4 at the desk: the plan, the visit's steps, the service restored."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.field_work import Agreement
from guardia.cases.verbs import Event
from guardia.cases.words import CONDITION_NAMES
from guardia.doors.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words
from guardia.doors.desk.acts.diagnosing import PLAN_KINDS
from guardia.field.crew import Crew
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Condition, Moment


class HourForm(ActForm):
    at = hour()


class AgreementForm(ActForm):
    crew = forms.ModelChoiceField(
        Crew.objects.none(), label=_("Crew"), required=False, empty_label=_("to be named later")
    )
    operator = words(_("Who agrees for the operator"))
    customer = words(_("Who agrees for the customer"))
    site_contact = words(_("Contact at the site"))
    access = words(_("Access hours"))
    forecast_from = hour(_("Forecast of arrival, from"), ahead=True, required=True)
    forecast_to = hour(_("Forecast of arrival, to"), ahead=True, required=True)
    at = hour(_("Agreed at (empty: now)"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crew"].queryset = Crew.objects.filter(active=True).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict:
        fields = super().clean() or {}
        begin, end = fields.get("forecast_from"), fields.get("forecast_to")
        if begin and end and end < begin:
            self.add_error("forecast_to", _("The forecast ends before it begins. Write a later hour."))
        return fields


class BlockForm(ActForm):
    condition = one_of(_("Condition"), [(c.value, CONDITION_NAMES[c]) for c in Condition])
    why = prose(_("What holds the visit up"))
    next_decision_at = hour(_("It is decided again at"), ahead=True, required=True)


class RestoredForm(ActForm):
    solution = prose(_("What was done"))
    at = hour(_("Restored at (empty: now)"))


class CauseForm(ActForm):
    cause = prose(_("Cause"))


class PlanForm(ActForm):
    plan = prose(_("Plan of solution"))
    plan_kind = one_of(_("How it is carried out"), PLAN_KINDS)


def decide_dispatch(doing: Doing, fields: dict) -> Event | None:
    return doing.case.decide_dispatch(**when(doing, fields))


def agree(doing: Doing, fields: dict) -> Event | None:
    facts = {name: fields[name] for name in Agreement.__dataclass_fields__}
    return doing.case.agree(Agreement(**facts), **when(doing, fields))


def depart(doing: Doing, fields: dict) -> Event | None:
    return doing.case.depart(**when(doing, fields))


def arrive(doing: Doing, fields: dict) -> Event | None:
    return doing.case.arrive(**when(doing, fields))


def clear_permit(doing: Doing, fields: dict) -> Event | None:
    return doing.case.clear_permit(**when(doing, fields))


def block(doing: Doing, fields: dict) -> Event | None:
    condition = Condition(fields["condition"])
    return doing.case.block(condition, fields["why"], fields["next_decision_at"], **when(doing, fields))


def restore(doing: Doing, fields: dict) -> Event | None:
    return doing.case.restore(fields["solution"], **when(doing, fields))


def correct_cause(doing: Doing, fields: dict) -> Event | None:
    return doing.case.correct_cause(fields["cause"], **when(doing, fields))


def change_plan(doing: Doing, fields: dict) -> Event | None:
    return doing.case.change_plan(fields["plan"], fields["plan_kind"], **when(doing, fields))


def known_of_the_visit(case: Case, staff: Staff) -> dict:
    contact = case.site_contact or (case.site.contact_on_site if case.site else "")
    access = case.access_hours or (case.site.access_hours if case.site else "")
    return {"operator": staff.name, "customer": case.reporter_name, "site_contact": contact, "access": access}


def known_cause(case: Case, staff: Staff) -> dict:
    return {"cause": case.cause}


def known_plan(case: Case, staff: Staff) -> dict:
    return {"plan": case.plan, "plan_kind": case.plan_kind}


EXECUTION_ACTS = (
    Act("envio", _("Decide to send a crew"), HourForm, decide_dispatch, tells=Moment.DISPATCH_DECIDED),
    Act(
        "acuerdo",
        _("Agree on the visit"),
        AgreementForm,
        agree,
        asks=_("Travel counts from the hour on which both sides agree."),
        known=known_of_the_visit,
        tells=Moment.DISPATCH_AGREED,
    ),
    Act("salida", _("The crew left"), HourForm, depart, tells=Moment.DEPARTED),
    Act("llegada", _("The crew arrived"), HourForm, arrive, tells=Moment.ARRIVED),
    Act(
        "permiso",
        _("Work permit cleared"),
        HourForm,
        clear_permit,
        asks=_("Permits, protective equipment, weather window. Its time is not counted in the hours of solution."),
        tells=Moment.PERMIT_CLEARED,
    ),
    Act("bloqueo", _("The visit is blocked"), BlockForm, block, tells=Moment.BLOCKED),
    Act("restablecido", _("The service is restored"), RestoredForm, restore, tells=Moment.RESTORED),
    Act("causa", _("Correct the cause"), CauseForm, correct_cause, known=known_cause, tells=Moment.CAUSE_CORRECTED),
    Act("plan", _("Change the plan"), PlanForm, change_plan, known=known_plan, tells=Moment.PLAN_CHANGED),
)
