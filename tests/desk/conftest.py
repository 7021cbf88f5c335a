"""The desk's tests speak English and happen now: a story that began ten minutes ago, and people who have signed in."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.hours import entry_points_read
from tests.procedure import story as stories


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def story(db, monkeypatch) -> stories.Story:
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        yield stories.Story()


@pytest.fixture
def sign_in():
    """A browser in which this person has signed in; its pages are in English."""

    def signed_in(staff: Staff) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(staff)
        return client

    return signed_in


@pytest.fixture
def the_hour_is(monkeypatch):
    """Every door reads this hour (UTC) from now on, whatever hour it is."""

    def set_to(at: datetime) -> datetime:
        entry_points_read(monkeypatch, lambda: at)
        return at

    return set_to


@pytest.fixture
def engineer(story, sign_in) -> Client:
    return sign_in(story.engineer)


@pytest.fixture
def colleague(story, sign_in) -> Client:
    return sign_in(story.colleague)


def words(response) -> str:
    return response.content.decode()
