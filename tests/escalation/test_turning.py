"""Whose turn it is, by the clock on the wall: exactly one person at every instant, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.escalation.rota import Rota, changes, first_turn, in_turn

SANTIAGO = "America/Santiago"
ZONES = [SANTIAGO, "America/Guayaquil", "Europe/Madrid", "Pacific/Apia", "Australia/Lord_Howe", "America/Havana"]


def rota(zone="America/Guayaquil", members=(1, 2, 3), starts_on=date(2026, 3, 30), turns_at=time(8), every_days=7):
    return Rota(
        level=1, members=list(members), starts_on=starts_on, turns_at=turns_at, zone=zone, every_days=every_days
    )


def holder(rota: Rota, at: datetime) -> int | None:
    return next(iter(in_turn(rota, at)), None)


def next_change(rota: Rota, at: datetime) -> datetime:
    return next(changes(rota, at, at + timedelta(days=2 * rota.every_days + 2)))


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_before_the_first_turn_nobody_holds_it():
    weekly = rota()
    assert holder(weekly, local("2026-03-30 07:59:59", weekly.zone)) is None
    assert in_turn(weekly, local("2026-03-30 07:59:59", weekly.zone)) == []
    assert holder(weekly, local("2026-03-30 08:00", weekly.zone)) == 1
    assert first_turn(weekly) == local("2026-03-30 08:00", weekly.zone)
    assert next(
        changes(weekly, local("2026-01-01 08:00", weekly.zone), local("2027-01-01 08:00", weekly.zone))
    ) == first_turn(weekly)


def test_members_take_turns_and_begin_again():
    weekly = rota()
    held = [holder(weekly, local(f"2026-{day} 08:00", weekly.zone)) for day in ("04-06", "04-13", "04-20", "04-27")]
    assert held == [2, 3, 1, 2]
    assert in_turn(weekly, local("2026-04-08 03:00", weekly.zone)) == [2, 3, 1]


@pytest.mark.parametrize(
    ("change", "hours"),
    [("2026-04-04", 7 * 24 + 1), ("2026-09-05", 7 * 24 - 1)],  # in Chile the clocks go back, and forward
)
def test_a_turn_changes_by_the_wall_where_the_clocks_change(change, hours):
    weekly = rota(SANTIAGO, starts_on=date.fromisoformat(change) - timedelta(days=5))
    begins = first_turn(weekly)
    over = next_change(weekly, begins)
    assert over - begins == timedelta(hours=hours)
    assert [at.astimezone(ZoneInfo(SANTIAGO)).time() for at in (begins, over)] == [time(8), time(8)]
    assert [holder(weekly, over - timedelta(seconds=1)), holder(weekly, over)] == [1, 2]


def test_an_hour_that_is_skipped_or_repeated_changes_the_turn_once():
    nightly = rota(SANTIAGO, members=(1, 2), starts_on=date(2026, 9, 5), turns_at=time(0, 30), every_days=1)
    start = local("2026-09-05 00:30", SANTIAGO)
    edges = [start, *changes(nightly, start, start + timedelta(days=4))]
    assert [holder(nightly, at) for at in edges] == [1, 2, 1, 2, 1]
    assert [holder(nightly, at - timedelta(seconds=1)) for at in edges[1:]] == [1, 2, 1, 2]


def test_one_member_alone_holds_every_turn():
    alone = rota(members=(7,))
    at = local("2026-05-01 00:00", alone.zone)
    assert [in_turn(alone, at), in_turn(alone, next_change(alone, at))] == [[7], [7]]


def test_a_time_without_a_zone_is_no_instant():
    with pytest.raises(ValueError, match="no time zone"):
        holder(rota(), datetime(2026, 4, 1))  # noqa: DTZ001


rotas = st.builds(
    rota,
    zone=st.sampled_from(ZONES),
    members=st.lists(st.integers(1, 50), min_size=1, max_size=6, unique=True),
    starts_on=st.dates(date(2012, 1, 1), date(2035, 1, 1)),
    turns_at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    every_days=st.integers(1, 366),
)


@given(rotas, st.timedeltas(timedelta(), timedelta(days=3000)))
def test_one_person_holds_it_at_any_instant_after_the_start(weekly, after):
    at = first_turn(weekly) + after
    assert holder(weekly, at) in weekly.members
    assert sorted(in_turn(weekly, at)) == sorted(weekly.members)
    change = next_change(weekly, at)
    assert change > at
    assert holder(weekly, change - timedelta(microseconds=1)) == holder(weekly, at)


@given(rotas)
def test_turns_follow_each_other_in_the_members_order(weekly):
    start = first_turn(weekly)
    edges = [start, *changes(weekly, start, start + timedelta(days=4 * weekly.every_days, hours=12))]
    assert all(early < late for early, late in pairwise(edges))
    assert [holder(weekly, at) for at in edges] == [weekly.members[n % len(weekly.members)] for n in range(len(edges))]
