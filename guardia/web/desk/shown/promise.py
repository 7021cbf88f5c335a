"""The promise now and the one after it, each with the reason for its hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.explained_words import Said
from guardia.cases.explaining import Explained
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.clock import ClockFace, desk_zone, hour, promised, stood
from guardia.web.desk.shown.clock_faces import face_of


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
    said = {one.clock.key: Said(one, desk_zone(), at) for one in explained}
    running = [clock for clock in clocks if clock.ended_at is None and case.is_open]
    running.sort(key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))
    return [promise_of(clock, procedure, at, said.get((clock.kind, clock.ordinal))) for clock in running]


def promise_of(clock: Clock, procedure: Procedure, at: datetime, said: Said | None = None) -> Promise:
    rule = procedure.clock(ClockKind(clock.kind))
    short, owed = CLOCK_NAMES[rule.kind]
    return Promise(f"{short}: {owed}", face_of(clock, at), why_of(clock, rule, procedure, at, said), str(short))


def why_of(clock: Clock, rule: ClockRule, procedure: Procedure, at: datetime, said: Said | None = None) -> Why:
    """The parts of the hour; with ``said`` also its sum in a sentence, who asked for each wait, and what changed."""
    parts = [(_("Counts"), f"{hour(clock.started_at, at, seconds=True)}, {rule.counts_from}")]
    if clock.target_seconds:
        target = timedelta(seconds=clock.target_seconds)
        length = promised(target) if target >= timedelta(hours=1) else stood(target)
        parts.append((_("Promised"), f"{length}, {procedure.hours(clock.calendar).name}"))
    if said:
        parts += [(_("Stood still"), said.part_line(part)) for part in said.told.explanation.parts if part.waits]
        parts += [(_("Since then"), line) for wait in said.told.waits for line in said.history(wait)]
        parts += [(_("Rest day"), said.moved_line(moved)) for moved in said.told.moved]
    else:
        parts += [(_("Stood still"), wait_words(a, b, at)) for a, b in clock.waits]
    if clock.due_at:
        parts.append((_("So it is due"), hour(clock.due_at, at, seconds=True)))
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
