"""Clocks, escalations and owed calls are derived: computing them again from the events must change nothing (§4.4)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import common_cause, desk_hours, on_record, voice_course, writes, written
from guardia.cases.call_tasks import ENDS, leaves_voice, owed_since
from guardia.cases.case import Case
from guardia.cases.chain import nothing
from guardia.cases.event import CaseEvent
from guardia.cases.stages.reception import fold_of
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import ClockState, Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.escalation.course import Course
from guardia.escalation.escalation import CallTask, Escalation
from guardia.procedure.vocabulary import Moment

COLUMNS = tuple(writes.CLOCK_COLUMNS)[4:]
OF_AN_ESCALATION = tuple(writes.ESCALATION_COLUMNS)[2:]
RETIRED = {"outcome": "dropped", "target_seconds": None}
"""A clock that a call was believed to have, until more was heard of it: see ``writes.RETIRED``."""
UNSAID = ("nothing in the events says so",)


@dataclass(frozen=True)
class Difference:
    """A row that is not what the events say: whose, which clock, escalation or call, and the columns that differ.

    ``values``: of each of these columns what the events say and what was found. ``began_at``: when it began (UTC).
    """

    owner: str
    what: str
    columns: tuple[str, ...]
    case_id: int | None = field(default=None, compare=False)
    table: str = field(default="clock", compare=False)
    values: tuple[tuple[Any, Any], ...] = field(default=(), compare=False)
    began_at: datetime | None = field(default=None, compare=False)


def rebuild(repair: bool = False, compared: Callable[[int], object] = nothing) -> Iterator[Difference]:
    """Every clock, escalation and owed call that differs from its events; with ``repair`` its row is written anew.

    ``compared`` is told how many cases were looked at since the last time. Without ``repair`` this is to run as at one
    instant (``database_roles.as_at_one_instant``): what a verb writes between two questions is no difference.
    """
    for group in batched(Case.objects.order_by("pk").iterator(chunk_size=500), 200):
        found = list(_of_cases(group))
        if repair:
            wrong = dict.fromkeys(each.case_id for each in found if each.case_id)
            found = [each for case_id in wrong for each in mend(case_id)]
        yield from found
        compared(len(group))
    yield from without_case()


def without_case() -> Iterator[Difference]:
    """The clocks of calls, and of reports in writing, that have no case of their own and so no events."""
    of_no_case = Clock.objects.filter(case=None).exclude(**RETIRED)
    for calls in batched(Call.objects.filter(case=None).order_by("pk").iterator(chunk_size=500), 500):
        rows = _rows(of_no_case.filter(call__in=[call.pk for call in calls]), "call_id")
        for call in calls:
            clocks = fold_of(call).clocks.values()
            # A call has no events: only its row says that its clock fell due, so that is not compared.
            yield from _differences(f"call {call.pk}", clocks, rows.get(call.pk, {}), besides=("breached_at",))
    without = WrittenRequest.objects.exclude(settled_as=written.CASE).order_by("pk")
    for requests in batched(without.iterator(chunk_size=500), 500):
        rows = _rows(Clock.objects.filter(request__in=[one.pk for one in requests], case=None), "request_id")
        for request in requests:
            clocks = written.fold_of(request).clocks.values()
            yield from _differences(f"request {request.pk}", clocks, rows.get(request.pk, {}), besides=("breached_at",))


def mend(case_id: int) -> list[Difference]:
    """Write anew what differs from the events of this case, and say what did.

    It is locked and looked at again first: what a verb has written meanwhile is not undone.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update(no_key=True).filter(pk=case_id)
        return list(_of_cases(list(locked), repair=True))


def _of_cases(group: Sequence[Case], repair: bool = False) -> Iterator[Difference]:
    past = on_record.happenings_of([case.pk for case in group])
    folds = {case.pk: Fold(effects_of(case.procedure_version_id)).apply_all(past.get(case.pk, ())) for case in group}
    return differences(group, past, folds, repair)


def differences(
    group: Sequence[Case], past: Mapping[int, list[Happening]], folds: Mapping[int, Fold], repair: bool = False
) -> Iterator[Difference]:
    """What of these cases is not as ``past`` says, their events by the id of the case; ``folds``: their clocks by it.

    With ``repair`` it is written anew; the caller has locked them then.
    """
    by_name = {str(case): case.pk for case in group}
    for found in (
        *_clocks(group, folds, repair),
        *_openings(group, past, repair),
        *_causes(group, past, repair),
        *_escalations(group, past, repair),
        *_owed_calls(group, repair),
    ):
        yield replace(found, case_id=by_name[found.owner])


def _clocks(group: Sequence[Case], folds: Mapping[int, Fold], repair: bool) -> Iterator[Difference]:
    rows = _rows(Clock.objects.filter(case__in=[case.pk for case in group]), "case_id")
    for case in group:
        clocks = folds[case.pk].clocks.values()
        wrong = list(_differences(str(case), clocks, rows.get(case.pk, {})))
        if wrong and repair:
            writes.upsert_case_clocks([(case.pk, case.customer_id, clocks)])
        yield from wrong


def _openings(group: Sequence[Case], past: Mapping[int, list[Happening]], repair: bool) -> Iterator[Difference]:
    """A3 D: the hour that a request waits for, at which its desk opens."""
    cases = Case.objects.filter(pk__in=[case.pk for case in group])
    rows = dict(cases.values_list("pk", "opens_at"))
    for case in group:
        said = desk_hours.on_record(past.get(case.pk, ()))
        if said == rows[case.pk]:
            continue
        if repair:
            cases.filter(pk=case.pk).update(opens_at=said, **({"next_step_at": said} if said else {}))
        yield Difference(str(case), "request", ("opens_at",), table="case", values=((said, rows[case.pk]),))


