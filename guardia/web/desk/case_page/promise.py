"""The promise of a case on its page: the one now and the one after it, every clock, and the waits that stop them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.case_rows import waits_with_rulings_of
from guardia.cases.explaining import Explained, ExplainedClock, WaitExplained, waited_for
from guardia.cases.labels import CLOCK_NAMES
from guardia.cases.number import grouped
from guardia.clocks.clock import Clock, Wait
from guardia.customers.phones import spoken
from guardia.field.visit import Visit
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.clock import WORDS, ClockFace, State, desk_zone, face_of, hour, promised, stood
from guardia.web.desk.group_words import group_words
from guardia.web.shared import about
from guardia.web.shared.act import Button
from guardia.web.shared.reach import tel


# --- waits ------------------------------------------------------------------------------------------------------------
# The waits of a case: for whom, since when, who asked, why, with what proof; who chases a third party; objections.
def waits_of(case: Case, explained: Sequence[Explained], staff: Staff, at: datetime) -> list[dict[str, Any]]:
    """Those that stand first, then the latest; read with the clocks' explanation, each once."""
    told: dict[int, WaitExplained] = {}
    for one in explained:
        for wait in one.waits:
            told.setdefault(wait.wait.pk, wait)
    if case.opens_at:  # A3 D: what it holds starts only when the desk opens
        for each in waits_with_rulings_of(case):
            told.setdefault(each.pk, WaitExplained(each, True))
    chasing = next((e for e in explained if e.clock.kind == ClockKind.THIRD_PARTY and not e.clock.ended_at), None)
    found = sorted(told.values(), key=lambda each: each.wait.started_at, reverse=True)
    found.sort(key=lambda each: each.wait.ended_at is not None)
    return [wait_row(case, each, chasing, staff, at) for each in found]


def wait_row(case: Case, told: WaitExplained, chasing: Explained | None, staff: Staff, at: datetime) -> dict[str, Any]:
    """One wait; ``is_current`` while it stands or waits for a ruling. ``chased`` is a third party's promise as a
    clock; ``objection`` and ``ruling`` stand below it.
    """
    wait = told.wait
    end = wait.ended_at or at
    who = waited_for(wait)
    return {
        "id": f"espera-{wait.pk}",
        "stands": wait.ended_at is None and case.is_open,
        "void": is_void(wait),
        "is_current": (wait.ended_at is None and case.is_open) or bool(wait.contested_at and not wait.ruled_at),
        "whom": who[:1].upper() + who[1:],
        "span": span_of(wait, at),
        "length": stood(end - wait.started_at),
        "reason": wait.reason,
        "asked_by": wait.asked_by,
        "proof": wait.proof,
        "clocks": ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks),
        "party": ", ".join(part for part in (wait.party_contact,) if part),
        "chased": chased(wait, chasing, at),
        "chaser": case.assigned.name if case.assigned else _("Nobody yet"),
        "corrections": tuple(correction_words(told, at)),
        "objection": objection_words(wait, at),
        "ruling": ruling_words(wait, at),
        "acts": tuple(acts_of(case, wait, staff)),
    }


def span_of(wait: Wait, at: datetime) -> str:
    begin = hour(wait.started_at, at)
    return f"{begin}–{hour(wait.ended_at, at)}" if wait.ended_at else _("since %(hour)s") % {"hour": begin}


def is_void(wait: Wait) -> bool:
    """Whether it holds no clock: it did not happen, or the quality manager ruled it void."""
    return not wait.clocks or wait.ruling == "upheld"


def chased(wait: Wait, chasing: Explained | None, at: datetime) -> ClockFace | None:
    """The third party's promise, counting down; warned as its clock is where that is the one it runs to."""
    if wait.party_promise_at is None or wait.ended_at:
        return None
    if chasing is None or chasing.clock.due_at != wait.party_promise_at:
        return ClockFace(at, wait.party_promise_at, wait.started_at)
    first, second = (chasing.clock.after(percent) for percent in chasing.clock.warnings)
    return ClockFace(at, wait.party_promise_at, chasing.clock.started_at, first, second)


