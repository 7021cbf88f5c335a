"""P6 and P7 at the desk: flap, relapse, the green window; close, withdraw, and why it was late."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.labels import LATE_REASON_NAMES, SAID_IMPACT_NAMES
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact, LateReason, Moment
from guardia.reports import lateness
from guardia.reports.recurring import recurring
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words

# --- explaining late --------------------------------------------------------------------------------------------------
# Why it was late: one choice and, where it is another, some words. Whether anything was late, the verb says.
REASONS = [(str(reason), name) for reason, name in LATE_REASON_NAMES.items()]


class LateForm(ActForm):
    late = one_of(_("Why it was late"), REASONS)
    late_words = words(_("In a few words"), required=False, limit=lateness.LONGEST_WORDS)

    def clean(self) -> dict[str, Any]:
        return needs_words(self, super().clean() or {})


def needs_words(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """*Other* says nothing without its words."""
    if cleaned.get("late") == LateReason.OTHER and not cleaned.get("late_words", "").strip():
        form.add_error("late_words", gettext("Write why it was late."))
    return cleaned


def explained(doing: Doing, fields: dict[str, Any]) -> Event | None:
    """Nothing where nothing was chosen."""
    if not fields.get("late"):
        return None
    said = {**when(doing, {}), "words": fields.get("late_words", "")}
    return lateness.explain(doing.case, LateReason(fields["late"]), **said).event


def known(case: Case, staff: Staff) -> dict[str, Any]:
    return {"late": case.late_reason}


def ask_when_late(form: ActForm) -> None:
    """The closing asks it too, where nobody has said; what is left blank closes the case all the same."""
    if not lateness.asks_why(form.case):
        return
    choices = [("", gettext("Say it later")), *REASONS]
    label = _("Why it was late")
    form.fields["late"] = forms.ChoiceField(label=label, choices=choices, required=False)
    form.fields["late_words"] = words(_("In a few words"), required=False, limit=lateness.LONGEST_WORDS)
    form.fields["late"].help_text = gettext(
        "Asked once; of a mass outage it answers all its cases. The customer does not read it."
    )


LATE_ACTS = (
    Act(
        "demora",
        _("Why it was late"),
        LateForm,
        explained,
        asks=_("For the report, not for the customer. It can be corrected; of a mass outage it answers all."),
        known=known,
        after_closing=True,
    ),
)


# --- closing ----------------------------------------------------------------------------------------------------------
class ClosingForm(ActForm):
    impact = one_of(_("How the service was"), SAID_IMPACT_NAMES)
    fault = prose(_("Fault"))
    solution = prose(_("Solution"))
    prevention = prose(_("What is done so that it does not return"), required=False)

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, case=case, now=now, **kwargs)
        self.fields["prevention"].help_text = why_cause_is_required(case)
        if case.impact != Impact.REPORTED:
            del self.fields["impact"]
        ask_when_late(self)

    def clean(self) -> dict[str, Any]:
        return needs_words(self, super().clean() or {})


class UnprovenClosingForm(ClosingForm):
    reason = prose(_("Why you close without good tests"))


class CancelForm(ActForm):
    reason = prose(_("Reason"))


def close(doing: Doing, fields: dict) -> Event | None:
    return _closed(doing, fields, doing.case.close, fields["fault"], fields["solution"])


def close_without_evidence(doing: Doing, fields: dict) -> Event | None:
    said = (fields["fault"], fields["solution"], fields["reason"])
    return _closed(doing, fields, doing.case.close_without_evidence, *said)


def _closed(doing: Doing, fields: dict, verb: Callable[..., Event], *said: str) -> Event:
    """What nobody has said yet before it, why it was late after it."""
    complete_impact(doing, fields)
    event = verb(*said, prevention=fields["prevention"], **when(doing, fields))
    explained(doing, fields)
    return event


def complete_impact(doing: Doing, fields: dict) -> None:
    """How the service was, where nobody has said it: an event of its own, before the case is closed."""
    if impact := fields.get("impact"):
        doing.case.complete({}, by=doing.by, at=doing.now, impact=Impact(impact))


def why_cause_is_required(case: Case) -> str:
    """Of a site that fails again and again, and of a case that relapsed, it is the first thing the customer asks."""
    if recurring(case.site_id, case.opened_at, case).is_recurring:
        return gettext("This site fails again and again: the customer will ask.")
    if case.latest(Moment.RELAPSED):
        return gettext("The fault returned in this case: the customer will ask.")
    return gettext("If anything is done. The customer reads it.")


def cancel(doing: Doing, fields: dict) -> Event | None:
    return doing.case.cancel(fields["reason"], **when(doing, fields))


def known_at_the_end(case: Case, staff: Staff) -> dict:
    return {"fault": case.fault or case.cause, "solution": case.solution, "prevention": case.prevention}


CLOSING_ACTS = (
    Act(
        "cierre",
        _("Close the case"),
        ClosingForm,
        close,
        asks=_("Fault, solution and affected time go to the customer with the notice of closing."),
        known=known_at_the_end,
        tells=Moment.CLOSED,
    ),
    Act(
        "cierre-sin-pruebas",
        _("Close without good tests"),
        UnprovenClosingForm,
        close_without_evidence,
        supervisor_only=True,
        asks=_("A test was bad after the follow-up. The customer reads the reason and your name."),
        known=known_at_the_end,
        tells=Moment.CLOSED,
    ),
    Act(
        "anular",
        _("Cancel the case"),
        CancelForm,
        cancel,
        asks=_("For a case that was opened by mistake or that the customer withdraws; the customer is told why."),
        tells=Moment.CANCELLED,
    ),
)


# --- following up -----------------------------------------------------------------------------------------------------
class FlapForm(ActForm):
    what = prose(_("What was seen"))
    seconds = forms.IntegerField(label=_("How many seconds it lasted"), min_value=0, max_value=86_400, initial=0)
    at = hour(_("It dropped at (empty: now)"))


class RelapseForm(ActForm):
    what = prose(_("What fails again"))
    at = hour(_("Since what hour (empty: now)"))


class StableForm(ActForm):
    pass


class UnprovenForm(ActForm):
    reason = prose(_("Why you go on without good tests"))


def flap(doing: Doing, fields: dict) -> Event | None:
    lasted = timedelta(seconds=fields["seconds"])
    at = fields["at"] or doing.now - lasted
    return doing.case.flap(fields["what"], lasted, by=doing.by, at=at, now=doing.now)


def relapse(doing: Doing, fields: dict) -> Event | None:
    return doing.case.relapse(fields["what"], **when(doing, fields))


def stabilise(doing: Doing, fields: dict) -> Event | None:
    return doing.case.stabilise(**when(doing, fields))


def stabilise_without_evidence(doing: Doing, fields: dict) -> Event | None:
    return doing.case.stabilise_without_evidence(fields["reason"], **when(doing, fields))


STABILITY_ACTS = (
    Act(
        "estable",
        _("Follow-up of the stability"),
        StableForm,
        stabilise,
        button=_("It is stable: go on to the closing"),
        template="desk/acts/_green_window.html",
        tells=Moment.STABILISED,
    ),
    Act(
        "inestable",
        _("It dropped for a moment"),
        FlapForm,
        flap,
        asks=_("The green window begins again when the service is back."),
        tells=Moment.FLAPPED,
    ),
    Act(
        "reincidencia",
        _("It fails again"),
        RelapseForm,
        relapse,
        asks=_("The case goes back to the diagnosis with its whole time, and the customer is told."),
        tells=Moment.RELAPSED,
    ),
    Act(
        "estable-sin-pruebas",
        _("Go on without good tests"),
        UnprovenForm,
        stabilise_without_evidence,
        supervisor_only=True,
        asks=_("The green window is complete but no good test proves it. The customer reads the reason and your name."),
        tells=Moment.STABILISED,
    ),
)
