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
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words

PLAN_KINDS = [("remote", _("remotely")), ("visit", _("by a visit to the site"))]


class TestForm(ActForm):
    __test__ = False

    name = words(_("Test"), limit=120)
    result = prose(_("What it measured"), rows=2)
    verdict = one_of(_("Verdict"), Verdict.choices, initial=Verdict.BAD)
    at = hour()


class DiagnosisForm(ActForm):
    cause = prose(_("Cause"))
    plan = prose(_("Plan of solution"))
    plan_kind = one_of(_("How it is carried out"), PLAN_KINDS, initial="visit")
    probable = forms.BooleanField(label=_("The cause is probable, not certain yet"), required=False)
    at = hour()


class RecoveryForm(ActForm):
    how = prose(_("How it is known that the service is back"))
    at = hour(_("Since what hour (empty: now)"))


def known_of_a_test(case: Case, staff: Staff) -> dict:
    """Once the service is back, a test is expected to be good (P5, P6)."""
    return {"verdict": Verdict.GOOD if case.restored_at else Verdict.BAD}


def add_test(doing: Doing, fields: dict) -> Event | None:
    return doing.case.add_test(fields["name"], fields["result"], Verdict(fields["verdict"]), **when(doing, fields))


def diagnose(doing: Doing, fields: dict) -> Event | None:
    return doing.case.diagnose(
        fields["cause"], fields["plan"], fields["plan_kind"], probable=fields["probable"], **when(doing, fields)
    )


def recover(doing: Doing, fields: dict) -> Event | None:
    return doing.case.recover(fields["how"], **when(doing, fields))


DIAGNOSIS_ACTS = (
    Act("prueba", _("Add a test"), TestForm, add_test, button=_("Put the test on record"), known=known_of_a_test),
    Act(
        "diagnostico",
        _("Record the diagnosis"),
        DiagnosisForm,
        diagnose,
        button=_("Record the diagnosis and tell"),
        template="desk/acts/_diagnosis.html",
        tells=Moment.DIAGNOSED,
    ),
    Act(
        "normalizado",
        _("It came back by itself"),
        RecoveryForm,
        recover,
        asks=_("From here the case goes on to the verification with the customer."),
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
    plan = prose(_("Plan of solution"))
    plan_kind = one_of(_("How it is carried out"), PLAN_KINDS)


def restore(doing: Doing, fields: dict) -> Event | None:
    source = "radio" if fields.get("radio") else "desk"
    place = fields.get("place", "")
    return doing.case.restore(fields["solution"], **when(doing, fields), place=place, source=source)


def correct_cause(doing: Doing, fields: dict) -> Event | None:
    return doing.case.correct_cause(fields["cause"], **when(doing, fields))


def change_plan(doing: Doing, fields: dict) -> Event | None:
    return doing.case.change_plan(fields["plan"], fields["plan_kind"], **when(doing, fields))


def known_cause(case: Case, staff: Staff) -> dict:
    return {"cause": case.cause}


def known_plan(case: Case, staff: Staff) -> dict:
    return {"plan": case.plan, "plan_kind": case.plan_kind}


EXECUTION_ACTS = (
    Act("restablecido", _("The service is restored"), RestoredForm, restore, tells=Moment.RESTORED),
    Act("causa", _("Correct the cause"), CauseForm, correct_cause, known=known_cause, tells=Moment.CAUSE_CORRECTED),
    Act("plan", _("Change the plan"), PlanForm, change_plan, known=known_plan, tells=Moment.PLAN_CHANGED),
)


# --- verifying --------------------------------------------------------------------------------------------------------
# P5 at the desk: attempts, the customer's confirmation, a supervisor going on without it.
class AttemptForm(ActForm):
    whom = words(_("Whom you tried to reach"))
    outcome = words(_("What came of it"))
    at = hour()


class ConfirmationForm(ActForm):
    confirmer_name = words(_("Who confirms"))
    position = words(_("Position"))
    phone = words(_("Telephone"), limit=40)
    channel = one_of(
        _("Channel"), [("phone", _("telephone")), ("mail", _("e-mail")), ("site", _("at the site"))], initial="phone"
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
    reason = prose(_("Why you go on without the confirmation"))


def try_to_confirm(doing: Doing, fields: dict) -> Event | None:
    return doing.case.try_to_confirm(fields["whom"], fields["outcome"], **when(doing, fields))


def confirm(doing: Doing, fields: dict) -> Event | None:
    who = Confirmer(
        fields["confirmer_name"],
        fields["position"],
        fields["phone"],
        fields["channel"],
        Capacity(fields["capacity"]),
    )
    return doing.case.confirm(who, fields["plan_executed"], **when(doing, fields))


def go_on_unconfirmed(doing: Doing, fields: dict) -> Event | None:
    return doing.case.go_on_unconfirmed(fields["reason"], **when(doing, fields))


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
    Act("intento", _("Record an attempt"), AttemptForm, try_to_confirm, known=known_whom),
    Act(
        "confirmacion",
        _("The customer confirms"),
        ConfirmationForm,
        confirm,
        button=_("Record the confirmation and tell"),
        template="desk/acts/_confirmation.html",
        asks=_(
            "Anybody of the company, at once: never a guard, never our own technician. What neither a link, a code nor "
            "a call from a number on file proves is by word: the contacts may deny it by one tap."
        ),
        known=known_of_the_confirmation,
        tells=Moment.CONFIRMED,
    ),
    Act(
        "sin-confirmacion",
        _("Go on without confirmation"),
        UnconfirmedForm,
        go_on_unconfirmed,
        supervisor_only=True,
        template="desk/acts/_confirmation.html",
        asks=_("Marked as not confirmed by the customer."),
        tells=Moment.CONFIRMED,
    ),
)
