"""What became of a call, from all that was said of it: in any order, any number of times, and as far as it was heard.

Nothing here reads a clock or the database. The same facts give the same course, and a beginning of them a true part.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guardia.calls.call import LeftAs, Measure, VisitResult
from guardia.calls.course_model import Course, HandedOn, Later, Unheard
from guardia.calls.course_stays import LOG_IS_OFF, SECOND, Stay, stays_in
from guardia.calls.course_visits import CALLER_HUNG_UP, After, Person, Visit, extension_in, visit_of
from guardia.calls.exchange_report import HAND, CallFact, What

__all__ = ["Course", "HandedOn", "Person", "Unheard", "Visit", "course_of"]

ALIVE = frozenset(What) - {What.HUNG_UP, What.RESTARTED, What.NOT_LISTED, What.CALLER_LEFT, What.LEFT, What.GAVE_UP}
"""After one of these the call was there still."""


def course_of(said: Iterable[CallFact], unheard: Sequence[Unheard] = ()) -> Course | None:
    """The course of one call; None where nothing was said. ``unheard``: times of which nobody knows anything."""
    facts = sorted(dict.fromkeys(said), key=lambda one: (one.at, list(What).index(one.what), repr(one)))
    if not facts:
        return None
    end = end_of_call(facts, _alive_until(facts))
    stays = stays_in(facts)
    visits = tuple(visit_of(stay, _after(place, stays, facts, end)) for place, stay in enumerate(stays))
    answered_at, answered_by = _answer(facts, visits)
    ended_at = end_hour(facts, visits, end)
    course = replace(_beginning(facts, visits), answered_at=answered_at, answered_by=answered_by, ended_at=ended_at)
    abandoned_at, left_as = unanswered(course, facts, end, unheard)
    course = replace(course, abandoned_at=abandoned_at, left_as=left_as, transfers=_transfers(facts, visits))
    unseen = end is not None and ended_at == end.at and end.what in (What.NOT_LISTED, What.RESTARTED)
    course = replace(course, later=later_of(course, facts), end_unseen=unseen)
    return replace(course, measure=measure(course, facts, stays, unheard))


def _first(facts: Iterable[CallFact], name: str) -> str:
    return next((found for one in facts if (found := getattr(one, name))), "")


def _beginning(facts: Sequence[CallFact], visits: Sequence[Visit]) -> Course:
    arrived = facts_of(facts, What.ARRIVED)
    came = facts_of(facts, What.ARRIVED, What.JOINED, What.PRESENT)
    foreign = bool(facts_of(facts, What.FOREIGN)) and not arrived
    dialled = facts_of(facts, What.DIALLED)
    # One that pushes may say only at the beginning that a call goes out: then it is answered like any other.
    pushed = [one for one in facts_of(facts, What.CONNECTED) if one.source == "cti"] if foreign else []
    reached = [*facts_of(facts, What.REACHED), *pushed]
    begun = min((visit.joined_at for visit in visits), default=facts[0].at)
    answer = reached[0] if foreign and reached else None
    return Course(
        reference=facts[0].reference,
        is_ours=bool(arrived or any(visit.queue for visit in visits)) and not foreign,
        arrived_at=arrived[0].at if arrived else begun,
        number=_first([*arrived, *came], "number"),
        name=_first([*arrived, *came], "name"),
        dialled=_first([*arrived, *facts_of(facts, What.CHOSE, What.CLOSED)], "dialled"),
        option=_first(facts_of(facts, What.CHOSE), "option"),
        queue=next((visit.queue for visit in visits if visit.queue), _first(facts_of(facts, What.CHOSE), "queue")),
        waiting_at=visits[0].joined_at if visits and visits[0].joined_by != Measure.GAP else None,
        visits=tuple(visits),
        rang_numbers=tuple(dict.fromkeys(one.number for one in [*dialled, *reached] if one.number)) if foreign else (),
        reached_at=answer.at if answer else None,
        reached_by=_who_rang([*reached, *dialled]) if answer else None,
    )


def _who_rang(facts: Sequence[CallFact]) -> Person:
    """Who of us, by all that was said of the outgoing leg: each word of it may show the operator's number instead."""
    interface = _first(facts, "interface")
    ids = tuple(dict.fromkeys(one for said in facts for one in said.user_ids))
    telephone = extension_in(interface)
    extension = telephone if telephone.isdigit() else _first(facts, "extension")
    return Person(_first(facts, "member"), interface, extension, ids)


