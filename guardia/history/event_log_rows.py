"""The rows of one case's log: its events as they were written, and the stages, waits and promises between them.

Pure: what was read stands in ``CaseFacts``. All hours are UTC.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guardia.cases.desk_hours import kind_of
from guardia.cases.event_columns import CASE, KEEP, PastEvent, Row
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES, name_of_stage
from guardia.cases.number import grouped
from guardia.events.kinds import KINDS
from guardia.history.event_log import (
    CUSTOMER,
    OPERATOR,
    SYSTEM,
    LoggedCase,
    LogRequest,
    LogRow,
    RowKind,
    Transition,
    Value,
    pseudonym,
)
from guardia.history.event_log_reading import FORMER, CaseFacts, ClockFact, EventFact, WaitFact
from guardia.people.staff import ActorKind
from guardia.procedure.vocabulary import ClockKind, Moment, Stage, WaitCause

UPHELD = "upheld"
BEFORE_THE_NUMBER = {
    Moment.CALL_WAITING: Stage.RECEPTION,
    Moment.CALL_ABANDONED: Stage.RECEPTION,
    Moment.CALL_ANSWERED: Stage.REGISTRATION,
    Moment.CALLER_REACHED: Stage.REGISTRATION,
    Moment.REQUEST_RECEIVED: Stage.REGISTRATION,
}
"""P1, P2: the stage that an event leads to while the case has no number yet; from then on ``event_columns`` says it."""
END_OF_THE_CASE = frozenset(
    {Moment.CLOSED, Moment.CANCELLED, Moment.ADMIN_SOLVED, Moment.FORMER_CLOSED, Moment.FORMER_CANCELLED}
)
DATA: Mapping[str, type] = {"clock": str, "ordinal": int, "level": int, "grade": str, "excluded": bool}
"""What of the data of an event stands in its row: codes alone, of the type that is named."""
NAMED: Mapping[str, Callable[[Any], str]] = {"visit": lambda pk: f"visit-{pk}", "wait": lambda pk: f"wait-{pk}"}


class LogRows:
    """Makes the log of one case after the other, in the active language. ``roles``: of the operator's people by id."""

    def __init__(self, request: LogRequest, roles: Mapping[int, str]) -> None:
        self.request, self.roles = request, roles
        self.kinds = {kind.moment.value: (str(kind.name), kind.clause) for kind in KINDS.values()}
        self.promises = {kind.value: promise_name(kind) for kind in ClockKind}

    def of(self, facts: CaseFacts) -> LoggedCase:
        asked = self.request.rows
        rows: list[tuple[datetime, int, LogRow]] = []
        for kind, made in (
            (RowKind.EVENT, self.events),
            (RowKind.STAGE, self.stages),
            (RowKind.WAIT, self.waits),
            (RowKind.PROMISE, self.promised),
        ):
            if kind in asked:
                rows += ((row.at, place_of(row), row) for row in made(facts))
        rows.sort(key=lambda each: each[:2])
        columns = facts.columns
        return LoggedCase(columns["number"], columns["zone"], self.columns(facts), tuple(row for *_, row in rows))

    def columns(self, facts: CaseFacts) -> dict[str, Value]:
        """Of the case, by the names of ``CASE_COLUMNS``; what has no value is left out."""
        row = facts.columns
        same = ("zone", "band", "desk", "source", "impact", "status", "stage", "late_reason", "opened_at", "city")
        later = ("restored_at", "closed_at", "affected_seconds", "service", "service_type", "procedure", "outage")
        found = {name: row[name] for name in (*same, *later, "planned_work")} | {
            "number": grouped(row["number"]),
            "kind": kind_of(row["desk"]).value,
            "company": code_of("company", row["company"], row["customer_id"]),
            "site": code_of("site", row["site"], row["site_id"]),
            "complaint": row["is_complaint"],
            "affected_since": row["outage_started_at"],
        }
        found |= {name: row[name] for name in (FORMER, "company_name", "site_name", "subject") if name in row}
        return {name: value for name, value in found.items() if value not in (None, "")}

    # --- events ---
    def events(self, facts: CaseFacts) -> Iterator[LogRow]:
        for event in facts.events:
            name, clause = self.kinds.get(event.moment, (event.moment, ""))
            more: dict[str, Value] = {"seq": event.seq, "public": event.public, "recorded_at": event.recorded_at}
            more |= {key: value for key, value in (("variant", event.variant), ("clause", clause)) if value}
            more |= data_in(event)
            if self.request.with_texts:
                more |= texts_in(event, facts.texts.get(event.seq, {}))
            yield LogRow(
                RowKind.EVENT,
                event.moment,
                name,
                Transition.COMPLETE,
                event.occurred_at,
                f"event-{event.seq}",
                *self.actor(event),
                more,
                event.seq,
            )

    def actor(self, event: EventFact) -> tuple[str, str]:
        """The pseudonym of whoever did it, and the role: of the operator's people as it is now."""
        if event.actor_kind == ActorKind.SYSTEM or event.actor_id is None:
            return SYSTEM, SYSTEM
        company = self.request.company if self.request.for_customer else None
        resource = pseudonym(event.actor_kind, event.actor_id, company)
        if event.actor_kind == ActorKind.CONTACT:
            return resource, CUSTOMER
        return resource, OPERATOR if self.request.for_customer else self.roles.get(event.actor_id, OPERATOR)

    # --- stages ---
    def stages(self, facts: CaseFacts) -> Iterator[LogRow]:
        """Each stage from the event that led to it to the one that led on, again after a relapse (P6 D)."""
        counted: dict[str, int] = {}
        for stage, start, end in stages_in(facts.events):
            counted[stage] = counted.get(stage, 0) + 1
            name = _("Stage: %(name)s") % {"name": name_of_stage(stage)}
            instance = f"stage-{stage}-{counted[stage]}"
            yield from stretch(RowKind.STAGE, f"stage/{stage}", name, start, end, instance, {"ordinal": counted[stage]})

    # --- waits ---
    def waits(self, facts: CaseFacts) -> Iterator[LogRow]:
        """Each stop of a clock as it stands now (W1), with the hours that a correction gave it."""
        for wait in facts.waits:
            name = _("Wait: %(cause)s") % {"cause": CAUSE_NAMES[WaitCause(wait.cause)]}
            instance = f"wait-{wait.id}"
            end = None if wait.ended_at is None else max(wait.started_at, wait.ended_at)
            yield from stretch(
                RowKind.WAIT, f"wait/{wait.cause}", name, wait.started_at, end, instance, wait_columns(wait)
            )

    # --- promises ---
    def promised(self, facts: CaseFacts) -> Iterator[LogRow]:
        """Each promise as it stands now: what was promised, what it took, and whether it was kept."""
        for clock in facts.clocks:
            name = self.promises.get(clock.kind, clock.kind)
            instance = f"promise-{clock.kind}-{clock.ordinal}"
            end = None if clock.ended_at is None else max(clock.started_at, clock.ended_at)
            yield from stretch(
                RowKind.PROMISE, f"promise/{clock.kind}", name, clock.started_at, end, instance, clock_columns(clock)
            )


