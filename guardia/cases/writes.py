"""One statement per table, sent as one pipeline. Set-based: the same for one case and for ten thousand."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import batched
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import IntegrityError
from django.db.models import JSONField, Model

from guardia.cases.arrays import AT_ONCE, Statement, do, insert, inserting, literals
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import ChangedMeanwhile
from guardia.clocks.clock_state import ClockState, Key
from guardia.config import sql_rows
from guardia.config.asking import connection
from guardia.config.sql_rows import rows_of, run

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import CaseLedger, Recorded
    from guardia.escalation.course import Running

RETIRED = "outcome = 'dropped' AND target_seconds IS NULL AND call_id IS NOT NULL"
"""A call's clock that, as a later report showed, never started: its row stays and counts in no measure."""
ROOM = "192MB"
CHANGED_BY_OTHERS = {"case_event_seq_once", "case_number_key"}

EVENT_COLUMNS = {
    "id": "bigint",
    "customer_id": "bigint",
    "case_id": "bigint",
    "seq": "int",
    "moment": "text",
    "variant": "text",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "actor_kind": "text",
    "actor_id": "bigint",
    "public": "bool",
    "data": "jsonb",
    "canonical": "text",
    "hash": "bytea",
}
TEXT_COLUMNS = {"customer_id": "bigint", "event_id": "bigint", "name": "text", "salt": "bytea", "text": "text"}
CLOCK_COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "call_id": "bigint",
    "request_id": "bigint",
    "kind": "text",
    "ordinal": "smallint",
    "calendar": "text",
    "edition": "int",
    "comparison": "text",
    "target_seconds": "int",
    "started_at": "timestamptz",
    "waits": "jsonb",
    "waiting_since": "timestamptz",
    "due_at": "timestamptz",
    "warn_at": "timestamptz",
    "urgent_at": "timestamptz",
    "ended_at": "timestamptz",
    "outcome": "text",
    "taken_seconds": "int",
    "breached_at": "timestamptz",
}

ESCALATION_COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "ordinal": "smallint",
    "source": "text",
    "clock": "text",
    "began_at": "timestamptz",
    "level": "smallint",
    "paged_at": "timestamptz",
    "acknowledged_at": "timestamptz",
    "acknowledged_by_id": "bigint",
    "commands": "bool",
    "joined_id": "bigint",
    "ended_at": "timestamptz",
}


def make_room() -> None:
    """For a storm, until the transaction ends: more memory for its joins, and foreign keys are checked as
    the rows are written instead of all at once before the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{ROOM}'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def draw_ids(model: type[Model], how_many: int) -> list[int]:
    """Ids taken from the table's sequence before its rows are written, so that other rows can name them."""
    return [number for (number,) in rows_of(_drawing(model._meta.db_table), [how_many])]


@cache
def _drawing(table: str) -> str:
    return f"SELECT nextval('\"{table}_id_seq\"') FROM generate_series(1, %s)"


def draw_cases(how_many: int) -> list[tuple[int, int]]:
    """The ids of so many cases, each with its value of the one sequence that case numbers are made of."""
    return rows_of("SELECT nextval('case_id_seq'), nextval('case_number') FROM generate_series(1, %s)", [how_many])


def take_turn(what: str) -> None:
    """Two transactions that ask for the same turn go one after the other; it lasts until the transaction ends."""
    sql_rows.take_turn(what)


def take_turns(what: Iterable[str]) -> None:
    """Several turns at once, always in the same order, so that two who ask for the same ones never wait in a circle."""
    rows_of(
        "SELECT pg_advisory_xact_lock(turn) FROM"
        " (SELECT DISTINCT hashtextextended(name, 0) AS turn FROM unnest(%s::text[]) AS name ORDER BY 1) AS turns",
        [list(what)],
    )


def name(events: Sequence["Recorded"]) -> None:
    """Give each its id, by which others may refer to it before it is written."""
    for event, event_id in zip(events, draw_ids(CaseEvent, len(events)), strict=True):
        event.id = event_id


def statements(ledgers: Sequence["CaseLedger"], events: Sequence["Recorded"]) -> Iterator[Statement]:
    """What writes the cases, the events with their texts, the clocks that moved, the escalations, the waits' ends."""
    yield from _of_cases(ledgers)
    yield from _of_events(events)
    yield from _of_clocks(ledgers)
    yield from _of_escalations((ledger.case, ledger.changed_escalations) for ledger in ledgers)
    yield from _of_waits([ended for ledger in ledgers for ended in ledger.ended_waits])


