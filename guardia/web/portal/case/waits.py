"""The stops of the clock as the customer sees them: which, who asked, why, with what proof, what was objected (W1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.closing_reading import excluded_in, said_of
from guardia.cases.contesting import UPHELD
from guardia.cases.words import CAUSE_NAMES, CLOCK_NAMES
from guardia.clocks.wait import Wait
from guardia.notices.wording.hours import Hours, lasting
from guardia.procedure.vocabulary import ClockKind, WaitCause


@dataclass(frozen=True, slots=True)
class WaitShown:
    id: int
    title: str
    span: str
    why: str
    clocks: str
    excluded: bool
    objection: str
    may_contest: bool


def waits_of(case: Case, hours: Hours) -> list[WaitShown]:
    """The oldest first; what holds nothing any more is not shown."""
    waits = [wait for wait in case.waits.order_by("started_at", "pk") if wait.clocks]
    excluded = excluded_in(said_of(case)) if waits else set()
    return [wait_shown(case, wait, wait.pk in excluded, hours) for wait in waits]


def wait_shown(case: Case, wait: Wait, excluded: bool, hours: Hours) -> WaitShown:
    whom = wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)])
    names = dict.fromkeys(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks)
    why = _("%(why)s. Asked by %(who)s.") % {"why": capfirst(wait.reason.rstrip(".")), "who": wait.asked_by.rstrip(".")}
    if wait.proof:
        why += " " + _("Proof: %(proof)s.") % {"proof": wait.proof.rstrip(".")}
    return WaitShown(
        id=wait.pk,
        title=_("We waited for %(whom)s") % {"whom": whom}
        if wait.ended_at
        else _("We wait for %(whom)s") % {"whom": whom},
        span=capfirst(span_words(wait.started_at, wait.ended_at, hours)),
        why=why,
        clocks=_("What stood still: %(clocks)s.") % {"clocks": ", ".join(names)},
        excluded=excluded and wait.ruling != UPHELD,
        objection=objection_words(wait, hours),
        may_contest=wait.ruled_at is None and wait.contested_at is None and case.status != "cancelled",
    )


def span_words(start: datetime, end: datetime | None, hours: Hours) -> str:
    if end is None:
        lasted = lasting(max(0, round((hours.now - start).total_seconds())))
        return _("%(since)s, %(lasted)s so far") % {"since": hours.since(start), "lasted": lasted}
    lasted = lasting(max(0, round((end - start).total_seconds())))
    return _("%(between)s, %(lasted)s") % {"between": hours.between(start, end), "lasted": lasted}


def objection_words(wait: Wait, hours: Hours) -> str:
    if wait.ruled_at:
        verdict = (
            _("the objection is right, the stop does not count") if wait.ruling == UPHELD else _("the stop stands")
        )
        return f"{capfirst(verdict)}: {wait.ruling_reasons}"
    if wait.contested_at:
        words = _("%(who)s objected %(hour)s: the quality manager has not ruled yet.")
        return words % {"who": wait.contested_by, "hour": hours.at(wait.contested_at)}
    return ""


def contestable(waits: Sequence[WaitShown]) -> bool:
    return any(wait.may_contest for wait in waits)
