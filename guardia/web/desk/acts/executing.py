"""P4 at the desk: the plan, its cause, the service restored. The visit has files of its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.diagnosis import VISIT
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words
from guardia.web.desk.acts.diagnosing import PLAN_KINDS


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