def _causes(group: Sequence[Case], past: Mapping[int, list[Happening]], repair: bool) -> Iterator[Difference]:
    """P D: the outage and the planned work that a case is of."""
    cases = Case.objects.filter(pk__in=[case.pk for case in group])
    rows = {pk: (outage, work) for pk, outage, work in cases.values_list("pk", "part_of", "within_work")}
    for case in group:
        said, row = common_cause.on_record(past.get(case.pk, ())), rows[case.pk]
        if said == row:
            continue
        if repair:
            cases.filter(pk=case.pk).update(part_of=said[0], within_work=said[1])
        columns = differing(("part_of", "within_work"), said, row)
        values = differing_values(said, row)
        yield Difference(str(case), "common cause", columns, table="case", values=values)


def _escalations(group: Sequence[Case], past: Mapping[int, list[Happening]], repair: bool) -> Iterator[Difference]:
    """The escalations of these cases, by the course that follows from the events."""
    found = Escalation.objects.filter(case__in=[case.pk for case in group])
    rows = {(case_id, values[0]): values for case_id, *values in found.values_list("case_id", *OF_AN_ESCALATION)}
    for case in group:
        course = Course().apply_all(past.get(case.pk, ()))
        wrong = []
        for ordinal, running in course.all.items():
            row = rows.pop((case.pk, ordinal), None)
            said = writes.escalation_row(running)
            if columns := differing(OF_AN_ESCALATION, said, row):
                values, began_at = differing_values(said, row), running.began_at
                name = f"escalation {ordinal}"
                wrong.append(Difference(str(case), name, columns, table="escalation", values=values, began_at=began_at))
        if wrong and repair:
            writes.upsert_escalations([(case, course.all.values())])
        yield from wrong
    names = {case.pk: str(case) for case in group}
    for case_id, ordinal in rows:
        yield Difference(names[case_id], f"escalation {ordinal}", UNSAID, table="escalation")


def _owed_calls(group: Sequence[Case], repair: bool) -> Iterator[Difference]:
    """E5: the calls that somebody owes or owed in these cases, and what became of each."""
    names = {case.pk: str(case) for case in group}
    said, rows = calls_from_events(list(names)), stored_rows(list(names))
    wrong = []
    for event_id, call in said.items():
        row = rows.pop(event_id, None)
        if columns := differing(CALL_COLUMNS, call.row, row):
            wrong.append(call)
            values, began_at = differing_values(call.row, row), call.owed_at
            name = f"call of event {event_id}"
            yield Difference(names[call.case_id], name, columns, table="call_task", values=values, began_at=began_at)
    if repair:
        write(wrong)
    for event_id, row in rows.items():
        yield Difference(names[row[0]], f"call of event {event_id}", UNSAID, table="call_task")


def differing(columns: tuple[str, ...], said: Iterable[object], row: Iterable[object] | None) -> tuple[str, ...]:
    """The columns in which a row is not what the events say; ``missing`` where there is no row."""
    if row is None:
        return ("missing",)
    return tuple(column for column, a, b in zip(columns, said, row, strict=True) if a != b)


def differing_values(said: Iterable[object], row: Iterable[object] | None) -> tuple[tuple[object, object], ...]:
    """Of the same columns what the events say and what the row has; nothing where there is no row."""
    return tuple((a, b) for a, b in zip(said, row, strict=True) if a != b) if row is not None else ()


def _rows(clocks: QuerySet[Clock], owner: str) -> dict[int, dict[tuple[str, int], tuple]]:
    found: dict[int, dict[tuple[str, int], tuple]] = {}
    for owner_id, *values in clocks.values_list(owner, *COLUMNS):
        found.setdefault(owner_id, {})[values[0], values[1]] = tuple(values)
    return found


def _differences(
    owner: str, clocks: Iterable[ClockState], rows: dict[tuple[str, int], tuple], besides: tuple[str, ...] = ()
) -> Iterator[Difference]:
    for clock in clocks:
        derived, row = writes.clock_row(clock), rows.pop(clock.key, None)
        name = f"{clock.kind} {clock.ordinal}"
        if row is None:
            yield Difference(owner, name, ("missing",), began_at=clock.started_at)
            continue
        triples = list(zip(COLUMNS, derived, row, strict=True))
        wrong = [each for each in triples if each[0] not in besides and not _same(*each)]
        if wrong:
            columns, values = tuple(each[0] for each in wrong), tuple(each[1:] for each in wrong)
            yield Difference(owner, name, columns, values=values, began_at=clock.started_at)
    for kind, ordinal in rows:
        yield Difference(owner, f"{kind} {ordinal}", UNSAID)


def _same(column: str, derived: object, row: object) -> bool:
    if column == "waits":
        return _hours(json.loads(str(derived))) == _hours(row)
    return derived == row


def _hours(waits: object) -> list[list[datetime | None]]:
    return [[datetime.fromisoformat(h) if h else None for h in pair] for pair in waits]  # type: ignore[attr-defined]


# The calls that somebody owes (E5, and to a company that no notice reaches), computed again from the events.


CALL_COLUMNS = (
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
        return tuple(getattr(self, column) for column in CALL_COLUMNS)


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
    rows = CallTask.objects.filter(case__in=case_ids).values_list("event_id", *CALL_COLUMNS)
    return {event_id: tuple(values) for event_id, *values in rows}


def write(calls: Iterable[Owed]) -> None:
    """Make the rows what the events say; who answered is left as it is."""
    for call in calls:
        values = dict(zip(CALL_COLUMNS, call.row, strict=True)) | {"customer_id": call.customer_id}
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
