"""A3 D: a rest day announced a week ahead moves the running office-hours clocks, with an event on each case."""

from datetime import UTC, date, datetime

import pytest

from guardia.cases import calendar_change, rebuild
from guardia.cases.refusals import AlreadyWithdrawn, DayIsOver
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.notices.notice import Notice
from tests.procedure.nights import objection

WEDNESDAY = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # 10:00 in Ecuador
DECREED = date(2026, 12, 2)
"""Five days of nine office hours after the objection: the promise would be due at ten on this very day."""
A_DAY_LATER = date(2026, 12, 3)


@pytest.fixture
def story(story):
    """An objection is ruled on within five office days (P7 D); every other promise of the case runs day and night."""
    story.now = WEDNESDAY
    story.open_case()
    objection(story)
    return story


@pytest.fixture
def due(story) -> datetime:
    return story.clock("ruling").due_at


def announced(story, day=DECREED, kind=ChangeKind.REST, reason="Decreto 123") -> CalendarChange:
    return calendar_change.announce(kind, day=day, by=story.supervisor, at=story.now, reason=reason)


def followed(story) -> int:
    """The worker goes on until every running clock has been looked at."""
    looked = 0
    while found := calendar_change.follow(story.now):
        looked += found
    assert calendar_change.left_to_follow(story.now) == 0
    return looked


def test_A3_a_decree_day_moves_the_running_office_clock_by_one_day(story, due):
    announced(story)
    assert followed(story) == 1
    assert (story.clock("ruling").due_at - due).days == 1
    assert story.clock("ruling").due_at.date() == A_DAY_LATER


def test_A3_nothing_else_of_the_case_moves(story):
    before = {clock.kind: clock.due_at for clock in story.case.clocks.exclude(kind="ruling")}
    announced(story)
    followed(story)
    assert {clock.kind: clock.due_at for clock in story.case.clocks.exclude(kind="ruling")} == before


def test_A3_the_case_says_what_moved_from_when_to_when_and_why(story, due):
    change = announced(story)
    followed(story)
    event = story.case.events.get(moment="calendar_changed")
    assert event.public
    assert event.data["day"] == "2026-12-02"
    assert event.data["edition"] == change.pk
    assert event.data["moved"] == [
        {"clock": "ruling", "was": due.isoformat(), "due_at": story.clock("ruling").due_at.isoformat()}
    ]
    assert event.texts.get(name="reason").text == "Decreto 123"


def test_A3_the_customer_is_told(story):
    announced(story)
    followed(story)
    told = Notice.objects.filter(moment="calendar_changed", state="owed").values_list("contact", flat=True)
    assert set(told) == {story.head.pk, story.desk.pk}


def test_A3_before_it_is_announced_one_sees_what_it_would_move_and_nothing_is_written(story, due):
    moved, how_many = calendar_change.would_move(ChangeKind.REST, now=story.now, day=DECREED)
    assert [(each.case.number, each.kind, each.was_due_at) for each in moved] == [(story.number, "ruling", due)]
    assert how_many == 1
    assert "calendar_changed" not in story.moments()
    assert story.clock("ruling").due_at == due


def test_A3_announced_twice_it_is_one_day(story):
    first = announced(story)
    followed(story)
    assert announced(story).pk == first.pk
    assert followed(story) == 0
    assert story.moments().count("calendar_changed") == 1


def test_A3_withdrawn_the_clock_goes_back_with_an_event_of_its_own(story, due):
    change = announced(story)
    followed(story)
    calendar_change.withdraw(change, by=story.supervisor, at=story.now, reason="derogado")
    followed(story)
    assert story.clock("ruling").due_at == due
    assert story.moments().count("calendar_changed") == 2
    with pytest.raises(AlreadyWithdrawn):
        calendar_change.withdraw(change, by=story.supervisor, at=story.now)


def test_A3_a_day_that_no_running_clock_counts_moves_nothing_and_says_nothing(story, due):
    announced(story, day=date(2027, 3, 3))
    followed(story)
    assert story.clock("ruling").due_at == due
    assert "calendar_changed" not in story.moments()


def test_A3_a_saturday_that_is_made_up_for_brings_the_hour_forward(story, due):
    announced(story, day=date(2026, 11, 28), kind=ChangeKind.WORK, reason="se recupera el feriado")
    followed(story)
    assert story.clock("ruling").due_at < due


def test_A3_a_day_that_is_over_is_refused(story):
    with pytest.raises(DayIsOver):
        announced(story, day=date(2026, 11, 24))
    assert not CalendarChange.objects.exists()


def test_A3_a_clock_that_begins_after_the_announcement_counts_by_it_and_needs_no_event(make_story):
    story = make_story()
    story.now = WEDNESDAY
    announced(story)
    story.open_case()
    objection(story)
    assert story.clock("ruling").due_at.date() == A_DAY_LATER
    followed(story)
    assert "calendar_changed" not in story.moments()


def test_design_4_4_rebuilt_after_a_decree_every_clock_is_the_same(story):
    announced(story)
    assert list(rebuild.rebuild()) == []  # announced, and this case has not followed yet
    followed(story)
    assert list(rebuild.rebuild()) == []
