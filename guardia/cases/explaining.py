"""Why each clock of a case or call shows its hour: its parts, the waits and who asked for them, what changed since.

Facts only, from the events; `explanations` puts them into sentences.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from guardia.calls.call import Call
from guardia.cases import writes
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.stages import reception
from guardia.clocks.calendar_change import CalendarChange, ChangeKind
from guardia.clocks.calendars import announced_at
from guardia.clocks.clock_state import ClockState, Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.explain import Counts, Explanation, explain
from guardia.clocks.fold import Fold
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.clocks.wait import Wait
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ALWAYS, ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Moment


@dataclass(frozen=True)
class Correction:
    """A wait was written down anew: when, from and until which hours it was, and why."""

    at: datetime
    was: tuple[datetime, datetime | None] | None
    reason: str


@dataclass(frozen=True)
class WaitExplained:
    """A wait that holds this clock, or held it until it was corrected or ruled void (``stands`` is False)."""

    wait: Wait
    stands: bool
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class CalendarMoved:
    """A rest day was announced, or taken back, while the clock ran (A3 D). Hours in UTC."""

    edition: int
    at: datetime
    day: str
    kind: str
    reason: str
    was_due_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class Explained:
    clock: ClockState
    rule: ClockRule
    calendar: str
    explanation: Explanation
    waits: tuple[WaitExplained, ...] = ()
    moved: tuple[CalendarMoved, ...] = ()
    rests: Mapping[date, str] | None = None

    @property
    def state(self) -> str:
        """``running``, ``waiting``, ``breached`` (also while it runs on), ``kept`` or ``dropped``."""
        if self.clock.ended_at:
            return self.clock.outcome
        if self.clock.waiting_since and self.clock.due_at is None:
            return "waiting"
        return "breached" if self.clock.breached_at else "running"


def explain_case(case: Case, now: datetime) -> list[Explained]:
    """Every clock that the case has or had, the running ones first, each with its parts at ``now`` (UTC)."""
    procedure = versions.of(case.procedure_version_id)
    happened = writes.happenings_of([case.pk]).get(case.pk, [])
    clocks = Fold(effects_of(case.procedure_version_id)).apply_all(happened).with_breaches(now).clocks
    told = _SharedFacts.of(case, happened)
    return [_explained(clock, procedure, told, now) for clock in in_order(clocks.values())]


def explain_call(call: Call, now: datetime) -> list[Explained]:
    """The clocks of a call; those that a case has taken over are explained as the case's."""
    taken = call.clocks.filter(case__isnull=False).values_list("kind", "ordinal")
    if call.case and (keys := set(taken)):
        return [one for one in explain_case(call.case, now) if one.clock.key in keys]
    procedure, fold = versions.of(call.procedure_version_id), reception.fold_at(call, now)
    nothing = _SharedFacts((), {}, ())
    return [_explained(clock, procedure, nothing, now) for clock in in_order(fold.clocks.values())]


def in_order(clocks: Iterable[ClockState]) -> list[ClockState]:
    """What breaks first stands first; what stands still after it; what has ended last, the latest first."""
    running = [clock for clock in clocks if clock.ended_at is None]
    ended = [clock for clock in clocks if clock.ended_at is not None]
    running.sort(key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at, clock.kind))
    ended.sort(key=lambda clock: (clock.ended_at or clock.started_at, clock.started_at, clock.kind), reverse=True)
    return [*running, *ended]


