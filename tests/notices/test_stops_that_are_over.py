"""W1: the letter of a stop that is over says of each time what is true: it runs, stands still, or has ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, WaitCause
from tests.notices.reading import text_of
from tests.procedure.story import Story

HAVE_IT, RUNS_AGAIN = "what we were waiting for", "runs again"


@pytest.fixture
def verifying(story) -> Story:
    story.head.language = "en"
    story.head.save()
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.service_is_tested()
    return story


def waits(story: Story, cause: WaitCause = WaitCause.CUSTOMER, **more) -> None:
    why = WaitReason(cause, "Mesa de ayuda", "nadie contesta", "llamada 02:40", **more)
    story.minutes_pass(1)
    story.case.wait(why, by=story.by, at=story.now)
    story.minutes_pass(9)


def unconfirmed(story: Story) -> None:
    for _ in range(3):
        story.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=story.by, at=story.now)
        story.minutes_pass(1)
    story.case.go_on_unconfirmed("nadie contesta", by=Actor.of_staff(story.supervisor), at=story.now)


def fails_again(story: Story) -> None:
    story.case.relapse("cayó", by=story.by, at=story.now)


def withdrawn(story: Story) -> None:
    story.case.cancel("error", by=story.by, at=story.now)


def of_the_stop(story: Story) -> Notice:
    return Notice.objects.filter(moment=Moment.WAIT_ENDED, contact=story.head).latest("pk")


def is_true(story: Story, notice: Notice) -> None:
    """What the letter says of each clock is what the clock does."""
    said = notice.facts["clocks"]
    for kind in notice.facts["data"]["clocks"]:
        clock = story.case.clocks.filter(kind=kind).latest("ordinal")
        state = "over" if clock.ended_at else "stands" if clock.waiting_since else "runs"
        assert kind in said[state], (kind, said)
    assert (RUNS_AGAIN in text_of(notice)) == bool(said["runs"])


@pytest.mark.parametrize("ends", [unconfirmed, fails_again, withdrawn, Story.customer_confirms])
def test_w1_a_stop_that_ends_with_its_time_runs_no_more_and_has_brought_nothing(
    verifying, ends: Callable[[Story], object]
):
    waits(verifying)
    ends(verifying)
    notice = of_the_stop(verifying)
    text = text_of(notice)
    assert notice.facts["data"]["idle"] is True
    assert HAVE_IT not in text
    assert "We no longer wait for your company since" in text
    assert "Clock that has ended" in text
    is_true(verifying, notice)


def test_w1_what_was_waited_for_is_here_and_the_time_runs_again(verifying):
    waits(verifying)
    verifying.case.go_on(verifying.case.waits.get(), by=verifying.by, at=verifying.now)
    notice = of_the_stop(verifying)
    assert HAVE_IT in text_of(notice)
    is_true(verifying, notice)


def test_w1_a_time_that_another_stop_holds_does_not_run_again(story):
    story.head.language = "en"
    story.head.save()
    story.open_case()
    waits(story)
    waits(
        story, WaitCause.THIRD_PARTY, party="Telco", party_ticket="T-1", party_promise_at=story.now + timedelta(hours=1)
    )
    story.case.go_on(story.case.waits.get(cause=WaitCause.CUSTOMER), by=story.by, at=story.now)
    notice = of_the_stop(story)
    text = text_of(notice)
    assert HAVE_IT in text
    assert "the work continues" not in text
    assert "Clock still stopped for another reason" in text
    is_true(story, notice)


def test_w1_a_stop_of_the_past_says_that_its_time_has_ended(verifying):
    began = verifying.clock("remote_solution").started_at
    until = verifying.clock("remote_solution").ended_at
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "sin llave", "llamada 02:05", until=until)
    verifying.case.wait(why, by=verifying.by, at=began, now=verifying.now)
    notice = of_the_stop(verifying)
    is_true(verifying, notice)
