"""Each story runs as the desk does: one transaction behind the staff's wall."""

import pytest

from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


@pytest.fixture
def make_story(as_staff):
    return Story
