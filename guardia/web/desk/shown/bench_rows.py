"""Rows of the bench from the house's rows: what is owed, to whom, who holds it, the last fact that matters."""

from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.words import CAUSE_NAMES, CLOCK_NAMES
from guardia.clocks.wait import Wait
from guardia.customers.phones import spoken
from guardia.events.kinds import name_of_kind
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause
from guardia.web.desk.acts.offered import asked_by, open_visit
from guardia.web.desk.shown.bench import BenchRow, NextPromise
from guardia.web.desk.shown.calls import clock_of_call, row_of, running_clock, state_of_call, who_calls
from guardia.web.desk.shown.clock import ClockFace, hour
from guardia.web.desk.shown.clock_faces import next_of
from guardia.web.shared import about

IN_THE_FIELD = frozenset({ClockKind.TRAVEL, ClockKind.WORK_PERMIT, ClockKind.FIELD_SOLUTION})


def case_row(case: Case, at: datetime, *, waiting: bool = False) -> BenchRow:
    """One case with its next promise; ``waiting`` shows how long it has stood still instead."""
    promise, owed = promise_of(case, waiting)
    holder, fact = held_by(case, at, waiting)
    impact, impact_word = impact_of(case)
    return BenchRow(
        id=f"case-{case.pk}",
        href=case_href(case),
        version=f"{case.seq}.{case.assigned_id or 0}",
        clock=next_of(case, at, waiting=waiting),
        promise=promise,
        owed=owed,
        company=case.customer.name,
        impact=impact,
        impact_word=impact_word,
        holder=holder,
        fact=fact,
        vip=case.customer.vip,
        city=about.city(case),
        number=case.display_number,
        service=about.subject_matter(case),
        symptom=case.subject,
        take=str(case.number),
    )


def closed_row(case: Case, at: datetime) -> BenchRow:
    """A request whose desk is closed: the hour at which it opens stands in place of a clock."""
    row, names = case_row(case, at, waiting=True), CLOCK_NAMES[ClockKind.FIRST_ANSWER]
    opens = hour(case.opens_at, at) if case.opens_at else ""
    return replace(row, opens=opens, promise=str(names[0]), owed=str(names[1]), version=f"{row.version}.{opens}")


def case_href(case: Case) -> str:
    return reverse("case", args=[case.number])


def promise_of(case: Case, waiting: bool) -> tuple[str, str]:
    """The short name of the promise, and what is owed. What waits is named by the first clock that stands."""
    kind = case.next_kind
    if waiting and (wait := first_wait(case)) and wait.clocks:
        kind = wait.clocks[0]
    names = CLOCK_NAMES.get(ClockKind(kind)) if kind else None
    return (str(names[0]), str(names[1])) if names else (_("Nothing promised"), "")


def impact_of(case: Case) -> tuple[str, str]:
    return about.impact(case), about.impact_word(case)


def held_by(case: Case, at: datetime, waiting: bool) -> tuple[str, str]:
    """Who holds the case now, and the last fact that matters."""
    wait, visit = first_wait(case), open_visit(case)
    if waiting and wait:
        return waits_for(wait), what_is_known(wait, at)
    fact = last_fact(case, at)
    if visit and visit.crew and case.next_kind in IN_THE_FIELD:
        where = _("at the site") if visit.arrived_at else _("on the way") if visit.departed_at else _("agreed")
        return f"{visit.crew.name}, {where}", fact
    return case.assigned.name if case.assigned else _("Nobody yet"), fact


def first_wait(case: Case) -> Wait | None:
    waits: list[Wait] = getattr(case, "open_waits", [])
    return waits[0] if waits else None


def waits_for(wait: Wait) -> str:
    whom = wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)])
    whom = f"{whom}, {wait.party_ticket}" if wait.party_ticket else whom
    return f"{whom[:1].upper()}{whom[1:]}: {wait.reason}"


def what_is_known(wait: Wait, at: datetime) -> str:
    if wait.party_promise_at:
        return _("promised by %(hour)s") % {"hour": hour(wait.party_promise_at, at)}
    return _("asked by %(who)s") % {"who": wait.asked_by}


def last_fact(case: Case, at: datetime) -> str:
    if case.escalated_level:
        words = (
            _("escalated to level %(n)d, answered")
            if case.answering_id
            else _("escalated to level %(n)d, no answer yet")
        )
        return words % {"n": case.escalated_level}
    if not case.last_seen_fact or not case.last_fact_at:
        return ""
    alone = case.last_seen_fact == Moment.CONFIRMED and not case.confirmed_by
    name = _("Not confirmed by the customer") if alone else name_of_kind(case.last_seen_fact)
    return f"{name} · {hour(case.last_fact_at, at)}"


def call_row(call: Call, at: datetime) -> BenchRow | None:
    """A call that somebody still owes something; None if no clock of it runs, or if it stands above all rows."""
    if call.is_owed_a_call_back:
        return None
    clock, face, row = running_clock(call), clock_of_call(call, at), row_of(call, at)
    if clock is None or face is None:
        return None
    promise, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    answered_by = call.speaker if call.is_taken_up else None
    return BenchRow(
        id=f"call-{call.pk}",
        href=reverse("call", args=[call.pk]),
        version=state_of_call(call),
        clock=face,
        promise=str(promise),
        owed=str(owed),
        company=who_calls(call),
        impact="",
        impact_word="",
        holder=_("%(who)s, with the call") % {"who": answered_by.name} if answered_by else _("Whoever is free"),
        fact=row.when,
        vip=row.vip,
        number=_("call"),
        service=spoken(call.from_number) if call.from_number else "",
        symptom=row.known,
    )


def opened(row: BenchRow, case: Case | None) -> NextPromise:
    """The first row, open: what is owed in a sentence, and the one primary action."""
    if case is None:
        action = row.action or _("Open the call")
        lines = (row.fact,) if row.take else ()
        return NextPromise(row=row, sentence=row.owed, action=action, action_href=row.href, answers_lines=lines)
    act = asked_by(case)
    return NextPromise(
        row=row,
        sentence=row.owed,
        action=str(act.title) if act else _("See the case"),
        action_href=f"{row.href}#act",
        wait_href=reverse("act", args=[case.number, "espera"]),
        answers=row.holder,
        answers_lines=tuple(line for line in (row.fact,) if line),
    )


def by_due(row: BenchRow) -> tuple[float, str]:
    face: ClockFace = row.clock
    return (face.due_at.timestamp() if face.due_at else float("inf"), row.id)
