"""How a call ended that nobody answered, and how exactly its wait is known."""

from collections.abc import Sequence
from datetime import datetime

from guardia.calls.call import LeftAs, Measure
from guardia.calls.course_model import Course, Unheard
from guardia.calls.course_stays import Stay
from guardia.calls.course_visits import CALLER_HUNG_UP, Visit
from guardia.calls.exchange_report import HAND, CallFact, What
from guardia.calls.queue_visit import VisitResult

BEST_FIRST = (Measure.EXCHANGE, Measure.RECEIPT, Measure.LOG, Measure.HAND, Measure.GAP)
BEFORE_THE_END = (What.ARRIVED, What.JOINED, What.CONNECTED, What.ANSWERED_ELSEWHERE, What.TALK_ENDED)
"""Where hours are those of the receipt, the end may have been told first."""


def of(facts: Sequence[CallFact], *what: What) -> list[CallFact]:
    return [one for one in facts if one.what in what]


def over(facts: Sequence[CallFact], alive: datetime | None) -> CallFact | None:
    """The end of the call: hung up; else the restart, the first look around, or a hand, that it did not outlive."""
    told = of(facts, What.HUNG_UP)
    hung = [one for one in told if one.source != HAND]
    if hung and _is_of_the_last_leg(hung, facts):
        return hung[-1]
    ends = [*of(facts, What.RESTARTED, What.NOT_LISTED), *(one for one in told if one.source == HAND)]
    return next((one for one in sorted(ends, key=lambda one: one.at) if alive is None or one.at > alive), None)


def _is_of_the_last_leg(hung: Sequence[CallFact], facts: Sequence[CallFact]) -> bool:
    """One that pushes tells of every leg by itself: a call that was handed on ends with the leg that began last."""
    begun = [one.leg for one in of(facts, What.JOINED) if one.source == "cti"]
    return not begun or any(one.leg == begun[-1] or one.source != "cti" for one in hung)


def ended_at(facts: Sequence[CallFact], visits: Sequence[Visit], end: CallFact | None) -> datetime | None:
    """When the line was free again. What the queue itself told goes before a later look that did not find the call."""
    if end and end.what == What.HUNG_UP:
        return max(end.at, max((one.at for one in of(facts, *BEFORE_THE_END)), default=end.at))
    last = visits[-1] if visits else None
    if last and last.by_the_caller:
        return last.left_at
    if last and last.ended_by in ("caller", "agent") and (last.talk_ended_by_log or end):
        return last.talk_ended_at
    if last and last.result == VisitResult.TIMED_OUT and all(one.source == "log" for one in facts):
        return last.left_at
    return end.at if end else None


def unanswered(
    course: Course, facts: Sequence[CallFact], end: CallFact | None, unheard: Sequence[Unheard]
) -> tuple[datetime | None, LeftAs | None]:
    """When and how it ended unanswered, where that is known."""
    if course.answered_at or course.ended_at is None:
        return None, None
    last = course.visits[-1] if course.visits else None
    if last and last.result == VisitResult.ABANDONED:
        return last.left_at if last.by_the_caller else course.ended_at, LeftAs.ABANDONED
    if last and last.result == VisitResult.TIMED_OUT:
        looked = end is not None and end.what == What.NOT_LISTED
        return last.left_at if looked else course.ended_at, LeftAs.TIMED_OUT
    if end and end.what == What.RESTARTED:
        return end.at, LeftAs.RESTARTED
    never_seen = any(gap.touches(course.arrived_at, course.ended_at) for gap in unheard)
    if last or never_seen or (end and end.what == What.NOT_LISTED):
        return course.ended_at, LeftAs.UNSEEN
    if not of(facts, What.ARRIVED):
        return None, None
    return course.ended_at, _without_a_desk(facts, end)


def _without_a_desk(facts: Sequence[CallFact], end: CallFact | None) -> LeftAs:
    """Never in a queue: the caller left the menu, or the exchange did not let it in."""
    if of(facts, What.CLOSED):
        return LeftAs.TURNED_AWAY
    hung_up = end is not None and end.what == What.HUNG_UP and end.source == "ami" and end.reason != CALLER_HUNG_UP
    return LeftAs.TURNED_AWAY if hung_up and not of(facts, What.CALLER_LEFT) else LeftAs.IN_MENU


def measure(course: Course, facts: Sequence[CallFact], stays: Sequence[Stay], unheard: Sequence[Unheard]) -> Measure:
    """The least exact of the hours that the wait is measured by; a gap, where one of them was never seen."""
    is_unknown = bool(course.ended_at) and not course.answered_at
    is_unknown &= course.abandoned_at is None or course.left_as == LeftAs.UNSEEN
    used = [one.measure for one in of(facts, What.ARRIVED)[:1]]
    used += [Measure.GAP] if is_unknown else []
    used += [Measure.GAP for one in of(facts, What.TALKING) if one.at == course.answered_at]
    if course.visits:
        first = course.visits[0]
        lost = stays[0].seen and any(gap.touches(course.arrived_at, first.joined_at) for gap in unheard)
        used += [first.joined_by, *([Measure.GAP] if lost else [])]
        last = next((v for v in course.visits if v.result == VisitResult.ANSWERED), course.visits[-1])
        if last.left_at and (course.ended_at or last.result != VisitResult.UNKNOWN):
            used.append(last.left_by)
    return max(used, key=BEST_FIRST.index, default=Measure.EXCHANGE)
