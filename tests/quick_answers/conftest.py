"""Quick answers of the story's operator; everybody reads English."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from guardia.quick_answers import editing
from guardia.quick_answers.quick_answer import QuickAnswer
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
def write(story) -> Callable[..., QuickAnswer]:
    def written(title: str, text: str = "Estamos midiendo el enlace desde el nodo.", **fields) -> QuickAnswer:
        given = {"title_es": title, "text_es": text, **fields}
        return editing.save(None, given, by=story.supervisor, at=story.now)

    return written


@pytest.fixture
def sign_in(story) -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        Staff.objects.filter(pk=staff.pk).update(language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(staff)
        return client

    return signed_in
