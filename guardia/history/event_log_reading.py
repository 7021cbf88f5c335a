"""Reads the cases of an event log, so many at once by their ids: memory stays flat however many there are.

One statement reads a batch with all that belongs to it, so that each case is as it stood at one instant whatever the
isolation of the transaction; a long log is read in one snapshot by ``as_at_one_instant``. Row policies apply as ever.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from guardia.cases.case import Case
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.config.sql_rows import rows_of
from guardia.history.event_log import LogRequest
from guardia.people.staff import Staff

AT_ONCE = 200
"""Cases that are read together."""
FORMER = "former_number"
"""The number that a case had elsewhere, once cases have such a column."""


class EventFact(NamedTuple):
    """An event as it was written; hours are UTC. ``actor_name`` only where texts are asked for."""

    seq: int
    moment: str
    variant: str
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: str
    actor_id: int | None
    public: bool
    data: Mapping[str, Any]
    actor_name: str | None


class ClockFact(NamedTuple):
    kind: str
    ordinal: int
    calendar: str
    comparison: str
    target_seconds: int | None
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    outcome: str
    taken_seconds: int | None
    breached_at: datetime | None


class WaitFact(NamedTuple):
    id: int
    cause: str
    clocks: Sequence[str]
    started_at: datetime
    ended_at: datetime | None
    ruling: str


class VisitFact(NamedTuple):
    id: int
    crew: int | None
    decided_at: datetime
    agreed_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    permit_cleared_at: datetime | None
    restored_at: datetime | None
    left_at: datetime | None
    ended_at: datetime | None
    outcome: str
    specialty: str


class NoticeFact(NamedTuple):
    """``seq``: the event that it is owed about; it goes to a contact, or to one of the operator's own people."""

    id: int
    seq: int
    contact: int | None
    staff: int | None
    state: str
    reason: str
    owed_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case with all that its log is made of. ``columns`` by their names in ``CASE``; ``elements``: the ids of those
    that its service runs over.
    """

    columns: Mapping[str, Any]
    events: Sequence[EventFact]
    clocks: Sequence[ClockFact]
    waits: Sequence[WaitFact]
    texts: Mapping[int, Mapping[str, str]]
    visits: Sequence[VisitFact] = ()
    notices: Sequence[NoticeFact] = ()
    elements: Sequence[int] = ()


CASE = {
    "id": "c.id",
    "number": "c.number",
    "zone": "c.zone",
    "band": "c.band",
    "desk": "c.desk",
    "source": "c.source",
    "impact": "c.impact",
    "is_complaint": "c.is_complaint",
    "status": "c.status",
    "stage": "c.stage",
    "late_reason": "c.late_reason",
    "opened_at": "c.opened_at",
    "outage_started_at": "c.outage_started_at",
    "restored_at": "c.restored_at",
    "closed_at": "c.closed_at",
    "affected_seconds": "c.affected_seconds",
    "customer_id": "c.customer_id",
    "company": "o.external_id",
    "service_id": "c.service_id",
    "service": "s.circuit",
    "service_type": "s.type",
    "site_id": "c.site_id",
    "site": "t.external_id",
    "city": "y.name",
    "procedure": "v.number",
    "outage": "a.number",
    "planned_work": "w.number",
}
NAMES = {"company_name": "o.name", "site_name": "t.name", "subject": "c.subject"}
"""Read where texts are asked for."""

BATCH = """
    WITH batch AS MATERIALIZED (
        SELECT * FROM "case" WHERE id > %(after)s AND id <= %(last)s{which} ORDER BY id LIMIT %(most)s
    )
    SELECT {columns}, {parts}
    FROM batch c JOIN customer o ON o.id = c.customer_id JOIN procedure_version v ON v.id = c.procedure_version_id
    LEFT JOIN service s ON s.id = c.service_id LEFT JOIN site t ON t.id = c.site_id
    LEFT JOIN city y ON y.id = t.city_id LEFT JOIN outage a ON a.id = c.part_of_id
    LEFT JOIN planned_work w ON w.id = c.within_work_id
    ORDER BY c.id
