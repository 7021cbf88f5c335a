"""The stages with their hours, the stops of the clock (W1), and what is asked of the customer now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.cases import talk
from guardia.cases.case import Case
from guardia.cases.contesting import UPHELD
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES, REQUEST_STAGE_NAMES, STAGE_NAMES, STAGE_OF_CLOCK
from guardia.cases.stages import reopening
from guardia.clocks.clock import Clock, Wait
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.intake.customer_acts import MAY_OBJECT, by
from guardia.notices.wording.hours import Hours, lasting
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Stage, WaitCause
from guardia.reports.closing_rows import excluded_in, public_events
from guardia.web.desk.case_page.rail import rail_of


# --- stages -----------------------------------------------------------------------------------------------------------
# The stages with their hours: what was promised of each, what it really took, and when it was done.
@dataclass(frozen=True, slots=True)
class StageRow:
    """``mark`` is the shape beside the name; ``took`` is real against promised, ``hour`` when it was done."""

    name: str
    took: str
    hour: str
    mark: str
    is_now: bool
    is_broken: bool


def stages_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> list[StageRow]:
    ended = ends(clocks)
    rows = []
    for segment in rail_of(case, clocks, procedure, hours.now):
        end = ended.get(segment.name) if segment.kept or segment.broken else None
        rows.append(
            StageRow(
                name=segment.name,
                took=segment.took,
                hour=hours.stamp(end) if end and not segment.is_now else "",
                mark="late" if segment.broken else "tick" if segment.kept else "waiting" if segment.waiting else "",
                is_now=segment.is_now,
                is_broken=segment.broken,
            )
        )
    return rows


def ends(clocks: Sequence[Clock]) -> dict[str, datetime]:
    """By the name of each stage, when the last of its promises ended."""
    names = {kind: STAGE_NAMES[stage] for kind, stage in STAGE_OF_CLOCK.items()}
    names |= dict(
        zip((ClockKind.FIRST_ANSWER, ClockKind.SOLUTION), list(REQUEST_STAGE_NAMES.values())[1:], strict=True)
    )
    latest: dict[str, datetime] = {}
    for clock in clocks:
        name = names.get(ClockKind(clock.kind))
        if name and clock.ended_at and clock.outcome != "dropped":
            latest[str(name)] = max(clock.ended_at, latest.get(str(name), clock.ended_at))
    return latest


# --- waits ------------------------------------------------------------------------------------------------------------
# The stops of the clock as the customer sees them: which, who asked, why, with what proof, what was objected (W1).
@dataclass(frozen=True, slots=True)
class WaitView:
    id: int
    title: str
    span: str
    why: str
    clocks: str
    excluded: bool
    objection: str
    may_contest: bool


def waits_of(case: Case, hours: Hours) -> list[WaitView]:
    """The oldest first; what holds nothing any more is not shown."""
    waits = [wait for wait in case.waits.order_by("started_at", "pk") if wait.clocks]
    excluded = excluded_in(public_events(case)) if waits else set()
    return [wait_view(case, wait, wait.pk in excluded, hours) for wait in waits]


def wait_view(case: Case, wait: Wait, excluded: bool, hours: Hours) -> WaitView:
    whom = wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)])
    names = dict.fromkeys(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks)
    why = _("%(why)s. Asked by %(who)s.") % {"why": capfirst(wait.reason.rstrip(".")), "who": wait.asked_by.rstrip(".")}
    if wait.proof:
        why += " " + _("Proof: %(proof)s.") % {"proof": wait.proof.rstrip(".")}
    return WaitView(
        id=wait.pk,
        title=_("We waited for %(whom)s") % {"whom": whom}
        if wait.ended_at
        else _("We are waiting for %(whom)s") % {"whom": whom},
        span=capfirst(span_words(wait.started_at, wait.ended_at, hours)),
        why=why,
        clocks=_("What was stopped: %(clocks)s.") % {"clocks": ", ".join(names)},
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


# --- questions to the customer ----------------------------------------------------------------------------------------
# The one question we have for the customer now, and what the customer may object to.
@dataclass(frozen=True, slots=True)
class Asks:
    """``confirms``: P5's question stands. ``fails_again``, ``objects``: what may be said after the solution.

    ``as_whom``: under which name and position it is confirmed; where position or telephone are not known, they are
    asked for. ``objection``: since when an objection waits for our answer.
    """

    confirms: bool
    fails_again: bool
    objects: bool
    restored: str
    as_whom: str
    needs_position: bool
    needs_phone: bool
    objection: str
    takes_files: bool


def asks_of(case: Case, contact: Contact, hours: Hours) -> Asks:
    stage = case.stage if case.is_open else ""
    phone = contact.phones[0] if contact.phones else ""
    standing = talk.standing(case) if case.is_open else None
    words = _("You objected %(hour)s. The case stays open until we have answered.")
    return Asks(
        confirms=stage == Stage.VERIFICATION,
        fails_again=stage in (Stage.STABILITY, Stage.CLOSURE),
        objects=stage in MAY_OBJECT,
        restored=hours.at(case.restored_at) if case.restored_at else "",
        as_whom=", ".join(part for part in (str(contact), contact.position, spoken(phone) if phone else "") if part),
        needs_position=not contact.position,
        needs_phone=not phone,
        objection=words % {"hour": hours.at(standing.occurred_at)} if standing else "",
        takes_files=case.is_open,
    )


# --- opening again ----------------------------------------------------------------------------------------------------
"""As a browser's field for an hour writes it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Whether this contact may open the closed case again, until when, and what of the time counts (P7)."""

    is_possible: bool
    words: str
    counts: str
    zone: str
    new_fault_href: str


def again_of(case: Case, contact: Contact, hours: Hours) -> Again | None:
    """Of a closed case whose kind may be opened again; None for any other."""
    until = reopening.possible_until(case)
    if until is None or not reopening.may_be_reopened(case):
        return None
    refusal = reopening.refusal_of(case, by(contact), hours.now)
    words = _("If the same fault is back, or never went away, you may reopen this case %(until)s. Nothing is lost.")
    counts = _("Only the time without service counts, not the time since the closing.")
    service = f"?{urlencode({'servicio': case.service_id})}" if case.service_id else ""
    back = case.restored_at
    if back:
        never = _("If it never came back, enter the time at which we said it had: %(hour)s.")
        counts = f"{counts} {never % {'hour': hours.zoned(hours.stamp(back))}}"
    return Again(
        is_possible=refusal is None,
        words=str(refusal) if refusal else words % {"until": hours.before(until)},
        counts=counts,
        zone=case.zone,
        new_fault_href=reverse("company_ask") + service,
    )