def _alive_until(facts: Sequence[CallFact]) -> datetime | None:
    return max((one.at for one in facts if one.what in ALIVE), default=None)


def _after(place: int, stays: Sequence[Stay], facts: Sequence[CallFact], end: CallFact | None) -> After:
    joined = stays[place].joined.at
    left = facts_of(facts, What.CALLER_LEFT)
    return After(
        next_join=stays[place + 1].joined.at if place + 1 < len(stays) else None,
        goes_on_until=_alive_until(facts),
        caller_left=left[0].at if left else None,
        over=end,
        talks=tuple(one for one in facts_of(facts, What.ANSWERED_ELSEWHERE, What.TALKING) if one.at >= joined),
    )


def _answer(facts: Sequence[CallFact], visits: Sequence[Visit]) -> tuple[datetime | None, Person | None]:
    """The first person who answered: of a queue, or outside one."""
    found = [(v.left_at, v.person) for v in visits if v.result == VisitResult.ANSWERED and v.left_at]
    rung = {attempt.leg for visit in visits for attempt in visit.attempts if attempt.leg}
    for one in facts_of(facts, What.ANSWERED_ELSEWHERE, What.TALKING):
        if one.leg not in rung and not any(_is_within(one.at, visit) for visit in visits):
            found.append((one.at, _person(one)))
    return min(found, key=lambda each: each[0], default=(None, None))


def _person(one: CallFact) -> Person:
    return Person(one.member, one.interface, one.extension, one.user_ids)


def _is_within(at: datetime, visit: Visit) -> bool:
    """During the wait, or the first second of what ended it: not an answer of its own."""
    return visit.joined_at <= at and (visit.left_at is None or at <= visit.left_at + LOG_IS_OFF)


def _transfers(facts: Sequence[CallFact], visits: Sequence[Visit]) -> tuple[HandedOn, ...]:
    told: list[CallFact] = []
    for one in sorted(facts_of(facts, What.TRANSFERRED), key=lambda each: (each.source == "log", each.at)):
        if not any(each.kind == one.kind and abs(each.at - one.at) <= LOG_IS_OFF for each in told):
            told.append(one)
    return tuple(_handed_on(one, facts, visits) for one in sorted(told, key=lambda each: each.at))


def _handed_on(one: CallFact, facts: Sequence[CallFact], visits: Sequence[Visit]) -> HandedOn:
    handed = HandedOn(one.at, one.kind, one.by, one.to or one.to_name)
    if one.kind == "attended" and (one.to or one.to_name):
        return replace(handed, taken_by=Person(one.to_name, extension=one.to), taken_at=one.at)
    answers = [(v.left_at, v.person) for v in visits if v.person and v.left_at and v.joined_at >= one.at - SECOND]
    for talk in facts_of(facts, What.ANSWERED_ELSEWHERE):
        if talk.at > one.at:
            answers.append((talk.at, _person(talk)))
    if not answers:
        return handed
    at, person = min(answers, key=lambda each: each[0])
    return replace(handed, taken_by=person, taken_at=at)


# What followed the first answer: the call was handed on, waited for another person, and was taken or given up.


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
    for one in facts_of(facts, What.TALK_ENDED):
        is_told = any(abs(one.at - at) <= LOG_IS_OFF for at in handed)
        if one.reason == "transfer" and one.at >= answered_at and not is_told:
            handed.append(one.at)
            yield Move(one.at, HANDED)


