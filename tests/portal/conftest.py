"""A case of some minutes ago, as its customer sees it; everybody reads English."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.cases import case_link
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.evidence.test_result import Verdict
from tests.procedure import story as stories
from tests.procedure.story import Story


class Telephone(Client):
    """A browser. None of its answers is ever a 500."""

    def __init__(self, **more) -> None:
        super().__init__(enforce_csrf_checks=True, headers={"accept-language": "en"}, **more)

    def request(self, **asked):
        answer = super().request(**asked)
        assert answer.status_code < 500
        return answer


class Portal:
    """One contact's page of the story's case: looked at, and pressed."""

    def __init__(self, story: Story, contact: Contact, telephone: Telephone) -> None:
        self.story, self.contact, self.telephone = story, contact, telephone
        token = case_link.token(story.case.customer_id, story.case.pk, contact.pk)
        self.home = f"/c/caso/{token}"

    def page(self, more: str = "") -> str:
        answer = self.telephone.get(self.home + more)
        assert answer.status_code == 200
        return answer.content.decode()

    def number(self) -> str:
        """What the buttons of a page that is looked at now carry."""
        found = re.search(r'name="vez" value="([^"]+)"', self.page())
        assert found
        return found[1]

    def press(self, act: str, number: str | None = None, **fields):
        return self.telephone.post(f"{self.home}/{act}", {"vez": number or self.number(), **fields})


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


@pytest.fixture
def story(as_staff, monkeypatch) -> Story:
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
    told = Story()
    Contact.objects.filter(pk__in=[told.head.pk, told.stranger.pk]).update(language="en")
    told.head.refresh_from_db()
    told.open_case()
    return told


@pytest.fixture
def portal(story, telephone) -> Portal:
    return Portal(story, story.head, telephone)


@pytest.fixture
def restored(story) -> Story:
    story.diagnosis("remote")
    story.service_is_restored()
    story.seconds_pass(1)
    return story


@pytest.fixture
def stable(restored) -> Story:
    restored.customer_confirms()
    restored.seconds_pass(1)
    restored.test_shows("pérdida 0 %", Verdict.GOOD)
    return restored
