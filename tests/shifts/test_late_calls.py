"""P1, P2, E D: a call that nobody answers has no case to be escalated; the matrix calls the levels all the same."""

from datetime import timedelta

import pytest

from guardia.cases.stages import reception
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.intake.late_calls import is_something_open, watch_calls
from guardia.notices.notice import Notice
from tests.shifts.conftest import reachable

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ringing(night):
    """A call that nobody answers; its minute (P1) is over at ``since``."""
    night.caller_rings(night.head)
    night.since = night.now + MINUTE
    return night


def look(story, minutes: float) -> list[str]:
    """The sweep, then the watch as the worker has it, so many minutes after the promise was broken."""
    story.now = story.since + timedelta(minutes=minutes)
    story.the_sweep_runs()
    return sorted(page.staff.username for page in watch_calls(story.now)) if is_something_open() else []


def hold(story, *levels: int) -> None:
    for level in levels:
        reachable(story, level, {1: "supervisora", 2: "gerente", 3: "directora"}[level])


def test_P1_without_a_call_there_is_nothing_to_look_at(night):
    assert not is_something_open()


def test_P1_a_call_within_its_minute_pages_nobody(ringing):
    hold(ringing, 1)
    assert look(ringing, -0.5) == []
    assert not Alarm.objects.exists()


def test_P1_the_matrix_of_reception_calls_level_1_at_once_2_after_ten_3_after_twenty_five_minutes(ringing):
    hold(ringing, 1, 2, 3)
    assert look(ringing, 0.1) == ["supervisora"]
    assert look(ringing, 9.9) == []
    assert look(ringing, 10.1) == ["gerente"]
    assert look(ringing, 20.2) == ["gerente", "supervisora"]
    assert look(ringing, 25) == ["directora"]
    page = Notice.objects.order_by("pk")[0]
    assert (page.clause, page.moment, page.case, page.facts["kind"], page.facts["count"]) == (
        "P1",
        "alarm",
        None,
        "calls_overdue",
        1,
    )


def test_P1_a_watch_that_comes_late_calls_every_level_whose_hour_has_come(ringing):
    hold(ringing, 1, 2, 3)
    assert look(ringing, 11) == ["gerente", "supervisora"]
    assert Alarm.objects.get().level == 2


def test_P1_several_late_calls_are_one_alarm(ringing):
    hold(ringing, 1)
    ringing.caller_rings(ringing.stranger)
    look(ringing, 2)
    assert Notice.objects.get().facts["count"] == 2
    assert Alarm.objects.get().began_at == ringing.since


def test_P1_a_level_that_nobody_holds_is_skipped_at_once(ringing):
    hold(ringing, 3)
    assert look(ringing, 0.1) == ["directora"]


def test_P1_who_sees_to_it_has_half_an_hour(ringing):
    hold(ringing, 1, 2)
    look(ringing, 0.1)
    alarms.acknowledge(Alarm.objects.get(), ringing.supervisor, ringing.now)
    assert look(ringing, 30) == []
    assert look(ringing, 30.2) == ["gerente"]


def test_P1_it_ends_when_the_call_is_answered_and_those_paged_are_told_once(ringing):
    hold(ringing, 1)
    look(ringing, 0.1)
    ringing.engineer_answers()
    assert look(ringing, 0.5) == ["supervisora"]
    assert look(ringing, 0.6) == []
    assert Alarm.objects.get().ended_at is not None
    assert list(Notice.objects.order_by("pk").values_list("moment", flat=True)) == ["alarm", "alarm_ended"]


def test_P1_a_call_back_that_is_owed_too_long_pages_too(ringing):
    hold(ringing, 1)
    reception.abandon(ringing.call, at=ringing.now)
    assert look(ringing, 1) == []
    assert look(ringing, 5) == ["supervisora"]


def test_P2_a_caller_without_a_number_after_four_minutes_pages_level_1(ringing):
    hold(ringing, 1)
    ringing.engineer_answers()
    assert look(ringing, 2) == []
    assert look(ringing, 3.1) == ["supervisora"]
    ringing.case_is_registered()
    assert look(ringing, 3.2) == ["supervisora"]
    assert Notice.objects.filter(moment="alarm_ended").count() == 1


def test_P1_a_call_of_no_fault_pages_nobody(ringing):
    hold(ringing, 1)
    reception.settle(ringing.call, as_="not_a_fault", at=ringing.now)
    assert look(ringing, 5) == []
