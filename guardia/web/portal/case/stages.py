"""The stages with their hours: what was promised of each, what it really took, and when it was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guardia.cases.case import Case
from guardia.cases.words import REQUEST_STAGE_NAMES, STAGE_NAMES, STAGE_OF_CLOCK
from guardia.clocks.clock import Clock
from guardia.notices.wording.hours import Hours
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.rail import rail_of


@dataclass(frozen=True, slots=True)
class StageRow:
    """``mark`` is the shape beside the name; ``took`` is real against promised, ``hour`` when it was done."""

    name: str
    took: str
    hour: str
    mark: str
    is_now: bool
    is_broken: bool


def stages_of(case: Case, clocks: Sequence[Clock], procedure: Procedure, hours: Hours) -> list[StageRow]:
    ended = ends(clocks)
    rows = []
    for segment in rail_of(case, clocks, procedure, hours.now):
        end = ended.get(segment.name) if segment.kept or segment.broken else None
        rows.append(
            StageRow(
                name=segment.name,
                took=segment.took,
                hour=hours.stamp(end) if end and not segment.is_now else "",
                mark="late" if segment.broken else "tick" if segment.kept else "waiting" if segment.waiting else "",
                is_now=segment.is_now,
                is_broken=segment.broken,
            )
        )
    return rows


def ends(clocks: Sequence[Clock]) -> dict[str, datetime]:
    """By the name of each stage, when the last of its promises ended."""
    names = {kind: STAGE_NAMES[stage] for kind, stage in STAGE_OF_CLOCK.items()}
    names |= dict(
        zip((ClockKind.FIRST_ANSWER, ClockKind.SOLUTION), list(REQUEST_STAGE_NAMES.values())[1:], strict=True)
    )
    latest: dict[str, datetime] = {}
    for clock in clocks:
        name = names.get(ClockKind(clock.kind))
        if name and clock.ended_at and clock.outcome != "dropped":
            latest[str(name)] = max(clock.ended_at, latest.get(str(name), clock.ended_at))
    return latest
