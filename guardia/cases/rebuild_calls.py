"""The calls that somebody owes (E5), computed again from the events of their cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from guardia.cases.call_tasks import ENDS
from guardia.cases.event import CaseEvent
from guardia.escalation.call_task import CallTask
from guardia.procedure.vocabulary import Moment

COLUMNS = (
    "case_id",
    "level",
    "clause",
    "number",
    "number_name",
    "owed_at",
    "due_at",
    "settled_at",
    "outcome",
    "dialled_by_id",
)
"""All but who answered: that is a name, which may have been erased from the events."""


@dataclass(frozen=True)
class Owed:
    """One call as the events tell it; ``row`` in the order of COLUMNS."""

    event_id: int
    customer_id: int
    case_id: int
    level: int
    clause: str
    number: str
    number_name: str
    owed_at: datetime
    due_at: datetime
    settled_at: datetime | None = None
    outcome: str = ""
    dialled_by_id: int | None = None

    @property
    def row(self) -> tuple[Any, ...]:
        return tuple(getattr(self, column) for column in COLUMNS)


def said(case_ids: Sequence[int]) -> dict[int, Owed]:
    """Every call of these cases by the event that owed it, with what the later events made of it."""
    moments = [*ENDS, Moment.CALL_OWED, Moment.CALL_MADE]
    events = CaseEvent.objects.filter(case__in=case_ids, moment__in=moments).order_by("case_id", "seq")
    calls: dict[int, Owed] = {}
    for event in events:
        _apply(calls, event)
    return calls


def kept(case_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The rows of these cases, in the order of COLUMNS, by the event that owed each."""
    rows = CallTask.objects.filter(case__in=case_ids).values_list("event_id", *COLUMNS)
    return {event_id: tuple(values) for event_id, *values in rows}


def write(calls: Iterable[Owed]) -> None:
    """Make the rows what the events say; who answered is left as it is."""
    for call in calls:
        values = dict(zip(COLUMNS, call.row, strict=True)) | {"customer_id": call.customer_id}
        CallTask.objects.update_or_create(event_id=call.event_id, defaults=values)


def _apply(calls: dict[int, Owed], event: CaseEvent) -> None:
    if event.moment == Moment.CALL_OWED:
        data = event.data
        calls[event.pk] = Owed(
            event.pk,
            event.customer_id,
            event.case_id,
            data["level"],
            data["clause"],
            data["number"],
            data["name"],
            event.occurred_at,
            datetime.fromisoformat(data["due_at"]),
        )
    elif event.moment == Moment.CALL_MADE and event.data["call"] in calls:
        call = calls[event.data["call"]]
        calls[call.event_id] = replace(
            call, settled_at=event.occurred_at, outcome=event.data["outcome"], dialled_by_id=event.actor_id
        )
    elif event.moment in ENDS:
        for call in [call for call in calls.values() if call.case_id == event.case_id and call.settled_at is None]:
            outcome = "undone" if call.due_at <= event.recorded_at else "not_needed"
            calls[call.event_id] = replace(call, settled_at=event.recorded_at, outcome=outcome)
