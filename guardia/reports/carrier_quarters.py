"""What a carrier promised and what it kept, by the quarter in which a ticket was opened: for the operator alone.

A carrier is measured by its first promise: one that is moved again and again is not kept by the last. Cases of a
rehearsal are left out, and so are tickets that were cancelled.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from guardia.carriers.carrier import Carrier
from guardia.config.sql_rows import rows_of

MOST_QUARTERS = 8

# A ticket without a target in the contract is silent after a day.
QUARTERS = """
    SELECT extract(year FROM quarter)::int, extract(quarter FROM quarter)::int, count(*),
        count(*) FILTER (WHERE answer_due_at IS NOT NULL AND (answered_at IS NOT NULL OR answer_due_at <= %(now)s)),
        count(*) FILTER (WHERE answered_at <= answer_due_at),
        count(*) FILTER (
            WHERE first_promise_at IS NOT NULL AND (restored_at IS NOT NULL OR first_promise_at <= %(now)s)
        ),
        count(*) FILTER (WHERE restored_at <= first_promise_at),
        count(*) FILTER (WHERE restore_due_at IS NOT NULL AND (restored_at IS NOT NULL OR restore_due_at <= %(now)s)),
        count(*) FILTER (WHERE restored_at <= restore_due_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_promise_at - opened_at)),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM restored_at - opened_at)),
        count(*) FILTER (WHERE reopened > 0),
        count(*) FILTER (
            WHERE answered_at IS NULL AND coalesce(answer_due_at, opened_at + interval '1 day') <= %(now)s
        )
    FROM (
        SELECT t.*, date_trunc('quarter', t.opened_at AT TIME ZONE %(zone)s) AS quarter
        FROM carrier_ticket t JOIN "case" c ON c.id = t.case_id
        WHERE t.carrier_id = %(carrier)s AND t.opened_at > %(now)s - interval '27 months'
            AND t.state <> 'cancelled' AND NOT c.in_rehearsal
    ) AS opened
    GROUP BY quarter ORDER BY quarter DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class CarrierQuarter:
    """Of the tickets ``opened`` in the quarter: how many were ``answered`` within the contract's time, of those whose
    time has come (``answer_owed``); the same of the first promise and of the restoration. ``promised`` and ``real`` are
    the medians from the opening to the first promise, and to the restoration; None where there was none.
    """

    year: int
    quarter: int
    opened: int
    answer_owed: int
    answered: int
    promises: int
    kept: int
    restore_owed: int
    restored: int
    promised: timedelta | None
    real: timedelta | None
    reopened: int
    silent: int


def carrier_quarters(carrier: Carrier, now: datetime) -> list[CarrierQuarter]:
    """The last two years of this carrier, the newest quarter first, in the operator's zone; ``now`` is UTC."""
    given = {"carrier": carrier.pk, "now": now, "zone": settings.TIME_ZONE, "most": MOST_QUARTERS}
    return [_quarter(*row) for row in rows_of(QUARTERS, given)]


def _quarter(*row: Any) -> CarrierQuarter:
    """A row of the question, in the order of the fields; the two medians come in seconds."""
    values = dict(zip((field.name for field in fields(CarrierQuarter)), row, strict=True))
    for name in ("promised", "real"):
        values[name] = None if values[name] is None else timedelta(seconds=float(values[name]))
    return CarrierQuarter(**values)
