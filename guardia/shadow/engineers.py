"""How many engineers are at work when, and when so many would have taken up each case of the file: a queue.

Pure arithmetic: first come, first served, or the graver first where the file says how grave a case is; each engineer
works on one case at a time and finishes it, also beyond the end of the shift. All hours are UTC, those of a rule are
of its zone.
"""

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED_HOURS = {"night": (22 * 60, 6 * 60), "day": (6 * 60, 22 * 60), "always": (0, 24 * 60)}
RULE = re.compile(
    r"(?:(?P<days>[a-z]{3}(?:[-,][a-z]{3})*)\s+)?"
    r"(?P<hours>night|day|always|\d{1,2}(?::\d\d)?-\d{1,2}(?::\d\d)?)\s*=\s*(?P<sign>[+-]?)(?P<number>\d{1,3})"
)
WHOLE_DAY = 24 * 60
BETWEEN_ACTS = timedelta(hours=4)
"""Who did nothing for longer had gone: the next act begins another stretch of work."""
AFTERWARDS = timedelta(days=8)
"""So long after the last opening the rules are followed, for cases that nobody has taken up yet."""


class NoSuchHours(Exception):
    """What was written of engineers cannot be read. The text says what to write."""


@dataclass(frozen=True)
class Staffing:
    """One rule: on these days (0 is Monday) from one minute of the day to another so many engineers, or so many
    more (fewer, where ``number`` is negative).

    A stretch that ends at or before its beginning passes midnight, and belongs to the day on which it begins.
    """

    days: frozenset[int]
    begins: int
    ends: int
    number: int
    is_more: bool
    written: str

    @property
    def minutes(self) -> int:
        return (self.ends - self.begins) % WHOLE_DAY or WHOLE_DAY

    def stretch(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """From when until when it holds, of the stretch that begins on this day."""
        if day.weekday() not in self.days:
            return None
        last = day + timedelta(days=(self.begins + self.minutes) // WHOLE_DAY)
        return at_minute(day, self.begins, zone), at_minute(last, (self.begins + self.minutes) % WHOLE_DAY, zone)


def at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def staffing_of(words: str) -> Staffing:
    """``night=+1``, ``22:00-06:00=2``, ``sat,sun 08:00-20:00=+1`` as a rule. Raises NoSuchHours."""
    found = RULE.fullmatch(words.strip().lower())
    days = days_of(found["days"] or "mon-sun") if found else None
    hours = hours_of(found["hours"]) if found else None
    if not (found and days and hours):
        example = _("“%s” does not say when and how many. Write night=+1, 22:00-06:00=2 or sat,sun 08:00-20:00=+1")
        raise NoSuchHours(example % words)
    number = int(found["sign"] + found["number"])
    return Staffing(days, *hours, number, bool(found["sign"]), words.strip())


def days_of(words: str) -> frozenset[int] | None:
    """``mon-fri``, ``sat,sun``; ``fri-mon`` passes the end of the week."""
    days: set[int] = set()
    for part in words.split(","):
        names = part.split("-")
        if len(names) > 2 or any(name not in DAYS for name in names):
            return None
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(days)


def hours_of(words: str) -> tuple[int, int] | None:
    if words in NAMED_HOURS:
        return NAMED_HOURS[words]
    minutes = []
    for hour in words.split("-"):
        hours, _colon, rest = hour.partition(":")
        if int(rest or 0) > 59:
            return None
        minutes.append(60 * int(hours) + int(rest or 0))
    begins, ends = minutes
    return (begins, ends) if begins < WHOLE_DAY and ends <= WHOLE_DAY and begins != ends else None


# --- how many are at work ---------------------------------------------------------------------------------------------
class AtWork:
    """How many engineers there are from which hour on, in the order of the hours; before the first one: none."""

    def __init__(self, changes: Sequence[tuple[datetime, int]]) -> None:
        self.hours = [at for at, _number in changes]
        self.numbers = [number for _at, number in changes]

    def at(self, hour: datetime) -> int:
        place = bisect_right(self.hours, hour)
        return self.numbers[place - 1] if place else 0

    def next_change(self, hour: datetime) -> datetime | None:
        place = bisect_right(self.hours, hour)
        return self.hours[place] if place < len(self.hours) else None


def at_work(
    acts: Mapping[str, Sequence[datetime]], rules: Sequence[Staffing], zone: ZoneInfo, since: datetime, until: datetime
) -> AtWork:
    """By the acts of each person of the file, or where a rule says how many by the last such rule; and what rules
    add.
    """
    spans = [span for hours in acts.values() for span in stretches_of(hours)]
    begins, ends = sorted(begin for begin, _end in spans), sorted(end for _begin, end in spans)
    held = [(rule, list(holds(rule, zone, since, until + AFTERWARDS))) for rule in rules]
    edges = {since, *begins, *ends, *(edge for _rule, hours in held for span in hours for edge in span)}
    counts = {edge: bisect_right(begins, edge) - bisect_right(ends, edge) for edge in edges}
    for is_more in (False, True):
        for rule, hours in held:
            if rule.is_more == is_more:
                for edge in edges_within(sorted(edges), hours):
                    counts[edge] = max(counts[edge] + rule.number, 0) if is_more else rule.number
    return AtWork(sorted(counts.items()))


def stretches_of(hours: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """From the first to the last act of each stretch of work; one act alone is a stretch of one second."""
    begin = before = None
    for at in sorted(hours):
        if before is not None and begin is not None and at - before > BETWEEN_ACTS:
            yield begin, before + timedelta(seconds=1)
            begin = None
        begin, before = begin or at, at
    if begin is not None and before is not None:
        yield begin, before + timedelta(seconds=1)


def holds(rule: Staffing, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    day, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    while day <= last:
        if span := rule.stretch(day, zone):
            yield span
        day += timedelta(days=1)


def edges_within(edges: Sequence[datetime], spans: Iterable[tuple[datetime, datetime]]) -> Iterator[datetime]:
    """Each edge that lies in one of the stretches, once; these are in order and may touch, not overlap."""
    spans = iter(spans)
    span = next(spans, None)
    for edge in edges:
        while span and span[1] <= edge:
            span = next(spans, None)
        if span and span[0] <= edge:
            yield edge


# --- the queue --------------------------------------------------------------------------------------------------------
class Task(NamedTuple):
    """One case: from when it waited for an engineer, how long it holds one, and how grave it is (0 is the gravest)."""

    id: int
    opened_at: datetime
    work: timedelta
    severity: int = 0


def taken_up(tasks: Iterable[Task], engineers: AtWork) -> dict[int, datetime | None]:
    """When each would have been taken up; None where nobody came before the rules end.

    Whoever is free takes the gravest of those that wait, of these the one that waits longest. Nobody leaves a case
    unfinished: where more work than are at work (a shift has ended), none of the others begins.
    """
    arrivals = sorted(tasks, key=lambda task: (task.opened_at, task.id))
    found: dict[int, datetime | None] = {task.id: None for task in arrivals}
    waiting: list[tuple[int, datetime, int, timedelta]] = []
    busy: list[datetime] = []
    place = 0
    now = arrivals[0].opened_at if arrivals else None
    while now is not None:
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        while place < len(arrivals) and arrivals[place].opened_at <= now:
            task = arrivals[place]
            heapq.heappush(waiting, (task.severity, task.opened_at, task.id, task.work))
            place += 1
        while waiting and len(busy) < engineers.at(now):
            _severity, _opened_at, number, work = heapq.heappop(waiting)
            found[number] = now
            heapq.heappush(busy, now + work)
        coming = [arrivals[place].opened_at] if place < len(arrivals) else []
        if waiting:
            coming += busy[:1]
            coming += [change] if (change := engineers.next_change(now)) else []
        now = min(coming, default=None)
    return found
