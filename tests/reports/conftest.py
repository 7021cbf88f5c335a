"""Reports are asked of cases that went their way by the desk's own verbs."""

import pytest
from django.test import Client
from django.utils import translation

from guardia.people.staff import Role, Staff
from tests.reports.told import Told


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def told(as_staff) -> Told:
    return Told()


@pytest.fixture
def quality(as_staff) -> Client:
    """The quality manager's browser, in English."""
    member = Staff.objects.create(username="calidad", name="Calidad", role=Role.QUALITY, language="en")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(member)
    return browser
