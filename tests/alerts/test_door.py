"""The secret address: who may speak, what is refused and how, and that 200 means committed."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from guardia.network import alert_store
from guardia.network.alert import Alert
from guardia.network.alerts_sources import switch
from tests.alerts.noc import Noc, recorded


@pytest.fixture
def manager(noc_of) -> Noc:
    return noc_of("alertmanager")


def problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    said = json.loads(response.content)
    assert said["title"]
    assert said["remedy"]
    return said


def test_a_message_is_taken_and_its_retry_counts_once(manager):
    first = manager.posts(recorded("alertmanager.json"))
    again = manager.posts(recorded("alertmanager.json"))
    assert (first.status_code, json.loads(first.content)) == (200, {"new": 2, "turned": 1, "again": 1})
    assert json.loads(again.content) == {"new": 0, "turned": 0, "again": 2}


def test_a_retry_after_a_503_counts_once(manager, monkeypatch):
    """The first attempt breaks off before it is committed: nothing of it stays, and the second is the first."""
    real = alert_store._write_turns

    def away(*_args):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(alert_store, "_write_turns", away)
    refused = manager.posts(recorded("alertmanager.json"))
    problem(refused, 503)
    assert refused["Retry-After"]
    assert not Alert.objects.exists()
    monkeypatch.setattr(alert_store, "_write_turns", real)
    assert manager.posts(recorded("alertmanager.json")).status_code == 200
    alert = Alert.objects.get(state="firing")
    assert alert.times == 1
    assert manager.turns(alert) == [True]


def test_a_stranger_learns_nothing(manager):
    assert problem(manager.posts(b"{}", token="x" * 43), 401)["field"] == "token"
    assert problem(manager.posts(b"{}", token="x" * 900), 401)
    assert not Alert.objects.exists()


def test_a_source_that_is_switched_off_is_a_stranger(manager):
    switch(manager.source, False, by=None, at=manager.now)
    problem(manager.posts(recorded("alertmanager.json")), 401)


def test_the_token_may_come_in_the_header(manager):
    client = Client(headers={"accept-language": "en"})
    headers = {"Authorization": f"Bearer {manager.token}"}
    body = recorded("alertmanager.json")
    assert client.post("/api/alertas/", body, content_type="application/json", headers=headers).status_code == 200
    problem(client.post("/api/alertas/", body, content_type="application/json"), 401)


def test_a_signature_must_be_right_and_where_it_is_asked_for_must_be_there(noc_of):
    noc = noc_of("generic", signed=True)
    body = recorded("generic.json")
    assert problem(noc.posts(body), 401)["field"] == "X-Guardia-Signature"
    problem(noc.posts(body, **{"X-Guardia-Signature": "sha256=00"}), 401)
    problem(noc.posts(body + b" ", **{"X-Guardia-Signature": noc.signed(body)}), 401)
    assert noc.posts(body, **{"X-Guardia-Signature": noc.signed(body)}).status_code == 200


def test_a_message_that_is_too_large_is_refused(manager, monkeypatch):
    from guardia.web.shared import posted_alerts

    monkeypatch.setattr(posted_alerts, "LONGEST", 100)
    assert problem(manager.posts(recorded("alertmanager.json")), 413)["field"] == "body"


def test_what_is_wrong_is_told_to_the_sender_and_in_the_settings(manager):
    said = problem(manager.posts(b'{"version": "3"}'), 422)
    assert said["field"] == "version"
    assert manager.fresh().trouble == said["title"]
    problem(manager.posts(b"nothing"), 422)
    problem(manager.posts(b"{"), 400)
    assert manager.posts(recorded("alertmanager.json")).status_code == 200
    assert manager.fresh().trouble == ""


def test_only_a_post_is_taken(manager):
    refused = Client().get(f"/api/alertas/{manager.token}")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("kind", "message"),
    [("zabbix", "zabbix.json"), ("icinga", "icinga.json"), ("librenms", "librenms.form"), ("generic", "generic.json")],
)
def test_each_kind_is_taken(noc_of, kind, message):
    noc = noc_of(kind)
    assert json.loads(noc.posts(recorded(message)).content)["new"] == 1
    alert = Alert.objects.get()
    assert alert.service == noc.story.service or kind == "librenms"


def test_the_log_has_no_token():
    from guardia.config.logs import TOKEN

    assert TOKEN.sub(r"\1…", "/api/alertas/abcDEF123/") == "/api/alertas/…/"
