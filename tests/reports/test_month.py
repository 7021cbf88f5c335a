"""Months are the operator's calendar, not UTC's."""

from datetime import UTC, datetime

import pytest

from guardia.reports.month import Month


def test_a_month_begins_at_midnight_in_ecuador():
    month = Month(2026, 11)
    assert month.start == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert month.end == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert Month(2026, 12).end == Month(2027, 1).start == datetime(2027, 1, 1, 5, tzinfo=UTC)


def test_the_last_evening_of_a_month_is_still_in_it():
    assert Month.of(datetime(2026, 12, 1, 4, 59, tzinfo=UTC)) == Month(2026, 11)
    assert Month.of(datetime(2026, 12, 1, 5, 0, tzinfo=UTC)) == Month(2026, 12)


def test_the_zone_is_the_operators(settings):
    settings.TIME_ZONE = "Pacific/Galapagos"
    assert Month(2026, 11).start == datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(("by", "gives"), [(1, (2027, 1)), (-1, (2026, 11)), (-12, (2025, 12)), (13, (2028, 1))])
def test_months_go_on_over_the_year(by, gives):
    assert Month(2026, 12).moved(by) == Month(*gives)


def test_a_month_is_written_and_read():
    assert str(Month(2026, 3)) == "2026-03"
    assert Month.parse("2026-03") == Month.parse("2026-3") == Month(2026, 3)


@pytest.mark.parametrize(
    "written", ["", "2026", "2026-13", "2026-00", "03-2026", "2026-03-01", "1999-01", "٢٠٢٦-٠١", "x"]
)
def test_what_is_no_month_is_refused(written):
    with pytest.raises(ValueError, match=r"month|away"):
        Month.parse(written)
