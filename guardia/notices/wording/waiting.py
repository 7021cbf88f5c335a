"""W1: a clock stops or goes on, and the customer sees which one, who asked for it, why and with what proof."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.notices.wording.facts_said import clocks, desk_name, opens
from guardia.notices.wording.prose import News, clause, rows_of
from guardia.notices.wording.requesting import opens_said
from guardia.notices.wording.told import Told, moment_of
from guardia.procedure.vocabulary import Moment, WaitCause

STOPPED = {
    WaitCause.CUSTOMER: gettext_lazy("We have been waiting for your company %(since)s."),
    WaitCause.FORCE_MAJEURE: gettext_lazy("We have been held up by force majeure %(since)s."),
    WaitCause.THIRD_PARTY: gettext_lazy("We have been waiting for %(party)s %(since)s."),
}


def wait_started(told: Told) -> News:
    since = told.hours.zoned(told.hours.since(told.at))
    return News(
        _("a time stands still"),
        str(STOPPED[WaitCause(told.variant)]) % {"since": since, "party": told.text("party")},
        (
            _("The reason: %(reason)s.") % {"reason": clause(told.text("reason"))},
            _("Until then this time does not run: %(clocks)s.") % {"clocks": clocks(told)},
            excluded_said(told),
        ),
        rows_of(
            (_("Time that stands still"), clocks(told)),
            (_("Asked for by"), told.text("asked_by")),
            (_("Proof"), proof(told)),
            (_("Third party"), told.text("party")),
            (_("Its ticket"), told.text("party_ticket")),
            (_("Its contact"), told.text("party_contact")),
            (_("Its next promise"), promise(told)),
        ),
    )


def wait_ended(told: Told) -> News:
    since = told.hours.zoned(told.hours.since(told.at))
    words = _("We have had what we were waiting for %(since)s, and the work goes on.")
    if told.data.get("void"):
        words = _("This time of your case runs again %(since)s.")
    if opens(told):  # A3 D: nothing runs before its desk opens
        words = _("We have had what we were waiting for %(since)s.")
        holds = rows_of((_("Waits until %(desk)s opens") % {"desk": desk_name(told)}, clocks(told)))
        return News(_("we have what we were waiting for"), words % {"since": since}, (opens_said(told),), holds)
    return News(
        _("the time runs again"),
        words % {"since": since},
        rows=rows_of((_("Time that runs again"), clocks(told))),
    )


def excluded_said(told: Told) -> str:
    """P7 D: an exclusion is agreed and visible."""
    if not told.data.get("excluded"):
        return ""
    return _("As agreed with your company, the affected time leaves it out as well.")


def promise(told: Told) -> str:
    """When the third party says that it will be done; nothing once that hour has passed."""
    due_at = moment_of(told.data.get("due_at"))
    return told.hours.stamp(due_at) if due_at and due_at > told.now else ""


def proof(told: Told) -> str:
    return told.text("proof") or _("none on record yet")


WORDING: dict[str, Callable[[Told], News]] = {Moment.WAIT_STARTED: wait_started, Moment.WAIT_ENDED: wait_ended}
