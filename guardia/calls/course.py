"""What became of a call, from all that was said of it: in any order, any number of times, and as far as it was heard.

Nothing here reads a clock or the database. The same facts give the same course, and a beginning of them a true part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from guardia.calls import course_end, course_later
from guardia.calls.call import Measure
from guardia.calls.course_end import of
from guardia.calls.course_model import Course, HandedOn, Unheard
from guardia.calls.course_stays import LOG_IS_OFF, SECOND, Stay, stays_in
from guardia.calls.course_visits import After, Person, Visit, extension_in, visit_of
from guardia.calls.exchange_report import CallFact, What
from guardia.calls.queue_visit import VisitResult

__all__ = ["Course", "HandedOn", "Person", "Unheard", "Visit", "course_of"]

ALIVE = frozenset(What) - {What.HUNG_UP, What.RESTARTED, What.NOT_LISTED, What.CALLER_LEFT, What.LEFT, What.GAVE_UP}
"""After one of these the call was there still."""


def course_of(said: Iterable[CallFact], unheard: Sequence[Unheard] = ()) -> Course | None:
    """The course of one call; None where nothing was said. ``unheard``: times of which nobody knows anything."""
    facts = sorted(dict.fromkeys(said), key=lambda one: (one.at, list(What).index(one.what), repr(one)))
    if not facts:
        return None
    end = course_end.over(facts, _alive_until(facts))
    stays = stays_in(facts)
    visits = tuple(visit_of(stay, _after(place, stays, facts, end)) for place, stay in enumerate(stays))
    answered_at, answered_by = _answer(facts, visits)
    ended_at = course_end.ended_at(facts, visits, end)
    course = replace(_beginning(facts, visits), answered_at=answered_at, answered_by=answered_by, ended_at=ended_at)
    abandoned_at, left_as = course_end.unanswered(course, facts, end, unheard)
    course = replace(course, abandoned_at=abandoned_at, left_as=left_as, transfers=_transfers(facts, visits))
    unseen = end is not None and ended_at == end.at and end.what in (What.NOT_LISTED, What.RESTARTED)
    course = replace(course, later=course_later.later_of(course, facts), end_unseen=unseen)
    return replace(course, measure=course_end.measure(course, facts, stays, unheard))


def _first(facts: Iterable[CallFact], name: str) -> str:
    return next((found for one in facts if (found := getattr(one, name))), "")


def _beginning(facts: Sequence[CallFact], visits: Sequence[Visit]) -> Course:
    arrived = of(facts, What.ARRIVED)
    came = of(facts, What.ARRIVED, What.JOINED, What.PRESENT)
    foreign = bool(of(facts, What.FOREIGN)) and not arrived
    dialled = of(facts, What.DIALLED)
    # One that pushes may say only at the beginning that a call goes out: then it is answered like any other.
    pushed = [one for one in of(facts, What.CONNECTED) if one.source == "cti"] if foreign else []
    reached = [*of(facts, What.REACHED), *pushed]
    begun = min((visit.joined_at for visit in visits), default=facts[0].at)
    answer = reached[0] if foreign and reached else None
    return Course(
        reference=facts[0].reference,
        is_ours=bool(arrived or any(visit.queue for visit in visits)) and not foreign,
        arrived_at=arrived[0].at if arrived else begun,
        number=_first([*arrived, *came], "number"),
        name=_first([*arrived, *came], "name"),
        dialled=_first([*arrived, *of(facts, What.CHOSE, What.CLOSED)], "dialled"),
        option=_first(of(facts, What.CHOSE), "option"),
        queue=next((visit.queue for visit in visits if visit.queue), _first(of(facts, What.CHOSE), "queue")),
        waiting_at=visits[0].joined_at if visits and visits[0].joined_by != Measure.GAP else None,
        visits=tuple(visits),
        rang_numbers=tuple(dict.fromkeys(one.number for one in [*dialled, *reached] if one.number)) if foreign else (),
        reached_at=answer.at if answer else None,
        reached_by=_who_rang([*reached, *dialled]) if answer else None,
    )


def _who_rang(facts: Sequence[CallFact]) -> Person:
    """Who of us, by all that was said of the outgoing leg: each word of it may show the house's number instead."""
    interface = _first(facts, "interface")
    ids = tuple(dict.fromkeys(one for said in facts for one in said.user_ids))
    telephone = extension_in(interface)
    extension = telephone if telephone.isdigit() else _first(facts, "extension")
    return Person(_first(facts, "member"), interface, extension, ids)


def _alive_until(facts: Sequence[CallFact]) -> datetime | None:
    return max((one.at for one in facts if one.what in ALIVE), default=None)


def _after(place: int, stays: Sequence[Stay], facts: Sequence[CallFact], end: CallFact | None) -> After:
    joined = stays[place].joined.at
    left = of(facts, What.CALLER_LEFT)
    return After(
        next_join=stays[place + 1].joined.at if place + 1 < len(stays) else None,
        goes_on_until=_alive_until(facts),
        caller_left=left[0].at if left else None,
        over=end,
        talks=tuple(one for one in of(facts, What.ANSWERED_ELSEWHERE, What.TALKING) if one.at >= joined),
    )


def _answer(facts: Sequence[CallFact], visits: Sequence[Visit]) -> tuple[datetime | None, Person | None]:
    """The first person who answered: of a queue, or outside one."""
    found = [(v.left_at, v.person) for v in visits if v.result == VisitResult.ANSWERED and v.left_at]
    rung = {attempt.leg for visit in visits for attempt in visit.attempts if attempt.leg}
    for one in of(facts, What.ANSWERED_ELSEWHERE, What.TALKING):
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
    for one in sorted(of(facts, What.TRANSFERRED), key=lambda each: (each.source == "log", each.at)):
        if not any(each.kind == one.kind and abs(each.at - one.at) <= LOG_IS_OFF for each in told):
            told.append(one)
    return tuple(_handed_on(one, facts, visits) for one in sorted(told, key=lambda each: each.at))


def _handed_on(one: CallFact, facts: Sequence[CallFact], visits: Sequence[Visit]) -> HandedOn:
    handed = HandedOn(one.at, one.kind, one.by, one.to or one.to_name)
    if one.kind == "attended" and (one.to or one.to_name):
        return replace(handed, taken_by=Person(one.to_name, extension=one.to), taken_at=one.at)
    answers = [(v.left_at, v.person) for v in visits if v.person and v.left_at and v.joined_at >= one.at - SECOND]
    for talk in of(facts, What.ANSWERED_ELSEWHERE):
        if talk.at > one.at:
            answers.append((talk.at, _person(talk)))
    if not answers:
        return handed
    at, person = min(answers, key=lambda each: each[0])
    return replace(handed, taken_by=person, taken_at=at)
