"""A1: the technical desk is attended 24 hours, 365 days. Nobody on shift is an alarm, and it never goes silent."""

from datetime import timedelta

import pytest

from guardia.cases.alarms import watch_shifts
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Delivery, Notice
from guardia.notices.page import render
from guardia.people import shifts
from guardia.people.staff import Staff
from tests.notices.sender import link
from tests.shifts.conftest import SIX, reachable

DESK = shifts.TECHNICAL
MINUTE = timedelta(minutes=1)


class Deserted:
    """The night shift has gone at 02:30 and nobody has come. ``looks`` are the worker's, by minutes since."""

    def __init__(self, night) -> None:
        self.story = night
        self.since = night.now + 30 * MINUTE
        shifts.enter(night.engineer, DESK, night.now)
        shifts.leave(night.engineer, self.since)

    def looks(self, minutes: float) -> list[str]:
        return sorted(page.staff.username for page in watch_shifts(self.since + timedelta(minutes=minutes)))


@pytest.fixture
def deserted(night) -> Deserted:
    return Deserted(night)


def test_where_nobody_ever_entered_a_shift_nobody_is_alarmed(night):
    reachable(night)
    assert watch_shifts(night.now) == []
    assert not Alarm.objects.exists()


def test_while_somebody_is_there_nothing_happens(night):
    reachable(night)
    shifts.enter(night.engineer, DESK, night.now)
    assert watch_shifts(night.now + MINUTE) == []
    assert not Alarm.objects.exists()


def test_nobody_on_shift_pages_level_1_at_once_and_once(deserted):
    reachable(deserted.story)
    assert deserted.looks(0.1) == ["supervisora"]
    assert deserted.looks(0.3) == []
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.level, alarm.began_at) == ("nobody_on_shift", 1, deserted.since)
    page = Notice.objects.get()
    assert (page.clause, page.moment, page.case, page.state) == ("A1", "alarm", None, "owed")
    assert page.facts == {
        "kind": "nobody_on_shift",
        "desk": "technical",
        "since": deserted.since.isoformat(),
        "round": 1,
        "level": 1,
    }


def test_unanswered_it_goes_up_a_level_every_ten_minutes_and_then_round_again(deserted):
    for level, name in ((1, "supervisora"), (2, "gerente"), (3, "directora")):
        reachable(deserted.story, level, name)
    assert deserted.looks(0) == ["supervisora"]
    assert deserted.looks(9.9) == []
    assert deserted.looks(10) == ["gerente"]
    assert deserted.looks(20) == ["directora"]
    assert deserted.looks(30) == ["directora", "gerente", "supervisora"]
    assert deserted.looks(40) == ["directora", "gerente", "supervisora"]


def test_a_level_that_nobody_can_be_reached_at_is_skipped_at_once(deserted):
    mute = reachable(deserted.story)
    Staff.objects.filter(pk=mute.pk).update(email="")
    reachable(deserted.story, 2, "gerente")
    assert deserted.looks(0) == ["gerente"]


def test_with_nobody_to_page_it_asks_again_until_there_is_somebody(deserted):
    assert deserted.looks(0) == []
    assert Alarm.objects.get().paged_at is None
    reachable(deserted.story)
    assert deserted.looks(0.2) == ["supervisora"]


def test_who_sees_to_it_has_half_an_hour(deserted):
    holder = reachable(deserted.story)
    reachable(deserted.story, 2, "gerente")
    deserted.looks(0)
    alarm = alarms.acknowledge(Alarm.objects.get(), holder, deserted.since + 5 * MINUTE)
    assert deserted.looks(34.9) == []
    again = alarms.acknowledge(alarm, deserted.story.engineer, deserted.since + 6 * MINUTE)
    assert again.acknowledged_by == holder
    assert deserted.looks(35) == ["gerente"]


def test_it_ends_by_itself_when_somebody_takes_the_shift_and_those_paged_are_told_once(deserted):
    reachable(deserted.story)
    reachable(deserted.story, 2, "gerente")
    deserted.looks(0)
    deserted.looks(10)
    taken_at = deserted.since + 12 * MINUTE
    shifts.enter(deserted.story.colleague, DESK, taken_at)
    assert deserted.looks(12.1) == ["gerente", "supervisora"]
    told = Notice.objects.filter(moment="alarm_ended")
    assert {notice.facts["by"] for notice in told} == {"ingeniero2"}
    assert {notice.facts["ended_at"] for notice in told} == {taken_at.isoformat()}
    assert Alarm.objects.get().ended_at == taken_at
    assert deserted.looks(12.3) == []


def test_an_alarm_that_paged_nobody_ends_without_a_word(deserted):
    deserted.looks(0)
    shifts.enter(deserted.story.colleague, DESK, deserted.since + MINUTE)
    assert deserted.looks(1.1) == []
    assert not Notice.objects.exists()
    assert Alarm.objects.get().ended_at is not None


def test_the_next_time_is_a_new_alarm(deserted):
    reachable(deserted.story)
    deserted.looks(0)
    shifts.enter(deserted.story.colleague, DESK, deserted.since + MINUTE)
    deserted.looks(1.1)
    shifts.leave(deserted.story.colleague, deserted.since + 2 * MINUTE)
    assert deserted.looks(2.1) == ["supervisora"]
    assert Alarm.objects.count() == 2


def test_a_take_over_that_is_a_little_late_pages_nobody(night):
    reachable(night)
    shifts.enter(night.engineer, DESK, night.now)
    shifts.leave(night.engineer, SIX - 5 * MINUTE)
    assert watch_shifts(SIX + 14 * MINUTE) == []
    assert not Alarm.objects.exists()
    pages = watch_shifts(SIX + 15 * MINUTE)
    assert [page.staff.username for page in pages] == ["supervisora"]
    assert Alarm.objects.get().began_at == SIX - 5 * MINUTE


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_those_who_were_paged_read_who_came_and_are_asked_nothing_more(deserted, language):
    holder = reachable(deserted.story)
    Staff.objects.filter(pk=holder.pk).update(language=language)
    deserted.looks(0)
    shifts.enter(deserted.story.colleague, DESK, deserted.since + 12 * MINUTE)
    deserted.looks(12.1)
    asked, told = Notice.objects.order_by("pk")
    assert "/responder/" in text_of(asked)
    over = text_of(told)
    assert "ingeniero2" in over
    assert "02:42" in over
    assert "/responder/" not in over


def text_of(notice: Notice) -> str:
    return render(Delivery(address="a@example.com", message_id="<a@example.com>"), [notice], notice.owed_at, link).text
