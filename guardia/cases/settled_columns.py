"""What the bench reads of a case without folding it: the promise that breaks first, and who answers for it (E)."""

from collections.abc import Iterator
from typing import Any

from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.clocks.fold import Fold
from guardia.config.sql_rows import rows_of
from guardia.escalation.course import Course


def settled_columns(fold: Fold, course: Course, is_open: bool) -> dict[str, Any]:
    """The columns of a case that follow from its clocks and from its escalation; hours in UTC.

    A case that is not open has no next promise and nothing that stands still.
    """
    running = list(fold.running.values()) if is_open else []
    promises = [clock for clock in running if clock.kind not in OF_THE_ESCALATION]
    due = [(clock.due_at, clock) for clock in promises if clock.due_at is not None]
    first = min(due, key=lambda pair: pair[0], default=(None, None))[1]
    waits, escalation = fold.open_waits, course.now
    stands_since = (s.start for clock in running for s in clock.stretches if s.end is None and s.wait in waits)
    return {
        "next_kind": first.kind if first else "",
        "next_started_at": first.started_at if first else None,
        "next_warn_at": first.after(first.warnings[0]) if first else None,
        "next_urgent_at": first.after(first.warnings[1]) if first else None,
        "next_due_at": first.due_at if first else None,
        "waiting_since": min(stands_since, default=None),
        "escalated_level": escalation.level if escalation else 0,
        "answering_id": escalation.acknowledged_by if escalation else None,
    }


OF_ANOTHER_COMPANY = """
    SELECT "case".id, found.what, found.id, found.customer_id, "case".customer_id FROM (
        SELECT case_id, 'clock' AS what, id, customer_id FROM clock
            WHERE case_id BETWEEN %(first)s AND %(last)s
        UNION ALL SELECT case_id, 'escalation', id, customer_id FROM escalation
            WHERE case_id BETWEEN %(first)s AND %(last)s
        UNION ALL SELECT case_id, 'call_task', id, customer_id FROM call_task
            WHERE case_id BETWEEN %(first)s AND %(last)s
        UNION ALL SELECT event.case_id, 'event_text', text.id, text.customer_id
            FROM event_text AS text JOIN case_event AS event ON event.id = text.event_id
            WHERE event.case_id BETWEEN %(first)s AND %(last)s
    ) AS found JOIN "case" ON "case".id = found.case_id
    WHERE "case".id BETWEEN %(first)s AND %(last)s AND found.customer_id IS DISTINCT FROM "case".customer_id
    ORDER BY 1, 2, 3
"""
"""Each table has the range of its own: from that of the case alone PostgreSQL reads the whole tables, every time."""


def rows_of_another_company(between: dict[str, int]) -> Iterator[tuple[int, str, int, int | None, int]]:
    """Rows of these cases that another company could read: the case, the table, the row, its company, and the case's.

    ``between``: the ids of the ``first`` and the ``last`` case.
    """
    yield from rows_of(OF_ANOTHER_COMPANY, between)
