"""A second count of every promise, written from the procedure's own words and importing nothing of the product.

Each rule names its clause; where the text is silent it names the decision (docs/adr). It is told what people did and
when, in plain words, and counts by itself what began, stood still, ended, was kept or broken, which level is called.
All hours are UTC; office hours are those of the published sample, in the operator's zone, five hours behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

BEHIND = timedelta(hours=5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPENS, CLOSES = timedelta(hours=8.5), timedelta(hours=17.5)
LAW = {date(2026, 12, 25), date(2027, 1, 1)}
"""The rest days of the country's law in the weeks that are walked."""

WAITS_FOR = {
    "diagnosis": {"customer", "third_party"},
    "dispatch_agreed": {"customer"},
    "travel": {"force_majeure"},
    "field_solution": {"customer", "force_majeure", "third_party"},
    "remote_solution": {"customer", "third_party"},
    "verification": {"customer"},
    "first_answer": {"customer"},
    "solution": {"customer"},
}
"""The table of the clocks, column *may wait for* (W1)."""

STAGES = {
    "reception": (0, 10, 25),
    "registration": (0, 10, 25),
    "diagnosis": (0, 20, 60),
    "execution": (0, 60, 120),
    "verification": (0, 30, 120),
    "stability": (0, 60, 240),
    "closure": (0, 60, 240),
}
"""E D: minutes after the breach at which levels 1, 2 and 3 are called, by the stage of the promise."""

STAGE_OF = {
    "dispatch_agreed": "execution",
    "travel": "execution",
    "next_decision": "execution",
    "field_solution": "execution",
    "remote_solution": "execution",
} | {name: name for name in STAGES if name != "execution"}
REPORTED_ONLY = {"work_permit", "ruling", "first_answer", "solution", "complaint"}
"""Promises whose breach calls nobody: the permit so that nobody is pushed, a ruling is one person's, E1 speaks of
incidents.
"""
OF_PEOPLE = {"acknowledgement", "movement", "call_task"}
COMMON = OF_PEOPLE | {"third_party", "ruling"}
"""What belongs to incidents and requests alike."""
REPORT = {"reception", "call_back", "registration", "diagnosis", "next_news"}
OF_A_REQUEST = {"taken", "desk_opened", "becomes_incident", "passed", "answered_request", "solved_request"}
ACKNOWLEDGE = {1: 10 * MINUTE, 2: 15 * MINUTE, 3: 15 * MINUTE}
TRAVEL = {"main": 3 * HOUR, "intermediate": 6 * HOUR}
TOP, RESTS = 3, 10 * MINUTE


# --- the hours that count -----------------------------------------------------------------------------------------


@dataclass
class Announcement:
    """A day that rests or works, from the hour at which it was said until that at which it was withdrawn (ADR 40)."""

    day: date
    rests: bool
    since: datetime
    until: datetime | None = None


@dataclass
class Year:
    """The days as they were announced. Of two announcements of one day the later one holds."""

    said: list[Announcement] = field(default_factory=list)

    def says(self, day: date, at: datetime) -> Announcement | None:
        holding = [a for a in self.said if a.day == day and a.since <= at and (a.until is None or at < a.until)]
        return holding[-1] if holding else None


def midnight(day: date, like: datetime) -> datetime:
    return datetime.combine(day, time(), like.tzinfo) + BEHIND


