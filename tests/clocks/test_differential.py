"""The arithmetic against an independent library (workclock, Rust): random weeks, exceptions, zones; to the second.

The two agree on everything but what a span means whose own edge falls into an hour that the zone skips or repeats:
ours reads the wall (`Calendar`), workclock moves the edge. Edges are drawn outside those hours; spans reach over them.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from workclock import Break, Holidays, Schedule, WorkclockError, WorkDay

from guardia.clocks.arithmetic import add, between
from guardia.clocks.calendar import ALWAYS, Calendar, NeverOpen
from guardia.clocks.rest_days import rest_days
from tests.examples import examples

ZONES = [
    "America/Guayaquil",
    "Pacific/Galapagos",
    "America/Santiago",
    "America/New_York",
    "Europe/Madrid",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
]
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 3 * 366
NEAR = [FIRST.date() + timedelta(days=number) for number in range(-30, DAYS + 500)]
EARLIEST, LATEST = 5 * 60, 21 * 60
"""No zone of the list changes its clocks between these hours of the day."""


def clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@st.composite
def day_spans(draw) -> tuple[tuple[int, int], ...]:
    """Up to three spans of one day that neither overlap nor touch."""
    edges = draw(st.lists(st.integers(EARLIEST, LATEST), max_size=6, unique=True))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    return tuple((edges[n], edges[n + 1]) for n in range(0, len(edges), 2))


@st.composite
def weeks(draw):
    """Spans by weekday; some days closed, some weeks with one overnight span in place of all."""
    if draw(st.booleans()):
        opens, closes = draw(st.integers(18 * 60, LATEST)), draw(st.integers(EARLIEST, 10 * 60))
        nights = draw(st.sets(st.integers(0, 6), min_size=1))
        return tuple((((opens, closes),) if day in nights else ()) for day in range(7))
    week = tuple(draw(day_spans()) if draw(st.integers(0, 3)) else () for _ in range(7))
    assume(any(week))
    return week


@st.composite
def exceptions(draw, week):
    """Rest days, and days that work by other spans; only for weeks without a night, which reaches into the next day."""
    if any(closes <= opens for day in week for opens, closes in day):
        return {}
    days = draw(st.lists(st.integers(0, DAYS), max_size=12, unique=True))
    return {FIRST.date() + timedelta(days=number): draw(day_spans()) if draw(st.booleans()) else () for number in days}


def second_opinion(zone: str, week, extra) -> Schedule:
    """The same hours as workclock's rules: a day with spans of its own is a weekday that only that date works."""
    rules = [WorkDay(clock(opens), clock(closes), [day]) for day, spans in enumerate(week) for opens, closes in spans]
    return Schedule([*rules, Holidays(extra)], time_zone=zone)


def alone(zone: str, day: date, spans) -> list[Schedule]:
    """The hours of one date, as a schedule that rests on every other one."""
    others = Holidays([each for each in NEAR if each != day])
    return [
        Schedule([WorkDay(clock(opens), clock(closes), range(7)), others], time_zone=zone) for opens, closes in spans
    ]


