"""Which resolver groups had a case, and until when, as its events say it, beside the rows that say the same.

An event names no row, so what it says is compared with the rows in their order. The archive of one company has no
groups: of a group that is not there nothing is compared. All hours are UTC.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from guardia.cases.chain import Stored
from guardia.cases.event_columns import Row
from guardia.cases.resolver_group import GroupHold
from guardia.procedure.vocabulary import Moment


def expected_holds(events: Iterable[Stored], groups: frozenset[int]) -> list[Row]:
    """What these events of one case, in their order, say that groups had; ``groups``: those that there are.

    Each column with the number of the event that says it.
    """
    holds: list[Row] = []
    running: Row | None = None
    for event in events:
        if event.moment != Moment.GROUP_CHANGED:
            continue
        seq = event.seq or 0
        if running:
            running["until"] = (max(event.occurred_at, running["since"][0]), seq)
        running = None
        if group := event.data["group"]:
            due_at = event.data["due_at"]
            running = {
                "group_id": (group, seq),
                "since": (event.occurred_at, seq),
                "due_at": (datetime.fromisoformat(due_at) if due_at else None, seq),
                "until": (None, seq),
            }
            holds.append(running)
    return [hold for hold in holds if hold["group_id"][0] in groups]


def paired(said: Sequence[Row], rows: Sequence[GroupHold]) -> Iterator[tuple[Row | None, GroupHold | None]]:
    """Each of what is said with the row that says it: that of the same group and hour, else the next that is left."""
    left, unsaid = list(rows), []
    for hold in said:
        key = hold["group_id"][0], hold["since"][0]
        row = next((each for each in left if (each.group_id, each.since) == key), None)
        if row:
            left.remove(row)
            yield hold, row
        else:
            unsaid.append(hold)
    for hold in unsaid:
        yield hold, left.pop(0) if left else None
    for row in left:
        yield None, row
