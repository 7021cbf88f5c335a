"""Works are planned by the desk's own verbs; mail goes to a real SMTP server on the loopback."""

import pytest
from django.utils import translation

from tests.notices.conftest import as_staff, post_office, story
from tests.works.nights import Night

__all__ = ["as_staff", "post_office", "story"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def night(story) -> Night:
    return Night(story)
