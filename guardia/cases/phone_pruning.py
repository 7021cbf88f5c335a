"""What exchanges said is not kept for ever: after a while the calls' facts are enough, and the raw words go.

In their place stands one mark per call, so that what is told again afterwards is known to be old news and changes
nothing. Calls that are still owed something keep all that was said of them, however long ago.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from guardia.calls.snapshot_words import PRUNED
from guardia.cases import phone_turns
from guardia.people.shifts import TECHNICAL

AT_ONCE = 2000
"""Rows that one transaction looks at; the calls they are about go whole."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
type Told = tuple[int, str]
"""Exchange and reference of a call."""

PAGE = """
    WITH page AS MATERIALIZED (
        SELECT exchange_id, reference, received_at FROM exchange_event
        WHERE received_at > %(after)s AND received_at < %(before)s AND reference <> '' AND name <> %(pruned)s
        ORDER BY received_at FETCH FIRST %(most)s ROWS WITH TIES
    )
    SELECT exchange_id, reference, max(received_at) FROM page GROUP BY exchange_id, reference
"""
# Of a call that goes on, or was settled lately, everything stays; what is none of our calls goes by its age alone.
DONE_WITH = """
    SELECT told.exchange_id, told.reference
    FROM unnest(%(exchanges)s::bigint[], %(references)s::text[]) AS told(exchange_id, reference)
    WHERE NOT EXISTS (
        SELECT FROM exchange_event n WHERE n.exchange_id = told.exchange_id AND n.reference = told.reference
          AND n.received_at >= %(before)s AND n.name <> %(pruned)s)
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.exchange_id = told.exchange_id AND c.reference = told.reference
          AND (coalesce(c.settled_at, c.ended_at, c.arrived_at) >= %(before)s
            OR c.settled_at IS NULL AND (coalesce(nullif(c.desk_now, ''), c.desk) = %(technical)s
                OR c.answered_at IS NULL OR c.ended_at IS NULL)))
"""
PRUNE = """
    WITH gone AS (
        DELETE FROM exchange_event
        WHERE exchange_id = %(exchange)s AND reference = ANY(%(references)s) AND name <> %(pruned)s
        RETURNING reference, happened_at, received_at
    )
    INSERT INTO exchange_event (exchange_id, key, reference, source, name, happened_at, received_at, packet)
    SELECT %(exchange)s, encode(sha256(convert_to('pruned|' || reference, 'UTF8')), 'hex'), reference, 'snapshot',
        %(pruned)s, max(happened_at), max(received_at), '[]'
    FROM gone GROUP BY reference
    HAVING reference = ANY(SELECT c.reference FROM call c
        WHERE c.exchange_id = %(exchange)s AND c.reference = ANY(%(references)s))
    ON CONFLICT (exchange_id, key) DO NOTHING
"""
# What is about all calls is needed while the words of any call of its time are there.
OF_ALL = """
    WITH oldest AS (
        SELECT exchange_id, min(received_at) AS at FROM exchange_event
        WHERE received_at < %(before)s AND reference <> '' AND name <> %(pruned)s GROUP BY exchange_id
    )
    DELETE FROM exchange_event e USING exchange x LEFT JOIN oldest o ON o.exchange_id = x.id
    WHERE e.exchange_id = x.id AND e.reference = '' AND e.received_at < least(o.at, %(before)s)
"""


def prune(before: datetime, after: datetime = BEGINNING, most: int = AT_ONCE) -> datetime | None:
    """Let go of the raw words of calls of which nothing was told since ``before`` (UTC), in the caller's transaction.

    ``after``: up to where the last step has looked; returns how far this one has, None once everything is done.
    """
    about = {"before": before, "pruned": PRUNED, "technical": TECHNICAL}
    page = _rows(PAGE, about | {"after": after, "most": most})
    if not page:
        _run(OF_ALL, about)
        return None
    # Whoever folds one of these calls now goes first; what that one learnt makes it news again.
    for exchange in sorted({each for each, _reference, _at in page}):
        phone_turns.take_calls(exchange, [reference for each, reference, _at in page if each == exchange])
    done = _rows(DONE_WITH, about | _columns([(exchange, reference) for exchange, reference, _at in page]))
    for exchange in sorted({each for each, _reference in done}):
        of_it = [reference for each, reference in done if each == exchange]
        _run(PRUNE, about | {"exchange": exchange, "references": of_it})
    return max(at for _exchange, _reference, at in page)


def _columns(told: Sequence[Told]) -> dict[str, list[Any]]:
    exchanges, references = zip(*told, strict=True)
    return {"exchanges": list(exchanges), "references": list(references)}


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _run(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
