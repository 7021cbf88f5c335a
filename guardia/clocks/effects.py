"""What each trigger of a procedure does to which clock: starts, restarts, stops, drops. A table per published version.

Calendars come by name and edition; those of a published version are looked up in the journal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from guardia.clocks import calendars
from guardia.clocks.calendar import Hours
from guardia.procedure import version
from guardia.procedure.schema import ClockRule, Procedure
from guardia.procedure.vocabulary import CaseKind


@dataclass(frozen=True)
class Effects:
    """What each trigger does, looked up once per procedure version."""

    starts: Mapping[str, list[ClockRule]]
    restarts: Mapping[str, list[ClockRule]]
    stops: Mapping[str, list[ClockRule]]
    drops: Mapping[str, list[ClockRule]]
    rules: tuple[ClockRule, ...]
    excluding: tuple[ClockRule, ...]
    hours: Callable[[str, int], Hours]
    kind: CaseKind = CaseKind.INCIDENT
    of_kind: Callable[[CaseKind], "Effects"] | None = None
    """The table of the other kind: a case may pass from a desk to another one (A3)."""


@lru_cache(maxsize=64)
def effects_of(version_id: int, kind: CaseKind = CaseKind.INCIDENT) -> Effects:
    """The table of triggers of a published version, which never changes."""
    return replace(effects_in(version.of(version_id), kind), of_kind=lambda other: effects_of(version_id, other))


def effects_in(procedure: Procedure, kind: CaseKind = CaseKind.INCIDENT) -> Effects:
    rules = procedure.clocks_for(kind)

    def by_trigger(name: str) -> dict[str, list[ClockRule]]:
        table: dict[str, list[ClockRule]] = {}
        for rule in rules:
            for trigger in getattr(rule, name):
                table.setdefault(trigger, []).append(rule)
        return table

    starts, restarts, stops, drops = (by_trigger(name) for name in ("starts", "restarts", "stops", "drops"))
    return Effects(
        starts,
        restarts,
        stops,
        drops,
        rules=tuple(rules),
        excluding=tuple(rule for rule in rules if rule.excludes),
        hours=lambda name, edition: calendars.hours(procedure, name, edition),
        kind=kind,
        of_kind=lambda other: effects_in(procedure, other),
    )
