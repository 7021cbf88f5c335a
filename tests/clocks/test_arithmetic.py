"""The arithmetic of clocks: pure, exact to the second, checked by its own laws."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.clocks.arithmetic import add, between, length, union

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


moments = st.integers(-5_000, 5_000).map(at)
targets = st.integers(1, 5_000).map(lambda minutes: timedelta(minutes=minutes))
stretches = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))
waits = st.lists(stretches, max_size=6)


@given(start=moments, target=targets, waits=waits)
def test_what_is_added_is_what_lies_between(start, target, waits):
    due = add(start, target, waits)
    assert due is not None
    assert between(start, due, waits) == target


@given(start=moments, one=targets, two=targets, waits=waits)
def test_adding_twice_is_adding_the_sum(start, one, two, waits):
    halfway = add(start, one, waits)
    assert halfway is not None
    assert add(halfway, two, waits) == add(start, one + two, waits)


@given(start=moments, one=targets, two=targets, waits=waits)
def test_a_longer_target_is_never_due_earlier(start, one, two, waits):
    assert add(start, max(one, two), waits) >= add(start, min(one, two), waits)


@given(start=moments, target=targets)
def test_without_waits_it_is_plain_subtraction(start, target):
    assert add(start, target, []) == start + target
    assert between(start, start + target, []) == target


@given(waits=waits)
def test_overlapping_waits_count_once(waits):
    assert length([*waits, *waits]) == length(waits)
    assert all(a[1] < b[0] for a, b in zip(union(waits), union(waits)[1:], strict=False))


@pytest.mark.parametrize(
    ("waits", "due"),
    [
        ([], at(20)),
        ([(at(5), at(10))], at(25)),
        ([(at(5), at(10)), (at(8), at(12))], at(27)),
        ([(at(-10), at(5))], at(25)),
        ([(at(20), at(30))], at(20)),
        ([(at(19), at(30)), (at(31), at(40))], at(31)),
        ([(at(30), at(40))], at(20)),
        ([(at(5), None)], None),
        ([(at(25), None)], at(20)),
        ([(at(20), None)], at(20)),
    ],
)
def test_twenty_minutes_from_noon(waits, due):
    assert add(NOON, timedelta(minutes=20), waits) == due


def test_nothing_has_run_before_the_start():
    assert between(at(10), at(5), []) == timedelta()
