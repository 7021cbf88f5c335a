"""Rows of the bench: what is owed, to whom, who holds it, the last fact that matters; also of reports in writing."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.calls.call import Call, WrittenRequest
from guardia.cases.case import Case
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES, sender_mark
from guardia.cases.mail_tray import requests_of_bench
from guardia.clocks.clock import Wait
from guardia.customers.phones import spoken
from guardia.events.kinds import name_of_kind
from guardia.mail.message import Message
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause
from guardia.web.desk.acts.offered import next_act, open_visit
from guardia.web.desk.bench_filters import Chosen, Looking
from guardia.web.desk.clock import ClockFace, face_of, hour, next_of
from guardia.web.desk.group_words import group_words
from guardia.web.desk.mail.inbox import take_of, way_words
from guardia.web.desk.page import EVERY_DESK, case_href
from guardia.web.desk.phone.calls import running_clock, state_of_call, when, who_calls
from guardia.web.shared import about
from guardia.web.shared.act import Button


# --- bench ------------------------------------------------------------------------------------------------------------
# The bench: one row per next promise, first what breaks first.
@dataclass(frozen=True, slots=True)
class BenchRow:
    """One case or call with the promise that breaks first. ``version`` changes when the row says something else."""

    id: str
    href: str
    version: str
    clock: ClockFace
    promise: str
    owed: str
    company: str
    impact: str
    impact_word: str
    holder: str
    fact: str = ""
    vip: bool = False
    city: str = ""
    number: str = ""
    service: str = ""
    symptom: str = ""
    take: str = ""
    opens: str = ""
    action: str = ""

    @property
    def about(self) -> str:
        return " · ".join(part for part in (self.number, self.service, self.symptom) if part)


@dataclass(frozen=True, slots=True)
class CallTask:
    """A telephone that must be rung now, with its own clock."""

    words: str
    number: str
    href: str
    clock: ClockFace


@dataclass(frozen=True, slots=True)
class NextPromise:
    """The first row, open: what is owed in a sentence, the one primary action, who must answer."""

    row: BenchRow
    sentence: str
    action: str
    action_href: str
    wait_href: str = ""
    answers: str = ""
    answers_lines: tuple[str, ...] = ()
    next_level: str = ""
    next_level_clock: ClockFace | None = None
    call: CallTask | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many promises are in a state; stops at 99+."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column; ``sort`` as ``aria-sort`` says it, and the address of the other order."""

    kind: str
    words: str
    href: str = ""
    sort: str = "none"


@dataclass(frozen=True, slots=True)
class Bench:
    title: str
    open_words: str
    order: str
    by_promise_href: str
    by_impact_href: str
    first: NextPromise | None = None
    rows: tuple[BenchRow, ...] = ()
    waiting: tuple[BenchRow, ...] = ()
    closed: tuple[BenchRow, ...] = ()
    desk: str = ""
    takes_requests: bool = False
    has_incidents: bool = True
    counts: tuple[Count, ...] = ()
    others_open: str = ""
    last_closed: str = ""
    tag: str = ""
    poll: str = ""
    next_page: str = ""
    chosen: tuple[Chosen, ...] = ()
    hiding: tuple[Chosen, ...] = ()
    clear_href: str = ""
    columns: tuple[Column, ...] = ()
    deeds: tuple[Button, ...] = ()
    more_rows: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.first or self.rows or self.waiting or self.closed)

    @property
    def is_by_impact(self) -> bool:
        return self.order == "impacto"


def columns_of(looking: Looking, staff: Staff) -> tuple[Column, ...]:
    """The headings: a press sorts by the column, a second one the other way round."""
    orders = {
        "time": ("plazo", pgettext("column", "Time left")),
        "status": ("", pgettext("column", "State")),
        "promise": ("promesa", pgettext("column", "Promise")),
        "who": ("empresa", pgettext("column", "Company")),
        "impact": ("impacto", pgettext("column", "Impact")),
        "holder": ("responsable", pgettext("column", "In charge")),
    }
    return tuple(column_of(kind, words, order, looking, staff) for kind, (order, words) in orders.items())


def column_of(kind: str, words: str, order: str, looking: Looking, staff: Staff) -> Column:
    if not order:
        return Column(kind, words)
    found = {order: "ascending", f"-{order}": "descending"}.get(looking.order, "none")
    return Column(
        kind, words, looking.href(staff, orden=f"-{order}" if found == "ascending" else order, desde=0), found
    )


# --- bench rows -------------------------------------------------------------------------------------------------------
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
        fact=about.joined(group_words(case, at), fact),
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
    clock = running_clock(call)
    if clock is None:
        return None
    promise, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    answered_by = call.speaker if call.is_taken_up else None
    return BenchRow(
        id=f"call-{call.pk}",
        href=reverse("call", args=[call.pk]),
        version=state_of_call(call),
        clock=face_of(clock, at),
        promise=str(promise),
        owed=str(owed),
        company=who_calls(call),
        impact="",
        impact_word="",
        holder=_("%(who)s, with the call") % {"who": answered_by.name} if answered_by else _("Whoever is free"),
        fact=when(call, at),
        vip=bool(call.customer and call.customer.vip),
        number=_("call"),
        service=spoken(call.from_number) if call.from_number else "",
        symptom=str(call.contact) if call.contact else "",
    )


def opened(row: BenchRow, case: Case | None) -> NextPromise:
    """The first row, open: what is owed in a sentence, and the one primary action."""
    if case is None:
        action = row.action or _("Open the call")
        lines = (row.fact,) if row.take else ()
        return NextPromise(row=row, sentence=row.owed, action=action, action_href=row.href, answers_lines=lines)
    act = next_act(case)
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


# --- written rows -----------------------------------------------------------------------------------------------------


def written_rows(at: datetime) -> list[BenchRow]:
    """The reports whose clock runs, first what breaks first; ``at`` in UTC."""
    return [row for report in EVERY_DESK.of("requests", requests_of_bench) if (row := written_row(report, at))]


def written_row(report: WrittenRequest, at: datetime) -> BenchRow | None:
    """A report in writing that waits for its number, with the mark of a sender who was not proven; None without a
    clock.
    """
    clock = next(iter(report.running), None)  # type: ignore[attr-defined]
    if clock is None:
        return None
    mail: Message | None = next(iter(report.mails), None)  # type: ignore[attr-defined]
    promise, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    take = take_of(mail) if mail else ""
    mark = sender_mark({"sender": mail.sender_proof}) if mail else ""
    came = _("came in by email, %(hour)s") % {"hour": hour(report.received_at, at)} if mail else way_words(report)
    return BenchRow(
        id=f"report-{report.pk}",
        href=reverse("message", args=[mail.pk]) if mail else reverse("report_page", args=[report.pk]),
        version=f"{mail.reason if mail else ''}.{clock.pk}",
        clock=face_of(clock, at),
        promise=str(promise),
        owed=str(owed),
        company=report.customer.name if report.customer else _("nobody we know of"),
        impact="",
        impact_word="",
        holder=_("Whoever is free"),
        fact=_("a admits it, x files it away") if take else came,
        vip=bool(report.customer and report.customer.vip),
        number=_("mail") if mail else _("report"),
        service=mark,
        symptom=report.subject,
        take=take,
        action=_("Open the mail") if mail else _("Open the report"),
    )
