"""What an exchange said goes into the journal, and the calls that it is about follow."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from guardia.calls import exchange_seen, journal
from guardia.calls.ami import Packet
from guardia.calls.call import Call, CallTransfer, Measure, QueueVisit, RingAttempt
from guardia.calls.course import course_of
from guardia.calls.course_model import Course, HandedOn
from guardia.calls.course_visits import Attempt, Person, Visit
from guardia.calls.exchange import Exchange
from guardia.cases import desk_hours, phone_later, phone_owed
from guardia.cases.phone_place import Place, number_of, place_of, staff_of
from guardia.cases.stages import reception
from guardia.cases.stages.reception import SAME_CALL
from guardia.cases.stages.reception_clocks import keep_clocks
from guardia.customers.lookup import by_phone
from guardia.intake import callers
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions

# --- phone ------------------------------------------------------------------------------------------------------------
# What an exchange said becomes the call, its clocks and its call-backs (P1, L1 to L4, call-back D).
# A call is folded anew from everything that was said of it, so it comes out the same in whatever order that was
# heard, and however often. The exchange's own hours go before what was pressed by hand; a case keeps the hours it
# took over.
LONGEST_NAME = 120
CASE = "case"
FACTS = (
    *("customer_id", "contact_id", "exchange_id", "reference", "from_number", "from_name", "dialled", "line", "desk"),
    *("after_hours", "measure", "arrived_at", "waiting_at", "answered_at", "answered_by_id", "answered_as"),
    *("abandoned_at", "left_as", "ended_at", "end_unseen", "reached_at", "settled_at", "settled_as"),
    *("desk_now", "later", "waits_again_at", "held_by_id", "held_as", "lost_again_at"),
)
AFTERWARDS = ("ended_at", "end_unseen", "desk_now", "later", "waits_again_at", "held_by_id", "held_as")
"""What is known still of a call that has its case: its events are written, and whoever is handed on waits all the same.
"""


def follow(exchange: Exchange, references: Iterable[str], now: datetime) -> list[Call]:
    """Make these calls what the journal says of them at ``now`` (UTC); in the caller's transaction.

    Returns the calls; what is none of ours (an outgoing call, a call inside the operator) makes none, and one of ours
    that we made settles the call-back of its number. While no procedure is published nothing is promised, and none is
    made.
    """
    wanted = sorted(set(references))
    phone_owed.take_calls(exchange, wanted)
    told = [said for each in wanted if (said := journal.facts_about_call(exchange, each))]
    earliest = min((one.at for said in told for one in said), default=now)
    gaps = journal.unheard(exchange, earliest - journal.LONGEST_CALL)
    courses = [course for said in told if (course := course_of(said, gaps))]
    numbers = {
        number
        for course in courses
        for written in ((course.number,) if course.is_ours else course.rang_numbers)
        if (number := number_of(written, exchange.country, exchange.area))
    }
    phone_owed.take_numbers(numbers)
    calls = [call for course in courses if course.is_ours and (call := _follow(exchange, course, now))]
    for course in courses:
        if course.reached_at:
            callers.we_reached(exchange, course, now)
    callers.look_back(calls, now)
    changed = {call.pk: call for number in sorted(numbers) for call in phone_owed.settle_number(number, now)}
    return [changed.get(call.pk, call) for call in calls]


def is_over(call: Call, at: datetime) -> None:
    """A person says that the caller hung up (``at``, UTC), where the exchange's word of it was lost.

    Kept among the exchange's own words: whatever it says later goes before it. The call must not be locked.
    """
    assert call.exchange
    packet = exchange_seen.hung_up(call.reference)
    follow(call.exchange, journal.keep_packets(call.exchange, [packet], "snapshot", at), at)
    still = reception.locked(call.pk)
    if still.is_waiting or still.is_on_the_line:  # what was said of it is kept no more
        reception.abandon(still, at=at)


def attending_desk(call: Call) -> str:
    """Who answers this call: its desk, or outside that desk's hours the one that takes its calls down (A3 D)."""
    is_closed = call.after_hours
    if call.desk_now:
        is_closed = not desk_hours.is_open(call.procedure_version_id, call.desk_now, call.waits_since)
    if not is_closed:
        return call.at_desk
    desk = versions.of(call.procedure_version_id).desk(call.at_desk)
    return desk.out_of_hours or call.at_desk


