"""The calendars that clocks count by: weekly hours, the law's rest days, and what the journal announces (A3 D)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardia.clocks import calendars
from guardia.clocks.arithmetic import add
from guardia.clocks.calendar import ALWAYS
from guardia.clocks.calendars import (
    Announced,
    CalendarChange,
    ChangeKind,
    Holding,
    announced,
    announced_at,
    calendar_of_days,
    newest_edition,
)
from guardia.procedure import version as versions
from guardia.procedure.weekly_hours import WeeklyHours
from tests.procedure.story import TWO_IN_THE_MORNING, Story

ECUADOR = "America/Guayaquil"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
NAME = {"es": "x", "en": "x", "pt": "x"}
OFFICE = WeeklyHours.model_validate({"name": NAME, "days": {d: ["08:30-17:30"] for d in DAYS}, "rest_days": "closed"})
NIGHT = WeeklyHours.model_validate(
    {"name": NAME, "days": {d: ["18:00-24:00"] for d in DAYS}, "rest_days": "open_all_day"}
)
AS_USUAL = WeeklyHours.model_validate({"name": NAME, "days": {d: ["08:30-17:30"] for d in DAYS}})
FRIDAY_AT_FIVE = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


NOTHING = Announced()


def resting(day):
    return Announced((Holding(ChangeKind.REST, day=day),))


def working(day):
    return Announced((Holding(ChangeKind.WORK, day=day),))


@pytest.fixture(autouse=True)
def nothing_kept():
    """Editions are kept by number, and every database begins to count anew."""
    announced_at.cache_clear()
    yield
    announced_at.cache_clear()


def due(said=NOTHING, weekly=OFFICE, start=FRIDAY_AT_FIVE, zone=ECUADOR, target=HOUR):
    return add(start, target, [], calendar_of_days(weekly, zone, said))


def local(year, month, day, hour, minute=0, behind=5):
    return datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(hours=behind)


LONG_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


def change(pk, kind, day=None, canton="", at=LONG_BEFORE):
    return CalendarChange(pk=pk, kind=kind, day=day, canton=canton, at=at)


def withdrawal(pk, of, at=LONG_BEFORE, day=None):
    """As the verb writes it: a withdrawal names the day of what it withdraws."""
    return CalendarChange(pk=pk, kind=ChangeKind.WITHDRAW, withdraws_id=of.pk, day=day, at=at)


# --- what was announced, and its effect ---


def test_without_an_announcement_the_weekend_is_skipped():
    assert due() == local(2026, 11, 30, 9)


def test_a_day_of_decree_rests():
    assert due(resting(date(2026, 11, 30))) == local(2026, 12, 1, 9)


def test_a_saturday_that_is_made_up_for_works_as_a_monday():
    assert due(working(date(2026, 11, 28))) == local(2026, 11, 28, 9)


def test_a_rest_day_of_the_law_that_is_made_to_work_works():
    thursday = local(2025, 10, 9, 17)
    assert due(start=thursday) == local(2025, 10, 13, 9)  # Fri 10 Oct 2025 rests for the 9th
    assert due(working(date(2025, 10, 10)), start=thursday) == local(2025, 10, 10, 9)


def test_a_local_day_is_kept_where_it_is_observed():
    before = local(2026, 12, 4, 17)
    assert due(start=before) == local(2026, 12, 7, 9)
    assert due(Announced((Holding(ChangeKind.OBSERVE, canton="Quito"),)), start=before) == local(
        2026, 12, 8, 9
    )  # 6 Dec is a Sunday


def test_the_night_hours_are_open_all_day_on_a_day_of_decree():
    noon = local(2026, 11, 30, 12)
    assert due(weekly=NIGHT, start=noon) == local(2026, 11, 30, 19)
    assert due(resting(date(2026, 11, 30)), NIGHT, noon) == local(2026, 11, 30, 13)


def test_hours_as_usual_know_no_rest_day():
    assert due(resting(date(2026, 11, 30)), AS_USUAL) == local(2026, 11, 30, 9)


def test_galapagos_counts_an_hour_behind():
    start = local(2026, 11, 24, 16, 30, behind=6)
    assert due(start=start, zone="Pacific/Galapagos") == local(2026, 11, 24, 17, 30, behind=6)
    assert due(start=start) == local(2026, 11, 25, 9, 30)  # 17:30 in Quito: it is closed


def test_another_country_has_the_days_that_are_announced_and_no_others():
    start = datetime(2025, 10, 9, 20, 0, tzinfo=UTC)  # 17:00 in Santiago, summer time
    assert due(start=start, zone="America/Santiago") == datetime(2025, 10, 10, 12, 0, tzinfo=UTC)
    rests = resting(date(2025, 10, 10))
    assert due(rests, start=start, zone="America/Santiago") == datetime(2025, 10, 13, 12, 0, tzinfo=UTC)


def test_after_the_years_of_the_table_the_week_alone_counts():
    assert due(start=local(2031, 1, 1, 8, 30)) == local(2031, 1, 1, 9, 30)


# --- the journal ---


def test_the_later_entry_of_a_day_wins_and_a_withdrawn_one_is_gone():
    day = date(2026, 12, 28)
    rest, work = change(1, ChangeKind.REST, day), change(2, ChangeKind.WORK, day)
    assert announced([rest]).days == {day: "rest"}
    assert announced([rest, work]).days == {day: "work"}
    assert announced([rest, work, withdrawal(3, work)]).days == {day: "rest"}
    assert announced([rest, withdrawal(3, rest)]).days == {}


def test_a_canton_is_observed_once_until_it_is_withdrawn():
    quito, again = (change(pk, ChangeKind.OBSERVE, canton="Quito") for pk in (1, 2))
    assert announced([quito, again]).cantons == ("Quito",)
    assert announced([quito, withdrawal(2, quito)]).cantons == ()


# --- no announcement reaches back ---

SATURDAY = date(2026, 11, 28)
SATURDAYS = WeeklyHours.model_validate(
    {"name": NAME, "days": {"friday": ["08:30-17:30"], "saturday": ["08:30-12:30"]}, "rest_days": "closed"}
)


def open_on(day, *changes, weekly=OFFICE, zone=ECUADOR):
    """The hours that are open on a day, on the wall's clock, as pairs of ``HH:MM:SS``."""
    calendar = calendar_of_days(weekly, zone, announced(changes))
    begin = datetime.combine(day, time(), ZoneInfo(zone))
    joined = []
    for opens, closes in calendar.openings(begin):
        if opens.astimezone(begin.tzinfo).date() != day:
            break
        written = tuple(f"{each.astimezone(begin.tzinfo):%H:%M:%S}" for each in (opens, closes))
        if joined and joined[-1][1] == written[0]:  # a calendar cuts at the midnight of UTC
            joined[-1] = (joined[-1][0], written[1])
        else:
            joined.append(written)
    return joined