@dataclass(frozen=True)
class _SharedFacts:
    """What a case's clocks share: its waits, the kinds each was asked to hold, the events that changed something."""

    waits: Sequence[Wait]
    asked: Mapping[int, frozenset[str]]
    changes: Sequence[CaseEvent]

    @classmethod
    def of(cls, case: Case, happened: Sequence[Happening]) -> "_SharedFacts":
        asked: dict[int, frozenset[str]] = {}
        changed = False
        for each in happened:
            if each.moment in (Moment.WAIT_STARTED, Moment.WAIT_CORRECTED):
                wait = int(each.data["wait"])
                asked[wait] = asked.get(wait, frozenset()) | set(each.data["clocks"])
            changed = changed or each.moment in (Moment.WAIT_CORRECTED, Moment.CALENDAR_CHANGED)
        waits = list(case.waits.order_by("started_at", "pk").select_related("ruled_by")) if asked else []
        moments = [Moment.WAIT_CORRECTED, Moment.CALENDAR_CHANGED]
        events = case.events.filter(moment__in=moments).order_by("seq").prefetch_related("texts")
        return cls(waits, asked, list(events) if changed else [])

    def corrections(self, wait: Wait) -> tuple[Correction, ...]:
        about = [e for e in self.changes if e.moment == Moment.WAIT_CORRECTED and e.data["wait"] == wait.pk]
        return tuple(Correction(e.recorded_at, _span(e.data.get("was")), _text(e, "reason")) for e in about)


def _explained(clock: ClockState, procedure: Procedure, told: _SharedFacts, now: datetime) -> Explained:
    explanation = explain(clock, now)
    return Explained(
        clock,
        procedure.clock(ClockKind(clock.kind)),
        "" if clock.calendar == ALWAYS else str(procedure.hours(clock.calendar).name),
        explanation,
        tuple(_waits(clock, told)),
        tuple(_moved(clock, told.changes)),
        _names(explanation, clock.edition),
    )


def _waits(clock: ClockState, told: _SharedFacts) -> Iterable[WaitExplained]:
    held = {stretch.wait for stretch in clock.stretches}
    for wait in told.waits:
        over = clock.ended_at and wait.started_at >= clock.ended_at
        earlier = wait.ended_at and wait.ended_at < clock.started_at
        if str(wait.pk) in held:
            yield WaitExplained(wait, True, told.corrections(wait))
        elif clock.kind in told.asked.get(wait.pk, ()) and not over and not earlier:
            yield WaitExplained(wait, False, told.corrections(wait))


def _moved(clock: ClockState, changes: Iterable[CaseEvent]) -> Iterable[CalendarMoved]:
    for event in changes:
        within = clock.started_at <= event.recorded_at and (not clock.ended_at or event.occurred_at <= clock.ended_at)
        if event.moment != Moment.CALENDAR_CHANGED or not within:
            continue
        for one in event.data["moved"]:
            if one["clock"] == clock.kind:
                yield CalendarMoved(
                    event.data["edition"],
                    event.occurred_at,
                    event.data["day"],
                    event.data["kind"],
                    _text(event, "reason"),
                    _hour(one["was"]),
                    _hour(one["due_at"]),
                )


def _names(explanation: Explanation, edition: int) -> Mapping[date, str]:
    """What each skipped rest day is called: by the law, or as its decree was announced."""
    days = {day for part in explanation.parts if part.counts == Counts.CLOSED for day in part.rest_days}
    if not days:
        return {}
    years = sorted({day.year for day in days if FIRST <= day.year <= LAST})
    names: dict[date, str] = {}
    for canton in ("", *announced_at(edition).cantons) if settings.TIME_ZONE in ZONES else ():
        names |= {
            rest.day: str(rest) for rest in rest_days(years, canton) if rest.day in days and rest.day not in names
        }
    if unnamed := days - names.keys():
        rows = CalendarChange.objects.filter(kind=ChangeKind.REST, day__in=unnamed, pk__lte=edition).order_by("pk")
        names |= {row.day: row.reason for row in rows if row.day}
    return {day: names.get(day, "") for day in sorted(days)}


def _text(event: CaseEvent, name: str) -> str:
    return next((text.text or "" for text in event.texts.all() if text.name == name), "")


def _hour(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _span(written: Any) -> tuple[datetime, datetime | None] | None:
    start = _hour(written[0]) if written else None
    return (start, _hour(written[1])) if start else None