def send(statements: Iterable[Statement]) -> None:
    """Have PostgreSQL execute the statements in their order, as one pipeline. Raises ChangedMeanwhile.

    Each goes out as soon as it is built, so that PostgreSQL writes the first ones of a storm while the next are built.
    """
    try:
        # A statement that fails raises at the end of the pipeline, which Django's cursor does not see.
        with connection.wrap_database_errors, connection.connection.pipeline(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(*statement)
    except IntegrityError as error:
        raise translated(error) from error


def translated(error: Exception) -> Exception:
    """A broken constraint as the refusal it stands for; the error itself where it stands for none."""
    cause = error.__cause__
    broken = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    return ChangedMeanwhile() if broken in CHANGED_BY_OTHERS else error


@cache
def case_fields() -> dict[str, tuple[str, str, bool]]:
    """Each stored column of a case with its attribute, its type and whether it is JSON; the id first."""
    from guardia.cases.case import Case

    fields = [field for field in Case._meta.concrete_fields if not field.generated]
    return {field.column: (field.attname, _kind(field), isinstance(field, JSONField)) for field in fields}


def _of_cases(ledgers: Sequence["CaseLedger"]) -> Iterator[Statement]:
    fields = case_fields()
    columns = {column: kind for column, (_, kind, _) in fields.items()}
    new = [_case_row(ledger.case) for ledger in ledgers if not ledger.expected_seq]
    old = [_case_row(ledger.case) for ledger in ledgers if ledger.expected_seq]
    filled, rows, empty = _filled_in(columns, new)
    yield from inserting("case", filled, rows, empty=empty)
    for some in batched(old, AT_ONCE):
        yield _update_cases(), literals(columns.values(), some)


def _filled_in(
    columns: dict[str, str], rows: Sequence[Sequence[Any]]
) -> tuple[dict[str, str], list[list[Any]], list[str]]:
    """The columns in which something stands, their rows, and the columns that are the empty text in each row.

    What is NULL in each is left out. Of a new case half is filled in, and the driver keeps no statement of more than 50
    values but takes it apart anew each time.
    """
    names, kept, empty = list(columns), [], []
    for at, first in enumerate(rows[0] if rows else ()):
        if first not in (None, "") or any(row[at] != first for row in rows):
            kept.append(at)
        elif first == "":
            empty.append(names[at])
    return {names[at]: columns[names[at]] for at in kept}, [[row[at] for at in kept] for row in rows], empty


@cache
def _update_cases() -> str:
    arrays = ", ".join(f"%s::{kind}[]" for _, kind, _ in case_fields().values())
    names = ", ".join(f'"{name}"' for name in case_fields())
    sets = ", ".join(f'"{name}" = new."{name}"' for name in case_fields() if name != "id")
    return f'UPDATE "case" SET {sets} FROM unnest({arrays}) AS new({names}) WHERE "case".id = new.id'


def _kind(field: Any) -> str:
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return "text" if kind.startswith("varchar") else kind


def _case_row(case: "Case") -> list[Any]:
    read, of_json = _case_reader()
    row = list(read(case))
    for place in of_json:
        row[place] = json.dumps(row[place])
    return row


@cache
def _case_reader() -> tuple[Callable[["Case"], tuple[Any, ...]], list[int]]:
    """What reads all columns of a case at once, and which of them are JSON."""
    fields = list(case_fields().values())
    of_json = [place for place, (_attribute, _kind, is_json) in enumerate(fields) if is_json]
    return attrgetter(*(attribute for attribute, *_ in fields)), of_json


def _of_events(events: Sequence["Recorded"]) -> Iterator[Statement]:
    rows = [
        (
            event.id,
            event.case.customer_id,
            event.case.pk,
            event.seq,
            event.moment,
            event.variant,
            event.occurred_at,
            event.recorded_at,
            event.by.kind.value,
            event.by.id,
            event.public,
            json.dumps(event.data, ensure_ascii=False),
            event.canonical,
            event.hash,
        )
        for event in events
    ]
    texts = [
        (event.case.customer_id, event.id, name, salt, text) for event in events for name, salt, text in event.texts
    ]
    yield from inserting("case_event", EVENT_COLUMNS, rows)
    yield from inserting("event_text", TEXT_COLUMNS, texts)


def _of_waits(ended: Sequence[tuple[int, datetime]]) -> Iterator[Statement]:
    if ended:
        sql = """UPDATE wait SET ended_at = greatest(started_at, ended.at)
                 FROM unnest(%s::bigint[], %s::timestamptz[]) AS ended(id, at) WHERE wait.id = ended.id"""
        yield sql, [list(column) for column in zip(*ended, strict=True)]


def _of_clocks(ledgers: Sequence["CaseLedger"]) -> Iterator[Statement]:
    for ledger in ledgers:
        yield from _taking_over("call_id", ledger.takes_clocks_of_call, ledger.case)
        yield from _taking_over("request_id", ledger.takes_clocks_of_request, ledger.case)
    yield from _of_case_clocks((ledger.case.pk, ledger.case.customer_id, ledger.changed_clocks) for ledger in ledgers)


def _taking_over(column: str, owner_id: int | None, case: "Case") -> Iterator[Statement]:
    """The clocks of the call, or of the request, are the case's from now on."""
    if owner_id:
        sql = f'UPDATE clock SET case_id = %s, customer_id = %s WHERE "{column}" = %s AND NOT ({RETIRED})'
        yield sql, [case.pk, case.customer_id, owner_id]


def _of_case_clocks(groups: Iterable[tuple[int, int, Iterable[ClockState]]]) -> Iterator[Statement]:
    rows = [(customer, case, None, None, *clock_row(clock)) for case, customer, clocks in groups for clock in clocks]
    yield from inserting("clock", CLOCK_COLUMNS, rows, _on_conflict("(case_id, kind, ordinal)"))


def upsert_case_clocks(groups: Iterable[tuple[int, int, Iterable[ClockState]]]) -> None:
    """The clocks of cases, by (case, kind, ordinal)."""
    do(_of_case_clocks(groups))


def upsert_call_clocks(call_id: int, customer_id: int | None, clocks: Iterable[ClockState]) -> None:
    """The clocks of a call that has no case (yet), by (call, kind, ordinal)."""
    rows = [(customer_id, None, call_id, None, *clock_row(clock)) for clock in clocks]
    insert("clock", CLOCK_COLUMNS, rows, _on_conflict("(call_id, kind, ordinal) WHERE case_id IS NULL"))


def retire_call_clocks(call_id: int, but: Collection[Key]) -> None:
    """The clocks of a call, other than these, never ran by what is known now. No clock is deleted: see ``RETIRED``."""
    sql = f"""UPDATE clock SET outcome = 'dropped', ended_at = started_at, target_seconds = NULL, taken_seconds = 0,
              due_at = NULL, warn_at = NULL, urgent_at = NULL, waiting_since = NULL, waits = '[]', breached_at = NULL
              WHERE call_id = %s AND case_id IS NULL AND NOT ({RETIRED})
              AND (kind, ordinal) NOT IN (SELECT * FROM unnest(%s::text[], %s::int[]))"""
    kinds, ordinals = [kind for kind, _ in but], [ordinal for _, ordinal in but]
    run(sql, [call_id, kinds, ordinals])


def upsert_request_clocks(request_id: int, customer_id: int | None, clocks: Iterable[ClockState]) -> None:
    """The clocks of a report in writing that has no case (yet), by (request, kind, ordinal)."""
    rows = [(customer_id, None, None, request_id, *clock_row(clock)) for clock in clocks]
    insert("clock", CLOCK_COLUMNS, rows, _on_conflict("(request_id, kind, ordinal) WHERE case_id IS NULL"))


@cache
def _on_conflict(target: str) -> str:
    kept = {"case_id", "call_id", "request_id", "kind", "ordinal"}
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in CLOCK_COLUMNS if name not in kept)
    return f"ON CONFLICT {target} DO UPDATE SET {sets}"


