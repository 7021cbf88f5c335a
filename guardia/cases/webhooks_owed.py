"""Each event is queued for whoever follows it from outside, in the transaction in which it is written.

One statement for one event and for ten thousand. Where nobody follows anything it reads one empty table.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guardia.cases.arrays import Statement, literals
from guardia.events.families import FAMILIES
from guardia.procedure.vocabulary import Impact

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

GIVES_UP_AFTER = timedelta(hours=48)

IMPACT_RANKS = {Impact.INTERMITTENT: 1, Impact.DEGRADED: 2, Impact.REPORTED: 3, Impact.DOWN: 3}
"""The least impact that somebody asks for is compared by these; a fault of which nobody has said yet how it is felt
counts as one that is out, so that nobody learns of it too late.
"""
_RANK = " ".join(f"WHEN '{impact}' THEN {rank}" for impact, rank in IMPACT_RANKS.items())

FOLLOWED = f"""
    (s.company_id IS NULL OR s.company_id = e.customer_id)
    AND (s.owner_id IS NULL OR (e.public AND s.owner_id = e.customer_id))
    AND s.least_impact <= CASE e.impact {_RANK} ELSE 0 END
    AND (s.kinds = '[]'::jsonb OR s.kinds ?| ARRAY[e.moment, e.family])
"""
"""Whether the subscription ``s`` follows the event ``e``, which has its family and the impact of its case beside it."""

COLUMNS = {
    "id": "bigint",
    "case_id": "bigint",
    "customer_id": "bigint",
    "seq": "int",
    "moment": "text",
    "family": "text",
    "public": "bool",
    "stage": "text",
    "impact": "text",
}
"""Of an event that was just written: all of it is at hand, and reading it again would be planned anew each time."""
QUEUE = f"""
    INSERT INTO webhook_delivery (
        subscription_id, event_id, case_id, seq, stage, impact, state, attempts, available_at, gives_up_at, created_at,
        answer
    )
    SELECT s.id, e.id, e.case_id, e.seq, e.stage, e.impact, 'waiting', 0, %s, %s, %s, ''
    FROM webhook_subscription s
    CROSS JOIN unnest({", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())}) AS e({", ".join(COLUMNS)})
    WHERE s.state = 'active' AND {FOLLOWED}
"""


def statements(events: Sequence["Recorded"], now: datetime) -> Iterator[Statement]:
    """What queues these events, once they and their cases are written. ``now`` is UTC.

    What a former tool had on record is followed by nobody.
    """
    rows = [
        (
            each.id,
            each.case.pk,
            each.case.customer_id,
            each.seq,
            each.moment,
            FAMILIES[each.moment],
            each.public,
            each.case.stage,
            each.case.impact,
        )
        for each in events
        if each.moment in FAMILIES and not each.case.is_history
    ]
    if rows:
        yield QUEUE, [now, now + GIVES_UP_AFTER, now, *literals(COLUMNS.values(), rows)]
