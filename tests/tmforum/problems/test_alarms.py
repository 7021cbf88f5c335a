"""TMF642: a source sends alarms, events and clearings; a key reads them; each answer is the standard's."""

import json
from random import Random
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.network.alert import Alert, AlertSource, AlertState
from guardia.network.alerts_sources import add, switch
from guardia.outages import from_alerts
from guardia.people.secret_address import signature_of
from tests.alerts.noc import HOLD, recorded
from tests.api.conformance import operations_of
from tests.breaking.browser import taken_back
from tests.tmforum.problems.conftest import Reader
from tests.tmforum.problems.documents import ALARMS, must_fit, part_of

BASE = "/tmf-api/alarm/v4"
LIST = f"{BASE}/alarm"


class Ems:
    """The operator's system that manages elements: it speaks TMF642, with the token of its source."""

    def __init__(self, at: Any, **settings: Any) -> None:
        self.source, self.token = add({"name": "ems-1", "kind": "tmf642", **settings}, by=None, at=at)

    def post(self, address: str, body: Any, token: str | None = None, **headers: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.token if token is None else token}"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        return client.post(f"{BASE}/{address}", content, content_type="application/json", headers={**bearer, **headers})


@pytest.fixture
def ems(city) -> Ems:
    return Ems(city.now, opens="by_itself")


def alarm(**more: Any) -> dict[str, Any]:
    """One of the bank's circuit, without an id."""
    said = json.loads(recorded("tmf642.json"))["event"]["alarm"]
    del said["id"]
    return {**said, **more}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "eventType": kind,
        "eventId": "1",
        "eventTime": "2026-11-21T02:00:00-05:00",
        "event": {"alarm": alarm(**more)},
    }


