"""The rows of a call's course: visits to queues, telephones that rang, transfers. Written where they differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from guardia.calls.call import Call
from guardia.calls.course_attempts import Attempt
from guardia.calls.course_model import Course, HandedOn
from guardia.calls.course_visits import Person, Visit
from guardia.calls.exchange import Exchange
from guardia.calls.queue_visit import CallTransfer, QueueVisit, RingAttempt
from guardia.cases.phone_place import staff_of

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
            put(row, self._visit(visit))
            self._attempts(row, visit.attempts, rung.get(row.pk, {}))
        transfers = rows_by_place(CallTransfer.objects.filter(call=self.call))
        for ordinal, handed in enumerate(course.transfers, 1):
            transfer = transfers.pop(ordinal, None) or CallTransfer(call=self.call, ordinal=ordinal)
            put(transfer, self._transfer(handed))
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
            put(ringing, values)
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


def put(row: QueueVisit | CallTransfer | RingAttempt, values: dict[str, Any]) -> None:
    """Make the row so; one that is so already is not written."""
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
