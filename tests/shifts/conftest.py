"""Rules at an hour of their own, in Ecuador's night; screens now, with people who have signed in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people import shifts
from guardia.people.shifts import ShiftPlan
from guardia.people.staff import Role, Staff
from tests.desk.conftest import sign_in
from tests.escalation.conftest import make_rota
from tests.procedure import story as stories

__all__ = ["sign_in"]

SIX = datetime(2026, 11, 21, 11, tzinfo=UTC)
"""Saturday 06:00 in Ecuador: the night shift ends."""


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def night(as_staff) -> stories.Story:
    """Saturday 02:00 in Ecuador: nobody has entered a shift yet."""
    return stories.Story()


@pytest.fixture
def story(db, monkeypatch):
    """A story that begins ten minutes ago, for the screens."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        yield stories.Story()


@pytest.fixture
def engineer(story, sign_in):
    return sign_in(story.engineer)


@pytest.fixture
def colleague(story, sign_in):
    return sign_in(story.colleague)


def no_change_is_near(desk: str = shifts.TECHNICAL) -> None:
    """The shifts of a desk change in six hours: an empty desk is deserted whatever hour the tests run at."""
    ShiftPlan.objects.create(
        desk=desk, hours=[f"{(now() + timedelta(hours=6)).astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"]
    )


def reachable(story: stories.Story, level: int = 1, username: str = "supervisora") -> Staff:
    """Somebody with a mailbox who holds this level for good."""
    person = Staff.objects.filter(username=username).first() or stories.staff(username, Role.SUPERVISOR)
    person.email = f"{username}@example.com"
    person.save(update_fields=["email"])
    make_rota([person], level=level)
    return person
