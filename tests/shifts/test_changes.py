"""When the shifts change (06, 14, 22 h of the operator's zone), who is there, and how late is no alarm yet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from guardia.people import shifts
from guardia.people.setting_change import SettingChange
from guardia.people.shifts import Shift
from tests.shifts.conftest import SIX

QUITO = ZoneInfo("America/Guayaquil")
HOURS = ["06:00", "14:00", "22:00"]
MINUTE = timedelta(minutes=1)
DESK = shifts.TECHNICAL


def test_the_last_change_and_the_next_are_in_the_operators_zone():
    assert shifts.last_change(HOURS, QUITO, SIX - MINUTE) == SIX - timedelta(hours=8)
    assert shifts.last_change(HOURS, QUITO, SIX) == SIX
    assert shifts.next_change(HOURS, QUITO, SIX) == SIX + timedelta(hours=8)


def test_one_change_a_day_is_enough_for_a_plan():
    assert shifts.last_change(["08:00"], QUITO, SIX) == SIX - timedelta(hours=22)
    assert shifts.next_change(["08:00"], QUITO, SIX) == SIX + timedelta(hours=2)


def test_an_hour_that_the_wall_skips_counts_as_if_the_clocks_had_not_changed_yet():
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert shifts.next_change(["02:30"], berlin, night) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_the_wall_repeats_counts_once():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert shifts.next_change(["02:30"], berlin, first - MINUTE) == first
    assert shifts.next_change(["02:30"], berlin, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "belongs_to"), [(-61, -480), (-60, 0), (0, 0), (120, 0)])
def test_a_signature_in_the_last_hour_belongs_to_the_coming_change(minutes, belongs_to):
    signed = shifts.change_of(HOURS, QUITO, SIX + minutes * MINUTE)
    assert signed == SIX + belongs_to * MINUTE


@pytest.mark.parametrize(
    ("left", "at", "until"),
    [
        (-15, 0, 15),  # the shift before has gone a little early
        (-16, 0, None),  # too early: nobody was to come yet
        (0, 14, 15),
        (0, 15, None),
        (10, 14, 15),
        (20, 21, None),
    ],
)
def test_a_take_over_may_be_a_quarter_of_an_hour_late(left, at, until):
    awaited = shifts.awaited_until(HOURS, QUITO, SIX + left * MINUTE, SIX + at * MINUTE)
    assert awaited == (SIX + until * MINUTE if until else None)


# --- the plan is edited, and on record ---


def test_a_new_plan_holds_from_then_on_and_is_on_record(night):
    assert shifts.hours_of(DESK) == HOURS
    assert shifts.plan(DESK, ["19", "7:00", "07:00"], by=night.supervisor, at=night.now) == ["07:00", "19:00"]
    assert shifts.hours_of(DESK) == ["07:00", "19:00"]
    change = SettingChange.objects.get(noun="shift_plan")
    assert (change.before, change.after) == ({"hours": HOURS}, {"hours": ["07:00", "19:00"]})
    assert (change.by, change.at) == (night.supervisor, night.now)


def test_the_same_plan_again_is_no_change(night):
    shifts.plan(DESK, HOURS, by=night.supervisor, at=night.now)
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ([], "Write one to eight times"),
        (["25:00"], "“25:00” is no hour"),
        (["06:00", "١٤:00"], "is no hour"),
        (["06:00", "07:30"], "06:00 and 07:30 are too close"),
        (["23:30", "01:00"], "23:30 and 01:00 are too close"),
        ([f"{hour}:00" for hour in range(0, 24, 2)], "Write one to eight times"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_changes(night, hours, says):
    with pytest.raises(ValidationError, match=says):
        shifts.plan(DESK, hours, by=night.supervisor, at=night.now)
    assert shifts.hours_of(DESK) == HOURS


# --- who is there ---


def test_entering_twice_is_one_shift_and_leaving_ends_it(night):
    first = shifts.enter(night.engineer, DESK, night.now)
    again = shifts.enter(night.engineer, DESK, night.now + MINUTE)
    assert again == first
    assert [shift.staff for shift in shifts.on_shift(DESK, night.now)] == [night.engineer]
    shifts.leave(night.engineer, night.now + 2 * MINUTE)
    assert shifts.on_shift(DESK, night.now + 2 * MINUTE) == []
    assert shifts.leave(night.engineer, night.now + 3 * MINUTE) is None
    assert Shift.objects.count() == 1


def test_who_goes_to_another_desk_leaves_the_first(night):
    shifts.enter(night.engineer, DESK, night.now)
    shifts.enter(night.engineer, "sales", night.now + MINUTE)
    assert shifts.on_shift(DESK, night.now + MINUTE) == []


def test_who_has_left_the_house_is_at_no_desk(night):
    shifts.enter(night.engineer, DESK, night.now)
    night.engineer.is_active = False
    night.engineer.save(update_fields=["is_active"])
    assert shifts.on_shift(DESK, night.now) == []


def test_only_the_last_one_is_the_last(night):
    shifts.enter(night.engineer, DESK, night.now)
    assert shifts.is_the_last(night.engineer, night.now)
    shifts.enter(night.colleague, DESK, night.now)
    assert not shifts.is_the_last(night.engineer, night.now)
    assert not shifts.is_the_last(night.supervisor, night.now)
