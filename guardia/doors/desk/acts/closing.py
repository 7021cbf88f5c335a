"""P7 at the desk: close, or withdraw with a reason."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.doors.desk.acts.act import Act, ActForm, Doing, prose, when
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment


class ClosingForm(ActForm):
    fault = prose(_("Fault"))
    solution = prose(_("Solution"))


class CancelForm(ActForm):
    reason = prose(_("Reason"))


def close(doing: Doing, fields: dict) -> Event | None:
    return doing.case.close(fields["fault"], fields["solution"], **when(doing, fields))


def cancel(doing: Doing, fields: dict) -> Event | None:
    return doing.case.cancel(fields["reason"], **when(doing, fields))


def known_at_the_end(case: Case, staff: Staff) -> dict:
    return {"fault": case.fault or case.cause, "solution": case.solution}


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
        "anular",
        _("Cancel the case"),
        CancelForm,
        cancel,
        asks=_("For a case that was opened by mistake or that the customer withdraws; the customer is told why."),
        tells=Moment.CANCELLED,
    ),
)
