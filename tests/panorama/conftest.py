"""The panorama is looked at when cases have gone their way by the desk's own verbs."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.people.staff import Role, Staff
from guardia.web.desk.panorama import page
from tests.reports.told import Told


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture
def noc(as_staff, monkeypatch) -> Told:
    """One incident closed, one whose diagnosis is late, one that is new; the pages read the hour of the story."""
    told = Told()
    told.open_case()
    told.goes_to_the_closing()
    told.diagnosed_after(26)
    told.another_company()
    told.open_case()
    told.minutes_pass(4)
    monkeypatch.setattr(page, "now", lambda: told.now)
    return told


@pytest.fixture
def supervisor(as_staff) -> Client:
    member = Staff.objects.create(
        username="mirador", name="Mirador", role=Role.SUPERVISOR, language="en", email="m@example.com"
    )
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(member)
    return browser
