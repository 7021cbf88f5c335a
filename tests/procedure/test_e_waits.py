"""W1 and E: a broken promise that waits for the customer wakes nobody while it stands; the next news never waits."""

import pytest

from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import ClockKind, WaitCause
from tests.procedure.nights import Night

NO_KEY = WaitReason(WaitCause.CUSTOMER, "Portería", "abren el lunes", proof="llamada", clocks=(ClockKind.DIAGNOSIS,))


@pytest.fixture
def night(story):
    story.open_case()
    return Night(story)


def test_W1_E_nobody_is_called_for_a_promise_that_stands_still_and_all_goes_on_after_it(night, story):
    night.until_the_diagnosis_is_late()
    assert night.paged() == ["supervisor-a", "supervisora-b"]
    story.case.tell("esperamos a que abran", by=story.by, at=story.now)
    story.case.wait(NO_KEY, by=story.by, at=story.now)
    for _ in range(8):
        night.sweep_after(29)
        story.case.tell("seguimos en espera", by=story.by, at=story.now)
    assert (night.level, night.paged(), story.case.next_step_at) == (1, [], None)
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
    assert night.paged() == ["gerente"]
    assert night.steps()[-1] == (2, "not_acknowledged")
    assert night.level == 2  # the hours of the wait do not count towards level 3 either


def test_W1_E_the_next_news_never_waits_so_a_forgotten_wait_is_not_silent(night, story):
    night.until_the_diagnosis_is_late()
    story.case.tell("esperamos a que abran", by=story.by, at=story.now)
    story.case.wait(NO_KEY, by=story.by, at=story.now)
    night.paged()
    night.sweep_after(31)
    assert story.case.clocks.filter(kind="next_news", breached_at__isnull=False).exists()
    assert night.paged() == ["gerente"]
