"""P3 to P5 at the desk: tests, diagnosis, the plan, the service restored, the customer's confirmation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.diagnosis import VISIT
from guardia.cases.stages.verification import Capacity, Confirmer
from guardia.cases.verbs import Event
from guardia.customers.phones import spoken
from guardia.evidence.test_result import Verdict
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.shared.act import Doing

PLAN_KINDS = [("remote", _("remotely")), ("visit", _("by a visit to the site"))]


class TestForm(ActForm):
    __test__ = False

    name = words(_("Test"), limit=120)
    result = prose(_("What it measured"), rows=2)
    verdict = one_of(_("Verdict"), Verdict.choices, initial=Verdict.BAD)
    at = hour()


class DiagnosisForm(ActForm):
    cause = prose(_("Cause"))
    plan = prose(_("Solution plan"))
    plan_kind = one_of(_("How it is carried out"), PLAN_KINDS, initial="visit")
    probable = forms.BooleanField(label=_("The cause is probable, not certain yet"), required=False)
    at = hour()


class RecoveryForm(ActForm):
    how = prose(_("How it is known that the service is back"))
    at = hour(_("From what time (empty: now)"))


def known_of_a_test(case: Case, staff: Staff) -> dict:
    """Once the service is back, a test is expected to be good (P5, P6)."""
    return {"verdict": Verdict.GOOD if case.restored_at else Verdict.BAD}


def add_test(doing: Doing[Case]) -> Event | None:
    return doing.on.add_test(
        doing.fields["name"], doing.fields["result"], Verdict(doing.fields["verdict"]), **doing.when
    )


def diagnose(doing: Doing[Case]) -> Event | None:
    return doing.on.diagnose(
        doing.fields["cause"],
        doing.fields["plan"],
        doing.fields["plan_kind"],
        probable=doing.fields["probable"],
        **doing.when,
    )


def recover(doing: Doing[Case]) -> Event | None:
    return doing.on.recover(doing.fields["how"], **doing.when)


DIAGNOSIS_ACTS = (
    CaseAct("prueba", _("Add a test"), TestForm, add_test, button=_("Record the test"), known=known_of_a_test),
    CaseAct(
        "diagnostico",
        _("Record the diagnosis"),
        DiagnosisForm,
        diagnose,
        button=_("Record the diagnosis and notify"),
        template="desk/acts/_diagnosis.html",
        tells=Moment.DIAGNOSED,
    ),
    CaseAct(
        "normalizado",
        _("It recovered by itself"),
        RecoveryForm,
        recover,
        asks=_("From here the case proceeds to verification with the customer."),
        tells=Moment.RECOVERED,
    ),
)


# --- executing --------------------------------------------------------------------------------------------------------
class HourForm(ActForm):
    at = hour()


class RestoredForm(ActForm):
    """What the crew did is often told by radio; from afar there is neither a place nor a radio."""

    solution = prose(_("What was done"))
    at = hour(_("Restored at (empty: now)"))
    place = words(_("Where (coordinates or words)"), required=False, limit=120)
    radio = forms.BooleanField(label=_("Reported by radio"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.plan_kind != VISIT:
            for name in ("place", "radio"):
                del self.fields[name]


class CauseForm(ActForm):
    cause = prose(_("Cause"))


class PlanForm(ActForm):
    plan = prose(_("Solution plan"))
    plan_kind = one_of(_("How it is carried out"), PLAN_KINDS)


def restore(doing: Doing[Case]) -> Event | None:
    source = "radio" if doing.fields.get("radio") else "desk"
    place = doing.fields.get("place", "")
    return doing.on.restore(doing.fields["solution"], **doing.when, place=place, source=source)


def correct_cause(doing: Doing[Case]) -> Event | None:
    return doing.on.correct_cause(doing.fields["cause"], **doing.when)


def change_plan(doing: Doing[Case]) -> Event | None:
    return doing.on.change_plan(doing.fields["plan"], doing.fields["plan_kind"], **doing.when)


def known_cause(case: Case, staff: Staff) -> dict:
    return {"cause": case.cause}


def known_plan(case: Case, staff: Staff) -> dict:
    return {"plan": case.plan, "plan_kind": case.plan_kind}


EXECUTION_ACTS = (
    CaseAct("restablecido", _("The service is restored"), RestoredForm, restore, tells=Moment.RESTORED),
    CaseAct("causa", _("Correct the cause"), CauseForm, correct_cause, known=known_cause, tells=Moment.CAUSE_CORRECTED),
    CaseAct("plan", _("Change the plan"), PlanForm, change_plan, known=known_plan, tells=Moment.PLAN_CHANGED),
)


# --- verifying --------------------------------------------------------------------------------------------------------
# P5 at the desk: attempts, the customer's confirmation, a supervisor going on without it.
class AttemptForm(ActForm):
    whom = words(_("Whom you tried to reach"))
    outcome = words(_("What came of it"))
    at = hour()


class ConfirmationForm(ActForm):
    confirmer_name = words(_("Who confirms"))
    position = words(_("Job title"))
    phone = words(_("Telephone"), limit=40)
    channel = one_of(
        _("Channel"), [("phone", _("telephone")), ("mail", _("email")), ("site", _("at the site"))], initial="phone"
    )
    capacity = one_of(
        _("This person is"),
        [
            (Capacity.EMPLOYEE, _("of the customer's company")),
            (Capacity.GUARD, _("a guard of the building")),
            (Capacity.OUR_TECHNICIAN, _("our own technician")),
        ],
        initial=Capacity.EMPLOYEE,
    )
    plan_executed = prose(_("Plan that was executed"))
    at = hour(_("Confirmed at (empty: now)"))


class UnconfirmedForm(ActForm):
    reason = prose(_("Why you proceed without the confirmation"))


def try_to_confirm(doing: Doing[Case]) -> Event | None:
    return doing.on.try_to_confirm(doing.fields["whom"], doing.fields["outcome"], **doing.when)


def confirm(doing: Doing[Case]) -> Event | None:
    who = Confirmer(
        doing.fields["confirmer_name"],
        doing.fields["position"],
        doing.fields["phone"],
        doing.fields["channel"],
        Capacity(doing.fields["capacity"]),
    )
    return doing.on.confirm(who, doing.fields["plan_executed"], **doing.when)


def go_on_unconfirmed(doing: Doing[Case]) -> Event | None:
    return doing.on.go_on_unconfirmed(doing.fields["reason"], **doing.when)


def known_of_the_confirmation(case: Case, staff: Staff) -> dict:
    position = case.reporter.position if case.reporter else ""
    return {
        "confirmer_name": case.reporter_name,
        "position": position,
        "phone": spoken(case.call_back_number) if case.call_back_number else "",
        "plan_executed": case.solution,
    }


def known_whom(case: Case, staff: Staff) -> dict:
    return {"whom": case.reporter_name}


VERIFICATION_ACTS = (
    CaseAct("intento", _("Record an attempt"), AttemptForm, try_to_confirm, known=known_whom),
    CaseAct(
        "confirmacion",
        _("The customer confirms"),
        ConfirmationForm,
        confirm,
        button=_("Record the confirmation and notify"),
        template="desk/acts/_confirmation.html",
        asks=_(
            "Anybody from the company, at once: never a guard, never our own technician. What no link, code or "
            "call from a number on file proves counts as verbal: the contacts may deny it with one tap."
        ),
        known=known_of_the_confirmation,
        tells=Moment.CONFIRMED,
    ),
    CaseAct(
        "sin-confirmacion",
        _("Continue without confirmation"),
        UnconfirmedForm,
        go_on_unconfirmed,
        supervisor_only=True,
        template="desk/acts/_confirmation.html",
        asks=_("Marked as not confirmed by the customer."),
        tells=Moment.CONFIRMED,
    ),
)
