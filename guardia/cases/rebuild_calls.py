"""The calls that somebody owes (E5, and to a company that no notice reaches), computed again from the events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from guardia.cases import voice_course
from guardia.cases.call_tasks import ENDS, leaves_voice, owed_since
from guardia.cases.event import CaseEvent
from guardia.escalation.call_task import CallTask
from guardia.procedure.vocabulary import Moment

COLUMNS = (
    "case_id",
    "level",
    "contact_id",
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

OWED = frozenset({Moment.CALL_OWED, Moment.VOICE_OWED})
MADE = frozenset({Moment.CALL_MADE, Moment.VOICE_TOLD})
MOMENTS = [*OWED, *MADE, *ENDS, *voice_course.ENDING]


@dataclass(frozen=True)
class Owed:
    """One call as the events tell it; ``row`` in the order of COLUMNS."""

    event_id: int
    customer_id: int
    case_id: int
    level: int
    contact_id: int | None
    clause: str
    number: str
    number_name: str
    owed_at: datetime
    due_at: datetime
    settled_at: datetime | None = None
    outcome: str = ""
    dialled_by_id: int | None = None
    is_erased: bool = False

    @property
    def row(self) -> tuple[Any, ...]:
        return tuple(getattr(self, column) for column in COLUMNS)


def calls_from_events(case_ids: Sequence[int]) -> dict[int, Owed]:
    """Every call of these cases by the event that owed it, with what the later events made of it."""
    events = CaseEvent.objects.filter(case__in=case_ids, moment__in=MOMENTS).order_by("case_id", "seq")
    calls: dict[int, Owed] = {}
    for event in events.prefetch_related("texts"):
        _apply(calls, event)
    return calls | _as_stored([call for call in calls.values() if call.is_erased])


def _as_stored(erased: Sequence[Owed]) -> dict[int, Owed]:
    """What was erased from the events says nothing about the rows."""
    if not erased:
        return {}
    rows = CallTask.objects.filter(event__in=[call.event_id for call in erased])
    names = {event: (number, name) for event, number, name in rows.values_list("event", "number", "number_name")}
    return {
        call.event_id: replace(call, number=names[call.event_id][0], number_name=names[call.event_id][1])
        for call in erased
        if call.event_id in names
    }


def stored_rows(case_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The rows of these cases, in the order of COLUMNS, by the event that owed each."""
    rows = CallTask.objects.filter(case__in=case_ids).values_list("event_id", *COLUMNS)
    return {event_id: tuple(values) for event_id, *values in rows}


def write(calls: Iterable[Owed]) -> None:
    """Make the rows what the events say; who answered is left as it is."""
    for call in calls:
        values = dict(zip(COLUMNS, call.row, strict=True)) | {"customer_id": call.customer_id}
        CallTask.objects.update_or_create(event_id=call.event_id, defaults=values)


def _apply(calls: dict[int, Owed], event: CaseEvent) -> None:
    if event.moment in ENDS:
        _leave(calls, event, lambda call: call.level > 0)
    elif leaves_voice(event.moment, event.data):
        _leave(calls, event, lambda call: call.level == 0)
    if event.moment in OWED:
        calls[event.pk] = _owed(event)
    elif event.moment in MADE and event.data["call"] in calls:
        outcome = event.variant if event.moment == Moment.VOICE_TOLD else event.data["outcome"]
        calls[event.data["call"]] = replace(
            calls[event.data["call"]], settled_at=event.occurred_at, outcome=outcome, dialled_by_id=event.actor_id
        )


def _owed(event: CaseEvent) -> Owed:
    """Number and name of a person of the company are texts of the event: empty here once they are erased."""
    data = event.data
    about = (event.pk, event.customer_id, event.case_id)
    due_at = datetime.fromisoformat(data["due_at"])
    if event.moment == Moment.CALL_OWED:
        number, name = data["number"], data["name"]
        return Owed(*about, data["level"], None, data["clause"], number, name, event.occurred_at, due_at)
    texts = {text.name: text.text for text in event.texts.all()}
    number, name = texts.get("number") or "", texts.get("name") or ""
    gone = None in texts.values()
    return Owed(*about, 0, data["contact"], data["clause"], number, name, owed_since(event), due_at, is_erased=gone)


def _leave(calls: dict[int, Owed], event: CaseEvent, is_left: Any) -> None:
    """What is open before this event is undone if its hour had come when it was recorded, else no longer needed."""
    open_ones = [call for call in calls.values() if call.case_id == event.case_id and call.settled_at is None]
    for call in filter(is_left, open_ones):
        outcome = "undone" if call.due_at <= event.recorded_at else "not_needed"
        calls[call.event_id] = replace(call, settled_at=event.recorded_at, outcome=outcome)