"""
HOW_MANY = 'SELECT count(*), coalesce(max(id), 0) FROM "case" WHERE true{which}'
EVENTS = """(SELECT json_agg(json_build_array(
        e.seq, e.moment, e.variant, e.occurred_at, e.recorded_at, e.actor_kind, e.actor_id, e.public, e.data, {name}
    ) ORDER BY e.seq)::text FROM case_event e WHERE e.case_id = c.id{which})"""
ACTOR_NAME = """CASE e.actor_kind WHEN 'staff' THEN (SELECT name FROM staff WHERE id = e.actor_id)
        WHEN 'contact' THEN (SELECT name FROM contact WHERE id = e.actor_id) END"""
CLOCKS = """(SELECT json_agg(json_build_array(
        k.kind, k.ordinal, k.calendar, k.comparison, k.target_seconds, k.started_at, k.due_at, k.ended_at, k.outcome,
        k.taken_seconds, k.breached_at
    ) ORDER BY k.started_at, k.id)::text FROM clock k WHERE k.case_id = c.id{which})"""
WAITS = """(SELECT json_agg(json_build_array(i.id, i.cause, i.clocks, i.started_at, i.ended_at, i.ruling)
    ORDER BY i.started_at, i.id)::text FROM wait i WHERE i.case_id = c.id)"""
TEXTS = """(SELECT json_agg(json_build_array(e.seq, x.name, x.text) ORDER BY e.seq, x.name)::text
    FROM case_event e JOIN event_text x ON x.event_id = e.id WHERE e.case_id = c.id AND x.text IS NOT NULL)"""
VISITS = """(SELECT json_agg(json_build_array(
        p.id, p.crew_id, p.decided_at, p.agreed_at, p.departed_at, p.arrived_at, p.permit_cleared_at, p.restored_at,
        p.left_at, p.ended_at, p.outcome, p.specialty
    ) ORDER BY p.id)::text FROM visit p WHERE p.case_id = c.id)"""
NOTICES = """(SELECT json_agg(json_build_array(
        n.id, e.seq, n.contact_id, n.staff_id, n.state, n.reason, n.owed_at
    ) ORDER BY n.id)::text FROM notice n JOIN case_event e ON e.id = n.event_id
    WHERE n.case_id = c.id AND n.team_channel_id IS NULL)"""
ELEMENTS = """(SELECT json_agg(r.element_id ORDER BY r.element_id)::text
    FROM service_element r WHERE r.service_id = c.service_id)"""
NOTHING = "NULL::text"
PARTS = 7
"""So many columns of an answer are lists of what belongs to the case."""


class LogReader:
    """Reads what a log is made of. ``with_objects``: also what only an object-centric log tells, visits and notices."""

    def __init__(self, request: LogRequest, *, with_objects: bool = False) -> None:
        self.request = request
        self.names = dict(CASE)
        if request.with_texts:
            self.names |= NAMES
        if FORMER in {field.name for field in Case._meta.concrete_fields}:
            self.names[FORMER] = f"c.{FORMER}"
        self.statement = BATCH.format(
            which=self._which(), columns=", ".join(self.names.values()), parts=", ".join(self._parts(with_objects))
        )
        ((self.total, self.last),) = rows_of(HOW_MANY.format(which=self._which()), self._values())

    def _which(self) -> str:
        asked = self.request
        return "".join(
            condition
            for is_asked, condition in (
                (asked.company is not None, " AND customer_id = %(company)s"),
                (asked.opened_from, " AND opened_at >= %(opened_from)s"),
                (asked.opened_before, " AND opened_at < %(opened_before)s"),
                (asked.open_only, " AND closed_at IS NULL"),
            )
            if is_asked
        )

    def _values(self) -> dict[str, Any]:
        asked = self.request
        hours = {"opened_from": asked.opened_from, "opened_before": asked.opened_before}
        return {"company": asked.company, "escalation": sorted(OF_THE_ESCALATION), **hours}

    def _parts(self, with_objects: bool) -> Iterator[str]:
        """Events, clocks, waits, texts, visits, notices, elements. A company reads no promise of the escalation, nor
        one that was dropped.
        """
        own, texts = self.request.for_customer, self.request.with_texts
        yield EVENTS.format(which=" AND e.public" if own else "", name=ACTOR_NAME if texts else "NULL")
        yield CLOCKS.format(which=" AND k.outcome <> 'dropped' AND k.kind <> ALL(%(escalation)s)" if own else "")
        yield WAITS
        yield TEXTS if texts else NOTHING
        yield from (VISITS, NOTICES, ELEMENTS) if with_objects else (NOTHING, NOTHING, NOTHING)

    def cases(self) -> Iterator[CaseFacts]:
        """In the order of their ids, up to the last that there was when this reader was made."""
        after = 0
        while after < self.last:
            found = rows_of(self.statement, {**self._values(), "after": after, "last": self.last, "most": AT_ONCE})
            yield from map(self._facts, found)
            if len(found) < AT_ONCE:
                return
            after = found[-1][0]

    def _facts(self, row: tuple[Any, ...]) -> CaseFacts:
        parts = (json.loads(each) if each else [] for each in row[-PARTS:])
        events, clocks, waits, texts, visits, notices, elements = parts
        return CaseFacts(
            columns=dict(zip(self.names, row, strict=False)),
            events=[EventFact._make([*one[:3], *_hours(one[3:5]), *one[5:]]) for one in events],
            clocks=[ClockFact._make([*one[:5], *_hours(one[5:8]), *one[8:10], *_hours(one[10:])]) for one in clocks],
            waits=[WaitFact._make([*one[:3], *_hours(one[3:5]), one[5]]) for one in waits],
            texts=_by_event(texts),
            visits=[VisitFact._make([*one[:2], *_hours(one[2:10]), *one[10:]]) for one in visits],
            notices=[NoticeFact._make([*one[:6], *_hours(one[6:])]) for one in notices],
            elements=elements,
        )


def _hours(written: Sequence[str | None]) -> Iterator[datetime | None]:
    return (datetime.fromisoformat(one) if one else None for one in written)


def _by_event(texts: Sequence[tuple[int, str, str]]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for seq, name, text in texts:
        found.setdefault(seq, {})[name] = text
    return found


def roles_of_staff() -> dict[int, str]:
    """The role of each of the operator's people by id, as it is now."""
    return dict(Staff.objects.values_list("pk", "role"))
