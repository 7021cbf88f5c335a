"""The first calls of an exchange, as they happen: what was seen of each, and whether it is named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guardia.calls import exchange_unnamed, journal
from guardia.calls.course import Course, course_of
from guardia.calls.course_visits import Person
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeKind
from guardia.calls.packets import known, value
from guardia.cases.phone_place import lines_of, place_of, staff_of
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure

MOST_CALLS = 3
MOST_EVENTS = 1000


@dataclass(frozen=True)
class SeenCall:
    """One call. ``line`` and the desks are keys of the procedure, empty where nobody has named it; ``at`` in UTC.

    ``context`` is empty where the exchange has none. ``members``: who rang or answered, and who that is.
    """

    reference: str
    at: datetime
    caller: str
    context: str
    is_outside: bool
    dialled: str
    line: str
    queues: Sequence[tuple[str, str]]
    members: Sequence[tuple[str, Staff | None]]
    is_answered: bool
    is_over: bool


def seen_calls(exchange: Exchange, procedure: Procedure | None, since: datetime) -> list[SeenCall]:
    """The calls from outside that it told of from ``since`` (UTC) on, the latest first."""
    said = ExchangeEvent.objects.filter(exchange=exchange, received_at__gte=since).exclude(reference="")
    latest = said.order_by("-received_at", "-pk").values_list("reference", flat=True)[:MOST_EVENTS]
    found: list[SeenCall] = []
    for reference in dict.fromkeys(latest):
        course = course_of(journal.facts_about_call(exchange, reference))
        if course and (call := _seen(exchange, procedure, course)):
            found.append(call)
        if len(found) == MOST_CALLS:
            break
    return found


def _seen(exchange: Exchange, procedure: Procedure | None, course: Course) -> SeenCall | None:
    context, dialled, caller, at = "", course.dialled, course.number, course.arrived_at
    if exchange.kind == ExchangeKind.AMI:
        begun = ExchangeEvent.objects.filter(exchange=exchange, reference=course.reference, name="Newchannel")
        event = next((one for one in begun.order_by("pk") if value(one.packet, "Uniqueid") == course.reference), None)
        if event is None or not (course.is_ours or exchange_unnamed.comes_from_outside(event.packet)):
            return None
        first, at = event.packet, event.happened_at
        context, exten = value(first, "Context"), value(first, "Exten")
        dialled = dialled or ("" if exten in exchange_unnamed.NOWHERE else exten)
        caller = caller or known(value(first, "CallerIDNum"))
    elif not course.is_ours:
        return None
    queues = list(dict.fromkeys(visit.queue for visit in course.visits if visit.queue))
    lines = lines_of(dialled, exchange, procedure) if procedure and dialled else []
    return SeenCall(
        reference=course.reference,
        at=at,
        caller=caller,
        context=context,
        is_outside=not context or exchange_unnamed.is_outside(exchange, context),
        dialled=dialled,
        line=_line(course, dialled, exchange, procedure) if lines else "",
        queues=[(queue, _desk(queue, exchange, procedure)) for queue in queues],
        members=[(name, staff_of(person, exchange, course.arrived_at)) for name, person in _persons(course).items()],
        is_answered=course.answered_at is not None,
        is_over=course.ended_at is not None,
    )


def _line(course: Course, dialled: str, exchange: Exchange, procedure: Procedure | None) -> str:
    """Where the number is named: the line that the key, the queue or the number itself leads to."""
    return place_of(replace(course, dialled=dialled), exchange, procedure).line if procedure else ""


def _desk(queue: str, exchange: Exchange, procedure: Procedure | None) -> str:
    named = exchange.queues.get(queue, queue)
    return named if procedure and named in {desk.key for desk in procedure.desks} else ""


def _persons(course: Course) -> dict[str, Person]:
    """By the name that a person is given by: the member's name, else the telephone that rang."""
    persons = [visit.person for visit in course.visits if visit.person]
    persons += [Person(each.member, each.interface) for visit in course.visits for each in visit.attempts]
    persons += [course.answered_by] if course.answered_by else []
    named = ((one.member or one.interface or one.extension, one) for one in persons)
    found: dict[str, Person] = {}
    for name, person in named:
        if name:
            found.setdefault(name, person)
    return found
