"""Ecuador's rest days by the law of 20-12-2016: a table pinned year by year.

Until 2025 it was compared with the calendars that were published; from 2026 on it is the rule applied.
"""

from datetime import date, timedelta

import pytest

from guardia.clocks.rest_days import FIRST, LAST, LAST_DAY, RestDaysUnknown, easter, local_days, rest_days

TABLE = {
    2017: "01-02 02-27 02-28 04-14 05-01 05-26 08-11 10-09 11-02 11-03 12-25",
    2018: "01-01 02-12 02-13 03-30 04-30 05-25 08-10 10-08 11-01 11-02 12-25",
    2019: "01-01 03-04 03-05 04-19 05-03 05-24 08-09 10-11 11-01 11-04 12-25",
    2020: "01-01 02-24 02-25 04-10 05-01 05-25 08-10 10-09 11-02 11-03 12-25",
    2021: "01-01 02-15 02-16 04-02 04-30 05-24 08-09 10-08 11-01 11-02 12-24 12-31",
    2022: "02-28 03-01 04-15 05-02 05-23 08-12 10-10 11-03 11-04 12-26",
    2023: "01-02 02-20 02-21 04-07 05-01 05-26 08-11 10-09 11-02 11-03 12-25",
    2024: "01-01 02-12 02-13 03-29 05-03 05-24 08-09 10-11 11-01 11-04 12-25",
    2025: "01-01 03-03 03-04 04-18 05-02 05-23 08-11 10-10 11-03 11-04 12-25",
    2026: "01-01 02-16 02-17 04-03 05-01 05-25 08-10 10-09 11-02 11-03 12-25",
    2027: "01-01 02-08 02-09 03-26 04-30 05-24 08-09 10-08 11-01 11-02 12-24 12-31",
    2028: "02-28 02-29 04-14 05-01 05-26 08-11 10-09 11-02 11-03 12-25",
    2029: "01-01 02-12 02-13 03-30 04-30 05-25 08-10 10-08 11-01 11-02 12-25",
    2030: "01-01 03-04 03-05 04-19 05-03 05-24 08-09 10-11 11-01 11-04 12-25",
}
EVERY_YEAR = range(2017, 2031)


def days(year, canton=""):
    return [rest.day for rest in rest_days([year], canton)]


@pytest.mark.parametrize("year", EVERY_YEAR)
def test_the_days_of_a_year(year):
    assert days(year) == [date.fromisoformat(f"{year}-{day}") for day in TABLE[year].split()]


@pytest.mark.parametrize(
    ("works", "rests"),
    [
        (date(2025, 5, 1), date(2025, 5, 2)),
        (date(2027, 11, 3), date(2027, 11, 1)),
        (date(2022, 11, 2), date(2022, 11, 4)),
        (date(2022, 5, 24), date(2022, 5, 23)),
        (date(2019, 10, 9), date(2019, 10, 11)),
        (date(2017, 8, 10), date(2017, 8, 11)),
    ],
)
def test_where_the_rest_is_moved_the_true_date_works(works, rests):
    rested = {rest.day for rest in rest_days(EVERY_YEAR)}
    assert works not in rested
    assert rests in rested


def test_no_rest_day_falls_on_a_weekend_and_none_is_lost():
    every = rest_days(EVERY_YEAR)
    assert all(rest.day.weekday() < 5 for rest in every)
    assert len({rest.day for rest in every}) == 11 * len(EVERY_YEAR)


def test_new_year_and_christmas_move_from_a_weekend_only():
    for rest in rest_days(EVERY_YEAR):
        if rest.name in ("New Year's Day", "Christmas Day") and rest.true_day.weekday() < 5:
            assert rest.day == rest.true_day
    assert date(2021, 12, 31) in days(2021)
    assert date(2022, 1, 1) not in days(2022)


@pytest.mark.parametrize(
    ("canton", "day"),
    [
        ("Quito", date(2022, 12, 5)),
        ("quito", date(2023, 12, 8)),
        ("Quito", date(2024, 12, 6)),
        ("Quito", date(2025, 12, 5)),
        ("Quito", date(2026, 12, 7)),
        ("GUAYAQUIL", date(2025, 7, 25)),
        ("Guayaquil", date(2026, 7, 24)),
        ("Guayaquil", date(2027, 7, 26)),
        ("Cuenca", date(2025, 4, 11)),
        ("Ambato", date(2025, 11, 14)),
        ("Loja", date(2025, 11, 17)),
        ("Latacunga", date(2025, 11, 10)),
        ("Guaranda", date(2025, 11, 10)),
    ],
)
def test_a_local_day_is_rested_in_its_canton_alone(canton, day):
    assert day in days(day.year, canton)
    assert day not in days(day.year)


def test_every_canton_of_the_list_has_its_day_each_year():
    for canton, _month, _day in local_days().values():
        local = [rest for rest in rest_days(EVERY_YEAR, canton) if rest.canton]
        assert len(local) == len(EVERY_YEAR)
        assert all(rest.day.weekday() < 5 for rest in local)


def test_a_day_of_decree_is_added_and_says_so():
    decreed = date(2026, 1, 2)
    rest = next(rest for rest in rest_days([2026], decreed=[decreed]) if rest.day == decreed)
    assert rest.name == "Rest day by decree"
    assert len(rest_days([2026], decreed=[decreed])) == 12


@pytest.mark.parametrize(("years", "canton"), [([2016], ""), ([2031], ""), ([2026], "Atlantis")])
def test_what_is_not_known_is_refused(years, canton):
    with pytest.raises(RestDaysUnknown):
        rest_days(years, canton)


def test_easter():
    known = {2017: (4, 16), 2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2030: (4, 21), 2038: (4, 25)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known
    assert all(easter(year).weekday() == 6 for year in range(1900, 2200))


def test_what_is_known_is_whole_years():
    assert (EVERY_YEAR[0], EVERY_YEAR[-1]) == (FIRST, LAST)
    assert (LAST_DAY + timedelta(1)).year == LAST_DAY.year + 1
