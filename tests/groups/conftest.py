"""The story of the procedure with two resolver groups; everybody reads English."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.cases.group_editing import save
from guardia.cases.resolver_group import ResolverGroup
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.procedure import story as stories
from tests.procedure.story import Story


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def story(db, monkeypatch) -> Story:
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        yield stories.Story()


@pytest.fixture
def transport(story) -> ResolverGroup:
    return save(None, {"name_es": "Transporte", "name_en": "Transport", "target_minutes": "30"}, **by(story))


@pytest.fixture
def power(story) -> ResolverGroup:
    return save(None, {"name_es": "Energía", "members": [story.colleague.pk]}, **by(story))


def by(story) -> dict:
    return {"by": story.supervisor, "at": story.now}


@pytest.fixture
def sign_in(story) -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        Staff.objects.filter(pk=staff.pk).update(language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(staff)
        return client

    return signed_in