def written(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    must_fit(ALARMS, "Alarm", answer.json())
    return answer.json()


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    must_fit(ALARMS, "Error", answer.json())
    return answer.json()


# --- a source sends ---------------------------------------------------------------------------------------------------
def test_an_alarm_is_created_answered_and_the_same_when_it_is_sent_again(city, ems, operator):
    must_fit(ALARMS, "Alarm_Create", alarm())
    made = ems.post("alarm", alarm())
    found = written(made, 201)
    assert made["Location"] == found["href"] == f"{LIST}/{found['id']}"
    assert (found["state"], found["perceivedSeverity"]) == ("raised", "critical")
    assert (found["externalAlarmId"], found["alarmType"]) == ("olt-3/pon-7/los", "Communications Alarm")
    assert found["affectedService"] == [{"@type": "AffectedService", "id": str(city.service.pk)}]
    assert written(ems.post("alarm", alarm()), 201)["id"] == found["id"]
    assert written(operator.get(found["href"])) == found
    assert Alert.objects.get().times == 1


def test_an_alarm_opens_a_case_and_its_end_ends_it(city, ems):
    written(ems.post("alarm", alarm(alarmRaisedTime=city.now.isoformat())), 201)
    city.seconds_pass(60 * 11)  # the request was received at the hour of the machine, ten minutes after the story began
    city.seconds_pass(HOLD)
    from_alerts.act(city.now)
    assert Alert.objects.get().case.service == city.service
    found = written(ems.post("alarm", alarm(perceivedSeverity="cleared", state="cleared")), 201)
    assert (found["state"], found["perceivedSeverity"]) == ("cleared", "cleared")
    assert found["alarmClearedTime"]


@pytest.mark.parametrize("kind", ["AlarmCreateEvent", "AlarmAttributeValueChangeEvent", "AlarmStateChangeEvent"])
def test_an_event_of_a_listener_is_taken(ems, kind):
    must_fit(ALARMS, kind, event(kind))
    answer = ems.post(f"listener/{kind[0].lower()}{kind[1:]}", event(kind))
    assert answer.status_code == 201, answer.content
    must_fit(ALARMS, "EventSubscription", answer.json())
    assert Alert.objects.get().state == AlertState.FIRING
    assert ems.post("listener/alarmDeleteEvent", event("AlarmDeleteEvent")).status_code == 201
    assert Alert.objects.get().state == AlertState.RESOLVED


def test_the_address_with_the_token_takes_what_a_hub_adds_to_its_callback(ems):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    address = f"/api/alertas/{ems.token}/listener/alarmCreateEvent"
    answer = client.post(address, event("AlarmCreateEvent"), content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert Alert.objects.count() == 1


def test_an_acknowledgement_says_nothing_and_has_no_operation(ems):
    ems.post("alarm", alarm())
    task = {"ackSystemId": "ems-1", "ackUserId": "noc", "alarmPattern": [{"externalAlarmId": "olt-3/pon-7/los"}]}
    said = {"eventType": "AckAlarmsCreateEvent", "event": {"ackAlarms": task}}
    assert ems.post("listener/ackAlarmsCreateEvent", said).status_code == 201
    assert "take the case" in refused(ems.post("ackAlarms", task), 405)["message"]
    assert Alert.objects.get().state == AlertState.FIRING


def clearing(*patterns: dict[str, Any]) -> dict[str, Any]:
    hour = "2026-11-21T02:10:00-05:00"
    said = {"clearSystemId": "ems-1", "clearUserId": "noc", "alarmClearedTime": hour, "alarmPattern": list(patterns)}
    must_fit(ALARMS, "ClearAlarms_Create", said)
    return said


def test_alarms_are_cleared_by_what_they_say_or_by_our_id(ems):
    first = written(ems.post("alarm", alarm()), 201)
    second = written(ems.post("alarm", alarm(externalAlarmId="otro", alarmedObject={"id": "OLT-4"})), 201)
    done = ems.post("clearAlarms", clearing({"externalAlarmId": "olt-3/pon-7/los", "alarmedObject": {"id": "OLT-3"}}))
    assert done.status_code == 201, done.content
    must_fit(ALARMS, "ClearAlarms", done.json())
    assert [one["id"] for one in done.json()["clearedAlarm"]] == [first["id"]]
    states = dict(Alert.objects.values_list("pk", "state"))
    assert states == {first["id"]: "resolved", second["id"]: "firing"}
    again = ems.post("clearAlarms", clearing({"externalAlarmId": "olt-3/pon-7/los"}))
    assert again.json()["clearedAlarm"] == []
    by_id = ems.post("clearAlarms", clearing({"id": second["id"]}))
    assert [one["id"] for one in by_id.json()["clearedAlarm"]] == [second["id"]]


def test_a_source_clears_no_alarm_of_another(city, ems):
    found = written(ems.post("alarm", alarm()), 201)
    other = Ems(city.now, name="ems-2")
    assert other.post("clearAlarms", clearing({"id": found["id"]})).json()["clearedAlarm"] == []
    assert Alert.objects.get().state == AlertState.FIRING


@pytest.mark.parametrize(
    ("address", "body", "named"),
    [
        *(("alarm", {**alarm(), name: None}, name) for name in ("alarmType", "perceivedSeverity", "state")),
        ("alarm", {**alarm(), "alarmedObject": {}}, "alarmedObject.id"),
        ("alarm", {**alarm(), "alarmRaisedTime": "ayer"}, "alarmRaisedTime"),
        ("alarm", {**alarm(), "perceivedSeverity": "awful"}, "perceivedSeverity"),
        ("alarm", b"{", "body"),
        ("listener/alarmCreateEvent", {"eventType": "AlarmCreateEvent"}, "event"),
        ("clearAlarms", {"clearSystemId": "x"}, "clearUserId"),
        ("clearAlarms", {**clearing({"id": 1}), "alarmPattern": []}, "alarmPattern"),
        ("clearAlarms", clearing({}), "alarmPattern[0]"),
        ("clearAlarms", clearing({"alarmType": "x", "specificProblem": ""}), "alarmPattern[0].specificProblem"),
        ("clearAlarms", clearing({"alarmType": "x", "alarmedObject": {}}), "alarmPattern[0].alarmedObject"),
        ("clearAlarms", {**clearing({"id": 1}), "alarmPattern": [{"comment": []}]}, "alarmPattern[0].comment"),
    ],
)
def test_what_is_wrong_is_named(ems, address, body, named):
    assert refused(ems.post(address, body), 400)["message"].startswith(f"{named}: ")
    assert not Alert.objects.exists()
    ems.source.refresh_from_db()
    assert ems.source.trouble


def test_who_sends_must_be_a_source_of_this_kind(city, ems, operator):
    refused(ems.post("alarm", alarm(), token="x" * 43), 401)
    refused(ems.post("alarm", alarm(), token=""), 401)
    _other, token = add({"name": "zabbix", "kind": "zabbix"}, by=None, at=city.now)
    refused(ems.post("alarm", alarm(), token=token), 401)
    refused(operator.send("post", LIST, alarm()), 401)
    switch(ems.source, False, by=None, at=city.now)
    refused(ems.post("alarm", alarm()), 401)
    assert not Alert.objects.exists()


def test_a_signature_must_be_right(city):
    ems = Ems(city.now, signed=True)
    body = json.dumps(alarm()).encode()
    refused(ems.post("alarm", body), 401)
    refused(ems.post("alarm", body, **{"X-Guardia-Signature": "sha256=00"}), 401)
    source = AlertSource.objects.get(pk=ems.source.pk)
    assert ems.post("alarm", body, **{"X-Guardia-Signature": signature_of(source, body)}).status_code == 201


# --- a key reads ------------------------------------------------------------------------------------------------------
def test_alerts_of_every_source_are_read_as_alarms(city, ems, operator):
    mine = written(ems.post("alarm", alarm()), 201)
    zabbix = AlertSource.objects.create(name="zabbix", kind="zabbix", token_digest="x")
    hours = dict.fromkeys(("since", "first_at", "last_at", "resolved_at"), city.now)
    Alert.objects.create(source=zabbix, fingerprint="f", state="resolved", name="ping", severity="Disaster", **hours)
    answer = operator.get(LIST)
    assert answer["X-Total-Count"] == "2"
    for one in answer.json():
        must_fit(ALARMS, "Alarm", one)
    names = {one["specificProblem"]: one for one in answer.json()}
    assert (names["ping"]["state"], names["ping"]["sourceSystemId"]) == ("cleared", "zabbix")
    assert names["PON sin luz"] == mine

    def ids(query: str) -> list[int]:
        return [one["id"] for one in operator.get(f"{LIST}?{query}").json()]

    assert ids("state=raised") == ids("externalAlarmId=olt-3/pon-7/los") == [mine["id"]]
    assert len(ids("state=raised,cleared")) == 2
    assert ids("sourceSystemId=nobody") == []
    assert len(ids("limit=1&offset=1")) == 1
    assert set(operator.get(f"{LIST}?fields=state&limit=1").json()[0]) == {"id", "href", "@type", "state"}


def test_who_reads_needs_the_scope_and_no_company_reads(city, ems, operator, bank):
    found = written(ems.post("alarm", alarm()), 201)
    for address in (LIST, found["href"]):
        refused(bank.get(address), 403)
        refused(Reader(operator.key, {}).get(address), 401)
        refused(Client().get(address, headers={"Authorization": f"Bearer {ems.token}"}), 401)
    operator.may_only("tmf656.read")
    assert "tmf642.read" in refused(operator.get(LIST), 403)["message"]
    operator.may_only("tmf642.read")
    assert len(operator.get(LIST).json()) == 1


@pytest.mark.parametrize("number", ["999999", "x", "-1", "9" * 30])
def test_what_is_not_there_is_not_found(operator, number):
    refused(operator.get(f"{LIST}/{number}"), 404)


def test_another_method_or_filter_is_refused(ems, operator):
    refused(operator.get(f"{LIST}?colour=red"), 400)
    refused(operator.get(f"{LIST}?state=open"), 400)
    refused(operator.send("put", LIST), 405)
    refused(operator.send("patch", f"{LIST}/1"), 405)
    refused(operator.get(f"{BASE}/clearAlarms"), 405)
    refused(operator.get(f"{BASE}/hub"), 404)


# --- whatever is sent -------------------------------------------------------------------------------------------------
SERVED = {
    "/alarm": ("get", "post"),
    "/alarm/{id}": ("get",),
    "/clearAlarms": ("post",),
    "/listener/alarmCreateEvent": ("post",),
    "/listener/alarmStateChangeEvent": ("post",),
}
SENT = 0.1
"""This part of the bodies is sent, the same each time: schemathesis makes thousands of so large a schema."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]


@pytest.mark.parametrize("operation", operations_of(part_of(ALARMS, SERVED, BASE)))
def test_each_answer_is_one_of_the_standards_document(operation, ems, operator, settings):
    settings.API_CALLS_PER_MINUTE = 10_000_000

    @drawn(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    def conforms(case):
        if case.method == "POST" and Random(repr(case.body)).random() > SENT:
            return
        bearer = operator.bearer if case.method == "GET" else {"Authorization": f"Bearer {ems.token}"}
        with taken_back():
            response = case.call(headers={**bearer, "Host": "testserver"})
        case.validate_response(response, checks=CHECKS)

    operation.each_request(conforms)
