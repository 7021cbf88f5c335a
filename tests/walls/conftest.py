"""A house with its people, whose doors are tried."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.people.audit import AuditEntry
from guardia.people.staff import Role, Staff

PASSWORD = "correcta-batería-grapa"


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def hire(as_staff) -> Callable[..., Staff]:
    """Somebody who signs in with PASSWORD."""

    def hired(username: str = "ana", role: Role = Role.ENGINEER, **fields) -> Staff:
        fields = {"name": username.title(), "language": "en", **fields}
        return Staff.objects.create_user(username, PASSWORD, role=role, **fields)

    return hired


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})


def sign_in(browser: Client, username: str = "ana", password: str = PASSWORD, **more):
    return browser.post("/entrar", {"username": username, "password": password}, **more)


def journal(*kinds: str) -> list[AuditEntry]:
    """What is on record, in order; of these kinds where some are given."""
    found = AuditEntry.objects.order_by("pk")
    return list(found.filter(kind__in=kinds) if kinds else found)