# How a call ended that nobody answered, and how exactly its wait is known.


BEST_FIRST = (Measure.EXCHANGE, Measure.RECEIPT, Measure.LOG, Measure.HAND, Measure.GAP)
BEFORE_THE_END = (What.ARRIVED, What.JOINED, What.CONNECTED, What.ANSWERED_ELSEWHERE, What.TALK_ENDED)
"""Where hours are those of the receipt, the end may have been told first."""


def facts_of(facts: Sequence[CallFact], *what: What) -> list[CallFact]:
    return [one for one in facts if one.what in what]


def end_of_call(facts: Sequence[CallFact], alive: datetime | None) -> CallFact | None:
    """The end of the call: hung up; else the restart, the first look around, or a hand, that it did not outlive."""
    told = facts_of(facts, What.HUNG_UP)
    hung = [one for one in told if one.source != HAND]
    if hung and _is_of_the_last_leg(hung, facts):
        return hung[-1]
    ends = [*facts_of(facts, What.RESTARTED, What.NOT_LISTED), *(one for one in told if one.source == HAND)]
    return next((one for one in sorted(ends, key=lambda one: one.at) if alive is None or one.at > alive), None)


def _is_of_the_last_leg(hung: Sequence[CallFact], facts: Sequence[CallFact]) -> bool:
    """One that pushes tells of every leg by itself: a call that was handed on ends with the leg that began last."""
    begun = [one.leg for one in facts_of(facts, What.JOINED) if one.source == "cti"]
    return not begun or any(one.leg == begun[-1] or one.source != "cti" for one in hung)


def end_hour(facts: Sequence[CallFact], visits: Sequence[Visit], end: CallFact | None) -> datetime | None:
    """When the line was free again. What the queue itself told goes before a later look that did not find the call."""
    if end and end.what == What.HUNG_UP:
        return max(end.at, max((one.at for one in facts_of(facts, *BEFORE_THE_END)), default=end.at))
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
    if not facts_of(facts, What.ARRIVED):
        return None, None
    return course.ended_at, _without_a_desk(facts, end)


def _without_a_desk(facts: Sequence[CallFact], end: CallFact | None) -> LeftAs:
    """Never in a queue: the caller left the menu, or the exchange did not let it in."""
    if facts_of(facts, What.CLOSED):
        return LeftAs.TURNED_AWAY
    hung_up = end is not None and end.what == What.HUNG_UP and end.source == "ami" and end.reason != CALLER_HUNG_UP
    return LeftAs.TURNED_AWAY if hung_up and not facts_of(facts, What.CALLER_LEFT) else LeftAs.IN_MENU


def measure(course: Course, facts: Sequence[CallFact], stays: Sequence[Stay], unheard: Sequence[Unheard]) -> Measure:
    """The least exact of the hours that the wait is measured by; a gap, where one of them was never seen."""
    is_unknown = bool(course.ended_at) and not course.answered_at
    is_unknown &= course.abandoned_at is None or course.left_as == LeftAs.UNSEEN
    used = [one.measure for one in facts_of(facts, What.ARRIVED)[:1]]
    used += [Measure.GAP] if is_unknown else []
    used += [Measure.GAP for one in facts_of(facts, What.TALKING) if one.at == course.answered_at]
    if course.visits:
        first = course.visits[0]
        lost = stays[0].seen and any(gap.touches(course.arrived_at, first.joined_at) for gap in unheard)
        used += [first.joined_by, *([Measure.GAP] if lost else [])]
        last = next((v for v in course.visits if v.result == VisitResult.ANSWERED), course.visits[-1])
        if last.left_at and (course.ended_at or last.result != VisitResult.UNKNOWN):
            used.append(last.left_by)
    return max(used, key=BEST_FIRST.index, default=Measure.EXCHANGE)
