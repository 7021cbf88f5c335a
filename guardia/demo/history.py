"""Ninety days of cases, each told through its verbs at its own hours. The same for the same ``now``."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from guardia.demo.companies import Circuit
from guardia.demo.course import Course
from guardia.demo.courses import whole_case
from guardia.demo.faults import Fault, known_faults
from guardia.demo.staffing import ZONE, Team
from guardia.demo.story import Story
from guardia.procedure.version import ProcedureVersion

DAYS = 90
CASES = 120
QUIET = timedelta(hours=13)  # the last hours belong to the open cases, the oldest of which is of eight hours ago
CALM = timedelta(hours=36)  # what begins later ends soon, so that nothing is told of the future
LATELY, BUSIER = 2, 0.08  # days, and the share of all cases that falls into them besides, so that today has numbers
# How many of a hundred reports come in each hour of the day, from midnight (Ecuador): most in office hours.
BY_HOUR = (2, 2, 1, 1, 1, 2, 3, 5, 8, 9, 8, 7, 5, 6, 7, 7, 6, 5, 4, 3, 3, 2, 2, 1)


def tell_history(
    now: datetime,
    team: Team,
    version: ProcedureVersion,
    circuits: list[Circuit],
    cases: int,
    besides: Iterable[tuple[datetime, Callable[[], None]]] = (),
) -> None:
    """So many cases from ``DAYS`` before ``now`` (UTC) until some hours before it, first what came first.

    ``besides``: what else came, each with its hour, in order; it is told in its turn.
    """
    others = deque(besides)
    chance, faults = Random(20117), known_faults()
    free_from = {circuit: now - timedelta(days=DAYS) for circuit in range(len(circuits))}
    for at in hours(now, chance, cases):
        while others and others[0][0] <= at:
            others.popleft()[1]()
        free = [number for number, since in free_from.items() if since <= at]
        number = chance.choice(free)
        calm = at > now - CALM
        fault = some_fault(circuits[number], faults, chance, calm)
        story = Story(team, version, circuits[number], chance.choice(team.on_shift(at)), at)
        whole_case(Course(story, fault, chance, calm))
        free_from[number] = story.now + timedelta(hours=2)
    for _at, tell in others:
        tell()


def hours(now: datetime, chance: Random, cases: int) -> Iterator[datetime]:
    """When reports came, in order: by day and night as ``BY_HOUR`` says, Sundays quieter."""
    first, last = now - timedelta(days=DAYS), now - QUIET
    found = [first + timedelta(minutes=7)]
    while len(found) < cases:
        since = DAYS - LATELY if chance.random() < BUSIER else 0
        day = first + timedelta(days=chance.randrange(since, DAYS + 1))
        hour = chance.choices(range(24), BY_HOUR)[0]
        local = day.astimezone(ZONE).replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        at = local.astimezone(now.tzinfo)
        if first < at < last and (local.weekday() < 6 or chance.random() < 0.5):
            found.append(at)
    return iter(sorted(found))


def some_fault(circuit: Circuit, faults: list[Fault], chance: Random, calm: bool) -> Fault:
    """A fault that this medium knows; where the end is near, one that needs no visit."""
    known = [fault for fault in faults if circuit.medium in fault.media and not (calm and fault.way == "visit")]
    return chance.choices(known, [fault.weight for fault in known])[0]