def upsert_escalations(groups: Iterable[tuple["Case", Iterable["Running"]]]) -> None:
    """The escalations of cases, by (case, ordinal)."""
    do(_of_escalations(groups))


def _of_escalations(groups: Iterable[tuple["Case", Iterable["Running"]]]) -> Iterator[Statement]:
    rows = [(case.customer_id, case.pk, *escalation_row(each)) for case, changed in groups for each in changed]
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in ESCALATION_COLUMNS if name not in {"case_id", "ordinal"})
    yield from inserting("escalation", ESCALATION_COLUMNS, rows, f"ON CONFLICT (case_id, ordinal) DO UPDATE SET {sets}")


def escalation_row(each: "Running") -> tuple[Any, ...]:
    """The columns of an escalation after its owner's, as they follow from its course."""
    return (
        each.ordinal,
        each.source,
        each.clock,
        each.began_at,
        each.level,
        each.paged_at,
        each.acknowledged_at,
        each.acknowledged_by,
        each.commands,
        each.joined,
        each.ended_at,
    )


def put_off(looks: Sequence[tuple[int, datetime | None]]) -> None:
    """When these cases' escalations are looked at again, where nothing was written about them."""
    if looks:
        run(
            """UPDATE "case" SET next_step_at = looks.at
               FROM unnest(%s::bigint[], %s::timestamptz[]) AS looks(id, at)
               WHERE "case".id = looks.id AND "case".next_step_at IS DISTINCT FROM looks.at""",
            [list(column) for column in zip(*looks, strict=True)],
        )


def clock_row(clock: ClockState) -> tuple[Any, ...]:
    """The columns of a clock after its owner's, as they follow from its state."""
    ended = clock.ended_at is not None
    return (
        clock.kind,
        clock.ordinal,
        clock.calendar,
        clock.edition,
        clock.comparison,
        None if clock.target is None else round(clock.target.total_seconds()),
        clock.started_at,
        json.dumps([[_iso(s.start), _iso(s.end)] for s in clock.stretches]),
        clock.waiting_since,
        clock.due_at,
        clock.after(clock.warnings[0]),
        clock.after(clock.warnings[1]),
        clock.ended_at,
        clock.outcome,
        round(clock.taken.total_seconds()) if ended and clock.taken is not None else None,
        clock.breached_at,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
