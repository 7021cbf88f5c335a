"""What other numbers of engineers would have changed: the diagnosis promises of the file's cases, by a queue (P3).

It is computed twice, with those who were at work and with what is asked, and set beside what the file itself says: only
where the first comes near the file is the second worth anything, and else no number is given.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from guardia.procedure.clock_rule import ALWAYS, ClockRule
from guardia.procedure.vocabulary import Comparison
from guardia.shadow.agenda import Agenda, WorkedOn
from guardia.shadow.engineers import AtWork, Staffing, Task, at_work, taken_up
from guardia.shadow.first_work import Work
from guardia.shadow.former_course import DIAGNOSES, waited

FEWEST = 0.75
"""Of a smaller share of the cases the queue would be too short to say anything."""
NEAR = 0.25
"""By a larger share of the promises, what is computed with the same engineers may not differ from the file."""
MOST_NAMED = 40
NOTHING = timedelta()
GRADE = re.compile(r"\d{1,3}")
UNGRADED = 1000


class Promise(NamedTuple):
    """Of the diagnosis: how long it may take, and for which causes its clock waits (P3, W1)."""

    lasts: timedelta
    is_at_most: bool
    waits: tuple[str, ...]

    def is_kept(self, took: timedelta) -> bool:
        return took < self.lasts or (self.is_at_most and took == self.lasts)


@dataclass
class MoreEngineers:
    """``refusal``: a word for why nothing is told (``guardia.shadow.engineer_words``), else empty. Lengths are seconds.

    ``kept``, ``waited`` and ``longest``: by the file itself, by the queue with the same engineers, and with the others;
    ``hours``: how many were at work in each hour of the day on average, the same and the others.
    """

    rules: list[str]
    refusal: str = ""
    cases: int = 0
    unknown: int = 0
    judged: int = 0
    lasts: int = 0
    kept: list[int] = field(default_factory=lambda: [0, 0, 0])
    waited: list[int] = field(default_factory=lambda: [0, 0, 0])
    longest: list[int] = field(default_factory=lambda: [0, 0, 0])
    gained: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    hours: list[tuple[float, float]] = field(default_factory=list)
    by_severity: bool = False


def promise_of(rule: ClockRule, seconds: int | None) -> Promise | None:
    """``seconds``: another length, where somebody asks what if. None where it does not count every hour."""
    lasts = timedelta(seconds=seconds) if seconds else rule.target.duration
    if not lasts or rule.calendar != ALWAYS:
        return None
    return Promise(lasts, rule.comparison == Comparison.AT_MOST, tuple(cause.value for cause in rule.waits))


def more_engineers(
    agenda: Agenda,
    rules: Sequence[Staffing],
    promise: Promise | None,
    zone: ZoneInfo,
    outages: Iterable[Collection[int]] = (),
) -> dict[str, Any] | None:
    """What came of it as it is written in JSON; None where nobody asks.

    ``outages``: the cases of each that would have been proposed; whoever works on one works on all of its cases at
    once.
    """
    if not rules:
        return None
    found = MoreEngineers([rule.written for rule in rules])
    cases = {case.id: case for case in agenda.works()}
    works = {pk: case.work for pk, case in cases.items() if case.work}
    found.cases, found.unknown = len(cases), len(cases) - len(works)
    acts = agenda.acts()
    says_diagnosis, has_engineers = bool(agenda.said & DIAGNOSES), bool(acts) or any(not rule.is_more for rule in rules)
    found.refusal = refusal(len(works), len(cases), promise, says_diagnosis, has_engineers)
    if promise is None or found.refusal or agenda.first_at is None or agenda.last_at is None:
        return asdict(found)
    between = agenda.first_at, agenda.last_at
    same = at_work(acts, [rule for rule in rules if not rule.is_more], zone, *between)
    other = at_work(acts, rules, zone, *between)
    grades = {pk: grade(case.severity) for pk, case in cases.items()}
    found.by_severity = len({grades[pk] for pk in works}) > 1
    pieces = pieces_of(cases, works, outages)
    tasks = [Task(each.id, each.opened_at, each.held, min(grades[pk] for pk in each.cases)) for each in pieces]
    in_file: dict[int, datetime | None] = {each.id: each.taken_at for each in pieces}
    hours = [in_file, taken_up(tasks, same), taken_up(tasks, other)]
    of_cases = [{pk: taken[each.id] for each in pieces for pk in each.cases} for taken in hours]
    begun = {pk: each.taken_at for each in pieces for pk in each.cases}
    compare(found, cases, works, begun, of_cases, promise)
    found.hours = list(by_hour_of_day(same, other, zone, *between))
    return asdict(found)


def refusal(works: int, cases: int, promise: Promise | None, says_diagnosis: bool, has_engineers: bool) -> str:
    """Why the file does not allow it, or empty."""
    if promise is None:
        return "office hours"
    if not says_diagnosis:
        return "no diagnosis"
    if works < max(FEWEST * cases, 1):
        return "no first work"
    return "" if has_engineers else "no engineers"


def grade(severity: str) -> int:
    """The first number of a cell (``P1``, ``2 - high``): the smaller, the graver."""
    found = GRADE.search(severity)
    return int(found[0]) if found else UNGRADED


def held(work: Work) -> timedelta:
    """How long it held an engineer: what it waited, for whomever, it held nobody."""
    return max(work.free_at - work.taken_at - waited(work.waits, work.taken_at, work.free_at), NOTHING)


class Piece(NamedTuple):
    """What one engineer works on: a case, or all cases of an outage together; its id is that of its first case."""

    id: int
    cases: tuple[int, ...]
    opened_at: datetime
    taken_at: datetime
    held: timedelta


def pieces_of(
    cases: Mapping[int, WorkedOn], works: Mapping[int, Work], outages: Iterable[Collection[int]]
) -> list[Piece]:
    """An outage is worked on from the first work on one of its cases until the last one needs nobody any more."""
    groups = [tuple(pk for pk in outage if pk in works) for outage in outages]
    grouped = {pk for group in groups for pk in group}
    found = []
    for group in [*filter(None, groups), *((pk,) for pk in works if pk not in grouped)]:
        taken_at = min(works[pk].taken_at for pk in group)
        lasts = held(works[group[0]]) if len(group) == 1 else max(works[pk].free_at for pk in group) - taken_at
        found.append(Piece(group[0], group, min(cases[pk].opened_at for pk in group), taken_at, lasts))
    return found


def took(case: WorkedOn, work: Work, begun_at: datetime, taken_at: datetime, promise: Promise) -> timedelta:
    """How long the clock of its diagnosis would have run, if work had begun at ``taken_at`` instead of ``begun_at``."""
    assert work.diagnosed_at
    waits = [each for each in work.waits if each.cause in promise.waits]
    own = work.diagnosed_at - begun_at - waited(waits, begun_at, work.diagnosed_at)
    return max(taken_at + own - case.opened_at, NOTHING)


def compare(
    found: MoreEngineers,
    cases: Mapping[int, WorkedOn],
    works: Mapping[int, Work],
    begun: Mapping[int, datetime],
    hours: Sequence[Mapping[int, datetime | None]],
    promise: Promise,
) -> None:
    """Fills in what was kept, waited, gained and lost; refuses where the queue does not come near the file.

    ``begun``: when somebody began on each case, or on its outage; ``hours``: the same, and as it is computed.
    """
    judged = [pk for pk, work in works.items() if work.diagnosed_at]
    kept = [
        {
            pk
            for pk in judged
            if (at := taken[pk]) and promise.is_kept(took(cases[pk], works[pk], begun[pk], at, promise))
        }
        for taken in hours
    ]
    found.judged, found.lasts = len(judged), round(promise.lasts.total_seconds())
    found.kept = [len(each) for each in kept]
    for place, taken in enumerate(hours):
        waits = [max((at - cases[pk].opened_at).total_seconds(), 0) for pk, at in taken.items() if at]
        found.waited[place], found.longest[place] = round(median(waits or [0])), round(max(waits, default=0))
    if abs(found.kept[0] - found.kept[1]) > max(NEAR * len(judged), 1):
        found.refusal = "not near"
        return
    _in_file, same, other = kept
    found.gained = [cases[pk].number for pk in sorted(other - same)][:MOST_NAMED]
    found.lost = [cases[pk].number for pk in sorted(same - other)][:MOST_NAMED]


def by_hour_of_day(
    same: AtWork, other: AtWork, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[tuple[float, float]]:
    """How many were at work on average in each hour of the day of the zone, looked at in the middle of each half
    hour.
    """
    numbers: list[list[tuple[int, int]]] = [[] for _hour in range(24)]
    at = since.replace(minute=15, second=0, microsecond=0)
    while at <= until:
        numbers[at.astimezone(zone).hour].append((same.at(at), other.at(at)))
        at += timedelta(minutes=30)
    for each in numbers:
        total = max(len(each), 1)
        yield round(sum(a for a, _b in each) / total, 1), round(sum(b for _a, b in each) / total, 1)
