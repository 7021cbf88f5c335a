"""The three stages of an administrative request: taken, answered, solved; promised against real (A3)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.words import REQUEST_STAGE_NAMES
from guardia.clocks import calendars
from guardia.clocks.clock import Clock
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Comparison, RequestStage
from guardia.web.desk.shown.clock import hour, promised
from guardia.web.desk.shown.rail import RailSegment, done_segment, now_segment, rounds_of

PROMISE_OF = {RequestStage.ANSWERED: ClockKind.FIRST_ANSWER, RequestStage.SOLVED: ClockKind.SOLUTION}
"""What is promised of a stage: that it is reached in time. To be taken is to have a number."""
LOG = "?bitacora=todo#log"


def request_rail(case: Case, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> list[RailSegment]:
    return [taken(case, at), *(segment(case, stage, clocks, procedure, at) for stage in PROMISE_OF)]


def taken(case: Case, at: datetime) -> RailSegment:
    name = str(REQUEST_STAGE_NAMES[RequestStage.TAKEN])
    return RailSegment(name, LOG, hour(case.opened_at, at), kept=True, run=100)


def segment(
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
        return _("no fixed hour")
    words = _("less than %(t)s") if rule.comparison == Comparison.UNDER else _("up to %(t)s")
    return _("%(time)s of office time") % {"time": words % {"t": promised(target)}}
