"""Clocks are derived: computing them again from the events must change nothing (design §4.4)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from guardia.calls.call import Call
from guardia.cases import writes
from guardia.cases.case import Case
from guardia.cases.stages.reception import fold_of
from guardia.clocks.clock import Clock
from guardia.clocks.fold import ClockState, Fold, effects_of

COLUMNS = tuple(writes.CLOCK_COLUMNS)[3:]


@dataclass(frozen=True)
class Difference:
    """A clock whose row is not what the events say: whose, which, and the columns that differ."""

    owner: str
    clock: str
    columns: tuple[str, ...]


def rebuild(repair: bool = False) -> Iterator[Difference]:
    """Every clock that differs from its events; with ``repair`` its row is written anew."""
    for group in batched(Case.objects.order_by("pk").iterator(chunk_size=500), 200):
        past = writes.happenings_of([case.pk for case in group])
        rows = _rows(Clock.objects.filter(case__in=[case.pk for case in group]), "case_id")
        for case in group:
            fold = Fold(effects_of(case.procedure_version_id)).apply_all(past.get(case.pk, ()))
            wrong = list(_differences(str(case), fold.clocks.values(), rows.get(case.pk, {})))
            if wrong and repair:
                writes.upsert_case_clocks([(case.pk, case.customer_id, fold.clocks.values())])
            yield from wrong
    for call in Call.objects.filter(case=None).order_by("pk").iterator(chunk_size=500):
        rows = _rows(Clock.objects.filter(call=call.pk, case=None), "call_id")
        clocks = fold_of(call).clocks.values()
        # A call has no events: that its clock fell due is kept on the row alone, so it is left out of the comparison.
        yield from _differences(f"call {call.pk}", clocks, rows.get(call.pk, {}), besides=("breached_at",))


def _rows(clocks, owner: str) -> dict[int, dict[tuple[str, int], tuple]]:
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
            yield Difference(owner, name, ("missing",))
            continue
        pairs = zip(COLUMNS, derived, row, strict=True)
        differing = tuple(column for column, a, b in pairs if column not in besides and not _same(column, a, b))
        if differing:
            yield Difference(owner, name, differing)
    for kind, ordinal in rows:
        yield Difference(owner, f"{kind} {ordinal}", ("nothing in the events says so",))


def _same(column: str, derived: object, row: object) -> bool:
    if column == "waits":
        return _hours(json.loads(str(derived))) == _hours(row)
    return derived == row


def _hours(waits: object) -> list[list[datetime | None]]:
    return [[datetime.fromisoformat(h) if h else None for h in pair] for pair in waits]  # type: ignore[attr-defined]
