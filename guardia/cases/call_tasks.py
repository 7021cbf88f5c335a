"""The rows of the calls that somebody on shift must make (E5), as they follow from the events."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case as Choose
from django.db.models import Value, When

from guardia.cases.writes import insert
from guardia.escalation.call_task import CallTask
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "event_id": "bigint",
    "level": "smallint",
    "clause": "text",
    "number": "text",
    "number_name": "text",
    "owed_at": "timestamptz",
    "due_at": "timestamptz",
    "settled_at": "timestamptz",
    "outcome": "text",
    "answered_by": "text",
}
ENDS = frozenset({Moment.PAGED, Moment.ACKNOWLEDGED, Moment.ESCALATION_ENDED})


def keep(events: Sequence["Recorded"], now: datetime) -> None:
    """A page to another level, an answer, or the end leaves an open call behind: undone, or no longer needed.

    Also one that is owed and left behind by these very events, as when several levels are reached at one instant.
    """
    if left := {event.case.pk for event in events if event.moment in ENDS}:
        outcome = Choose(When(due_at__lte=now, then=Value("undone")), default=Value("not_needed"))
        CallTask.objects.filter(case__in=left, settled_at=None).update(settled_at=now, outcome=outcome)
    last = {event.case.pk: event.seq for event in events if event.moment in ENDS}
    owed = [event for event in events if event.moment == Moment.CALL_OWED]
    insert("call_task", COLUMNS, [_row(event, event.seq < last.get(event.case.pk, 0), now) for event in owed])


def _row(event: "Recorded", left_behind: bool, now: datetime) -> tuple:
    data = event.data
    due_at = datetime.fromisoformat(data["due_at"])
    number = (data["level"], data["clause"], data["number"], data["name"])
    outcome = "" if not left_behind else "undone" if due_at <= now else "not_needed"
    settled_at = now if left_behind else None
    owner = (event.case.customer_id, event.case.pk, event.id)
    return (*owner, *number, event.occurred_at, due_at, settled_at, outcome, "")
