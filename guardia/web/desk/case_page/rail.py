"""The stage rail: the stages of an incident or of a request (A3), promised against real."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.labels import REQUEST_STAGE_NAMES, STAGE_NAMES, STAGE_OF_CLOCK
from guardia.clocks import calendars
from guardia.clocks.arithmetic import between
from guardia.clocks.calendar import ALWAYS, Hours
from guardia.clocks.clock import Clock
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Band, CaseKind, ClockKind, Comparison, RequestStage, Stage
from guardia.web.desk.clock import hour, promised, stood, written

TARGET_AT = 82.0
"""Where the target of the current stage sits, in percent, so that what runs past it has room."""


@dataclass(frozen=True, slots=True)
class RailSegment:
    """One stage. ``run``, ``over``, ``stood`` and ``target_at`` are percents of the bar, ready to be drawn."""

    name: str
    href: str
    took: str
    is_now: bool = False
    broken: bool = False
    kept: bool = False
    waiting: bool = False
    run: float = 0
    over: float = 0
    stood: float = 0
    target_at: float | None = None

    @property
    def over_from(self) -> float:
        return self.target_at if self.target_at is not None else self.run - self.over

    @property
    def stood_from(self) -> float:
        return max(0.0, self.run - self.stood)


def rail_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> list[RailSegment]:
    """The seven stages of an incident, or the three of a request; none of what a former tool handled."""
    if case.is_history:
        return []
    if kind_of(case.desk) == CaseKind.REQUEST:
        from guardia.web.desk.case_page.rail import request_rail

        return request_rail(case, clocks, procedure, at)
    by_stage: dict[Stage, list[Clock]] = {}
    for clock in clocks:
        if stage := STAGE_OF_CLOCK.get(ClockKind(clock.kind)):
            by_stage.setdefault(stage, []).append(clock)
    return [segment(case, stage, by_stage.get(stage, []), procedure, at) for stage in Stage]


def segment(case: Case, stage: Stage, clocks: list[Clock], procedure: Procedure, at: datetime) -> RailSegment:
    name, href = str(STAGE_NAMES[stage]), f"?bitacora=todo#etapa-{stage.value}"
    is_now = case.is_open and stage == case.stage
    running = [clock for clock in clocks if clock.ended_at is None] if case.is_open else []
    if not clocks and not is_now and is_behind(case, stage):
        return RailSegment(name, href, _("not applicable"))
    if not clocks or (is_now and not running):
        return RailSegment(name, href, still_promised(case, stage, procedure), is_now=is_now)
    if running:
        clock = min(running, key=lambda c: c.due_at or c.started_at)
        return now_segment(name, href, clock, at, is_now, rounds=rounds_of(clock, clocks))
    return done_segment(name, href, [clock for clock in clocks if clock.outcome != "dropped"] or clocks)


def is_behind(case: Case, stage: Stage) -> bool:
    """Whether the case has left this stage behind, so that what has no clock in it never had one."""
    stages = list(Stage)
    return not case.is_open or stages.index(stage) < stages.index(Stage(case.stage))


def rounds_of(clock: Clock, clocks: Sequence[Clock]) -> str:
    """``×2`` where this promise was given a second time, after a relapse; nothing the first time."""
    rounds = sum(1 for other in clocks if other.kind == clock.kind and other.outcome != "dropped")
    return f" ×{rounds}" if rounds > 1 else ""


def still_promised(case: Case, stage: Stage, procedure: Procedure) -> str:
    """The published target of a stage to come: ``1 h 30 to 3 h``, ``less than 10 min``, ``up to 6 h``."""
    kinds = [kind for kind, of in STAGE_OF_CLOCK.items() if of == stage]
    if stage == Stage.EXECUTION:
        kinds = [ClockKind.REMOTE_SOLUTION if case.plan_kind == "remote" else ClockKind.TRAVEL]
    return target_words(procedure.clock(kinds[0]), Band(case.band))


def target_words(rule: ClockRule, band: Band) -> str:
    reach, target = rule.range_for(band), rule.target_for(band)
    if reach:
        return _("%(a)s to %(b)s") % {"a": length(reach[0]), "b": length(reach[1])}
    if target is None:
        return _("no fixed time")
    words = _("less than %(t)s") if rule.comparison == Comparison.UNDER else _("up to %(t)s")
    return words % {"t": length(target)}


def length(target: timedelta) -> str:
    return promised(target) if target >= timedelta(hours=1) else stood(target)


def now_segment(
    name: str, href: str, clock: Clock, at: datetime, is_now: bool, rounds: str = "", calendar: Hours = ALWAYS
) -> RailSegment:
    """The stage that runs. Until its target it is measured against it; past it, the excess is drawn beyond."""
    ran, target = running_time(clock, at, calendar), timedelta(seconds=clock.target_seconds or 0)
    if not target:
        return RailSegment(name, href, written(ran, loose=True) + rounds, is_now=is_now)
    share = ran / target
    over = max(0.0, share - 1) * TARGET_AT
    took = compare(ran, target) + rounds
    if over:
        took = _("%(took)s · overdue by %(by)s") % {"took": took, "by": written(ran - target, loose=True)}
    elif clock.waiting_since:
        took = _("%(took)s · waiting") % {"took": took}
    still = timedelta() if not clock.waiting_since else at - clock.waiting_since
    return RailSegment(
        name,
        href,
        took,
        is_now=is_now,
        broken=over > 0,
        waiting=bool(clock.waiting_since),
        run=min(share, 1) * TARGET_AT,
        over=min(over, 100 - TARGET_AT),
        stood=min(still / target, 0.2) * TARGET_AT,
        target_at=TARGET_AT,
    )


def running_time(clock: Clock, at: datetime, calendar: Hours = ALWAYS) -> timedelta:
    waits = [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in clock.waits]
    return between(clock.started_at, clock.ended_at or at, waits, calendar)


def done_segment(name: str, href: str, clocks: Sequence[Clock]) -> RailSegment:
    """A stage that is over: what its last promise took of its own target, or the last one that was broken."""
    broken = [clock for clock in clocks if clock.outcome == "breached"]
    clock = (broken or clocks)[-1]
    took, target = timedelta(seconds=clock.taken_seconds or 0), timedelta(seconds=clock.target_seconds or 0)
    rounds = rounds_of(clock, clocks)
    if not target:
        return RailSegment(name, href, written(took, loose=True) + rounds, kept=True, run=100)
    words, longest = compare(took, target) + rounds, max(took, target)
    over = max(timedelta(), took - target) / longest * 100
    if broken:
        words = _("%(took)s · overdue") % {"took": words}
    return RailSegment(name, href, words, broken=bool(broken), kept=not broken, run=took / longest * 100, over=over)


def compare(took: timedelta, target: timedelta) -> str:
    return _("%(took)s of %(target)s") % {"took": written(took, loose=True), "target": promised(target)}


# --- request rail -----------------------------------------------------------------------------------------------------
PROMISE_OF = {RequestStage.ANSWERED: ClockKind.FIRST_ANSWER, RequestStage.SOLVED: ClockKind.SOLUTION}
"""What is promised of a stage: that it is reached in time. To be taken is to have a number."""
LOG = "?bitacora=todo#log"


def request_rail(case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> list[RailSegment]:
    return [taken(case, at), *(request_segment(case, stage, clocks, procedure, at) for stage in PROMISE_OF)]


def taken(case: Case, at: datetime) -> RailSegment:
    name = str(REQUEST_STAGE_NAMES[RequestStage.TAKEN])
    return RailSegment(name, LOG, hour(case.opened_at, at), kept=True, run=100)


def request_segment(
    case: Case, stage: RequestStage, clocks: Sequence[Clock], procedure: Procedure, at: datetime
) -> RailSegment:
    """A stage that is reached, the one that is worked for, or the one after it with what is promised of it."""
    name, kind = str(REQUEST_STAGE_NAMES[stage]), PROMISE_OF[stage]
    if stage == RequestStage.SOLVED and any(clock.kind == ClockKind.COMPLAINT for clock in clocks):
        kind = ClockKind.COMPLAINT
    own = [clock for clock in clocks if clock.kind == kind]
    running = [clock for clock in own if clock.ended_at is None] if case.is_open else []
    is_now = case.is_open and stage == following(case)
    if running:
        clock = running[-1]
        counted = calendars.hours(procedure, clock.calendar, clock.edition)
        return now_segment(name, LOG, clock, at, is_now, rounds=rounds_of(clock, own), calendar=counted)
    judged = [clock for clock in own if clock.outcome != "dropped"]
    if judged:
        return done_segment(name, LOG, judged)
    if not case.is_open:
        return RailSegment(name, LOG, _("not applicable"))
    opens = case.opens_at if case.opens_at and case.opens_at > at else None
    words = _("opens %(hour)s") % {"hour": hour(opens, at)} if opens else target_of(procedure.clock(kind))
    return RailSegment(name, LOG, words, is_now=is_now)


def following(case: Case) -> RequestStage:
    """The stage that is worked for now."""
    return RequestStage.ANSWERED if case.stage == RequestStage.TAKEN else RequestStage.SOLVED


def target_of(rule: ClockRule) -> str:
    """``up to 4 h``, counted in the hours of the desk."""
    if (target := rule.target_for()) is None:
        return _("no fixed time")
    words = _("less than %(t)s") if rule.comparison == Comparison.UNDER else _("up to %(t)s")
    return _("%(time)s of office hours") % {"time": words % {"t": promised(target)}}