def test_a_withdrawn_rest_day_on_a_saturday_does_not_make_it_work():
    """A3 D: from the withdrawal on it is as if the day had never been announced."""
    rest = change(1, ChangeKind.REST, SATURDAY)
    assert open_on(SATURDAY) == []
    assert open_on(SATURDAY, rest, withdrawal(2, rest, day=SATURDAY)) == []


def test_a_rest_day_announced_in_the_afternoon_leaves_the_morning_as_it_was():
    """A3 D: an operator does not forgive itself what broke in the morning."""
    monday = date(2026, 11, 30)
    rest = change(1, ChangeKind.REST, monday, at=local(2026, 11, 30, 15, 20) + timedelta(seconds=7))
    assert open_on(monday, rest) == [("08:30:00", "15:20:07")]
    assert open_on(monday, rest, weekly=NIGHT) == [("15:20:07", "00:00:00")]


def test_a_rest_day_withdrawn_at_noon_works_in_the_afternoon_alone():
    monday = date(2026, 11, 30)
    rest = change(1, ChangeKind.REST, monday)
    back = withdrawal(2, rest, at=local(2026, 11, 30, 12), day=monday)
    assert open_on(monday, rest, back) == [("12:00:00", "17:30:00")]
    again = change(3, ChangeKind.REST, monday, at=local(2026, 11, 30, 14))
    assert open_on(monday, rest, back, again) == [("12:00:00", "14:00:00")]


def test_a_saturday_that_is_made_to_work_at_ten_works_from_ten():
    work = change(1, ChangeKind.WORK, SATURDAY, at=local(2026, 11, 28, 10))
    assert open_on(SATURDAY, work) == [("10:00:00", "17:30:00")]
    assert open_on(SATURDAY, work, weekly=SATURDAYS) == [("08:30:00", "10:00:00")]  # its Mondays are closed


def test_a_canton_is_observed_from_its_announcement_on_and_its_past_days_stay():
    """The local day of Quito, 6 December, rests on the Monday in 2026 and on the Friday in 2025."""
    quito = change(1, ChangeKind.OBSERVE, canton="Quito", at=local(2026, 6, 1, 9))
    assert open_on(date(2025, 12, 5), quito) == [("08:30:00", "17:30:00")]
    assert open_on(date(2026, 12, 7), quito) == []
    back = withdrawal(2, quito, at=local(2026, 12, 7, 13))
    assert open_on(date(2026, 12, 7), quito, back) == [("13:00:00", "17:30:00")]
    assert open_on(date(2027, 12, 6), quito, back) == [("08:30:00", "17:30:00")]


@pytest.fixture
def journal(as_staff):
    return [
        CalendarChange.objects.create(kind=ChangeKind.REST, day=date(2026, 12, day), at=TWO_IN_THE_MORNING)
        for day in (28, 29)
    ]


def test_an_edition_is_the_journal_up_to_its_row_and_never_changes(journal):
    first, second = journal
    assert newest_edition() == second.pk
    assert announced_at(first.pk).rests == {date(2026, 12, 28)}
    assert announced_at(second.pk).rests == {date(2026, 12, 28), date(2026, 12, 29)}
    CalendarChange.objects.create(kind=ChangeKind.WITHDRAW, withdraws=first, at=TWO_IN_THE_MORNING)
    assert announced_at(second.pk).rests == {date(2026, 12, 28), date(2026, 12, 29)}
    assert announced_at(newest_edition()).rests == {date(2026, 12, 29)}


def test_before_the_first_row_nothing_is_announced(as_staff):
    assert newest_edition() == 0
    assert announced_at(0) == Announced()


def test_a_clocks_calendar_is_that_of_its_edition_and_24_by_7_has_none(journal):
    procedure = versions.of(Story().version.pk)
    before, after = (calendars.hours(procedure, "office", edition) for edition in (0, journal[-1].pk))
    monday = local(2026, 12, 28, 9)
    assert before.next_open(monday) == monday
    assert after.next_open(monday) == local(2026, 12, 30, 8, 30)
    assert calendars.hours(procedure, "always", journal[-1].pk) is ALWAYS