def open_hours(year: Year, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A3 D: Monday to Friday 08:30 to 17:30 without rest days, between two hours."""
    day = (start - BEHIND).date()
    while (begins := midnight(day, start)) < end:
        turns = {t for a in year.said if a.day == day for t in (a.since, a.until) if t and begins < t < begins + DAY}
        edges = [begins, *sorted(turns), begins + DAY]
        for since, until in pairwise(edges):
            said = year.says(day, since)
            works = not said.rests if said else day.weekday() < 5 and day not in LAW
            first, last = max(since, begins + OPENS, start), min(until, begins + CLOSES, end)
            if works and first < last:
                yield first, last
        day += DAY


def is_open(year: Year, at: datetime) -> bool:
    return any(first <= at for first, _ in open_hours(year, at, at + timedelta(seconds=1)))


def opening(year: Year, at: datetime) -> datetime:
    """This hour, if the desk is open then; else when it opens next."""
    return next(first for first, _last in open_hours(year, at, at + 60 * DAY))


def is_night(year: Year, at: datetime) -> bool:
    """E5 D: 18:00 to 08:00, weekends, rest days. A Saturday that is made up for is a day like Monday."""
    day, hour = (at - BEHIND).date(), (at - BEHIND).hour
    said = year.says(day, at)
    rests = said.rests if said else day.weekday() >= 5 or day in LAW
    return rests or not 8 <= hour < 18


# --- one promise ---------------------------------------------------------------------------------------------------


@dataclass
class Promise:
    """``stood``: by the wait, from when and until when it stood still; a wait that stands has no end."""

    kind: str
    since: datetime
    target: timedelta
    office: bool = False
    under: bool = False
    stood: dict[object, list[tuple[datetime, datetime | None]]] = field(default_factory=dict)
    over: datetime | None = None
    dropped: bool = False

    def spans(self, year: Year, until: datetime) -> list[tuple[datetime, datetime]]:
        """The time that counts for it until this hour."""
        hours = list(open_hours(year, self.since, until)) if self.office else [(self.since, until)]
        for begin, end in [span for spans in self.stood.values() for span in spans]:
            ends = until if end is None else end
            cut = []
            for first, last in hours:
                if begin >= last or ends <= first:
                    cut.append((first, last))
                    continue
                cut += [(a, b) for a, b in ((first, min(begin, last)), (max(ends, first), last)) if a < b]
            hours = cut
        return hours

    def elapsed(self, year: Year, until: datetime) -> timedelta:
        return sum((last - first for first, last in self.spans(year, max(until, self.since))), timedelta())

    def is_broken(self, year: Year, at: datetime) -> bool:
        taken = self.elapsed(year, at)
        return taken >= self.target if self.under else taken > self.target

    def due(self, year: Year) -> datetime | None:
        """When the target has run; None while it stands still before that."""
        if self.target <= timedelta():
            return self.since  # nothing falls due before it begins
        for far in (3 * DAY, 120 * DAY):
            left = self.target
            for first, last in self.spans(year, self.since + self.target + far):
                if left <= last - first:
                    return first + left
                left -= last - first
        return None

    def stands(self) -> bool:
        return self.over is None and any(end is None for spans in self.stood.values() for _, end in spans)


@dataclass
class Wait:
    kinds: set[str]
    cause: str
    since: datetime
    until: datetime | None = None
    promised: datetime | None = None
    void: bool = False
    at_first: set[str] = field(default_factory=set)


@dataclass
class Escalation:
    """E: who was called for the case so far."""

    source: str
    promise: Promise | None
    asks: int = 0
    level: int = 0
    informed: int = 0
    tried: datetime | None = None
    acknowledged: bool = False
    moves_on: bool = False
    called: bool = False


# --- one case ------------------------------------------------------------------------------------------------------


class Life:
    """One call or case: what happened to it, in the order in which it was written down, and what is promised."""

    def __init__(self, year: Year) -> None:
        self.year, self.band = year, ""
        self.promises: list[Promise] = []
        self.waits: dict[object, Wait] = {}
        self.log: list[tuple[str, datetime, datetime, dict]] = []
        self.request = False
        self.open = True
        self.stage = "diagnosis"
        self.visit_agreed = False
        self.asked_at: datetime | None = None  # a request that waits for its desk, since this hour
        self.came_at: datetime | None = None
        self.escalation: Escalation | None = None
        self.moving: datetime | None = None
        self.agreed: datetime | None = None
        self.is_case = False

    # -- what is asked of it --
    def running(self, kind: str) -> Promise | None:
        return next((p for p in reversed(self.promises) if p.kind == kind and p.over is None), None)

    def runs(self) -> list[Promise]:
        return [p for p in self.promises if p.over is None]

    def may_wait(self, cause: str) -> set[str]:
        kinds = {p.kind for p in self.runs()} | ({"first_answer", "solution"} if self.asked_at else set())
        return {kind for kind in kinds if cause in WAITS_FOR.get(kind, ())}

    def ran_between(self, cause: str, since: datetime, until: datetime) -> set[str]:
        ran = {p.kind for p in self.promises if p.since < until and (p.over is None or p.over > since)}
        return {kind for kind in ran if cause in WAITS_FOR.get(kind, ())}

    def outcome(self, promise: Promise) -> str:
        if promise.over is None:
            return "running"
        if promise.is_broken(self.year, promise.over):
            return "breached"
        return "dropped" if promise.dropped else "kept"

    def breach(self, promise: Promise, now: datetime) -> datetime | None:
        """Design §4.5: dated when it fell due."""
        return promise.due(self.year) if promise.is_broken(self.year, promise.over or now) else None

    # -- beginnings and ends --
    def begin(self, kind: str, at: datetime, target: timedelta, **more: bool) -> None:
        if self.running(kind):
            return
        promise = Promise(kind, at, target, **more)
        for name, wait in self.waits.items():
            if wait.until is None and kind in wait.kinds:
                promise.stood[name] = [(at, None)]
        self.promises.append(promise)

    def end(self, *kinds: str, at: datetime, dropped: bool = False) -> None:
        for kind in kinds:
            if promise := self.running(kind):
                promise.over, promise.dropped = max(at, promise.since), dropped
                for spans in promise.stood.values():
                    spans[:] = [(a, promise.over if b is None else b) for a, b in spans if b or a < promise.over]
        if "work_permit" in kinds:
            self.permits()

    def drop(self, *kinds: str, at: datetime) -> None:
        self.end(*kinds, at=at, dropped=True)

    def permits(self) -> None:
        """P4 D: the work permit has a time of its own outside the four hours."""
        for field_work in [p for p in self.promises if p.kind == "field_solution"]:
            spans = []
            for permit in [p for p in self.promises if p.kind == "work_permit"]:
                begin, end = max(permit.since, field_work.since), permit.over
                if field_work.over is not None:
                    end = min(end or field_work.over, field_work.over)
                if end is None or begin < end:
                    spans.append((begin, end))
            field_work.stood["permit"] = spans

    def news(self, told: datetime) -> None:
        """P D, ADR 43: the next news is owed from when the last was given, until the company confirms."""
        if self.running("next_news"):
            self.end("next_news", at=told)
            self.begin("next_news", told, self.news_within(told))

    def news_within(self, since: datetime) -> timedelta:
        """P D, ADR 58: the later of half an hour and the hour at which the customer asked to be rung."""
        return max(30 * MINUTE, self.agreed - since) if self.agreed else 30 * MINUTE

    # -- one step: what was written down together, and what follows from it --
    def step(self, now: datetime, *facts: tuple[str, datetime, dict]) -> None:
        last = None
        for what, at, more in facts:
            if what not in ("answered_request", "solved_request"):
                self.desk_opens(now)
            self.apply(what, at, now, more)
            last = at
        if facts:
            for name, wait in list(self.waits.items()):
                held = {p.kind for p in self.runs()} | ({"first_answer", "solution"} if self.asked_at else set())
                if wait.until is None and not wait.kinds & held:
                    self.apply("wait_ended", last, now, {"wait": name})
        self.desk_opens(now)
        self.follow(now)

    def desk_opens(self, now: datetime) -> None:
        """A3 D: the clock of a request taken down out of hours starts when its desk opens."""
        if self.asked_at and (opens := opening(self.year, self.asked_at)) <= now:
            self.apply("desk_opened", opens, now, {})

    def apply(self, what: str, at: datetime, told: datetime, more: dict) -> None:
        self.log.append((what, at, told, more))
        getattr(self, f"on_{what}")(at, told, **more)

    # P1, L4
    def on_rang(self, at: datetime, told: datetime) -> None:
        if not self.request:
            self.begin("reception", at, MINUTE)

    def on_answered(self, at: datetime, told: datetime) -> None:
        self.end("reception", at=at)
        if not self.request:
            self.begin("registration", at, 4 * MINUTE)

    def on_abandoned(self, at: datetime, told: datetime) -> None:
        self.drop("reception", at=at)
        self.begin("call_back", at, 5 * MINUTE)

    def on_reached(self, at: datetime, told: datetime) -> None:
        self.end("call_back", at=at)
        self.begin("registration", at, 4 * MINUTE)

    def on_settled(self, at: datetime, told: datetime, joined: bool) -> None:
        self.end("registration", at=at, dropped=not joined)
        self.drop("call_back", "reception", at=at)

    def on_received(self, at: datetime, told: datetime) -> None:
        if not self.request:
            self.begin("registration", at, 4 * MINUTE)

    # P2, P3
    def on_registered(self, at: datetime, told: datetime, band: str) -> None:
        self.stage, self.band = "diagnosis", band
        self.end("registration", at=at)
        self.begin("diagnosis", at, 20 * MINUTE)
        self.news(told)
        self.begin("next_news", told, self.news_within(told))

    def on_diagnosed(self, at: datetime, told: datetime, visit: bool) -> None:
        self.stage = "execution"
        self.end("diagnosis", at=at)
        self.news(told)
        self.plan(at, visit)

    def plan(self, at: datetime, visit: bool) -> None:
        if visit:
            self.drop("remote_solution", at=at)
            under_way = ("travel", "next_decision", "work_permit", "field_solution")
            if not self.visit_agreed and not any(map(self.running, under_way)):
                self.begin("dispatch_agreed", at, 15 * MINUTE)
        else:
            self.visit_agreed = False
            self.drop("dispatch_agreed", "travel", "next_decision", "work_permit", "field_solution", at=at)
            self.begin("remote_solution", at, 4 * HOUR)

    def on_recovered(self, at: datetime, told: datetime) -> None:
        self.end("diagnosis", at=at)
        self.back(at, told)

    # P4
    def on_cause_corrected(self, at: datetime, told: datetime) -> None:
        self.news(told)

    def on_plan_changed(self, at: datetime, told: datetime, visit: bool) -> None:
        self.news(told)
        self.plan(at, visit)

    def on_dispatch_decided(self, at: datetime, told: datetime) -> None:
        self.begin("dispatch_agreed", at, 15 * MINUTE)

    def on_agreed(self, at: datetime, told: datetime, decision: datetime | None = None) -> None:
        self.visit_agreed = True
        self.end("dispatch_agreed", "next_decision", at=at)
        if self.band in TRAVEL:
            self.begin("travel", at, TRAVEL[self.band])
        self.decided(at, decision)
        self.news(told)

    def decided(self, at: datetime, decision: datetime | None) -> None:
        if decision:
            self.begin("next_decision", at, decision - at)

    def on_dispatch_changed(self, at: datetime, told: datetime) -> None:
        self.news(told)

    def on_departed(self, at: datetime, told: datetime) -> None:
        self.end("next_decision", at=at)
        self.news(told)

    def on_arrived(self, at: datetime, told: datetime) -> None:
        self.end("travel", "next_decision", at=at)
        self.begin("work_permit", at, 30 * MINUTE)
        self.begin("field_solution", at, 4 * HOUR, under=True)
        self.permits()
        self.news(told)

    def on_permit_cleared(self, at: datetime, told: datetime) -> None:
        self.end("work_permit", at=at)

    def on_blocked(self, at: datetime, told: datetime) -> None:
        self.news(told)

    def on_decision_set(self, at: datetime, told: datetime, decision: datetime) -> None:
        self.end("next_decision", at=at)
        self.decided(at, decision)
        self.news(told)

    def on_resumed(self, at: datetime, told: datetime, decision: datetime | None = None) -> None:
        self.end("next_decision", at=at)
        self.decided(at, decision)
        self.news(told)

    def on_left(self, at: datetime, told: datetime, finished: bool) -> None:
        if finished:
            return
        self.visit_agreed = False
        self.drop("work_permit", at=at)
        if not self.running("next_decision"):
            self.begin("dispatch_agreed", at, 15 * MINUTE)
        self.news(told)

    def on_restored(self, at: datetime, told: datetime) -> None:
        self.back(at, told)

    def back(self, at: datetime, told: datetime) -> None:
        self.stage, self.visit_agreed = "verification", False
        self.drop("dispatch_agreed", "travel", "next_decision", "work_permit", at=at)
        self.end("field_solution", "remote_solution", at=at)
        self.permits()
        self.begin("verification", at, 10 * MINUTE, under=True)
        self.news(told)

    # P5 to P7
    def on_confirmed(self, at: datetime, told: datetime) -> None:
        self.stage = "stability"
        self.end("verification", "next_news", at=at)
        self.begin("stability", at, 6 * HOUR)

    def on_stabilised(self, at: datetime, told: datetime) -> None:
        self.stage = "closure"
        self.end("stability", at=at)
        self.begin("closure", at, 30 * MINUTE)

    def on_relapsed(self, at: datetime, told: datetime) -> None:
        self.stage, self.open = "diagnosis", True
        self.drop("verification", "stability", "closure", at=at)
        self.begin("diagnosis", at, 20 * MINUTE)
        self.news(told)
        self.begin("next_news", told, self.news_within(told))

    def on_closed(self, at: datetime, told: datetime) -> None:
        self.end("closure", at=at)
        self.gone(at)

    def on_undone(self, at: datetime, told: datetime) -> None:
        """P7 D: it had been opened again by mistake; of what was promised since, nobody is judged."""
        for promise in [p for p in self.runs() if p.kind not in {*OF_PEOPLE, "third_party", "ruling", "complaint"}]:
            self.drop(promise.kind, at=promise.since)
        self.stage = "closure"
        self.gone(at)

    def gone(self, at: datetime) -> None:
        self.open = False
        self.drop(*OF_PEOPLE, "third_party", at=at)

    def on_cancelled(self, at: datetime, told: datetime) -> None:
        self.drop(*{p.kind for p in self.runs()}, at=at)
        self.permits()
        self.open, self.asked_at = False, None

    def on_told(self, at: datetime, told: datetime) -> None:
        self.news(told)

    def on_rung(self, at: datetime, told: datetime) -> None:
        """P D: somebody of the company answered and heard the news: it was given at the hour of the call."""
        promise = self.running("next_news")
        if promise and promise.since <= at:
            self.end("next_news", at=at)
            self.begin("next_news", at, self.news_within(at))

    def on_hour(self, at: datetime, told: datetime, hour: datetime | None) -> None:
        """P D, ADR 58: an hour is agreed on, another one, or none any more; what was broken by then stays broken, and
        what was agreed held until it was withdrawn.
        """
        self.agreed = hour
        promise = self.running("next_news")
        if promise is None:
            return
        if promise.is_broken(self.year, at) or (hour is None and promise.since + 30 * MINUTE < at):
            self.end("next_news", at=at)
            self.begin("next_news", at, self.news_within(at))
        else:
            promise.target = self.news_within(promise.since)

    def on_noted(self, at: datetime, told: datetime) -> None:
        """A test, a note, an attempt: it moves no promise."""

    # W1
    def on_wait_started(
        self, at: datetime, told: datetime, wait: object, cause: str, kinds: set[str], promised: datetime | None = None
    ) -> None:
        self.waits[wait] = Wait(set(kinds), cause, at, promised=promised, at_first=set(kinds))
        for promise in self.runs():
            if promise.kind in kinds:
                promise.stood.setdefault(wait, []).append((max(at, promise.since), None))
        if promised:
            self.begin("third_party", at, promised - at)
        self.news(told)

    def on_wait_ended(self, at: datetime, told: datetime, wait: object) -> None:
        stands = self.waits[wait]
        stands.until = max(at, stands.since)
        for promise in self.runs():
            if spans := promise.stood.get(wait):
                spans[:] = [(a, max(at, a) if b is None else b) for a, b in spans]
        if stands.cause == "third_party":
            self.end("third_party", at=at)
        self.news(told)

    def on_waited(
        self, at: datetime, told: datetime, wait: object, cause: str, kinds: set[str], until: datetime
    ) -> None:
        """A wait that was over when it was written down."""
        self.waits[wait] = Wait(set(kinds), cause, at, until, at_first=set(kinds))
        self.lay(wait, set(kinds), at, until, told)
        if cause == "third_party":
            self.end("third_party", at=until)
        self.news(told)
        self.news(told)

    def lay(self, wait: object, kinds: set[str], since: datetime, until: datetime | None, told: datetime) -> None:
        for promise in self.promises:
            promise.stood.pop(wait, None)
            if promise.kind in kinds:
                begin, end = max(since, promise.since), until
                if promise.over is not None:
                    end = min(until or told, promise.over)
                if end is None or begin < end:
                    promise.stood[wait] = [(begin, end)]

    def on_wait_corrected(
        self,
        at: datetime,
        told: datetime,
        wait: object,
        kinds: set[str],
        since: datetime | None,
        until: datetime | None,
    ) -> None:
        known = self.waits[wait]
        if since is None:
            known.void, known.kinds = True, set()
            known.until = known.until or known.since
            self.lay(wait, set(), at, at, at)
            return
        known.since, known.kinds, known.void = since, set(kinds), False
        known.until = until
        self.lay(wait, set(kinds), since, until, at)

    def on_promised(self, at: datetime, told: datetime, wait: object, promise: datetime) -> None:
        """W1: the third party is chased by a clock, which runs to its next promise."""
        self.waits[wait].promised = promise
        self.end("third_party", at=at)
        self.begin("third_party", at, promise - at)

    def to_chase(self) -> dict | None:
        """W1: one clock chases all third parties: it runs to the promise that comes first."""
        promised = [
            (wait.promised, name)
            for name, wait in self.waits.items()
            if wait.cause == "third_party" and wait.until is None and wait.promised
        ]
        if not promised:
            return None
        first, name = min(promised, key=lambda pair: pair[0])
        running = self.running("third_party")
        return None if running and running.due(self.year) == first else {"wait": name, "promise": first}

    def on_contested(self, at: datetime, told: datetime) -> None:
        """P7 D: the ruling is given within five working days."""
        self.begin("ruling", at, 5 * (CLOSES - OPENS), office=True)

    def on_ruled(self, at: datetime, told: datetime, upheld: list) -> None:
        self.end("ruling", at=at)
        for wait in upheld:
            self.waits[wait].void = True
            self.lay(wait, set(), at, at, at)

    # A3
    def on_taken(self, at: datetime, told: datetime, since: datetime, complaint: bool = False) -> None:
        self.request, self.stage = True, "taken"
        self.came_at = self.came_at or since
        if complaint:
            self.begin("complaint", self.came_at, 15 * DAY)
        self.asked_at = since

    def on_desk_opened(self, at: datetime, told: datetime) -> None:
        self.asked_at = None
        self.begin("first_answer", at, 4 * HOUR, office=True)
        if not self.running("complaint"):
            self.begin("solution", at, 2 * (CLOSES - OPENS), office=True)

    def attended(self, at: datetime, told: datetime) -> None:
        """A desk that answers before it opens attends to it from then on."""
        if self.asked_at:
            self.apply("desk_opened", min(opening(self.year, self.asked_at), at), told, {})

    def on_answered_request(self, at: datetime, told: datetime) -> None:
        self.attended(at, told)
        self.end("first_answer", at=at)

    def on_solved_request(self, at: datetime, told: datetime) -> None:
        self.attended(at, told)
        self.end("first_answer", "solution", "complaint", at=at)
        self.gone(at)

    def on_passed(self, at: datetime, told: datetime) -> None:
        """Between two desks of the same hours nothing changes: what waits, waits from the transfer on."""
        if self.asked_at:
            self.asked_at = at

    def on_becomes_request(self, at: datetime, told: datetime, for_good: bool = True) -> None:
        """What is done for a fault loses its object, and it begins again at P3 if it was one after all; then its
        report counts from its own hours (ADR 15).
        """
        kinds = {p.kind for p in self.runs()} - COMMON - (set() if for_good else REPORT)
        self.drop(*kinds, at=at)
        self.permits()
        self.visit_agreed = False

    def on_becomes_incident(self, at: datetime, told: datetime) -> None:
        """ADR 15: a technical report that came to the wrong desk was one from the moment it came."""
        again = Life(self.year)
        for what, then, written, more in self.log[:-1]:
            if what == "becomes_request":
                more = {"for_good": False}
            elif what in OF_A_REQUEST:
                continue
            again.apply(what, then, written, more)
        ours = [p for p in again.promises if p.kind not in COMMON]
        for kind in {p.kind for p in self.runs()} - COMMON:
            self.drop(kind, at=at)
        desk = {"first_answer", "solution", "complaint"}
        self.promises = [p for p in self.promises if p.kind in COMMON | desk] + ours
        self.request, self.asked_at, self.visit_agreed = False, None, again.visit_agreed

    # E
    def follow(self, now: datetime) -> None:
        """E1 D to E5 D: a breach escalates by itself; an escalation never goes silent."""
        if not self.is_case:
            return
        if self.moving is not None:
            moving, self.moving = self.moving, None
            if promise := self.running("movement"):
                self.apply("moved", max(moving, promise.since), now, {})
        for _ in range(12):
            broken = self.broken(now)
            esc = self.escalation
            if esc is None:
                if not broken or not self.open:
                    return
                self.escalation = Escalation("breach", broken[0])
            elif self.is_over(esc, broken):
                self.apply("escalation_ended", now, now, {})
            elif reach := self.next(esc, broken, now):
                self.reach(esc, *reach, now)
            else:
                return

    def broken(self, now: datetime) -> list[Promise]:
        found = [p for p in self.runs() if p.kind not in OF_PEOPLE | REPORTED_ONLY and p.is_broken(self.year, now)]
        return sorted(found, key=lambda p: (p.due(self.year), p.kind))

    def is_over(self, esc: Escalation, broken: list[Promise]) -> bool:
        if not self.open:
            return True
        if broken:
            return False
        return esc.source == "breach" or bool(esc.promise and esc.promise.over)

    def expired(self, kind: str, now: datetime) -> bool:
        promise = self.running(kind)
        return bool(promise and promise.is_broken(self.year, now))

    def why(self, esc: Escalation, now: datetime) -> bool:
        return esc.moves_on or any(self.expired(kind, now) for kind in OF_PEOPLE)

    def due_level(self, broken: list[Promise], now: datetime) -> int:
        level = 0
        for promise in broken:
            stage = STAGE_OF.get(promise.kind, self.stage)
            fell = promise.due(self.year)
            for number, after in enumerate(STAGES[stage], 1):
                # Its waits are left out: what is called for it stands still with it (W1).
                since = Promise("", fell, after * MINUTE, stood=promise.stood)
                if (hour := since.due(self.year)) and hour <= now:
                    level = max(level, number)
        return level

    def next(self, esc: Escalation, broken: list[Promise], now: datetime) -> tuple[int, bool] | None:
        if esc.level < esc.asks:
            return esc.asks, False
        if broken and all(p.stands() for p in broken):
            return None
        why, due = self.why(esc, now), self.due_level(broken, now)
        if esc.level < due:
            if not esc.acknowledged or why:
                return esc.level + 1, False
            if esc.informed < due:
                return max(esc.level, esc.informed) + 1, True
        if why:
            if esc.level < TOP:
                return esc.level + 1, False
            if esc.tried is None or now >= esc.tried + RESTS:
                return TOP, False
        return None

    def reach(self, esc: Escalation, level: int, informed: bool, now: datetime) -> None:
        if informed:
            esc.informed = level
            return
        self.apply("paged", now, now, {"level": level})
        if is_night(self.year, now) and not esc.called:
            self.begin("call_task", now, 5 * MINUTE)

    def on_paged(self, at: datetime, told: datetime, level: int) -> None:
        esc = self.escalation
        if esc:
            esc.level, esc.tried, esc.acknowledged, esc.moves_on = level, at, False, False
        self.drop(*OF_PEOPLE, at=at)
        self.begin("acknowledgement", at, ACKNOWLEDGE[level])

    def on_escalated(self, at: datetime, told: datetime, source: str, level: int) -> None:
        staged = [p for p in self.runs() if p.kind in STAGE_OF or p.kind == "work_permit"]
        staged.sort(key=lambda p: (p.due(self.year) is None, p.due(self.year) or p.since, self.promises.index(p)))
        esc = self.escalation
        if esc:
            esc.source, esc.asks = source, max(esc.asks, level)
            esc.promise = staged[0] if staged else esc.promise
        else:
            self.escalation = Escalation(source, staged[0] if staged else None, asks=level)

    def on_acknowledged(self, at: datetime, told: datetime) -> None:
        if self.escalation:
            self.escalation.acknowledged, self.escalation.moves_on = True, False
        self.end("acknowledgement", at=at)
        self.drop("movement", "call_task", at=at)
        self.begin("movement", at, 30 * MINUTE)

    def on_moved(self, at: datetime, told: datetime) -> None:
        self.end("movement", at=at)
        self.drop("acknowledgement", at=at)
        self.begin("movement", at, 30 * MINUTE)

    def on_passed_on(self, at: datetime, told: datetime) -> None:
        if self.escalation:
            self.escalation.moves_on, self.escalation.acknowledged = True, False

    def on_dialled(self, at: datetime, told: datetime, answered: bool) -> None:
        self.end("call_task", at=at)
        if self.escalation:
            self.escalation.called = self.escalation.called or answered
            self.escalation.moves_on = self.escalation.moves_on or not answered

    def on_dialled_late(self, at: datetime, told: datetime, answered: bool) -> None:
        """It had moved on by then: it is known who answered, and nothing else moves."""
        if self.escalation:
            self.escalation.called = self.escalation.called or answered

    def on_escalation_ended(self, at: datetime, told: datetime) -> None:
        self.escalation = None
        self.drop(*OF_PEOPLE, at=at)