def correction_words(told: WaitExplained, at: datetime):
    for correction in told.corrections:
        was = ""
        if correction.was:
            begin, end = correction.was
            was = f"{hour(begin, at)}–{hour(end, at)}" if end else hour(begin, at)
        words = _("corrected at %(hour)s, it was recorded as %(was)s: %(reason)s")
        yield words % {"hour": hour(correction.at, at), "was": was, "reason": correction.reason}


def objection_words(wait: Wait, at: datetime) -> str:
    if wait.contested_at is None:
        return ""
    words = _("%(who)s objected at %(hour)s: %(words)s")
    return words % {"who": wait.contested_by, "hour": hour(wait.contested_at, at), "words": wait.contest_reason}


def ruling_words(wait: Wait, at: datetime) -> str:
    if wait.ruled_at is None:
        return _("waits for the quality manager's ruling") if wait.contested_at else ""
    upheld = _("Ruled %(hour)s by %(who)s: the objection is upheld, the stop does not count. %(reasons)s")
    rejected = _("Ruled %(hour)s by %(who)s: the stop stands. %(reasons)s")
    who = wait.ruled_by.name if wait.ruled_by else ""
    facts = {"hour": hour(wait.ruled_at, at), "who": who, "reasons": wait.ruling_reasons}
    return (upheld if wait.ruling == "upheld" else rejected) % facts


def acts_of(case: Case, wait: Wait, staff: Staff) -> Iterator[Button]:
    """What may be done about this wait, as links that put the form in place for it."""
    if not may_handle(staff, case.desk) or case.status == "cancelled":
        return
    names = []
    if case.is_open and wait.ended_at is None:
        names.append(("reanudar", _("Go on"), "wait"))
        if wait.cause == WaitCause.THIRD_PARTY:
            names.append(("promesa", pgettext("third party", "Next promise"), "wait"))
    if wait.ruled_at is None:
        if case.is_open:
            names.append(("corregir-espera", _("Correct"), "wait"))
        names.append(("objecion", _("The customer objects"), "waits"))
    for act, words, field in names:
        yield Button(f"{reverse('act', args=[case.number, act])}?{field}={wait.pk}", words, posts=False)


# --- promise ----------------------------------------------------------------------------------------------------------
# The promise now and the one after it, each with the reason for its hour; every clock; who answers for it.
@dataclass(frozen=True, slots=True)
class Why:
    """Why a clock shows this hour: its parts in the order they are added up, and the clause that says so."""

    clause: str
    quote: str
    parts: tuple[tuple[str, str], ...]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    name: str
    clock: ClockFace
    why: Why
    short: str = ""


def promises_of(
    case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime, explained: Sequence[Explained] = ()
) -> list[Promise]:
    """The running promises, first what breaks first; those that stand still come last. ``explained``: why, in full."""
    said = {one.clock.key: ExplainedClock(one, desk_zone(), at) for one in explained}
    running = [clock for clock in clocks if clock.ended_at is None and case.is_open]
    running.sort(key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))
    return [promise_of(clock, procedure, at, said.get((clock.kind, clock.ordinal))) for clock in running]


def promise_of(clock: Clock, procedure: Procedure, at: datetime, said: ExplainedClock | None = None) -> Promise:
    rule = procedure.clock(ClockKind(clock.kind))
    short, owed = CLOCK_NAMES[rule.kind]
    return Promise(f"{short}: {owed}", face_of(clock, at), why_of(clock, rule, procedure, at, said), str(short))


