"""Settings, Keys: made, limited, rotated and ended on screen; a secret is shown once and stands nowhere afterwards."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.demo.seed import publish_sample
from guardia.people.api_key import ApiKey, KeyRefused, authenticate
from guardia.people.api_key_editing import to_look_at
from guardia.people.audit import AuditEntry
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.keys.conftest import HERE, Keys, made_keys

WRITTEN = re.compile(r'value="(gd[kc]_[a-z2-7]{8}_[0-9a-f]{64})"')


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def administrator(as_staff) -> Client:
    publish_sample(now() - timedelta(days=400))
    boss = Staff.objects.create(username="jefa", name="Jefa", role=Role.ADMINISTRATOR, language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(boss)
    return client


def made(client: Client, **fields) -> tuple[str, ApiKey]:
    """A key as it was shown, and its row."""
    sent = {"name": "Zabbix", "account_name": "Monitoreo", "account_role": "engineer", "scopes": ["cases.read"]}
    answer = client.post("/ajustes/llaves/nueva", {**sent, "days": "365", **fields})
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    found = WRITTEN.search(answer.content.decode())
    assert found
    return found[1], ApiKey.objects.latest("pk")


def test_a_key_is_made_with_a_new_account_and_its_secret_is_shown_once(administrator):
    written, key = made(administrator, further="cases.diagnose", networks="192.0.2.0/24")
    assert authenticate(written, HERE, now()).pk == key.pk
    assert (key.scopes, key.networks) == (["cases.diagnose", "cases.read"], ["192.0.2.0/24"])
    assert key.staff.is_machine
    assert key.created_by.username == "jefa"
    secret = written.rpartition("_")[2]
    for address in ("/ajustes/llaves", f"/ajustes/llaves/{key.pk}", "/ajustes/cambios"):
        page = administrator.get(address).content.decode()
        assert secret not in page
        assert "Zabbix" in page
    assert "Read cases" in administrator.get("/ajustes/llaves").content.decode()
    assert not any(secret in f"{one.before}{one.after}" for one in SettingChange.objects.all())
    assert not any(secret in str(one.facts) for one in AuditEntry.objects.all())


def test_a_second_key_may_share_the_account(administrator):
    _written, first = made(administrator)
    _written, second = made(administrator, name="Grafana", account=str(first.staff_id), account_name="")
    assert second.staff_id == first.staff_id


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "field is required"),
        ({"scopes": []}, "Choose at least one thing"),
        ({"further": "cases.[x]"}, "names no operation"),
        ({"networks": "192.0.2.0/99"}, "is no network"),
        ({"account_name": ""}, "is needed|Please|at least two letters"),
        ({"account": "999999", "account_name": ""}, "Select a valid choice"),
        ({"days": "100000"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(administrator, wrong, words):
    sent = {"name": "Z", "account_name": "Monitoreo", "account_role": "engineer", "scopes": ["cases.read"]}
    answer = administrator.post("/ajustes/llaves/nueva", {**sent, "days": "365", **wrong})
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode()), answer.content.decode()
    assert not ApiKey.objects.exists()
    assert not Staff.objects.filter(is_machine=True).exists()


def test_its_limits_are_changed_and_two_who_edit_are_told(administrator):
    written, key = made(administrator)
    address = f"/ajustes/llaves/{key.pk}"
    seen = re.search(r'name="seen" value="(\d+)"', administrator.get(address).content.decode())[1]
    sent = {"scopes": ["*.read"], "further": "", "networks": "203.0.113.9", "seen": seen}
    assert administrator.post(address, sent).status_code == 302
    key.refresh_from_db()
    assert (key.scopes, key.networks) == (["*.read"], ["203.0.113.9/32"])
    with pytest.raises(KeyRefused):
        authenticate(written, HERE, now())
    assert administrator.post(address, sent).status_code == 409


def test_it_is_rotated_with_an_overlap_and_ended_at_once(administrator):
    written, key = made(administrator)
    answer = administrator.post(f"/ajustes/llaves/{key.pk}/rotar", {"overlap_hours": "24", "days": "90"})
    new = WRITTEN.search(answer.content.decode())[1]
    assert answer["Cache-Control"] == "no-store"
    assert authenticate(new, HERE, now()).pk == authenticate(written, HERE, now()).pk == key.pk
    assert "The former secret is good until" in administrator.get("/ajustes/llaves").content.decode()
    assert administrator.post(f"/ajustes/llaves/{key.pk}/rotar", {"overlap_hours": "x"}).status_code == 302
    assert administrator.post(f"/ajustes/llaves/{key.pk}/terminar").status_code == 302
    for one in (new, written):
        with pytest.raises(KeyRefused):
            authenticate(one, HERE, now())
    assert administrator.get(f"/ajustes/llaves/{key.pk}").status_code == 200
    assert administrator.post(f"/ajustes/llaves/{key.pk}/terminar").status_code == 302
    assert administrator.post(f"/ajustes/llaves/{key.pk}/rotar", {}).status_code == 302
    assert administrator.post(f"/ajustes/llaves/{key.pk}", {"scopes": ["*"]}).status_code == 404


def test_what_expires_soon_or_is_not_used_is_a_finding(administrator):
    _written, soon = made(administrator)
    _written, unused = made(administrator, name="Grafana", account=str(soon.staff_id), account_name="")
    _written, fine = made(administrator, name="Teams", account=str(soon.staff_id), account_name="")
    at = now()
    ApiKey.objects.filter(pk=soon.pk).update(expires_at=at + timedelta(days=13, hours=12), last_used_at=at)
    ApiKey.objects.filter(pk=unused.pk).update(created_at=at - timedelta(days=90))
    assert [one.pk for one in to_look_at(at)] == [soon.pk, unused.pk]
    page = administrator.get("/ajustes/").content.decode()
    assert "expires in 13 days" in page
    assert "not used for 90 days" in page
    assert f"/ajustes/llaves/{fine.pk}" not in page


def test_only_who_connects_comes_here(as_staff):
    publish_sample(now() - timedelta(days=400))
    supervisor = Staff.objects.create(username="s", name="S", role=Role.SUPERVISOR, language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(supervisor)
    assert client.get("/ajustes/llaves").status_code == 403
    assert client.post("/ajustes/llaves/nueva", {}).status_code == 403
    assert "/ajustes/llaves" not in client.get("/ajustes/").content.decode()


def test_a_key_of_a_company_is_seen_and_ended_here_and_nothing_else(administrator):
    keys: Keys = made_keys()
    address = f"/ajustes/llaves/{keys.of_bank.pk}"
    page = administrator.get("/ajustes/llaves").content.decode()
    assert keys.story.bank.name in page
    assert administrator.get(address).status_code == 200
    assert administrator.post(address, {"scopes": ["*"]}).status_code == 404
    assert administrator.post(f"{address}/rotar", {"overlap_hours": "0", "days": "1"}).status_code == 404
    assert administrator.post(f"{address}/terminar").status_code == 302
    with behind(DatabaseRole.STAFF):
        assert ApiKey.objects.get(pk=keys.of_bank.pk).ended_at