def _follow(exchange: Exchange, course: Course, now: datetime) -> Call | None:
    call = _call_of(exchange, course, now)
    if call is None:
        return None
    rows = Rows(call, exchange)
    if call.settled_as == CASE:
        # Its events are written: they keep the hours by which the case was opened.
        call.ended_at, call.end_unseen = course.ended_at, course.end_unseen
        phone_later.hand_on(call, exchange, course)
        Call.objects.filter(pk=call.pk).update(**{name: getattr(call, name) for name in AFTERWARDS})
        rows.write(course)
        return call
    _describe(call, exchange, course)
    _decide(call, course, staff_of(course.answered_by, exchange, course.answered_at or course.arrived_at))
    phone_later.hand_on(call, exchange, course)
    phone_owed.settle_alone(call)
    Call.objects.filter(pk=call.pk).update(**{name: getattr(call, name) for name in FACTS})
    rows.write(course)
    keep_clocks(call, now)
    return call


def _call_of(exchange: Exchange, course: Course, now: datetime) -> Call | None:
    """The call's row, locked: its own, the one that a person wrote down for it, or a new one."""
    reference = course.reference
    locked = Call.objects.select_for_update(of=("self",)).select_related(
        "contact", "customer", "answered_by", "held_by"
    )
    if call := locked.filter(exchange=exchange, reference=reference).first():
        return call
    number = number_of(course.number, exchange.country, exchange.area)
    if number:
        near = (course.arrived_at - SAME_CALL, course.arrived_at + SAME_CALL)
        by_hand = locked.filter(exchange=None, measure=Measure.HAND, from_number=number, arrived_at__range=near)
        # What was done with before this one rang is another call of the same number.
        for done in ("settled_at", "abandoned_at"):
            by_hand = by_hand.filter(Q(**{done: None}) | Q(**{f"{done}__gte": course.arrived_at}))
        if call := by_hand.order_by("-arrived_at").first():
            call.exchange, call.reference = exchange, reference
            Call.objects.filter(pk=call.pk).update(exchange=exchange, reference=reference)
            return call
    version = versions.version_at(course.arrived_at)
    if version is None or _is_long_past(course.arrived_at, now):
        return None
    return Call.objects.create(
        exchange=exchange,
        reference=reference,
        procedure_version=version,
        arrived_at=course.arrived_at,
        measure=course.measure,
    )


def _is_long_past(arrived_at: datetime, now: datetime) -> bool:
    """So long ago that the journal does not tell any more whether it is a call that is known."""
    days = settings.EXCHANGE_DAYS
    return bool(days) and arrived_at < now - timedelta(days=days)


def _describe(call: Call, exchange: Exchange, course: Course) -> None:
    """Who calls whom: the number, its person, the line, the desk; when it came, and since when it waits."""
    procedure = versions.of(call.procedure_version_id)
    place = place_of(course, exchange, procedure) if course.dialled or course.queue else _as_written(call)
    call.line, call.desk = place.line, place.desk
    call.from_number = number_of(course.number, exchange.country, exchange.area) or call.from_number
    call.from_name = course.name[:LONGEST_NAME]
    call.dialled = course.dialled[:40]
    if call.from_number and not call.customer_id and (contact := by_phone(call.from_number)):
        call.contact, call.customer_id = contact, contact.customer_id
    call.arrived_at, call.waiting_at, call.ended_at = course.arrived_at, course.waiting_at, course.ended_at
    call.end_unseen = course.end_unseen
    call.measure = course.measure
    call.after_hours = not desk_hours.is_open(call.procedure_version_id, call.desk, call.arrived_at)


def _as_written(call: Call) -> Place:
    return Place(call.line, call.desk or TECHNICAL)


def _decide(call: Call, course: Course, staff: Staff | None) -> None:
    """How the wait ended. What the exchange knows goes before what was pressed; what it does not know, leaves it."""
    pressed = call.answered_at is not None and not call.answered_as and call.reached_at is None
    if course.answered_at:
        if staff or not (pressed or call.answered_as == _name(course)):
            call.answered_by = staff
        call.answered_at, call.answered_as = course.answered_at, _name(course)
        call.abandoned_at, call.left_as = None, ""
        if not (course.later and course.later[-1].lost_at):
            call.reached_at = None
        return
    was_reached = call.reached_at is not None and call.settled_as != phone_owed.CALLED_AGAIN
    if course.abandoned_at:
        call.abandoned_at, call.left_as = course.abandoned_at, course.left_as or ""
        pressed = False
    elif call.left_as:
        call.abandoned_at, call.left_as = None, ""
    if not (pressed or was_reached):
        call.answered_at, call.answered_by, call.answered_as = None, None, ""
    elif pressed:
        call.measure = Measure.HAND


def _name(course: Course) -> str:
    return course.answered_by.name[:LONGEST_NAME] if course.answered_by else "?"


# --- intake -----------------------------------------------------------------------------------------------------------
# From an entry point into the packages: what an exchange said goes into the journal, and the calls it is about follow.
log = logging.getLogger(__name__)

