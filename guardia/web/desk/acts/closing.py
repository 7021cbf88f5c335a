"""P7 at the desk: close, or withdraw with a reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.recurring import recurring
from guardia.cases.verbs import Event
from guardia.cases.words import SAID_IMPACT_NAMES
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact, Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, one_of, prose, when
from guardia.web.desk.acts.explaining_late import ask_when_late, explained, needs_words


class ClosingForm(ActForm):
    impact = one_of(_("How the service was"), SAID_IMPACT_NAMES)
    fault = prose(_("Fault"))
    solution = prose(_("Solution"))
    prevention = prose(_("What is done so that it does not return"), required=False)

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, case=case, now=now, **kwargs)
        self.fields["prevention"].help_text = why_it_is_asked(case)
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
    said_at_last(doing, fields)
    event = verb(*said, prevention=fields["prevention"], **when(doing, fields))
    explained(doing, fields)
    return event


def said_at_last(doing: Doing, fields: dict) -> None:
    """How the service was, where nobody has said it: an event of its own, before the case is closed."""
    if impact := fields.get("impact"):
        doing.case.complete({}, by=doing.by, at=doing.now, impact=Impact(impact))


def why_it_is_asked(case: Case) -> str:
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
