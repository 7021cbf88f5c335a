"""An operator with two companies, each with a key of its own, and a machine with a key of the operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.api_key import ApiKey, Secret
from guardia.people.api_key_editing import make, make_account, make_for_company
from guardia.people.staff import Role, Staff
from tests.procedure.story import Story

HERE = "192.0.2.7"


@dataclass
class Keys:
    story: Story
    machine: Staff
    key: ApiKey
    secret: Secret
    of_bank: ApiKey
    of_bank_secret: Secret
    of_other: ApiKey
    of_other_secret: Secret

    @property
    def now(self) -> datetime:
        return self.story.now


def operators(**fields: object) -> dict[str, object]:
    return {"name": "Zabbix", "scopes": "cases.*\n*.read", "networks": "", "days": "365", **fields}


def companies(**fields: object) -> dict[str, object]:
    return {"name": "ServiceNow", "scopes": "cases.read cases.open", "networks": "", "days": "365", **fields}


@pytest.fixture
def keys(as_staff: None) -> Iterator[Keys]:
    with translation.override("en"):
        yield made_keys()


def made_keys() -> Keys:
    """In the transaction under way, under the staff's role."""
    story = Story()
    machine = make_account("Integración Zabbix", Role.ENGINEER, by=story.supervisor, at=story.now)
    key, secret = make(machine, operators(), by=story.supervisor, at=story.now)
    found = []
    for contact in (story.manager, story.stranger):
        with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
            found += make_for_company(contact.customer_id, contact.pk, companies(), at=story.now)
    return Keys(story, machine, key, secret, *found)
