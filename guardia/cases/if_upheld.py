"""What a ruling would change: every clock of a case as it is, and as it would be without the contested stops (P7 D)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardia.cases import writes
from guardia.cases.case import Case
from guardia.clocks.clock import Wait
from guardia.clocks.clock_state import ClockState, Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.procedure.vocabulary import Moment


@dataclass(frozen=True)
class Changed:
    """One clock with and without the stops."""

    clock: ClockState
    without: ClockState


def if_upheld(objections: Iterable[tuple[Case, Sequence[Wait]]], at: datetime) -> Mapping[int, list[Changed]]:
    """By case, the clocks that a ruling in the customer's favour at ``at`` (UTC) would change. Nothing is written."""
    objections = list(objections)
    past = writes.happenings_of([case.pk for case, _ in objections])
    return {case.pk: _changed(case, waits, past.get(case.pk, []), at) for case, waits in objections}


def _changed(case: Case, waits: Sequence[Wait], happened: Sequence[Happening], at: datetime) -> list[Changed]:
    ruled = Happening(Moment.RULED, "upheld", at, {"upheld": [wait.pk for wait in waits]})
    effects = effects_of(case.procedure_version_id)
    there = Fold(effects).apply_all(happened).clocks
    then = Fold(effects).apply_all([*happened, ruled]).clocks
    return [Changed(clock, then[key]) for key, clock in there.items() if clock.stretches != then[key].stretches]