def promise_name(kind: ClockKind) -> str:
    """``Promise: Diagnosis, cause and plan``."""
    name, owed = CLOCK_NAMES[kind]
    return _("Promise: %(name)s, %(owed)s") % {"name": name, "owed": owed}


def place_of(row: LogRow) -> int:
    """Among what happened at one hour: the events as they were written, then what ended by them, then what began."""
    if row.row == RowKind.EVENT:
        return row.seq
    return AFTER_EVENTS + (row.transition == Transition.START)


AFTER_EVENTS = 1 << 40


def stretch(
    row: RowKind,
    activity: str,
    name: str,
    start: datetime,
    end: datetime | None,
    instance: str,
    more: Mapping[str, Value],
) -> Iterator[LogRow]:
    """Its start, and its completion where it is over. Nobody in particular does it."""
    yield LogRow(row, activity, name, Transition.START, start, instance, SYSTEM, SYSTEM, more)
    if end is not None:
        yield LogRow(row, activity, name, Transition.COMPLETE, end, instance, SYSTEM, SYSTEM, more)


def stages_in(events: Sequence[EventFact]) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Each stage with its start and its end; the last of an open case has none. In the order of the history: an hour
    that came in late never makes a stage end before it begins.
    """
    row: Row = {}
    stage, since = "", None
    for event in events:
        reached = stage_after(event, row)
        if reached and reached != stage:
            if since is not None:
                yield stage, since, max(since, event.occurred_at)
            stage, since = reached, event.occurred_at
        if since is not None and event.moment in END_OF_THE_CASE:
            yield stage, since, max(since, event.occurred_at)
            stage, since = "", None
    if since is not None:
        yield stage, since, None


def stage_after(event: EventFact, row: Row) -> str:
    """The stage that this event leads to; empty where it leads to none. ``row`` is what the events before have set."""
    if "stage" not in row and event.moment in BEFORE_THE_NUMBER:
        return BEFORE_THE_NUMBER[Moment(event.moment)].value
    source = CASE.get(event.moment, {}).get("stage")
    if source is None:
        return ""
    past = PastEvent(event.seq, event.moment, event.variant, event.occurred_at, event.recorded_at, None, event.data, {})
    found = source(past, row)
    if found is KEEP:
        return ""
    row["stage"] = (found, event.seq)
    return str(found)


def data_in(event: EventFact) -> dict[str, Value]:
    """What of its data stands in the row: codes, and the objects that it speaks of."""
    data = event.data
    found: dict[str, Value] = {name: data[name] for name, kind in DATA.items() if type(data.get(name)) is kind}
    found |= {name: named(data[name]) for name, named in NAMED.items() if data.get(name)}
    if event.moment == Moment.TRANSFERRED and data.get("to"):
        found["to_desk"] = str(data["to"])
    return found


def texts_in(event: EventFact, texts: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {"actor_name": event.actor_name} if event.actor_name else {}
    return found | ({"texts": json.dumps(texts, ensure_ascii=False)} if texts else {})


def wait_columns(wait: WaitFact) -> dict[str, Value]:
    """``void``: it holds no clock any more, since a correction or a ruling took it away (P7 D)."""
    found: dict[str, Value] = {
        "variant": wait.cause,
        "wait": f"wait-{wait.id}",
        "clocks": " ".join(wait.clocks),
        "ruling": wait.ruling,
        "void": not wait.clocks or wait.ruling == UPHELD,
    }
    return {name: value for name, value in found.items() if value != ""}


def clock_columns(clock: ClockFact) -> dict[str, Value]:
    found: dict[str, Value | None] = {
        "clock": clock.kind,
        "ordinal": clock.ordinal,
        "outcome": clock.outcome,
        "target_seconds": clock.target_seconds,
        "comparison": clock.comparison,
        "taken_seconds": clock.taken_seconds,
        "calendar": clock.calendar,
        "due_at": clock.due_at,
        "breached_at": clock.breached_at,
    }
    return {name: value for name, value in found.items() if value is not None}


def code_of(what: str, code: str | None, pk: int | None) -> str:
    """Its code in the operator's own systems, or ours where it has none; empty where there is nothing."""
    return "" if pk is None else code or f"{what}-{pk}"
