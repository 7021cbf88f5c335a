"""P3 at the desk: tests, diagnosis, a service that came back by itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.verbs import Event
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