NOT_NOW = (OperationalError, InterfaceError)
"""The database is away, or two waited for each other: the same may be done again."""


def keep_events(
    exchange: Exchange, packets: Sequence[Packet], source: str, received_at: datetime, now: datetime
) -> set[str]:
    """Keep them, and let the calls follow; the references of those that learnt something new. Hours are UTC."""
    references = journal.keep_packets(exchange, packets, source, received_at) if packets else set()
    follow_each(exchange, references, now)
    return references


def follow_each(exchange: Exchange, references: Iterable[str], now: datetime) -> None:
    """A call that cannot be folded holds up no other: what was said of it stays in the journal, and the log says so."""
    wanted = sorted(references)
    if not wanted:
        return
    try:
        with transaction.atomic():
            follow(exchange, wanted, now)
    except NOT_NOW:
        raise
    except Exception:
        if len(wanted) == 1:
            log.exception("exchange %s: the call %s cannot be followed", exchange.name, wanted[0])
            return
        for reference in wanted:
            follow_each(exchange, [reference], now)


# The rows of a call's course: visits to queues, telephones that rang, transfers. Written where they differ.


LONGEST_QUEUE, LONGEST = 80, 120
LAST_PLACE = 32_767


class Rows:
    """Of one call; persons are looked up once."""

    def __init__(self, call: Call, exchange: Exchange) -> None:
        self.call, self.exchange = call, exchange
        self.known: dict[tuple[Person, datetime], int | None] = {}

    def write(self, course: Course) -> None:
        visits = rows_by_place(QueueVisit.objects.filter(call=self.call))
        rung: dict[int, dict[int, RingAttempt]] = {}
        for attempt in RingAttempt.objects.filter(visit__call=self.call):
            rung.setdefault(attempt.visit_id, {})[attempt.ordinal] = attempt
        for ordinal, visit in enumerate(course.visits, 1):
            row = visits.pop(ordinal, None) or QueueVisit(call=self.call, ordinal=ordinal)
            update_row(row, self._visit(visit))
            self._attempts(row, visit.attempts, rung.get(row.pk, {}))
        transfers = rows_by_place(CallTransfer.objects.filter(call=self.call))
        for ordinal, handed in enumerate(course.transfers, 1):
            transfer = transfers.pop(ordinal, None) or CallTransfer(call=self.call, ordinal=ordinal)
            update_row(transfer, self._transfer(handed))
        for gone in (*visits.values(), *transfers.values()):
            gone.delete()

    def staff_id(self, person: Person | None, at: datetime) -> int | None:
        if person is None:
            return None
        if (person, at) not in self.known:
            found = staff_of(person, self.exchange, at)
            self.known[person, at] = found.pk if found else None
        return self.known[person, at]

    def _visit(self, visit: Visit) -> dict[str, Any]:
        return {
            "queue": visit.queue[:LONGEST_QUEUE],
            "joined_at": visit.joined_at,
            "left_at": visit.left_at,
            "result": visit.result.value,
            "position": None if visit.position is None else min(visit.position, LAST_PLACE),
            "member": visit.person.name[:LONGEST] if visit.person else "",
            "staff_id": self.staff_id(visit.person, visit.left_at or visit.joined_at),
            "talk_ended_at": visit.talk_ended_at,
            "ended_by": visit.ended_by,
        }

    def _attempts(self, row: QueueVisit, attempts: Sequence[Attempt], rung: dict[int, RingAttempt]) -> None:
        for ordinal, attempt in enumerate(attempts, 1):
            person = Person(attempt.member, attempt.interface)
            values = {
                "interface": attempt.interface[:LONGEST],
                "member": attempt.member[:LONGEST],
                "staff_id": self.staff_id(person, attempt.rang_at),
                "rang_at": attempt.rang_at,
                "ended_at": attempt.ended_at,
                "result": attempt.result.value,
            }
            ringing = rung.pop(ordinal, None) or RingAttempt(visit=row, ordinal=ordinal)
            update_row(ringing, values)
        for gone in rung.values():
            gone.delete()

    def _transfer(self, handed: HandedOn) -> dict[str, Any]:
        return {
            "at": handed.at,
            "kind": handed.kind[:10],
            "by": handed.by[:LONGEST],
            "to": handed.to[:LONGEST],
            "staff_id": self.staff_id(handed.taken_by, handed.taken_at or handed.at),
        }


def rows_by_place[Row: (QueueVisit, CallTransfer)](rows: QuerySet[Row]) -> dict[int, Row]:
    """The rows that are there, by their place."""
    return {row.ordinal: row for row in rows}


def update_row(row: QueueVisit | CallTransfer | RingAttempt, values: dict[str, Any]) -> None:
    """Make the row so; one that is so already is not written."""
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
