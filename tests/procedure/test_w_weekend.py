"""W1, P7 D: a wait from Friday to Monday; a promise that runs day and night stands still for all of it."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases import rebuild
from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.nights import Night, breaches, objection

FRIDAY_EVENING = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)  # 17:00 in Ecuador
MONDAY_MORNING = datetime(2026, 11, 30, 13, 30, tzinfo=UTC)  # 08:30
ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "la agencia está cerrada hasta el lunes", "llamada 17:02")


@pytest.fixture
def night(story) -> Night:
    """Five minutes of the diagnosis have run when the customer asks to wait until Monday."""
    story.now = FRIDAY_EVENING
    night = Night(story)
    story.open_case()
    story.minutes_pass(5)
    story.case.wait(ACCESS, by=story.by, at=story.now)
    return night


def go_on(story):
    return story.case.go_on(story.case.waits.get(ended_at=None), by=story.by, at=story.now)


def until_monday(night: Night, with_news: bool = True) -> None:
    """The weekend, half hour by half hour; the news never waits (W1), so somebody gives it."""
    story = night.story
    while story.now < MONDAY_MORNING:
        night.sweep_after(min(29, (MONDAY_MORNING - story.now).total_seconds() / 60))
        if with_news:
            story.case.tell("esperamos el acceso del lunes", by=story.by, at=story.now)


def test_W1_the_diagnosis_goes_on_on_monday_with_its_fifteen_minutes(night, story):
    until_monday(night)
    assert story.clock("diagnosis").due_at is None
    go_on(story)
    assert story.clock("diagnosis").due_at == MONDAY_MORNING + timedelta(minutes=15)
    assert list(rebuild.rebuild()) == []


def test_W1_nobody_is_paged_over_the_weekend_for_what_the_customer_asked(night, story):
    until_monday(night)
    assert not breaches(story.case)
    assert night.paged() == []
    assert night.running is None


def test_W1_the_wait_is_told_when_it_begins_and_when_it_ends(night, story):
    until_monday(night)
    go_on(story)
    moments = [moment for moment in story.moments() if moment.startswith("wait")]
    assert moments == ["wait_started", "wait_ended"]
    began, ended = night.events("wait_started", "wait_ended")
    assert ended[2] - began[2] == MONDAY_MORNING - began[2]


def test_P_without_a_word_all_weekend_the_news_is_late_and_it_escalates(night, story):
    """W1 stops the diagnosis, not the news: a customer who hears nothing may escalate, and so do we."""
    began = story.now
    until_monday(night, with_news=False)
    assert list(breaches(story.case)) == [("next_news", 2, began + timedelta(minutes=30))]
    assert "supervisor-a" in night.paged()


def test_P3_late_on_monday_it_escalates_by_day(night, story):
    until_monday(night)
    go_on(story)
    night.sweep_after(15.1)
    assert breaches(story.case) == {("diagnosis", 1, MONDAY_MORNING + timedelta(minutes=15)): 1}
    assert night.paged() == ["supervisor-a", "supervisora-b"]
    assert night.call() is None  # E5's hours ended at eight


def test_P7_an_objection_of_friday_evening_counts_no_hour_of_the_weekend(story):
    story.now = FRIDAY_EVENING
    story.open_case()
    objection(story)
    left_on_friday = FRIDAY_EVENING + timedelta(minutes=30) - story.now  # until 17:30
    monday_to_thursday = 4 * timedelta(hours=9)
    assert story.clock("ruling").due_at == datetime(2026, 12, 4, 13, 30, tzinfo=UTC) + (
        5 * timedelta(hours=9) - left_on_friday - monday_to_thursday
    )


@pytest.fixture
def late(story) -> Night:
    """The diagnosis has just become late, and level 1 is paged, when the customer asks to wait until Monday."""
    story.now = FRIDAY_EVENING
    night = Night(story)
    story.open_case()
    story.minutes_pass(10)
    story.case.tell("seguimos probando", by=story.by, at=story.now)
    night.until_the_diagnosis_is_late()
    night.sweep_after(2)
    story.case.wait(ACCESS, by=story.by, at=story.now)
    assert (night.level, night.paged()) == (1, ["supervisor-a", "supervisora-b"])
    return night


def test_W1_a_promise_that_is_late_and_waits_for_the_customer_calls_nobody_meanwhile(late, story):
    until_monday(late)
    assert (late.level, late.paged()) == (1, [])
    assert late.running is not None


def test_W1_without_news_it_does_not_rest(late):
    until_monday(late, with_news=False)
    assert late.level == 3
    assert "gerente-senior" in late.paged()


def test_W1_on_monday_the_escalation_goes_on_where_it_stood(late, story):
    """The steps of the stage count as the promise does: the weekend is none of the hours it has been late."""
    until_monday(late)
    go_on(story)
    late.sweep_after(0)
    assert late.level <= 2
    assert "gerente-senior" not in late.paged()
    assert not late.is_silent()


def test_W1_met_on_monday_those_paged_on_friday_are_told(late, story):
    until_monday(late)
    late.paged()
    go_on(story)
    story.diagnosis()
    assert late.running is None
    assert {"supervisor-a", "supervisora-b"} <= set(late.told("escalation_ended"))
