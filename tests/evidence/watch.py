"""A case in its follow-up, watched by one target; what its tests measure is said by the story."""

import pytest

from guardia.cases import probing as ruling
from guardia.evidence import probing
from guardia.evidence.probes.measured import Measured, counted
from guardia.evidence.test_result import Verdict
from tests.evidence.conftest import target

VERDICTS = {"g": Verdict.GOOD, "b": Verdict.BAD, "?": Verdict.UNCLEAR}


@pytest.fixture
def followed(story):
    """A case in its follow-up, watched by one target."""
    story.open_case()
    target(story.service, 443, story.now)
    story.minutes_pass(1)
    story.diagnosis()
    story.minutes_pass(1)
    story.service_is_restored()
    settle_all(story, Verdict.GOOD)
    story.minutes_pass(1)
    story.customer_confirms()
    return story


def settle_all(story, verdict: Verdict) -> int:
    """What is due now comes out like this; the case hears of it."""
    taken = probing.take(story.now, 10)
    for probe in taken:
        samples = [1.0, 2.0] if verdict == Verdict.GOOD else [None, None]
        probing.settle(probe, Measured(verdict, "tcp", counted(samples), samples), story.now)
        ruling.record(story.case, probe, story.now)
    return len(taken)


def rounds(story, signs: str) -> None:
    """A minute, a test, as often as there are signs."""
    for sign in signs:
        story.minutes_pass(1)
        assert settle_all(story, VERDICTS[sign]) == 1
