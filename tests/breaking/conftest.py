"""The desk as somebody uses it who means no good, or is in a great hurry."""

from datetime import timedelta
from functools import cache

import pytest
from django.core.cache import cache as kept
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Role
from guardia.procedure import version
from tests.breaking.browser import Browser
from tests.procedure import story as stories


@pytest.fixture(autouse=True)
def in_english():
    kept.clear()
    with translation.override("en"):
        yield


read_once = cache(version.load)


@pytest.fixture(autouse=True)
def one_reading_of_the_procedure(monkeypatch):
    """Each story publishes the same file: it is read once."""
    monkeypatch.setattr(version, "load", read_once)


@pytest.fixture
def story(db, monkeypatch) -> stories.Story:
    """Six hours ago a telephone rang; every stage fits into the time since."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now().replace(microsecond=0) - timedelta(hours=6))
        yield stories.Story()


@pytest.fixture
def supervisor(story) -> Browser:
    return Browser(story.supervisor)


@pytest.fixture
def engineer(story) -> Browser:
    return Browser(story.engineer)


@pytest.fixture
def administrator(story) -> Browser:
    return Browser(stories.staff("administradora", Role.ADMINISTRATOR))
