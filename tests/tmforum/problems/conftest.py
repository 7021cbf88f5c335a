"""An operator whose city hangs on one ring, ten minutes ago; keys of the operator and of two companies."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.api_key import ApiKey
from tests.api import test_company_keys, test_v2
from tests.outages.city import City
from tests.procedure import story as stories


@dataclass
class Reader:
    """A machine with a key, at TM Forum's addresses."""

    key: ApiKey
    bearer: dict[str, str]

    def get(self, address: str, **headers: str) -> Any:
        return Client(HTTP_ACCEPT_LANGUAGE="en").get(address, headers={**self.bearer, **headers})

    def send(self, method: str, address: str, body: Any = None) -> Any:
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        return getattr(client, method)(address, body or {}, content_type="application/json", headers=self.bearer)

    def may_only(self, *scopes: str) -> None:
        ApiKey.objects.filter(pk=self.key.pk).update(scopes=list(scopes))


@pytest.fixture
def city(db, monkeypatch):
    cache.clear()
    with behind(DatabaseRole.STAFF), translation.override("en"):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        yield City()


@pytest.fixture
def operator(city) -> Reader:
    machine = test_v2.machine_of(city)
    return Reader(machine.key, machine.bearer)


@pytest.fixture
def bank(city) -> Reader:
    return reader_of(city.manager)


@pytest.fixture
def hospital(city) -> Reader:
    return reader_of(city.stranger)


def reader_of(contact: Any, scopes: str = "cases.read") -> Reader:
    machine = test_company_keys.machine_of(contact, scopes)
    return Reader(machine.key, machine.bearer)
