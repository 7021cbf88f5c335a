"""The queue of cases: examples worked out by hand, and random ones against a slow loop over the minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.shadow.engineers import AtWork, NoSuchHours, Task, at_work, staffing_of, taken_up

BEGIN = datetime(2026, 11, 21, 7, tzinfo=UTC)  # Saturday 02:00 in Ecuador
ECUADOR = ZoneInfo("America/Guayaquil")


def at(minute):
    return BEGIN + timedelta(minutes=minute)


def task(pk, opened, work, severity=0):
    return Task(pk, at(opened), timedelta(minutes=work), severity)


def minutes(found):
    return {pk: hour and round((hour - BEGIN).total_seconds() / 60) for pk, hour in found.items()}


# --- by hand ----------------------------------------------------------------------------------------------------------
THREE = [task(1, 0, 15), task(2, 5, 10), task(3, 6, 10)]


def test_one_engineer_takes_them_one_after_the_other():
    assert minutes(taken_up(THREE, AtWork([(at(0), 1)]))) == {1: 0, 2: 15, 3: 25}


def test_two_engineers_take_the_third_when_the_first_is_free():
    assert minutes(taken_up(THREE, AtWork([(at(0), 2)]))) == {1: 0, 2: 5, 3: 15}


def test_the_graver_case_goes_first():
    graver = [task(1, 0, 15, 2), task(2, 5, 10, 2), task(3, 6, 10, 1)]
    assert minutes(taken_up(graver, AtWork([(at(0), 1)]))) == {1: 0, 3: 15, 2: 25}


def test_whoever_goes_finishes_the_case_and_takes_no_other():
    """Until 10 there are two, then one: the case begun at 5 goes on until 15, the one begun at 0 too."""
    assert minutes(taken_up(THREE, AtWork([(at(0), 2), (at(10), 1), (at(14), 0), (at(60), 1)]))) == {1: 0, 2: 5, 3: 60}


def test_nobody_ever_comes():
    assert taken_up(THREE, AtWork([])) == {1: None, 2: None, 3: None}


# --- a second implementation ------------------------------------------------------------------------------------------
def minute_by_minute(tasks, numbers):
    """Every minute: who has finished goes, who is free takes the gravest that waits longest."""
    found, busy = {each.id: None for each in tasks}, []
    for minute in range(2000):
        busy = [left - 1 for left in busy if left > 1]
        number = next((n for begun, n in reversed(numbers) if begun <= minute), 0)
        while len(busy) < number:
            waiting = [t for t in tasks if found[t.id] is None and t.opened_at <= at(minute)]
            if not waiting:
                break
            first = min(waiting, key=lambda t: (t.severity, t.opened_at, t.id))
            found[first.id] = at(minute)
            busy.append(first.work // timedelta(minutes=1))
    return found


TASKS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40), st.integers(0, 2)), max_size=12)
NUMBERS = st.dictionaries(st.integers(0, 150), st.integers(0, 4), max_size=6)


@given(TASKS, NUMBERS)
def test_it_is_what_a_loop_over_minutes_finds(tasks, numbers):
    made = [task(pk, *each) for pk, each in enumerate(tasks)]
    changes = sorted(numbers.items())
    assert taken_up(made, AtWork([(at(minute), n) for minute, n in changes])) == minute_by_minute(made, changes)


@given(TASKS, NUMBERS)
def test_one_more_engineer_never_makes_the_first_one_wait_longer(tasks, numbers):
    made = [task(pk, *each) for pk, each in enumerate(tasks)]
    same = sorted((at(minute), n) for minute, n in numbers.items())
    first = min(made, key=lambda each: (each.opened_at, each.severity, each.id), default=None)
    was, now = taken_up(made, AtWork(same)), taken_up(made, AtWork([(hour, n + 1) for hour, n in same]))
    if first and was[first.id]:
        assert now[first.id] <= was[first.id]


# --- who is at work ---------------------------------------------------------------------------------------------------
def numbers(acts, *rules):
    found = at_work(acts, [staffing_of(rule) for rule in rules], ECUADOR, at(0), at(600))
    return lambda minute: found.at(at(minute))


def test_whoever_does_nothing_for_more_than_four_hours_has_gone():
    number = numbers({"Ana": [at(0), at(200), at(500), at(520)], "Luis": [at(190), at(210)]})
    assert [number(minute) for minute in (0, 100, 195, 205, 300, 510, 530)] == [1, 1, 2, 1, 0, 1, 0]


def test_what_the_operator_says_goes_before_what_the_file_says():
    number = numbers({"Ana": [at(0), at(200)]}, "22:00-03:00=3")
    assert [number(minute) for minute in (0, 59, 60, 100)] == [3, 3, 1, 1]  # until 03:00


def test_one_more_is_added_to_either():
    number = numbers({"Ana": [at(0), at(200)]}, "night=+1", "22:00-03:00=3")
    assert [number(minute) for minute in (0, 60, 230, 240)] == [4, 2, 1, 0]  # the night ends at 06:00


def test_one_fewer_is_never_less_than_nobody():
    assert numbers({}, "always=-1")(0) == 0


@pytest.mark.parametrize(
    ("rule", "on_saturday", "on_sunday"),
    [
        ("sat=2", None, None),
        ("sat 00:00-24:00=2", 2, 0),
        ("sun always=2", 0, 2),
        ("fri 22-06=2", 2, 0),
        ("fri-mon always=2", 2, 2),
    ],
)
def test_days_and_hours(rule, on_saturday, on_sunday):
    """02:00 on Saturday belongs to the night that began on Friday."""
    if on_saturday is None:
        with pytest.raises(NoSuchHours, match=r"night=\+1"):
            staffing_of(rule)
        return
    found = at_work({}, [staffing_of(rule)], ECUADOR, at(0), at(2 * 24 * 60))
    assert (found.at(at(0)), found.at(at(24 * 60))) == (on_saturday, on_sunday)


@pytest.mark.parametrize(
    "words", ["", "night", "night=", "25:00-03:00=1", "10:00-10:00=1", "lun 10-12=1", "10:60-12:00=+1"]
)
def test_what_cannot_be_read_is_refused_with_an_example(words):
    with pytest.raises(NoSuchHours, match=r"22:00-06:00=2"):
        staffing_of(words)
