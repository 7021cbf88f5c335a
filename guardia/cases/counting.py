"""How many cases several lists hold, counted to 99+ in one question to the database.

Every page and poll of the desk asks for its views and its states of time: these two stand here in SQL, since the ORM
takes ten times as long to word them as PostgreSQL to answer them. Their conditions are those of ``queries.in_view`` and
``queries.by_state``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, QuerySet

from guardia.cases import mentions
from guardia.config.sql_rows import rows_of
from guardia.people.staff import Staff

MOST_COUNTED = 100

OF_DESK = "AND desk = %(desk)s"
"""What stands in the place of ``{of_desk}`` where one desk is meant; nothing where all are."""
STATES_OF_TIME = """
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk} AND next_due_at <= %(at)s LIMIT 100
           ) AS overdue),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk}
               AND next_due_at > %(at)s AND next_urgent_at <= %(at)s AND next_warn_at <= %(at)s LIMIT 100
           ) AS urgent),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk}
               AND next_urgent_at > %(at)s AND next_warn_at <= %(at)s LIMIT 100
           ) AS soon),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk} AND waiting_since IS NOT NULL LIMIT 100
           ) AS waiting)
"""
BY_STATE = f"""
    SELECT (SELECT count(*) FROM (SELECT FROM "case" WHERE closed_at IS NULL {{of_desk}} LIMIT 100) AS open),
    {STATES_OF_TIME}
"""
BY_VIEW = """
    SELECT (SELECT count(*) FROM (SELECT FROM "case" WHERE closed_at IS NULL {of_desk} LIMIT 100) AS open),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk} AND assigned_id = %(staff)s LIMIT 100
           ) AS mine),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk} AND assigned_id IS NULL LIMIT 100
           ) AS unassigned),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {of_desk} AND waiting_since IS NOT NULL LIMIT 100
           ) AS waiting)
"""
# Of a desk with incidents: what has a crew in the field, and what is followed up (P4, P6).
BY_VIEW_OF_INCIDENTS = f"""
    {BY_VIEW},
           (SELECT count(*) FROM (
               SELECT DISTINCT "case".id FROM "case" JOIN visit ON visit.case_id = "case".id
               WHERE closed_at IS NULL {{of_desk}} AND stage IN ('diagnosis', 'execution')
               AND visit.agreed_at IS NOT NULL AND visit.ended_at IS NULL LIMIT 100
           ) AS in_field),
           (SELECT count(*) FROM (
               SELECT FROM "case" WHERE closed_at IS NULL {{of_desk}} AND stage = 'stability' LIMIT 100
           ) AS followed)
"""
# An objection to a planned work waits until the desk has answered it; the last answer is looked up for each, since for
# a join PostgreSQL would read the turns of all works.
IN_ROOMS = """
    SELECT (SELECT count(*) FROM (
               SELECT FROM escalation WHERE ended_at IS NULL AND acknowledged_at IS NULL AND joined_id IS NULL LIMIT 100
           ) AS silent),
           (SELECT count(*) FROM (SELECT FROM message WHERE state = 'waiting' LIMIT 100) AS mails),
           (SELECT count(*) FROM (
               SELECT FROM written_request WHERE settled_at IS NULL AND way <> 'mail' LIMIT 100
           ) AS papers),
           (SELECT count(*) FROM (SELECT FROM contact_change WHERE settled_at IS NULL LIMIT 100) AS changes),
           (SELECT count(*) FROM (SELECT FROM outage WHERE ended_at IS NULL LIMIT 100) AS outages),
           (SELECT count(*) FROM (
               SELECT DISTINCT work.id FROM planned_work AS work
               JOIN planned_work_service AS told ON told.work_id = work.id
               WHERE work.ended_at IS NULL AND told.answer = 'objected' AND told.taken_out_at IS NULL
               AND coalesce(told.answered_at >= (
                   SELECT max(turn.at) FROM planned_work_turn AS turn
                   WHERE turn.work_id = told.work_id AND turn.moment = 'replied'
                   AND (turn.data ->> 'customer')::bigint = told.customer_id
               ), true) LIMIT 100
           ) AS works),
           (SELECT count(*) FROM (SELECT FROM carrier_ticket WHERE unread_since IS NOT NULL LIMIT 100) AS answered)
"""


class InRooms(NamedTuple):
    """What waits in the rooms of the desk: escalations that nobody answers for, mails, papers (what came in writing
    without a mail), changes of companies, outages, planned works with an objection, and answers of carriers.
    """

    silent: int
    mails: int
    papers: int
    changes: int
    outages: int
    works: int
    answered: int


def in_rooms() -> InRooms:
    """Return how much waits in each room, as ``waiting`` and its like of each noun list it."""
    (found,) = rows_of(IN_ROOMS)
    return InRooms(*found)


def by_state(desk: str, at: datetime) -> tuple[int, ...]:
    """Return how many cases of the desk are open, overdue, urgent, soon and waiting; of all desks where it is empty."""
    return _counted(BY_STATE, desk, at=at)


def by_view(desk: str, staff_id: int, *, has_incidents: bool) -> tuple[int, ...]:
    """Return how many open cases of the desk there are, are this person's, nobody's, and wait; where it has incidents,
    how many are in the field and followed up, too.
    """
    return _counted(BY_VIEW_OF_INCIDENTS if has_incidents else BY_VIEW, desk, staff=staff_id)


class OfBench(NamedTuple):
    """What the bench counts for one person: as ``by_view``, as ``by_state``, and as ``mentions.count_to_see``."""

    views: tuple[int, ...]
    states: tuple[int, ...]
    to_see: int


def of_bench(desk: str, staff: Staff, at: datetime, *, has_incidents: bool) -> OfBench:
    """Return all three in one question; ``at`` in UTC."""
    by_view_ = BY_VIEW_OF_INCIDENTS if has_incidents else BY_VIEW
    statement = f"{by_view_}, {STATES_OF_TIME}, ({mentions.COUNT})"
    found = _counted(statement, desk, at=at, **mentions.values_of(staff))
    views, states = found[:-5], found[-5:-1]
    return OfBench(views, (found[0], *states), found[-1])


def _counted(statement: str, desk: str, **values: Any) -> tuple[int, ...]:
    (found,) = rows_of(statement.format(of_desk=OF_DESK if desk else ""), {"desk": desk, **values})
    return found


def counted[Row: Model](several: Sequence[QuerySet[Row]]) -> list[int]:
    """Return how many each of these lists holds, in their order; one that can hold nothing is not asked about."""
    parts: list[str] = []
    values: list[Any] = []
    for place, rows in enumerate(several):
        try:
            sql, params = rows.order_by()[:MOST_COUNTED].values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, count(*) FROM ({sql}) AS found")
        values += params
    found = dict(rows_of(" UNION ALL ".join(parts), values)) if parts else {}
    return [found.get(place, 0) for place in range(len(several))]
