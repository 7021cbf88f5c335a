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
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.desk.acts.offered import visit_there
from guardia.web.desk.case_page.links import like_href
from guardia.web.desk.clock import desk_zone
from guardia.web.shared.act import Doing

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


def explained(doing: Doing[Case]) -> Event | None:
    """Nothing where nothing was chosen."""
    if not doing.fields.get("late"):
        return None
    said = {**doing.when, "words": doing.fields.get("late_words", "")}
    return lateness.explain(doing.on, LateReason(doing.fields["late"]), **said).event


def known(case: Case, staff: Staff) -> dict[str, Any]:
    return {"late": case.late_reason}


# --- opening again ----------------------------------------------------------------------------------------------------
class ReopenForm(ActForm):
    """A closed case is opened again; what is another fault is a new case."""

    what = prose(_("What fails again, and who says so"))
    since = hour(_("Without service again since (empty: now)"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        back = self.case.restored_at
        words = gettext(
            "%(zone)s. Only time without service counts as affected, not the time since the closing. If it "
            "never came back, enter the time of the restoration: %(hour)s."
        )
        hour_back = f"{back.astimezone(desk_zone()):%d/%m/%Y %H:%M}" if back else "–"
        self.fields["since"].help_text = words % {"zone": self.fields["since"].help_text, "hour": hour_back}

    @property
    def new_case_href(self) -> str:
        return like_href(self.case, linked=True)


class MistakenForm(ActForm):
    reason = prose(_("Why it was a mistake"))


def reopen(doing: Doing[Case]) -> Event | None:
    return doing.on.reopen(doing.fields["what"], doing.fields["since"], by=doing.by, at=doing.now)


def close_as_mistaken(doing: Doing[Case]) -> Event | None:
    return doing.on.close_as_mistaken(doing.fields["reason"], by=doing.by, at=doing.now)


REOPENING_ACTS = (
    CaseAct(
        "reabrir",
        _("Reopen the case"),
        ReopenForm,
        reopen,
        template="desk/acts/_reopening.html",
        tells=Moment.RELAPSED,
        after_closing=True,
    ),
    CaseAct(
        "reabierto-por-error",
        _("Reopened by mistake"),
        MistakenForm,
        close_as_mistaken,
        asks=_("The case is closed as it was: the reopening does not count. The customer reads the reason."),
        tells=Moment.CLOSED,
        button=_("Close it again, unchanged"),
    ),
)


LATE_ACTS = (
    CaseAct(
        "demora",
        _("Why it was late"),
        LateForm,
        explained,
        asks=_("For the report, not for the customer. It can be corrected; for a mass outage it covers all cases."),
        known=known,
        after_closing=True,
    ),
)


# --- closing ----------------------------------------------------------------------------------------------------------
class ClosingForm(ActForm):
    impact = one_of(_("How the service was"), SAID_IMPACT_NAMES)
    fault = prose(_("Fault"))
    solution = prose(_("Solution"))
    prevention = prose(_("What is done to prevent a recurrence"), required=False)
    late = forms.ChoiceField(
        label=_("Why it was late"),
        choices=[("", _("Explain it later")), *REASONS],
        required=False,
        help_text=_("Asked once; for a mass outage it covers all its cases. The customer does not read it."),
    )
    late_words = words(_("In a few words"), required=False, limit=lateness.LONGEST_WORDS)
    crew_stays = forms.BooleanField(
        label=_("The crew has not reported leaving the site: close the case anyway"),
        error_messages={"required": _("Ask the crew whether it has left, or tick this to close all the same.")},
    )
    field_order = ("impact", "fault", "solution", "prevention", "reason")

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, case=case, now=now, **kwargs)
        self.fields["prevention"].help_text = why_cause_is_required(case)
        if case.impact != Impact.REPORTED:
            del self.fields["impact"]
        if not lateness.asks_why(case):  # what is left blank closes the case all the same
            del self.fields["late"], self.fields["late_words"]
        if not visit_there(case):
            del self.fields["crew_stays"]

    def clean(self) -> dict[str, Any]:
        return needs_words(self, super().clean() or {})


class UnprovenClosingForm(ClosingForm):
    reason = prose(_("Why you close without good tests"))


class CancelForm(ActForm):
    reason = prose(_("Reason"))


def close(doing: Doing[Case]) -> Event | None:
    return _closed(doing, doing.on.close, doing.fields["fault"], doing.fields["solution"])


def close_without_evidence(doing: Doing[Case]) -> Event | None:
    said = (doing.fields["fault"], doing.fields["solution"], doing.fields["reason"])
    return _closed(doing, doing.on.close_without_evidence, *said)


def _closed(doing: Doing[Case], verb: Callable[..., Event], *said: str) -> Event:
    """What nobody has said yet before it, why it was late after it."""
    complete_impact(doing)
    event = verb(*said, prevention=doing.fields["prevention"], **doing.when)
    explained(doing)
    return event


def complete_impact(doing: Doing[Case]) -> None:
    """How the service was, where nobody has said it: an event of its own, before the case is closed."""
    if impact := doing.fields.get("impact"):
        doing.on.complete({}, by=doing.by, at=doing.now, impact=Impact(impact))


def why_cause_is_required(case: Case) -> str:
    """Of a site that fails again and again, and of a case that relapsed, it is the first thing the customer asks."""
    if recurring(case.site_id, case.opened_at, case).is_recurring:
        return gettext("This site fails again and again: the customer will ask.")
    if case.latest(Moment.RELAPSED):
        return gettext("The fault returned in this case: the customer will ask.")
    return gettext("If anything is done. The customer reads it.")


def cancel(doing: Doing[Case]) -> Event | None:
    return doing.on.cancel(doing.fields["reason"], **doing.when)


def known_at_the_end(case: Case, staff: Staff) -> dict:
    return {"fault": case.fault or case.cause, "solution": case.solution, "prevention": case.prevention}


CLOSING_ACTS = (
    CaseAct(
        "cierre",
        _("Close the case"),
        ClosingForm,
        close,
        asks=_("Fault, solution and affected time go to the customer with the notice of closing."),
        known=known_at_the_end,
        tells=Moment.CLOSED,
    ),
    CaseAct(
        "cierre-sin-pruebas",
        _("Close without good tests"),
        UnprovenClosingForm,
        close_without_evidence,
        supervisor_only=True,
        asks=_("A test failed after the follow-up. The customer reads the reason and your name."),
        known=known_at_the_end,
        tells=Moment.CLOSED,
    ),
    CaseAct(
        "anular",
        _("Cancel the case"),
        CancelForm,
        cancel,
        asks=_("For a case opened by mistake or withdrawn by the customer; the customer is told why."),
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
    at = hour(_("From what time (empty: now)"))


class StableForm(ActForm):
    pass


class UnprovenForm(ActForm):
    reason = prose(_("Why you proceed without good tests"))


def flap(doing: Doing[Case]) -> Event | None:
    lasted = timedelta(seconds=doing.fields["seconds"])
    at = doing.fields["at"] or doing.now - lasted
    return doing.on.flap(doing.fields["what"], lasted, by=doing.by, at=at, now=doing.now)


def relapse(doing: Doing[Case]) -> Event | None:
    return doing.on.relapse(doing.fields["what"], **doing.when)


def stabilise(doing: Doing[Case]) -> Event | None:
    return doing.on.stabilise(**doing.when)


def stabilise_without_evidence(doing: Doing[Case]) -> Event | None:
    return doing.on.stabilise_without_evidence(doing.fields["reason"], **doing.when)


STABILITY_ACTS = (
    CaseAct(
        "estable",
        _("Stability follow-up"),
        StableForm,
        stabilise,
        button=_("It is stable: proceed to closing"),
        template="desk/acts/_green_window.html",
        tells=Moment.STABILISED,
    ),
    CaseAct(
        "inestable",
        _("It dropped for a moment"),
        FlapForm,
        flap,
        asks=_("The green window begins again when the service is back."),
        tells=Moment.FLAPPED,
    ),
    CaseAct(
        "reincidencia",
        _("It fails again"),
        RelapseForm,
        relapse,
        asks=_("The case goes back to diagnosis with its full time, and the customer is notified."),
        tells=Moment.RELAPSED,
    ),
    CaseAct(
        "estable-sin-pruebas",
        _("Continue without good tests"),
        UnprovenForm,
        stabilise_without_evidence,
        supervisor_only=True,
        asks=_("The green window is complete but no good test proves it. The customer reads the reason and your name."),
        tells=Moment.STABILISED,
    ),
)
