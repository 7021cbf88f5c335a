"""Every sum of the report is the sum of its rows, whatever the hours (P7)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from guardia.cases.closing_figures import availability, counted, outages_of
from guardia.clocks.intervals import length, union, without
from guardia.web.report.shape import Hours

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
UTC_WORDS = Hours(ZoneInfo("UTC"), "UTC")
UNTIL = BEGIN + timedelta(days=3)
HOURS = st.integers(0, 3 * 864_000).map(lambda tenths: BEGIN + timedelta(seconds=tenths / 10))
SPANS = st.lists(st.tuples(HOURS, st.none() | HOURS), max_size=6)
HOLES = st.lists(st.tuples(HOURS, HOURS), max_size=4)


@given(st.datetimes(BEGIN.replace(tzinfo=None), BEGIN.replace(tzinfo=None) + timedelta(days=3)), st.integers(1, 10**10))
def test_the_hours_of_a_stretch_lie_as_far_apart_as_its_length_says(start, micros):
    """``06:00:00 – 06:42:59`` for 42 min 59 s, whatever fractions of a second both hours have."""
    seconds = round(micros / 10**6)
    first, last = (
        written.split("\u00a0")[-1] for written in UTC_WORDS.lasting(start.replace(tzinfo=UTC), seconds).split(" – ")
    )
    begins, ends = (datetime.fromisoformat(f"2026-11-01T{hour}Z") for hour in (first, last))
    assert (ends - begins).total_seconds() % 86_400 == seconds % 86_400


def stored(spans, holes) -> int:
    """As the closing stores it."""
    left = [part for span in union((a, b or UNTIL) for a, b in spans) for part in without(span, union(holes))]
    return round(length(left).total_seconds())


@given(SPANS, HOLES)
def test_the_rows_add_up_to_what_the_closing_stored(spans, holes):
    rows = outages_of(spans, holes, UNTIL)
    assert sum(row.counted for row in rows) == stored(spans, holes)
    assert all(row.lasted == row.counted + row.excluded for row in rows)
    assert all(abs(row.lasted - (row.end - row.start).total_seconds()) <= 2 for row in rows)
    assert all(row.counted >= 0 and row.excluded >= 0 for row in rows)


@given(SPANS, HOLES)
def test_rows_neither_overlap_nor_touch(spans, holes):
    rows = outages_of(spans, holes, UNTIL)
    assert all(one.end < other.start for one, other in pairwise(rows))


@given(SPANS, HOLES)
def test_up_and_down_are_the_whole_month(spans, holes):
    month = availability(counted(spans, holes, UNTIL), BEGIN, UNTIL)
    assert month.up + month.down == month.whole == 3 * 86400
    assert Decimal(0) <= month.percent <= 100
    assert month.down == stored(spans, holes)
    assert (month.percent == 100) == (month.down == 0)


def test_two_cases_at_once_count_once():
    hour = timedelta(hours=1)
    spans = [(BEGIN, BEGIN + 2 * hour), (BEGIN + hour, BEGIN + 3 * hour)]
    assert availability(spans, BEGIN, UNTIL).down == 3 * 3600


def test_a_month_that_has_just_begun_is_no_division_by_nothing():
    assert availability([], BEGIN, BEGIN).percent == 100


def test_only_what_lies_within_the_month_counts():
    hour = timedelta(hours=1)
    assert availability([(BEGIN - hour, BEGIN + hour)], BEGIN, UNTIL).down == 3600
