"""*Mi empresa → Llaves*: a company's administrator makes, rotates and ends its own keys, and sees nobody else's."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.people.api_key import ApiKey, KeyRefused, authenticate
from guardia.people.setting_change import SettingChange
from guardia.web.portal.visitor import COOKIE
from tests.keys.conftest import HERE, Keys, made_keys
from tests.keys.test_screens import WRITTEN
from tests.procedure import story as stories


@pytest.fixture
def keys(as_staff, monkeypatch):
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
    with translation.override("en"):
        yield made_keys()


def signed_in(contact: Contact, *, administers: bool = True) -> Client:
    Contact.objects.filter(pk=contact.pk).update(administers=administers, language="en")
    _session, token = sessions.begin(contact, contact.email or "x@example.com", now())
    client = Client(headers={"accept-language": "en"})
    client.cookies[COOKIE] = token
    return client


def made(client: Client, **fields):
    sent = {"name": "Jira", "scopes": ["cases.read", "cases.note"], "networks": "", "days": "90"}
    return client.post("/mi-empresa/llaves/nueva", {**sent, **fields})


def test_a_key_is_made_shown_once_and_acts_as_whoever_made_it(keys: Keys):
    client = signed_in(keys.story.manager)
    answer = made(client)
    assert "no-store" in answer["Cache-Control"]
    written = WRITTEN.search(answer.content.decode())[1]
    found = authenticate(written, HERE, now())
    assert found.customer_id == keys.story.bank.pk
    assert found.contact_id == keys.story.manager.pk
    assert found.allows("cases.note")
    assert not found.allows("cases.confirm")
    page = client.get("/mi-empresa/llaves").content.decode()
    assert "Jira" in page
    assert written.rpartition("_")[2] not in page
    change = SettingChange.objects.filter(noun="api_key").latest("pk")
    assert change.by_contact_id == keys.story.manager.pk
    assert written.rpartition("_")[2] not in str(change.after)


def test_more_than_a_company_may_is_refused_at_its_field(keys: Keys):
    client = signed_in(keys.story.manager)
    for wrong in ({"scopes": ["cases.*"]}, {"scopes": []}, {"name": ""}, {"networks": "x"}, {"days": "9999"}):
        answer = made(client, **wrong)
        assert answer.status_code == 422, wrong
        assert "errorlist" in answer.content.decode()
    assert ApiKey.objects.filter(customer=keys.story.bank).count() == 1


def test_it_is_rotated_and_ended(keys: Keys):
    client, address = signed_in(keys.story.manager), f"/mi-empresa/llaves/{keys.of_bank.pk}"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"overlap_hours": "1", "days": "30"})
    new = WRITTEN.search(answer.content.decode())[1]
    for one in (new, str(keys.of_bank_secret)):
        assert authenticate(one, HERE, now()).pk == keys.of_bank.pk
    assert client.post(address, {"overlap_hours": "x", "days": "30"}).status_code == 422
    assert client.post(f"{address}/terminar").status_code == 303
    for one in (new, str(keys.of_bank_secret)):
        with pytest.raises(KeyRefused):
            authenticate(one, HERE, now())
    assert client.post(address, {"overlap_hours": "1", "days": "30"}).status_code == 422
    assert "ended" in client.get("/mi-empresa/llaves").content.decode()


def test_another_companys_key_is_not_there(keys: Keys):
    client = signed_in(keys.story.manager)
    for pk in (keys.of_other.pk, keys.key.pk, 2**63):
        address = f"/mi-empresa/llaves/{pk}"
        assert client.get(address).status_code == 404
        assert client.post(address, {"overlap_hours": "1"}).status_code == 404
        assert client.post(f"{address}/terminar").status_code == 404
    page = client.get("/mi-empresa/llaves").content.decode()
    assert keys.of_other.client_id not in page
    assert keys.of_bank.client_id in page
    with behind(DatabaseRole.STAFF):
        assert not ApiKey.objects.exclude(ended_at=None).exists()


def test_who_does_not_administer_sees_no_keys(keys: Keys):
    client = signed_in(keys.story.manager, administers=False)
    assert client.get("/mi-empresa/llaves").status_code == 404
    assert made(client).status_code == 404
    assert not re.search(r"/mi-empresa/llaves", client.get("/mi-empresa/").content.decode())
