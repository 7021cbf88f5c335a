"""A case with a wait that the customer does not accept, and a quality manager."""

from datetime import timedelta

import pytest

from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.story import Story, staff

ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")


def with_quality(story: Story) -> Story:
    story.quality = staff("calidad", Role.QUALITY)
    story.rules = Actor.of_staff(story.quality)
    return story


def waits_and_diagnoses(story: Story, why: WaitReason = ACCESS, minutes: float = 10) -> None:
    """20 min of diagnosis, of which ``minutes`` stood still, and 4 more: kept because of the wait."""
    story.began = story.clock("diagnosis").started_at
    story.minutes_pass(5)
    story.case.wait(why, by=story.by, at=story.now)
    story.minutes_pass(minutes)
    story.case.go_on(story.case.waits.get(ended_at=None), by=story.by, at=story.now)
    story.minutes_pass(9)
    story.diagnosis()
    story.last_notice = Notice.objects.order_by("-pk").first().pk


def closes(story: Story) -> None:
    """The rest of the way, by a remote solution."""
    story.minutes_pass(30)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.case.close("fibra cortada", "se empalmó", by=story.by, at=story.now)
    story.last_notice = Notice.objects.order_by("-pk").first().pk


def objects(story: Story, waits=None, words: str = "Nadie pidió entrar a esa hora", who: str = "Jefe de Sistemas"):
    waits = list(story.case.waits.all()) if waits is None else waits
    return story.case.contest(waits, who=who, words=words, by=story.by, at=story.now)


def hours_later(story: Story, hours: float) -> None:
    story.now += timedelta(hours=hours)


@pytest.fixture
def story(as_staff) -> Story:
    found = with_quality(Story())
    found.open_case()
    return found
