"""Ninety days of cases, each told through its verbs at its own hours. The same for the same `now`."""

import tomllib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from guardia.cases.waiting import WaitReason
from guardia.demo.companies import DATA, Circuit
from guardia.demo.staffing import ZONE, Team
from guardia.demo.story import Story
from guardia.evidence.test_result import Verdict
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Band, Condition, Impact, WaitCause


# --- faults -----------------------------------------------------------------------------------------------------------
# What goes wrong in the sample history, from ``data/faults.toml``.
@dataclass(frozen=True)
class Fault:
    """One kind of fault. ``way`` is how it ends: remote, visit, or recovered (it comes back by itself)."""

    media: list[str]
    way: str
    weight: int
    impact: str
    symptoms: str
    tests: list[list[str]]
    cause: str
    plan: str
    solution: str
    fault: str
    guess: str = ""
    third_party: str = ""

    @property
    def felt(self) -> Impact:
        return Impact(self.impact)


def known_faults() -> list[Fault]:
    return [Fault(**written) for written in tomllib.loads((DATA / "faults.toml").read_text(encoding="utf-8"))["fault"]]


# --- course of a case -------------------------------------------------------------------------------------------------
# How a sample case goes from its arrival to its closing: what takes how long, what goes wrong, by a fixed chance.
PHRASES: dict[str, Any] = tomllib.loads((DATA / "phrases.toml").read_text(encoding="utf-8"))
Span = tuple[float, float]


@dataclass
class Course:
    """A story with its fault and its luck. ``calm``: nothing that takes long, for the cases of the last hours."""

    story: Story
    fault: Fault
    chance: Random
    calm: bool = False
    _phrases: dict[str, Iterator[str]] = field(default_factory=dict)

    def happens(self, percent: float) -> bool:
        return self.chance.random() * 100 < percent

    def in_trouble(self, percent: float) -> bool:
        """Something that takes long happens; never in the last hours."""
        return not self.calm and self.happens(percent)

    def minutes(self, span: Span) -> float:
        """Whole seconds within the span of minutes, shorter ones being more frequent."""
        low, high = span
        return round(self.chance.triangular(low, high, low + (high - low) / 3) * 60) / 60

    def takes(self, kept: Span, late: Span, late_percent: float) -> float:
        """How long a promise takes: within its target, or for this share of cases beyond it."""
        return self.minutes(late if self.happens(late_percent) else kept)

    def pick(self, among: Sequence[Any]) -> Any:
        return self.chance.choice(among)

    def phrase(self, kind: str) -> str:
        """The next of the phrases of a kind, beginning anywhere."""
        if kind not in self._phrases:
            start = self.chance.randrange(len(PHRASES[kind]))
            self._phrases[kind] = cycle(PHRASES[kind][start:] + PHRASES[kind][:start])
        return next(self._phrases[kind])

    def goes_by(self, minutes: float, kind: str) -> None:
        """Time passes and the customer hears of it within the half hour (now and then too late)."""
        story = self.story
        left = minutes
        while (pause := self._until_next_word()) < left:
            story.passes(max(pause, 0))
            story.tells(self.phrase(kind))
            left -= max(pause, 0)
        story.passes(left)

    def _until_next_word(self) -> float:
        told = self.story.told_at or self.story.now
        since = (self.story.now - told).total_seconds() / 60
        return self.takes((23, 28), (31, 40), 2) - since


# --- visits -----------------------------------------------------------------------------------------------------------
# P4 in the field: agreed, on the way, held up or not, arrived, permit, repaired.
PROMISED_IN = timedelta(minutes=90)  # a third party's promise that outlasts the wait for it
TRAVEL = {
    Band.MAIN: ((55, 150), (182, 230)),
    Band.INTERMEDIATE: ((100, 230), (362, 400)),
    Band.REMOTE: ((150, 300), (150, 300)),
}


def visit(course: Course, probable: bool) -> None:
    """A crew goes there; a probable cause becomes certain (P4 D)."""
    story = course.story
    story.passes(course.takes((3, 13), (16, 24), 5))
    agreed(course)
    travels(course)
    story.arrives()
    course.goes_by(course.takes((6, 27), (31, 45), 5), "in_the_field")
    story.clears_permit()
    if probable:
        course.goes_by(course.minutes((8, 20)), "in_the_field")
        story.corrects(PHRASES["cause_found"] + course.fault.cause.lower())
    if course.fault.third_party or course.happens(12):
        held_up(course, WaitCause.THIRD_PARTY if course.fault.third_party else WaitCause.CUSTOMER)
    course.goes_by(course.takes((25, 110), (245, 270), 3), "in_the_field")
    story.restores(course.fault.solution)


def agreed(course: Course) -> None:
    """Both sides agree, and the crew leaves."""
    (low, high), _ = TRAVEL[course.story.circuit.band]
    course.story.agrees(course.pick((1, 2, 3, 4)), low, high)
    course.story.passes(course.minutes((2, 12)))
    course.story.departs()


def travels(course: Course) -> None:
    """On the way; a remote site's visit is decided again and again (P4.3), another may be held up."""
    kept, late = TRAVEL[course.story.circuit.band]
    if course.story.circuit.band == Band.REMOTE:
        decided_in = course.minutes((60, 110))
        condition = course.pick((Condition.FLIGHTS, Condition.WEATHER))
        course.story.is_blocked(condition, course.phrase("blocked"), decided_in)
        course.goes_by(decided_in - 2, "waiting")
        course.story.is_blocked(condition, course.phrase("blocked"), decided_in)
        course.goes_by(decided_in - 3, "waiting")
        course.story.goes_on_its_way(*kept)
    if course.happens(10):
        course.goes_by(20, "travelling")
        held_up(course, WaitCause.FORCE_MAJEURE)
    course.goes_by(course.takes(kept, late, 5), "travelling")


