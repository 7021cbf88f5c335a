"""A case with all that may happen on the way to its closing."""

import pytest

from tests.notices import journeys
from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


@pytest.fixture
def closed(story) -> Story:
    """A visit, waits, a flap and a relapse, then a remote solution, confirmed by a supervisor, and the closing."""
    journeys.everything_happens(story)
    return story
