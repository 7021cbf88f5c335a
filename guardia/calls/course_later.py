"""What followed the first answer: the call was handed on, waited for another person, and was taken or given up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guardia.calls.call import Measure
from guardia.calls.course_end import of
from guardia.calls.course_model import Course, Later
from guardia.calls.course_stays import LOG_IS_OFF
from guardia.calls.course_visits import Person, Visit
from guardia.calls.exchange_report import CallFact, What
from guardia.calls.queue_visit import VisitResult

GIVEN_UP = frozenset({VisitResult.ABANDONED, VisitResult.TIMED_OUT, VisitResult.RESTARTED})
HANDED, WAITS, TAKEN = range(3)
"""The order of what is told of one hour."""


@dataclass(frozen=True)
class Move:
    """At this hour (UTC) nobody has the call any more, it waits, or a person takes it."""

    at: datetime
    rank: int
    visit: Visit | None = None
    person: Person | None = None


def later_of(course: Course, facts: Sequence[CallFact]) -> tuple[Later, ...]:
    """In order; the last may be open: it waits still. Empty where nobody answered, or who answered kept the call."""
    if course.answered_at is None:
        return ()
    found: list[Later] = []
    for move in sorted(_moves(course, course.answered_at, facts), key=lambda one: (one.at, one.rank)):
        is_open = bool(found) and found[-1].is_open
        if move.rank == TAKEN:
            if not is_open:
                found.append(Later(move.at))
            found[-1] = replace(found[-1], taken_at=move.at, taken_by=move.person)
        elif not is_open:
            found.append(_waiting(move, Later(move.at)))
        elif move.visit:
            found[-1] = _waiting(move, found[-1])
    if found and found[-1].is_open and found[-1].counts and course.ended_at:
        found[-1] = _given_up(found[-1], course)
    return tuple(found)


def _waiting(move: Move, later: Later) -> Later:
    """A wait counts from when it waits in a queue or telephones ring; what comes before is the exchange's own menu."""
    visit = move.visit
    if visit is None:
        return later
    at = later.at if later.counts else visit.joined_at
    rung = tuple(Person(attempt.member, attempt.interface) for attempt in visit.attempts)
    unseen = later.unseen or visit.joined_by == Measure.GAP or (visit.left_by == Measure.GAP and bool(visit.left_at))
    return replace(later, at=at, counts=True, queue=visit.queue, rung=rung, unseen=unseen)


def _given_up(later: Later, course: Course) -> Later:
    """The call is over before anybody took it. Where nobody saw how, somebody is owed a call-back all the same."""
    last = course.visits[-1]
    lost_at = last.left_at if last.result == VisitResult.ABANDONED and last.by_the_caller else course.ended_at
    return replace(later, lost_at=lost_at, unseen=later.unseen or last.result not in GIVEN_UP)


def _moves(course: Course, answered_at: datetime, facts: Sequence[CallFact]) -> Iterator[Move]:
    for visit in course.visits:
        if visit.joined_at > answered_at:
            yield Move(visit.joined_at, WAITS, visit)
            if visit.result == VisitResult.ANSWERED and visit.left_at:
                yield Move(visit.left_at, TAKEN, visit, visit.person)
    handed: list[datetime] = []
    for transfer in course.transfers:
        handed.append(transfer.at)
        at_once = transfer.taken_at == transfer.at
        if not at_once and transfer.at >= answered_at:
            yield Move(transfer.at, HANDED)
        taken_at = transfer.taken_at
        answers = [v.left_at for v in course.visits if v.result == VisitResult.ANSWERED and v.left_at]
        told = taken_at and any(abs(taken_at - at) <= LOG_IS_OFF for at in answers)
        if transfer.taken_by and taken_at and not told:
            yield Move(taken_at, TAKEN, person=transfer.taken_by)
    for one in of(facts, What.TALK_ENDED):
        is_told = any(abs(one.at - at) <= LOG_IS_OFF for at in handed)
        if one.reason == "transfer" and one.at >= answered_at and not is_told:
            handed.append(one.at)
            yield Move(one.at, HANDED)