def held_up(course: Course, cause: WaitCause, span: tuple[float, float] = (18, 70)) -> None:
    """A wait for a named cause (W1), told at its beginning and its end."""
    course.story.passes(course.minutes((1, 6)))
    wait = course.story.waits(reason_for(course, cause))
    course.goes_by(course.minutes(span), "waiting")
    course.story.goes_on(wait)


def reason_for(course: Course, cause: WaitCause) -> WaitReason:
    """One of the sample reasons for this cause, a third party's ticket numbered."""
    written = dict(course.pick([wait for wait in PHRASES["wait"] if wait["cause"] == cause]))
    written["cause"] = WaitCause(written["cause"])
    if "party_ticket" in written:
        written["party_ticket"] = written["party_ticket"].format(number=course.chance.randrange(10, 99))
        written["party_promise_at"] = course.story.now + PROMISED_IN
    return WaitReason(**written)


# --- stages -----------------------------------------------------------------------------------------------------------
# The seven stages of a sample case, most promises kept, some not (P1 to P7).
def whole_case(course: Course) -> None:
    """From the arrival of the report to the closing, or to its withdrawal."""
    arrival(course)
    if course.happens(4):
        course.goes_by(course.minutes((3, 18)), "diagnosing")
        course.story.is_cancelled(course.phrase("cancelled"))
        return
    until_restored(course)
    if course.in_trouble(4):
        confirmed(course)
        course.story.passes(course.minutes((4, 25)))
        course.story.relapses(course.phrase("relapses"))
        until_restored(course)
    confirmed(course)
    stable(course)
    closed(course)


def arrival(course: Course) -> None:
    """By telephone; sometimes the caller hangs up and is rung back, sometimes a mail or the portal brings it."""
    story, chance = course.story, course.chance.random()
    if chance < 0.12:
        story.received_at = story.now
    elif chance < 0.2:
        story.rings()
        story.passes(course.minutes((0.4, 0.9)))
        story.hangs_up()
        story.passes(course.takes((0.6, 4), (5.5, 9), 7))
        story.is_reached()
    else:
        story.rings()
        story.passes(course.takes((0.08, 0.8), (1.1, 2.6), 4))
        story.is_answered()
    story.passes(course.takes((1.2, 3.7), (4.3, 7), 3))
    since = story.now - timedelta(minutes=course.minutes((6, 30))) if course.happens(60) else None
    source = course.pick(("mail", "portal", "office")) if story.received_at else "phone"
    story.registers(course.fault.symptoms, course.fault.felt, source=source, since=since)
    if source != "phone":
        story.passes(course.minutes((0.3, 1.5)))
        story.passes_to(story.engineer)


def until_restored(course: Course) -> None:
    """P3 and P4: tests, cause and plan, and their execution; or it comes back by itself."""
    story, fault = course.story, course.fault
    total = course.takes((8, 19), (21, 34), 6)
    spent = tests(course, total * 0.7)
    if course.happens(18):
        story.notes(course.phrase("notes"))
    course.goes_by(total - spent, "diagnosing")
    if fault.way == "recovered":
        name, _, good = fault.tests[-1]
        story.tests(name, good, Verdict.GOOD)
        story.recovers(fault.solution)
        return
    probable = bool(fault.guess) and course.happens(45)
    story.diagnoses(fault.guess if probable else fault.cause, fault.plan, fault.way, probable)
    if fault.way == "visit":
        visit(course, probable)
    else:
        remotely(course)


def tests(course: Course, within: float) -> float:
    """Two or three tests on record within these minutes; returns how many minutes they took."""
    chosen = course.fault.tests[:2] if len(course.fault.tests) < 3 or course.happens(50) else course.fault.tests
    for name, bad, _ in chosen:
        course.story.passes(within / len(chosen))
        course.story.tests(name, bad)
    return within


def remotely(course: Course) -> None:
    """P4 without a visit."""
    if course.in_trouble(10):
        held_up(course, WaitCause.CUSTOMER)
    course.goes_by(course.takes((6, 55), (245, 280), 0 if course.calm else 2), "remotely")
    course.story.restores(course.fault.solution)


def confirmed(course: Course) -> None:
    """P5: a person of the company confirms, after none to two attempts; or a supervisor goes on without."""
    story = course.story
    if course.in_trouble(5):
        for pause in (2, 2.5, 3):
            story.passes(pause)
            story.tries(course.phrase("unreached"))
        story.passes(1)
        story.goes_on_unconfirmed(course.phrase("unconfirmed"))
        return
    total = course.takes((1.5, 8.5), (10.5, 24), 5)
    if course.happens(22):
        story.passes(total / 2)
        story.tries(course.phrase("unreached"))
        total /= 2
    story.passes(total)
    story.confirms(course.fault.solution)


def stable(course: Course) -> None:
    """P6: a green window with its evidence; a flap begins it again."""
    story = course.story
    if course.in_trouble(8):
        story.passes(course.minutes((5, 25)))
        story.flaps(course.phrase("flaps"), course.chance.randrange(20, 110))
    story.passes(course.minutes((31, 48)))
    name, _, good = course.fault.tests[-1]
    story.tests(name, good, Verdict.GOOD)
    story.passes(course.minutes((0.5, 6)))
    story.stabilises()


def closed(course: Course) -> None:
    """P7, within the half hour."""
    course.story.passes(course.takes((2, 22), (31, 44), 3))
    course.story.closes(course.fault.fault, course.fault.solution)


# --- history ----------------------------------------------------------------------------------------------------------
DAYS = 90
CASES = 44
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
