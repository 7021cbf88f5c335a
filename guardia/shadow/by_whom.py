"""On whom the broken promises fall: the shift in which each broke, and who of a rota was paged for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.procedure.vocabulary import Moment
from guardia.shadow.findings import Finder
from guardia.shadow.level_holders import Holders, names_on_rota


@dataclass
class OfAShift:
    cases: int = 0
    broken: int = 0
    pages: int = 0


@dataclass
class OnCall:
    """Somebody of a rota. ``promises``: for how many that are judged this person was paged at least once."""

    name: str
    levels: list[int] = field(default_factory=list)
    pages: int = 0
    doubtful_pages: int = 0
    promises: int = 0

    def is_paged(self, level: int, *, is_doubtful: bool) -> None:
        self.levels = sorted({*self.levels, level})
        self.pages += not is_doubtful
        self.doubtful_pages += is_doubtful


@dataclass
class ByWhom:
    """``shifts`` by their hours (``22:00–06:00``); ``on_call``: nobody, where the operator has no rota.

    ``skipped``: by level, how many pages found nobody.
    """

    shifts: dict[str, OfAShift] = field(default_factory=dict)
    on_call: list[OnCall] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    has_rotas: bool = False
    stand_in_until: dict[str, str] = field(default_factory=dict)
    nobody: list[int] = field(default_factory=list)


def by_whom(finder: Finder, holders: Holders, changes: Sequence[str]) -> ByWhom:
    """Of rows that ``finder`` has gone through; ``changes``: the hours at which shifts change, ``["06:00", …]``."""
    found = ByWhom(
        shifts={name: OfAShift() for name in shift_names(changes)},
        has_rotas=holders.has_rotas,
        stand_in_until=holders.stand_in_until,
        nobody=holders.nobody,
    )
    for opened_at in Case.objects.values_list("opened_at", flat=True).iterator(chunk_size=2000):
        found.shifts[shift_of(opened_at, changes, finder.zone)].cases += 1
    for one in finder.broken:
        if at := one.clock.breached_at or one.clock.due_at or one.clock.ended_at:
            found.shifts[shift_of(at, changes, finder.zone)].broken += 1
    people = {pk: OnCall(name) for pk, name in names_on_rota().items()}
    promises: dict[int, set[tuple[int, str]]] = {pk: set() for pk in people}
    for case, at, moment, data in pages_and_gaps():
        if moment == Moment.LEVEL_SKIPPED or not data["staff"]:
            found.skipped[str(data["level"])] = found.skipped.get(str(data["level"]), 0) + 1
            continue
        found.shifts[shift_of(at, changes, finder.zone)].pages += 1
        promise = finder.promise_at(case, at)
        for pk in set(data["staff"]) & people.keys():
            people[pk].is_paged(data["level"], is_doubtful=promise in finder.doubtful)
            if promise not in finder.doubtful:
                promises[pk].add(promise)
    for pk, person in people.items():
        person.promises = len(promises[pk])
    paged = [person for person in people.values() if person.levels]
    found.on_call = sorted(paged, key=lambda one: (-one.promises, -one.pages - one.doubtful_pages, one.name))
    return found


def pages_and_gaps() -> Any:
    """Each page, and each level that had nobody: case, hour, moment and facts. A page to nobody is a call alone
    (E5).
    """
    rows = CaseEvent.objects.filter(moment__in=(Moment.PAGED, Moment.LEVEL_SKIPPED)).order_by("case_id", "seq")
    return rows.values_list("case_id", "occurred_at", "moment", "data").iterator(chunk_size=2000)


def shift_names(changes: Sequence[str]) -> list[str]:
    hours = sorted(changes)
    return [f"{hour}–{later}" for hour, later in zip(hours, [*hours[1:], *hours[:1]], strict=True)]


def shift_of(at: datetime, changes: Sequence[str], zone: ZoneInfo) -> str:
    """``22:00–06:00``, of the hour on the wall in the zone."""
    hours, hour = sorted(changes), at.astimezone(zone).strftime("%H:%M")
    return shift_names(hours)[sum(each <= hour for each in hours) - 1]