def why_of(
    clock: Clock, rule: ClockRule, procedure: Procedure, at: datetime, said: ExplainedClock | None = None
) -> Why:
    """The parts of the hour; with ``said`` also its sum in a sentence, who asked for each wait, and what changed."""
    parts = [(_("Counts"), f"{hour(clock.started_at, at, seconds=True)}, {rule.counts_from}")]
    if clock.target_seconds:
        target = timedelta(seconds=clock.target_seconds)
        length = promised(target) if target >= timedelta(hours=1) else stood(target)
        parts.append((_("Promised"), f"{length}, {procedure.hours(clock.calendar).name}"))
    if said:
        parts += [(_("Stopped"), said.part_line(part)) for part in said.told.explanation.parts if part.waits]
        parts += [(_("Since then"), line) for wait in said.told.waits for line in said.history(wait)]
        parts += [(_("Rest day"), said.moved_line(moved)) for moved in said.told.moved]
    else:
        parts += [(_("Stopped"), wait_words(a, b, at)) for a, b in clock.waits]
    if clock.due_at:
        parts.append((_("Resulting due time"), hour(clock.due_at, at, seconds=True)))
    if rule.decision:
        parts.append((_("Decided"), _("the published text is silent here")))
    return Why(rule.clause, quote_of(rule, procedure), tuple(parts), said.sentence if said else "")


def wait_words(begin: str, end: str | None, at: datetime) -> str:
    start = datetime.fromisoformat(begin)
    if end is None:
        return _("since %(hour)s, still") % {"hour": hour(start, at)}
    until = datetime.fromisoformat(end)
    return f"{hour(start, at)}–{hour(until, at)}, {stood(until - start)}"


def quote_of(rule: ClockRule, procedure: Procedure) -> str:
    """The published words of the clock's clause."""
    if rule.stage is None:
        return ""
    stage = procedure.stage(rule.stage)
    clause = next((clause for clause in stage.clauses if clause.clause == rule.clause and clause.promise), None)
    return str(clause.promise) if clause else str(stage.time)


# --- every clock ------------------------------------------------------------------------------------------------------
TICK, CROSS, NONE = "tick", "late", ""


def rows_of(explained: Sequence[Explained], at: datetime) -> list[dict[str, Any]]:
    return [row_of(one, at) for one in explained]


def row_of(one: Explained, at: datetime) -> dict[str, Any]:
    """One clock: its name, its state in a word and a shape, the sentence with its hour, the lines below it."""
    said, clock = ExplainedClock(one, desk_zone(), at), one.clock
    mark, state, word = ended_mark(one) if clock.ended_at else running_mark(one, at)
    again = f" {clock.ordinal}" if clock.ordinal > 1 else ""
    return {
        "id": f"plazo-{clock.kind}-{clock.ordinal}",
        "name": f"{CLOCK_NAMES[ClockKind(clock.kind)][0]}{again}: {CLOCK_NAMES[ClockKind(clock.kind)][1]}",
        "clause": one.rule.clause,
        "mark": mark,
        "state": state,
        "word": word,
        "sentence": said.sentence,
        "lines": tuple(said.lines()),
    }


def running_mark(one: Explained, at: datetime) -> tuple[str, str, str]:
    clock = one.clock
    first, second = (clock.after(percent) for percent in clock.warnings)
    face = ClockFace(at, clock.due_at, clock.started_at, first, second, clock.waiting_since)
    return face.state.value, face.state.value, face.word


def ended_mark(one: Explained) -> tuple[str, str, str]:
    if one.clock.outcome == "kept":
        return TICK, "", pgettext("clock", "kept")
    if one.clock.outcome == "breached":
        return CROSS, State.LATE.value, str(WORDS[State.LATE])
    return NONE, "", pgettext("clock", "no longer owed")


