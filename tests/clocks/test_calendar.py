"""Opening hours: their laws, their edges, and a slow second opinion that reads the wall clock minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardia.clocks.arithmetic import add, between
from guardia.clocks.calendar import ALWAYS, Calendar, NeverOpen
from guardia.clocks.calendars import Announced, calendar_of_days
from guardia.procedure.weekly_hours import WeeklyHours
from tests.examples import examples

GUAYAQUIL, GALAPAGOS = ZoneInfo("America/Guayaquil"), ZoneInfo("Pacific/Galapagos")
SANTIAGO, ASUNCION, MADRID = ZoneInfo("America/Santiago"), ZoneInfo("America/Asuncion"), ZoneInfo("Europe/Madrid")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WHOLE = ((0, 1440),)
OPEN, LUNCH, NIGHT, SHUT = ((510, 1050),), ((510, 780), (840, 1050)), ((1320, 360),), ()

CHANGES = [
    (SANTIAGO, datetime(2026, 4, 5, 3, tzinfo=UTC)),
    (SANTIAGO, datetime(2026, 9, 6, 4, tzinfo=UTC)),
    (ASUNCION, datetime(2024, 3, 24, 3, tzinfo=UTC)),
    (ASUNCION, datetime(2023, 10, 1, 4, tzinfo=UTC)),
    (MADRID, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (MADRID, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (GUAYAQUIL, datetime(2028, 2, 29, 5, tzinfo=UTC)),
    (GALAPAGOS, datetime(2026, 1, 1, 6, tzinfo=UTC)),
]
"""Zones, and an instant worth standing around: a change of the clocks, a leap day, a new year."""


def local(zone, *parts):
    return datetime(*parts, tzinfo=zone)


def week(weekday, saturday=SHUT, sunday=SHUT):
    return (*[weekday] * 5, saturday, sunday)


def reads_open(calendar, at):
    """What somebody at the desk would say, looking at the clock on the wall."""
    wall = at.astimezone(calendar.zone)
    minute, today = wall.hour * 60 + wall.minute, wall.date()
    for opens, closes in calendar.spans_on(today):
        if opens <= minute < (closes if closes > opens else 1440):
            return True
    return any(closes <= opens and minute < closes for opens, closes in calendar.spans_on(today - DAY))


spans = st.one_of(
    st.just(WHOLE),
    st.just(SHUT),
    st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1440)), max_size=3).map(tuple),
)
around = st.sampled_from(CHANGES)
shifts = st.integers(-3 * 24 * 60, 3 * 24 * 60)


@st.composite
def scenes(draw):
    """A calendar with at least an hour on Mondays, exceptions near an interesting instant, and that instant."""
    zone, instant = draw(around)
    days = [draw(spans) for _ in range(7)]
    days[0] = (*days[0], (600, 660))
    exceptions = {
        instant.astimezone(zone).date() + DAY * shift: draw(spans)
        for shift in draw(st.lists(st.integers(-3, 3), max_size=3))
    }
    return Calendar(zone, tuple(days), exceptions), instant


def waits_near(instant):
    moment = st.integers(-4 * 86_400, 4 * 86_400).map(lambda seconds: instant + timedelta(seconds=seconds))
    return st.lists(st.tuples(moment, moment).map(lambda pair: (min(pair), max(pair))), max_size=4)


@settings(max_examples=examples(60), deadline=None)
@given(scene=scenes(), start=shifts, minutes=st.integers(0, 2 * 24 * 60), data=st.data())
def test_it_agrees_with_reading_the_wall_minute_by_minute(scene, start, minutes, data):
    calendar, instant = scene
    begin = instant + MINUTE * start
    waits = [(a.replace(second=0), b.replace(second=0)) for a, b in data.draw(waits_near(instant))]
    slow = sum(
        reads_open(calendar, at) and not any(a <= at < b for a, b in waits)
        for at in (begin + MINUTE * n for n in range(minutes))
    )
    assert between(begin, begin + MINUTE * minutes, waits, calendar) == MINUTE * slow


@settings(max_examples=examples(60), deadline=None)
@given(scene=scenes(), start=shifts)
def test_the_next_opening_is_the_first_open_minute(scene, start):
    calendar, instant = scene
    at = instant + MINUTE * start
    opening = calendar.next_open(at)
    assert reads_open(calendar, opening)
    for n in range(min(int((opening - at) / MINUTE), 3 * 24 * 60)):
        assert not reads_open(calendar, at + MINUTE * n)


@pytest.mark.parametrize(("zone", "instant"), CHANGES)
def test_second_by_second_around_a_change(zone, instant):
    calendar = Calendar(zone, (((0, 90), (1380, 1440)),) * 7)
    begin = instant - timedelta(seconds=1800)
    slow = sum(reads_open(calendar, begin + timedelta(seconds=n)) for n in range(3600))
    assert between(begin, begin + HOUR, [], calendar) == timedelta(seconds=slow)


@settings(deadline=None)
@given(scene=scenes(), start=shifts, seconds=st.integers(1, 200_000), data=st.data())
def test_what_is_added_is_what_lies_between(scene, start, seconds, data):
    calendar, instant = scene
    begin, target, waits = instant + MINUTE * start, timedelta(seconds=seconds), data.draw(waits_near(instant))
    due = add(begin, target, waits, calendar)
    assert between(begin, due, waits, calendar) == target
    assert between(begin, due - timedelta(seconds=1), waits, calendar) == target - timedelta(seconds=1)


@settings(deadline=None)
@given(scene=scenes(), start=shifts, one=st.integers(1, 90_000), two=st.integers(1, 90_000), data=st.data())
def test_adding_twice_is_adding_the_sum(scene, start, one, two, data):
    calendar, instant = scene
    begin, waits = instant + MINUTE * start, data.draw(waits_near(instant))
    first, second = timedelta(seconds=one), timedelta(seconds=two)
    halfway = add(begin, first, waits, calendar)
    whole = add(begin, first + second, waits, calendar)
    assert add(halfway, second, waits, calendar) == whole
    assert halfway < whole


@settings(deadline=None)
@given(scene=scenes(), points=st.lists(shifts, min_size=3, max_size=3).map(sorted), data=st.data())
def test_parts_make_the_whole_and_more_time_is_never_less(scene, points, data):
    calendar, instant = scene
    a, b, c = (instant + MINUTE * point for point in points)
    waits = data.draw(waits_near(instant))
    parts = between(a, b, waits, calendar) + between(b, c, waits, calendar)
    assert parts == between(a, c, waits, calendar)
    assert timedelta() <= between(a, b, waits, calendar) <= between(a, c, waits, calendar) <= c - a


@settings(deadline=None)
@given(scene=scenes(), start=shifts, minutes=st.integers(0, 9_000), data=st.data())
def test_overlapping_waits_count_once(scene, start, minutes, data):
    calendar, instant = scene
    begin, waits = instant + MINUTE * start, data.draw(waits_near(instant))
    end = begin + MINUTE * minutes
    halves = [part for a, b in waits for part in ((a, a + (b - a) / 2), (a + (b - a) / 2, b))]
    assert between(begin, end, [*waits, *halves], calendar) == between(begin, end, waits, calendar)


@pytest.mark.parametrize(("zone", "instant"), CHANGES)
@settings(max_examples=examples(20), deadline=None)
@given(start=shifts, seconds=st.integers(1, 900_000))
def test_open_all_day_every_day_is_plain_subtraction(zone, instant, start, seconds):
    begin, target = instant + MINUTE * start, timedelta(seconds=seconds)
    round_the_clock = Calendar(zone, (WHOLE,) * 7)
    for calendar in (ALWAYS, round_the_clock):
        assert add(begin, target, [], calendar) == begin + target
        assert between(begin, begin + target, [], calendar) == target
        assert calendar.next_open(begin) == begin


OFFICE = Calendar(GUAYAQUIL, week(OPEN))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ((2026, 11, 24, 9, 0, 7), 4, (2026, 11, 24, 13, 0, 7)),
        ((2026, 11, 24, 13, 30), 4, (2026, 11, 24, 17, 30)),
        ((2026, 11, 24, 13, 30, 1), 4, (2026, 11, 25, 8, 30, 1)),
        ((2026, 11, 24, 6, 0), 4, (2026, 11, 24, 12, 30)),
        ((2026, 11, 27, 17, 0), 4, (2026, 11, 30, 12, 0)),
        ((2026, 11, 28, 2, 0), 9, (2026, 11, 30, 17, 30)),
        ((2028, 2, 28, 17, 0), 9, (2028, 2, 29, 17, 0)),
    ],
)
def test_office_hours(start, hours, due):
    assert add(local(GUAYAQUIL, *start), HOUR * hours, [], OFFICE) == local(GUAYAQUIL, *due)


def test_at_the_closing_second_it_is_closed():
    closing = local(GUAYAQUIL, 2026, 11, 24, 17, 30)
    assert OFFICE.next_open(closing) == local(GUAYAQUIL, 2026, 11, 25, 8, 30)
    assert OFFICE.next_open(closing - timedelta(seconds=1)) == closing - timedelta(seconds=1)
    assert OFFICE.next_open(local(GUAYAQUIL, 2026, 11, 24, 8, 30)) == local(GUAYAQUIL, 2026, 11, 24, 8, 30)


def test_lunch_is_closed():
    calendar = Calendar(GUAYAQUIL, week(LUNCH))
    assert add(local(GUAYAQUIL, 2026, 11, 24, 12), 2 * HOUR, [], calendar) == local(GUAYAQUIL, 2026, 11, 24, 15)


def test_galapagos_is_an_hour_behind():
    there = Calendar(GALAPAGOS, week(OPEN))
    dawn = local(GUAYAQUIL, 2026, 11, 24, 3)
    assert there.next_open(dawn) - OFFICE.next_open(dawn) == HOUR


def test_a_night_belongs_to_the_day_it_begins_on():
    calendar = Calendar(GUAYAQUIL, (NIGHT,) + (SHUT,) * 6)  # Monday 22:00 to Tuesday 06:00
    monday = local(GUAYAQUIL, 2026, 11, 23, 12)
    assert calendar.next_open(monday) == local(GUAYAQUIL, 2026, 11, 23, 22)
    assert between(monday, monday + 3 * DAY, [], calendar) == 8 * HOUR
    assert add(monday, 8 * HOUR, [], calendar) == local(GUAYAQUIL, 2026, 11, 24, 6)
    tuesday_shut = Calendar(GUAYAQUIL, calendar.week, {date(2026, 11, 24): SHUT})
    assert between(monday, monday + 3 * DAY, [], tuesday_shut) == 8 * HOUR
    monday_shut = Calendar(GUAYAQUIL, calendar.week, {date(2026, 11, 23): SHUT})
    assert between(monday, monday + 3 * DAY, [], monday_shut) == timedelta()


def test_whole_days_have_no_gap_at_midnight():
    calendar = Calendar(GUAYAQUIL, week(WHOLE))
    late = local(GUAYAQUIL, 2026, 11, 24, 23, 59, 30)
    assert between(late, late + MINUTE, [], calendar) == MINUTE
    assert calendar.next_open(late + timedelta(seconds=30)) == late + timedelta(seconds=30)


def test_exceptions_go_both_ways():
    tuesday, sunday = date(2026, 11, 24), date(2026, 11, 29)
    calendar = Calendar(GUAYAQUIL, week(OPEN), {tuesday: SHUT, sunday: OPEN})
    assert calendar.next_open(local(GUAYAQUIL, 2026, 11, 24, 9)) == local(GUAYAQUIL, 2026, 11, 25, 8, 30)
    assert calendar.next_open(local(GUAYAQUIL, 2026, 11, 28, 9)) == local(GUAYAQUIL, 2026, 11, 29, 8, 30)


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        (MADRID, (2026, 3, 28), 7),
        (MADRID, (2026, 10, 24), 9),
        (SANTIAGO, (2026, 9, 5), 7),
        (SANTIAGO, (2026, 4, 4), 9),
        (ASUNCION, (2023, 9, 30), 7),
        (ASUNCION, (2024, 3, 23), 9),
    ],
)
def test_a_night_in_which_the_clocks_change(zone, night, hours):
    calendar = Calendar(zone, (NIGHT,) * 7)
    noon = local(zone, *night, 12)
    assert between(noon, noon + DAY, [], calendar) == HOUR * hours


def test_times_of_one_zone_do_not_subtract_by_its_wall():
    evening, morning = local(MADRID, 2026, 3, 28, 22), local(MADRID, 2026, 3, 29, 6)
    assert between(evening, morning, [], ALWAYS) == 7 * HOUR
    assert add(evening, 8 * HOUR, [], ALWAYS) == local(MADRID, 2026, 3, 29, 7)


def test_a_wait_over_a_weekend_delays_by_its_office_hours_only():
    friday = local(GUAYAQUIL, 2026, 11, 27, 15)
    waits = [(local(GUAYAQUIL, 2026, 11, 27, 16), local(GUAYAQUIL, 2026, 11, 30, 9))]
    assert add(friday, 4 * HOUR, waits, OFFICE) == local(GUAYAQUIL, 2026, 11, 30, 12)


def test_an_open_wait_gives_no_hour_unless_it_begins_after_it():
    start = local(GUAYAQUIL, 2026, 11, 24, 16)
    assert add(start, 2 * HOUR, [(local(GUAYAQUIL, 2026, 11, 24, 20), None)], OFFICE) is None
    assert add(start, HOUR, [(local(GUAYAQUIL, 2026, 11, 24, 17), None)], OFFICE) == start + HOUR


def test_hours_that_never_come_are_said_so():
    never = Calendar(GUAYAQUIL, (SHUT,) * 7, {date(2030, 1, 1): OPEN})
    with pytest.raises(NeverOpen, match="400"):
        never.next_open(local(GUAYAQUIL, 2026, 11, 24))
    with pytest.raises(NeverOpen):
        add(local(GUAYAQUIL, 2029, 12, 31), 10 * HOUR, [], never)
    assert never.next_open(local(GUAYAQUIL, 2029, 12, 1)) == local(GUAYAQUIL, 2030, 1, 1, 8, 30)


@pytest.mark.parametrize("days", [(OPEN,) * 6, (((-1, 5),),) * 7, (((0, 1441),),) * 7, (((1440, 1440),),) * 7])
def test_a_calendar_of_nonsense_is_refused(days):
    with pytest.raises(ValueError, match="seven days"):
        Calendar(GUAYAQUIL, days)


def test_a_time_without_zone_is_no_instant():
    with pytest.raises(ValueError, match="no time zone"):
        add(datetime(2026, 11, 24), HOUR, [], OFFICE)  # noqa: DTZ001


def hours_of(rest, **days):
    return WeeklyHours.model_validate({"name": {"es": "x", "en": "x", "pt": "x"}, "days": days, "rest_days": rest})


def test_the_hours_of_a_procedure():
    friday = local(GUAYAQUIL, 2025, 5, 2, 9)  # the rest of Thursday, 1 May

    def hours(rest, **days):
        return calendar_of_days(hours_of(rest, **days), GUAYAQUIL.key, Announced())

    closed = hours("closed", thursday=["08:00-12:00"], friday=["08:00-12:00"])
    assert closed.next_open(friday) == local(GUAYAQUIL, 2025, 5, 8, 8)
    assert closed.next_open(friday - DAY) == friday - DAY
    as_usual = hours("as_usual", friday=["08:00-12:00"])
    assert as_usual.next_open(friday) == friday
    all_day = hours("open_all_day", monday=["08:00-12:00"])
    assert between(friday, friday + DAY, [], all_day) == 15 * HOUR


def test_always_is_a_value_of_its_own():
    always = WeeklyHours.model_validate({"name": {"es": "x", "en": "x", "pt": "x"}, "always": True})
    assert calendar_of_days(always, "America/Guayaquil", Announced()) is ALWAYS
