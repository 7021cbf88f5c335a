"""The first calls of an exchange, as they happen: what was seen of each, and whether it is named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardia.calls import exchange_editing, journal
from guardia.calls.ami import known, value
from guardia.calls.call import Call, QueueVisit
from guardia.calls.course import Course, course_of
from guardia.calls.course_visits import Person
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeKind
from guardia.calls.exchange_editing import UnnamedContext, unnamed_contexts
from guardia.calls.exchange_seen import LATELY, SeenName
from guardia.cases.phone_place import desk_of_queue, lines_of, place_of, staff_of
from guardia.intake import phone
from guardia.people.staff import Staff
from guardia.procedure import version as versions
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
        if event is None or not (course.is_ours or exchange_editing.comes_from_outside(event.packet)):
            return None
        first, at = event.packet, event.happened_at
        context, exten = value(first, "Context"), value(first, "Exten")
        dialled = dialled or ("" if exten in exchange_editing.NOWHERE else exten)
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
        is_outside=not context or exchange_editing.is_outside(exchange, context),
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


# What an exchange shows that nobody has named yet: contexts, numbers and queues; and what naming one changes.


TAKEN_IN = timedelta(hours=1)
"""Calls that began so lately become what they are by the new name; what is older is past answering, and stays."""
MOST_LOOKED_AT = 5000
MOST_SHOWN = 20


@dataclass(frozen=True)
class Unnamed:
    """``contexts``: their calls are on nobody's screen. ``numbers``, ``queues``: calls that lead to no line of ours."""

    contexts: Sequence[UnnamedContext] = ()
    numbers: Sequence[SeenName] = ()
    queues: Sequence[SeenName] = ()

    def __bool__(self) -> bool:
        return bool(self.contexts or self.numbers or self.queues)


def unnamed(exchange: Exchange, now: datetime) -> Unnamed:
    """As its calls of a month before ``now`` (UTC) show it, its contexts of a week."""
    contexts, version = unnamed_contexts(exchange, now), versions.version_at(now)
    if version is None:
        return Unnamed(contexts)
    procedure = version.procedure
    lines = [line.key for line in procedure.lines]
    astray = Call.objects.filter(exchange=exchange, arrived_at__gte=now - LATELY).exclude(line__in=lines)
    dialled = astray.exclude(dialled="").order_by("-arrived_at").values_list("dialled", flat=True)[:MOST_LOOKED_AT]
    visits = QueueVisit.objects.filter(call__in=astray, ordinal=1).order_by("-pk")
    queues = visits.values_list("queue", flat=True)[:MOST_LOOKED_AT]
    numbers = Counter(number for number in dialled if not lines_of(number, exchange, procedure))
    # Where an exchange names no queue the number stands for it: it is asked for once.
    astray_queues = Counter(queue for queue in queues if queue and not desk_of_queue(queue, exchange, procedure))
    for number in numbers:
        astray_queues.pop(number, None)
    return Unnamed(contexts, _most_seen(numbers), _most_seen(astray_queues))


def take_in(exchange: Exchange, now: datetime) -> list[Call]:
    """Look again at the calls of the hour before ``now`` (UTC), by what is named now; in the caller's transaction."""
    since = now - TAKEN_IN
    exchange.refresh_from_db()
    calls = Call.objects.filter(exchange=exchange, arrived_at__gte=since).values_list("reference", flat=True)
    begun = exchange.events.filter(received_at__gte=since, name="Newchannel").values_list("reference", flat=True)
    references = {reference for reference in [*calls[:MOST_LOOKED_AT], *begun[:MOST_LOOKED_AT]] if reference}
    return phone.follow(exchange, references, now)


def _most_seen(names: Counter[str]) -> list[SeenName]:
    ordered = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    return [SeenName(name, count) for name, count in ordered[:MOST_SHOWN]]
