"""Each column of the rows that a case consists of: whoever changes it is found, or it is listed here with the reason.

A column that a later version adds fails this test until somebody has decided which of the two it is.
"""

from datetime import date, datetime, timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from guardia.config.database_roles import DatabaseRole, as_at_one_instant
from guardia.config.now import now
from guardia.reports import verification
from tests.proof.test_history import forge

OF_THE_DESK = "who works on it now, and the numbers that others give it: a matter of the desk, which no report claims"
OF_A_PERSON = "names and addresses may be erased; the event says whom they were of"
WHO_RANG = "who rang, by which line, and who took it: the event says who answered"
OF_RECEPTION = "the row's own account of the call, of which the case has only when it waited and was answered"
DRAWN = "how the picture is drawn"
ONCE = "which version wrote the events; each of them says it itself"
NO_ROW = "no row of these two cases has a value there"

UNFOUND = {
    "case": {
        **dict.fromkeys(("assigned_id", "customer_reference", "carrier_reference"), OF_THE_DESK),
        "source": "telephone, portal or mail: only that it came from a former tool takes it out of a figure",
        "history_format": ONCE,
        **dict.fromkeys(("next_step_at", "opens_at", "part_of_id", "within_work_id", "waiting_since"), NO_ROW),
        "answering_id": NO_ROW,
    },
    "clock": {
        "call_id": "the telephone call whose promise it was before there was a case",
        "looked_at_edition": "up to which edition of the calendar it was looked at",
        **dict.fromkeys(("request_id", "waiting_since"), NO_ROW),
    },
    "escalation": dict.fromkeys(("acknowledged_at", "acknowledged_by_id", "joined_id"), NO_ROW),
    "event_text": {"erasure_id": NO_ROW},
    "test_result": {"service_id": "a test names its circuit; the row's link serves the search"},
    "visit": {
        **dict.fromkeys(("people", "plate", "tools"), "of the permit letter, whose own text is in the log of letters"),
        **dict.fromkeys(("permit_letter_at", "blocked_at", "next_decision_at", "signed_at", "signature_id"), NO_ROW),
    },
    "case_file": {
        **dict.fromkeys(("added_at", "added_by_id", "added_by_name"), "the event has its own hour and author"),
        **dict.fromkeys(("width", "height", "has_thumbnail"), DRAWN),
        **dict.fromkeys(("visit_id", "key", "withdrawn_at", "withdrawn_by_id"), NO_ROW),
    },
    "call_task": {"answered_by": OF_A_PERSON, **dict.fromkeys(("contact_id", "dialled_by_id"), NO_ROW)},
    "wait": {},
    "group_hold": {},
    "call": {
        **dict.fromkeys(("customer_id", "contact_id", "from_number", "from_name", "dialled", "line"), WHO_RANG),
        **dict.fromkeys(("answered_by_id", "answered_as", "held_as", "reference", "procedure_version_id"), WHO_RANG),
        **dict.fromkeys(("arrived_at", "settled_at", "settled_as", "after_hours", "desk", "desk_now"), OF_RECEPTION),
        "end_unseen": OF_RECEPTION,
        **dict.fromkeys(("abandoned_at", "ended_at", "exchange_id", "held_by_id", "lost_again_at"), NO_ROW),
        **dict.fromkeys(("next_due_at", "reached_at", "waits_again_at"), NO_ROW),
    },
}
"""By table: the columns that nothing shows, and why."""

COLUMNS = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


def another(value: object, kind: str) -> object:
    """A value of the same kind that is not this one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case datetime():
            return value - timedelta(minutes=7)
        case date():
            return value - timedelta(days=1)
        case timedelta():
            return value + timedelta(minutes=7)
        case bytes() | memoryview():
            return bytes(value)[::-1]
        case list():
            return Jsonb([*value, 1]) if kind == "jsonb" else value[:-1]
        case dict():
            return Jsonb({**value, "another": 1})
    return None


def is_found() -> bool:
    with as_at_one_instant(DatabaseRole.WORKER):
        return any(verification.findings(now()))


@pytest.mark.parametrize("table", UNFOUND)
def test_a_row_that_somebody_changed_is_found_by_each_of_its_columns(cases, owner: psycopg.Connection, table):
    assert not is_found(), "the histories are whole before one is falsified"
    unfound = {}
    for column, kind in owner.execute(COLUMNS, [table]).fetchall():
        if column == "id":
            continue
        of_a_case = "AND case_id IS NOT NULL" if table not in ("case", "event_text") else ""
        statement = f'SELECT id, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL {of_a_case} ORDER BY id LIMIT 1'
        chosen = owner.execute(statement).fetchone()
        if chosen is None:
            unfound[column] = NO_ROW
            continue
        pk, value = chosen
        statement = f'UPDATE "{table}" SET "{column}" = %(value)s WHERE id = %(pk)s'
        try:
            forge(owner, statement, value=another(value, kind), pk=pk)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
            continue  # the database itself refuses it
        if not is_found():
            unfound[column] = value
        forge(owner, statement, value=Jsonb(value) if kind == "jsonb" else value, pk=pk)
    assert unfound.keys() == UNFOUND[table].keys()
