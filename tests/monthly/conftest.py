"""Months are told of cases that the desk's own verbs made; their hours are then put where the test wants them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation

from guardia.cases.case import Case
from guardia.people.staff import Role, Staff
from tests.monthly.october import AFTER
from tests.notices.conftest import as_staff, post_office, story
from tests.procedure.story import Story

__all__ = ["as_staff", "post_office", "story"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def affected(story: Story) -> Callable[..., Case]:
    def make(*spans: tuple[datetime, datetime | None], closed: datetime | None = AFTER, **more) -> Case:
        """A case of the story's service with these stretches; None: it lasts. Closed long after, unless said."""
        case = story.open_case()
        written = [[a.isoformat(), b.isoformat() if b else None] for a, b in spans]
        first = min(a for a, _b in spans)
        hours = {"opened_at": first, "outage_started_at": first, "closed_at": closed}
        Case.objects.filter(pk=case.pk).update(outages=written, **(hours | more))
        return Case.objects.get(pk=case.pk)

    return make


@pytest.fixture
def browser_of(as_staff) -> Callable[..., Client]:
    def open_(role: Role, language: str = "en") -> Client:
        member = Staff.objects.create(username=role.value, name=role.value, role=role, language=language)
        browser = Client(headers={"accept-language": language})
        browser.force_login(member)
        return browser

    return open_