hours = st.integers(0, DAYS * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
lengths = st.integers(1, 12 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
scenes = st.tuples(st.sampled_from(ZONES), weeks()).flatmap(
    lambda drawn: st.tuples(st.just(drawn[0]), st.just(drawn[1]), exceptions(drawn[1]))
)


@settings(max_examples=examples(300), deadline=None)
@given(scene=scenes, start=hours, length=lengths)
def test_how_long_it_took(scene, start, length):
    zone, week, extra = scene
    end = start + length
    expected = second_opinion(zone, week, extra).between(start, end)
    for day, spans in extra.items():
        expected += sum((one.between(start, end) for one in alone(zone, day, spans)), timedelta())
    assert between(start, end, [], Calendar(ZoneInfo(zone), week, extra)) == expected


@settings(max_examples=examples(300), deadline=None)
@given(scene=scenes, start=hours, target=st.integers(1, 4 * 86_400).map(lambda s: timedelta(seconds=s)))
def test_when_it_is_due(scene, start, target):
    """Rest days only: workclock adds to one schedule, not to a sum of them."""
    zone, week, extra = scene
    rests = {day: () for day, spans in extra.items() if not spans}
    calendar = Calendar(ZoneInfo(zone), week, rests)
    assert add(start, target, [], calendar) == second_opinion(zone, week, rests).add(start, target)


@settings(max_examples=examples(300), deadline=None)
@given(scene=scenes, at=hours)
def test_when_it_opens_next(scene, at):
    zone, week, extra = scene
    rests = {day: () for day, spans in extra.items() if not spans}
    opens, _closes = second_opinion(zone, week, rests).next_period(at)
    assert Calendar(ZoneInfo(zone), week, rests).next_open(at) == max(opens, at)


@settings(max_examples=examples(100), deadline=None)
@given(zone=st.sampled_from(ZONES), week=weeks(), start=hours, length=lengths, lunch=st.integers(12 * 60, 13 * 60))
def test_a_wait_each_day_is_a_break(zone, week, start, length, lunch):
    """W1: what stands still every day from noon on is, to the other library, a break of the schedule."""
    tz, end = ZoneInfo(zone), start + length
    days = [start.astimezone(tz).date() + timedelta(days=n) for n in range(-1, length.days + 3)]
    waits = [
        (datetime.combine(day, time(12), tz).astimezone(UTC), datetime.combine(day, clock(lunch), tz).astimezone(UTC))
        for day in days
    ]
    rules = [WorkDay(clock(a), clock(b), [day]) for day, spans in enumerate(week) for a, b in spans]
    breaks = [Break(time(12), clock(lunch), range(7))] if lunch > 12 * 60 else []
    try:
        second = Schedule([*rules, *breaks], time_zone=zone).between(start, end)
    except WorkclockError:  # nothing is left of the day beside its break
        second = timedelta()
    assert between(start, end, waits, Calendar(tz, week)) == second


@settings(max_examples=examples(100), deadline=None)
@given(start=hours, target=lengths)
def test_round_the_clock_is_plain_subtraction_to_both(start, target):
    day_and_night = Schedule([WorkDay(time(0), time(0), range(7))], time_zone="America/Guayaquil")
    assert add(start, target, [], ALWAYS) == start + target == day_and_night.add(start, target)
    assert between(start, start + target, [], ALWAYS) == target == day_and_night.between(start, start + target)


@settings(max_examples=examples(100), deadline=None)
@given(start=hours, target=st.integers(1, 200 * 3600).map(lambda seconds: timedelta(seconds=seconds)))
def test_the_office_hours_of_ecuador_with_the_rest_days_of_its_law(start, target):
    """A3 D, and Galápagos an hour behind: the same wall, the same seconds, another zone."""
    rests = {rest.day for rest in rest_days(range(2024, 2029))}
    week = tuple(((510, 1050),) if day < 5 else () for day in range(7))
    for zone in ("America/Guayaquil", "Pacific/Galapagos"):
        ours = Calendar(ZoneInfo(zone), week, dict.fromkeys(rests, ()))
        theirs = Schedule([WorkDay(time(8, 30), time(17, 30)), Holidays(rests)], time_zone=zone)
        due = add(start, target, [], ours)
        assert due == theirs.add(start, target)
        assert between(start, due, [], ours) == target == theirs.between(start, due)


def test_hours_that_never_open_are_refused_by_both():
    week = (((600, 660),), *((),) * 6)
    mondays = [FIRST.date() + timedelta(weeks=number) for number in range(120)]
    calendar = Calendar(ZoneInfo("UTC"), week, dict.fromkeys(mondays, ()))
    schedule = Schedule([WorkDay(time(10), time(11), [0]), Holidays(mondays)], time_zone="UTC")
    assert schedule.add(FIRST, timedelta(minutes=1)) == datetime(2026, 4, 20, 10, 1, tzinfo=UTC)
    with pytest.raises(NeverOpen):  # we look 400 days ahead, they 366 and seven for each holiday
        add(FIRST, timedelta(minutes=1), [], calendar)
