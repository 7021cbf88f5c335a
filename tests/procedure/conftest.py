"""Each story runs as the desk does: one transaction under the staff's database role."""

import pytest

from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


@pytest.fixture
def make_story(as_staff):
    return Story
