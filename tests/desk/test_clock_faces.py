"""How a time is written, and which of the five states it is in."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.web.desk.clock import ClockFace, State, promised, stood, written

AT = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (390, "06:30"),
        (48, "00:48"),
        (0, "00:00"),
        (-0.5, "−00:00"),
        (-134, "−02:14"),
        (3599.9, "59:59"),
        (3600, "1 h 00"),
        (6720, "1 h 52"),
        (-3900, "−1 h 05"),
        (3 * 86400, "3 d 00 h"),
        (3 * 86400 - 1, "71 h 59"),
    ],
)
def test_time_left_is_written_as_it_is_said(left, shown):
    assert written(seconds(left)) == shown.replace(" ", "\u00a0")


def test_within_a_sentence_the_first_zero_is_left_out():
    assert written(seconds(466), loose=True) == "7:46"


def test_waits_are_written_in_minutes():
    assert [stood(seconds(s)) for s in (-1, 59, 41 * 60, 3840)] == ["0\xa0min", "0\xa0min", "41\xa0min", "1\xa0h\xa004"]


def test_targets_are_written_as_they_are_compared():
    assert [promised(seconds(s)) for s in (1200, 3 * 3600, 5400)] == ["20:00", "3\xa0h", "1\xa0h\xa030"]


def face(left: float, **more) -> ClockFace:
    """A promise of twenty minutes with this many seconds left."""
    due = AT + seconds(left)
    start = due - timedelta(minutes=20)
    warn, urgent = start + timedelta(minutes=10), start + timedelta(minutes=16)
    return ClockFace(at=AT, due_at=due, started_at=start, warn_at=warn, urgent_at=urgent, **more)


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (601, State.ON_TIME),
        (600, State.SOON),
        (241, State.SOON),
        (240, State.URGENT),
        (0, State.URGENT),
        (-1, State.LATE),
    ],
)
def test_the_state_changes_at_each_warning_point(left, state):
    assert face(left).state is state


def test_a_clock_that_stands_still_says_for_how_long_and_since_when():
    waiting = ClockFace(at=AT, due_at=None, waiting_since=AT - timedelta(minutes=41))
    assert (waiting.state, waiting.number, waiting.due_words) == (State.WAITING, "41\xa0min", "since 02:34")


def test_the_hour_stands_beside_the_number_in_the_operators_zone():
    assert face(360).due_words == "due 03:21"
    assert face(-60).due_words == "since 03:14"
    assert face(3 * 86400).due_words == "due Tue 24 03:15"