# --- people -----------------------------------------------------------------------------------------------------------
POWER = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unknown": gettext_lazy("they do not know")}


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    words: str
    warns: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who works on the case and for what; above that stands the escalation, while one is open."""

    title: str
    state: str
    take_href: str = ""
    take_value: int = 0


def answering(case: Case, promise: Promise | None, staff: Staff) -> Answering | None:
    """The engineer, or the crew while it is on its way or at work; ``staff`` may take the case over."""
    if not case.is_open:
        return None
    visit = open_visit(case)
    who = case.assigned.name if case.assigned else _("Nobody yet")
    if visit and visit.crew and visit.agreed_at:
        return Answering(visit.crew.name, _("%(who)s at the desk") % {"who": who}, **taking(case, staff))
    words = _("answers for: %(what)s") % {"what": promise.short} if promise else ""
    return Answering(who, words, **taking(case, staff))


def taking(case: Case, staff: Staff) -> dict[str, Any]:
    """How this person takes the case over; nothing for who has it or may not handle cases."""
    if case.assigned_id == staff.pk or not may_handle(staff, case.desk):
        return {}
    return {"take_href": reverse("act", args=[case.number, "asignar"]), "take_value": staff.pk}


def facts_of(case: Case, at: datetime) -> list[Fact]:
    """What one needs to call, to enter and to know of the site."""
    reporter = case.reporter_name or (str(case.reporter) if case.reporter else "")
    number = spoken(case.call_back_number) if case.call_back_number else ""
    dials = tel(case.call_back_number) if number else ""
    facts = [
        or_missing(_("Call back"), ", ".join(part for part in (reporter, number) if part), dials),
        *([Fact(_("Group"), words)] if (words := group_words(case, at)) else []),
        *(request_facts(case, at) if about.is_request(case) else site_facts(case, at)),
        *references(case),
    ]
    if case.is_history:  # nobody asks any more
        facts = [fact for fact in facts if not fact.warns and fact.words]
    return [*facts, other_cases(case)]


def site_facts(case: Case, at: datetime) -> list[Fact]:
    where = (case.site.address, case.site.city.name) if case.site else ()
    return [
        or_missing(_("At the site"), ", ".join(part for part in (case.site_contact, case.access_hours) if part)),
        or_missing(_("Mains power"), str(POWER.get(case.mains_power, ""))),
        Fact(_("Address"), ", ".join(part for part in where if part)),
        Fact(_("Distance"), about.band(case)),
        *visit_facts(open_visit(case), at),
    ]


def request_facts(case: Case, at: datetime) -> list[Fact]:
    """What the desk works with: its own numbers, the service where one is named, when it opens (A3)."""
    opens = [Fact(_("The desk opens"), hour(case.opens_at, at))] if case.opens_at and case.opens_at > at else []
    service = [Fact(_("Service"), about.joined(about.circuit(case), about.city(case)))] if case.service else []
    named = [Fact(name, value) for name, value in about.answered_fields(case)]
    return [Fact(_("Desk"), about.desk_name(case)), *opens, *named, *service]


def or_missing(term: str, words: str, href: str = "") -> Fact:
    return Fact(term, words, href=href) if words else Fact(term, _("not asked yet"), warns=True)


def visit_facts(visit: Visit | None, at: datetime) -> list[Fact]:
    if visit is None or visit.forecast_from is None or visit.forecast_to is None:
        return []
    crew = visit.crew.name if visit.crew else _("to be named")
    words = _("%(a)s to %(b)s") % {"a": hour(visit.forecast_from, at), "b": hour(visit.forecast_to, at)}
    return [Fact(_("Crew"), crew), Fact(_("Forecast"), words)]


def references(case: Case) -> list[Fact]:
    former = (_("In %(system)s") % {"system": case.former_system}, "" if case.is_history else case.former_number)
    named = (former, (_("Their number"), case.customer_reference), (_("Carrier's number"), case.carrier_reference))
    return [Fact(term, words) for term, words in named if words]


def other_cases(case: Case) -> Fact:
    none = _("none open of this company") if about.is_request(case) else _("none open at this site")
    beside = case.contents.summary.beside if case.contents else [one.number for one in queries.open_beside(case)[:3]]
    if not beside:
        return Fact(_("Other cases"), none)
    words = ", ".join(map(grouped, beside))
    return Fact(_("Other cases"), words, warns=True, href=reverse("case", args=[beside[0]]))
