"""Mail comes in as raw bytes; the hour is the story's."""

import pytest

from tests.mailin.house import House
from tests.mailin.letters import RECEIVER
from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "story"]


@pytest.fixture(autouse=True)
def _mail_comes_back_to_us(settings) -> None:
    settings.MAIL_IN = True
    settings.MAIL_AUTHSERV_ID = RECEIVER


@pytest.fixture
def house(story) -> House:
    return House(story)
