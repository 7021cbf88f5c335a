"""Checkmk, PRTG, Uptime Kuma, TMF642 and sources by paths: said once, repeated, ended, flapping and written wrongly.

The messages have the fields of the products' own documents and sources, with made-up names.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from guardia.cases.case import Case
from guardia.customers.values import Unfit as NotSaved
from guardia.network.alert import Alert, AlertState
from guardia.network.alert_message import AlertMessage, Unfit
from guardia.network.alerts_kinds import read
from guardia.network.alerts_sources import save_paths
from tests.alerts.noc import CALM, HOLD, Noc, recorded

PATHS = {
    "alerts": "$.alarms[*]",
    "identity": "$.key",
    "state": "$.condition",
    "ended": "CLEAR, NORMAL",
    "text": "$.what.text",
    "severity": "$.level",
    "at": "$.origin.raised",
    "circuit": "$.tags[?@.name == 'circuit'].value",
    "element": "$.what.node",
}
HOURS = re.compile(rb'"(LASTSERVICESTATECHANGE|time|alarmRaisedTime|alarmClearedTime|eventTime|raised)":')
RAISED_AT = datetime.fromtimestamp(1795244370, UTC)
MESSAGES = {
    "checkmk": "checkmk.json",
    "prtg": "prtg.form",
    "uptime_kuma": "uptime_kuma.json",
    "tmf642": "tmf642.json",
    "by_path": "by_path.json",
}


def ended(kind: str) -> bytes:
    """The same alert as in the recorded message, over."""
    body = recorded(MESSAGES[kind])
    if kind == "checkmk":
        return body.replace(b"PROBLEM", b"RECOVERY").replace(b"CRITICAL", b"OK").replace(b"1795244370", b"1795244970")
    if kind == "prtg":
        return body.replace(b"status=Down", b"status=Down+ended+%28now%3A+Up%29")
    if kind == "uptime_kuma":
        return body.replace(b'"status": 0', b'"status": 1').replace(b"06:59:30", b"07:09:30")
    if kind == "by_path":
        return body.replace(b"RAISE", b"CLEAR").replace(b"1795244370", b"1795244970")
    said = json.loads(body)
    said["eventType"] = "AlarmStateChangeEvent"
    said["event"]["alarm"] |= {
        "state": "cleared",
        "perceivedSeverity": "cleared",
        "alarmClearedTime": "2026-11-21T02:09:30-05:00",
    }
    return json.dumps(said).encode()


def only(kind: str, body: bytes, paths: dict[str, str] | None = None) -> AlertMessage:
    (one,) = read(kind, body, PATHS if kind == "by_path" and paths is None else paths).alerts
    return one


@pytest.fixture
def source_of(noc_of):
    def made(kind: str, **settings: Any) -> Noc:
        noc = noc_of(kind, **settings)
        if kind == "by_path":
            noc.source = save_paths(noc.source, PATHS, by=None, at=noc.now)
        return noc

    return made


# --- what each kind says ----------------------------------------------------------------------------------------------
def test_checkmk_tells_by_its_variables():
    one = only("checkmk", recorded("checkmk.json"))
    assert (one.fires, one.name, one.severity) == (True, "NODO-CUE-01 Interface 7", "critical")
    assert one.at == RAISED_AT
    assert one.summary == "(down)(!!), Speed: 1 Gbit/s"
    assert (one.labels["circuit"], one.labels["host"], one.labels["address"]) == (
        "ENL-0042",
        "NODO-CUE-01",
        "192.0.2.10",
    )


def test_checkmk_tells_of_a_host_and_with_the_beginning_of_its_variables_too():
    said = {"NOTIFY_WHAT": "HOST", "NOTIFY_HOSTNAME": "cpe-1", "NOTIFY_HOSTSTATE": "DOWN"}
    one = only("checkmk", json.dumps(said).encode())
    assert (one.fires, one.name, one.severity) == (True, "cpe-1", "down")
    over = only("checkmk", json.dumps({**said, "NOTIFY_HOSTSTATE": "UP"}).encode())
    assert (over.fires, over.fingerprint) == (False, one.fingerprint)


@pytest.mark.parametrize("kind", ["ACKNOWLEDGEMENT", "DOWNTIMESTART", "DOWNTIMEEND", "ALERTHANDLER"])
def test_what_checkmk_tells_beside_problems_says_nothing(kind):
    assert read("checkmk", recorded("checkmk.json").replace(b"PROBLEM", kind.encode())).alerts == ()


def test_prtg_tells_by_its_placeholders():
    one = only("prtg", recorded("prtg.form"))
    assert (one.fires, one.name, one.severity) == (True, "NODO-CUE-01 Puerto 7 ENL-0042", "down")
    assert one.summary == "No response (ICMP error # 11010)"
    assert (one.labels["device"], one.labels["host"]) == ("NODO-CUE-01", "192.0.2.10")


@pytest.mark.parametrize(
    ("status", "fires", "severity"),
    [
        ("Down", True, "down"),
        ("Down (Acknowledged)", True, "down"),
        ("Down (before: Warning)", True, "down"),
        ("Down ESCALATION", True, "down"),
        ("Warning", True, "warning"),
        ("Unusual", True, "unusual"),
        ("Down ended (now: Warning)", True, "warning"),
        ("Warning ended (now: Down)", True, "down"),
        ("Up", False, "up"),
        ("Down ended (now: Up)", False, "up"),
        ("Down ended", False, "up"),
        ("Paused", None, ""),
        ("Down ended (now: Paused)", None, ""),
        ("Unknown", None, ""),
    ],
)
def test_the_states_of_prtg(status, fires, severity):
    alerts = read("prtg", json.dumps({"sensorid": "1", "status": status}).encode()).alerts
    assert [(one.fires, one.severity) for one in alerts] == ([] if fires is None else [(fires, severity)])


def test_a_prtg_in_another_language_says_the_state_by_itself():
    body = {"sensorid": "1", "status": "Fallo"}
    with pytest.raises(Unfit) as refused:
        read("prtg", json.dumps(body).encode())
    assert refused.value.field == "status"
    assert only("prtg", json.dumps({**body, "state": "firing"}).encode()).fires is True
    assert only("prtg", json.dumps({**body, "state": "resolved"}).encode()).fires is False


def test_uptime_kuma_tells_by_heartbeat_and_monitor_and_no_password_is_kept():
    one = only("uptime_kuma", recorded("uptime_kuma.json"))
    assert (one.fires, one.name) == (True, "Enlace de prueba")
    assert one.at == datetime(2026, 11, 21, 6, 59, 30, 123000, tzinfo=UTC)
    assert (one.labels["circuit"], one.labels["hostname"]) == ("ENL-0042", "cpe.example.net")
    assert "palabra" not in str(one)


@pytest.mark.parametrize("status", [b"2", b"3"])
def test_uptime_kuma_pending_or_in_maintenance_says_nothing(status):
    body = recorded("uptime_kuma.json").replace(b'"status": 0', b'"status": ' + status)
    assert read("uptime_kuma", body).alerts == ()


def test_the_trial_of_uptime_kuma_is_taken_and_opens_nothing():
    assert read("uptime_kuma", b'{"heartbeat": null, "monitor": null, "msg": "Webhook Testing"}').alerts == ()


def test_tmf642_tells_by_an_event_and_by_the_alarm_alone():
    one = only("tmf642", recorded("tmf642.json"))
    assert (one.fires, one.name, one.severity, one.at) == (True, "PON sin luz", "critical", RAISED_AT)
    assert one.summary == "Sin señal en PON 7"
    assert (one.labels["alarmedObject"], one.labels["affectedService"]) == ("OLT-3", "ENL-0042")
    alone = only("tmf642", json.dumps(json.loads(recorded("tmf642.json"))["event"]["alarm"]).encode())
    assert (alone.fingerprint, alone.fires) == (one.fingerprint, True)


@pytest.mark.parametrize(
    ("event", "fires"),
    [
        ("AlarmAttributeValueChangeEvent", [True]),
        ("AlarmStateChangeEvent", [True]),
        ("AlarmDeleteEvent", [False]),
        ("AlarmClearedEvent", [False]),
        ("AckAlarmsCreateEvent", []),
        ("CommentAlarmsCreateEvent", []),
    ],
)
def test_the_events_of_tmf642(event, fires):
    body = recorded("tmf642.json").replace(b"AlarmCreateEvent", event.encode())
    assert [one.fires for one in read("tmf642", body).alerts] == fires


def test_the_alarms_that_a_tmf642_task_has_cleared_are_over():
    cleared = {"alarmClearedTime": "2026-11-21T02:09:30-05:00", "clearedAlarm": [{"id": 9001}]}
    said = {"eventType": "ClearAlarmsStateChangeEvent", "event": {"clearAlarms": cleared}}
    one = only("tmf642", json.dumps(said).encode())
    assert one.fires is False
    assert one.fingerprint == only("tmf642", recorded("tmf642.json")).fingerprint
    assert one.at == datetime(2026, 11, 21, 7, 9, 30, tzinfo=UTC)


def test_an_alarm_of_tmf642_without_an_id_is_known_as_x733_knows_it():
    alarm = json.loads(recorded("tmf642.json"))["event"]["alarm"]
    bare = {name: value for name, value in alarm.items() if name not in {"id", "externalAlarmId"}}
    one, other = (only("tmf642", json.dumps({**bare, **more}).encode()) for more in ({}, {"state": "cleared"}))
    assert (one.fires, other.fires) == (True, False)
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != only("tmf642", json.dumps({**bare, "specificProblem": "otro"}).encode()).fingerprint


def test_a_source_by_paths_tells_by_them():
    one = only("by_path", recorded("by_path.json"))
    assert (one.fires, one.name, one.severity, one.at) == (True, "Sin señal en PON 7", "MAJOR", RAISED_AT)
    assert (one.labels["circuit"], one.labels["element"]) == ("ENL-0042", "OLT-3")


def test_a_path_may_lead_to_the_list_itself_and_words_have_a_default():
    paths = {"alerts": "$.alarms", "identity": "$.key", "state": "$.s"}
    body = b'{"alarms": [{"key": 7, "s": "OK"}, {"key": 8, "s": "down"}]}'
    assert [one.fires for one in read("by_path", body, paths).alerts] == [False, True]
    with pytest.raises(Unfit) as refused:
        read("by_path", b'{"alarms": [{"key": 7, "s": "odd"}]}', paths)
    assert refused.value.field == "state"


# --- what comes of it -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", MESSAGES)
def test_it_opens_one_case_however_often_it_is_said_and_its_end_is_a_good_test(source_of, kind):
    noc = source_of(kind, opens="by_itself")
    noc.says(recorded(MESSAGES[kind]))
    noc.pass_seconds(HOLD)
    assert noc.says(recorded(MESSAGES[kind])).again == 1
    noc.the_worker_looks()
    case = Case.objects.get()
    assert (case.service, case.source) == (noc.story.service, "alert")
    noc.says(recorded(MESSAGES[kind]))
    noc.the_worker_looks()
    assert Case.objects.count() == 1
    assert noc.says(ended(kind)).turned == 1
    noc.pass_seconds(CALM)
    noc.the_worker_looks()
    assert Alert.objects.get().state == AlertState.RESOLVED
    assert noc.says(ended(kind)).turned == 0


@pytest.mark.parametrize("kind", MESSAGES)
def test_an_end_without_a_beginning_is_harmless(source_of, kind):
    noc = source_of(kind, opens="by_itself")
    assert noc.says(ended(kind)).turned == 0
    noc.pass_seconds(HOLD + CALM)
    noc.the_worker_looks()
    assert not Case.objects.exists()
    assert noc.turns(Alert.objects.get()) == []


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_comes_and_goes_is_one_intermittent_alert(source_of, kind):
    noc = source_of(kind)
    for turn in range(5):
        noc.says(HOURS.sub(b'"left out":', recorded(MESSAGES[kind]) if turn % 2 == 0 else ended(kind)))
        noc.pass_seconds(60)
    assert Alert.objects.get().state == AlertState.FLAPPING


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_leads_nowhere_is_stored_and_shown(source_of, kind):
    noc = source_of(kind, opens="by_itself")
    body = recorded(MESSAGES[kind]).replace(b"ENL-0042", b"ENL-9999")
    noc.says(body)
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    alert = Alert.objects.get()
    assert (alert.service, alert.element, alert.state) == (None, None, AlertState.FIRING)
    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", MESSAGES)
def test_each_kind_is_taken_at_its_address(source_of, kind):
    noc = source_of(kind)
    assert noc.posts(recorded(MESSAGES[kind])).json() == {"new": 1, "turned": 1, "again": 0}
    assert noc.posts(recorded(MESSAGES[kind])).json() == {"new": 0, "turned": 0, "again": 1}
    assert Alert.objects.get().service == noc.story.service


# --- what is wrong ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("checkmk", {"HOSTSTATE": "DOWN"}, "HOSTNAME"),
        ("checkmk", {"HOSTNAME": "h", "SERVICEDESC": "s", "SERVICESTATE": "odd"}, "SERVICESTATE"),
        ("checkmk", {"HOSTNAME": "h", "HOSTSTATE": "DOWN", "LASTHOSTSTATECHANGE": "ayer"}, "LASTHOSTSTATECHANGE"),
        ("prtg", {"status": "Down"}, "sensorid"),
        ("prtg", {"sensorid": "1"}, "status"),
        ("uptime_kuma", {}, "heartbeat"),
        ("uptime_kuma", {"heartbeat": {"status": 0}}, "monitor"),
        ("uptime_kuma", {"heartbeat": {"status": 9}, "monitor": {}}, "heartbeat.status"),
        ("uptime_kuma", {"heartbeat": {"status": 0}, "monitor": {"name": "x"}}, "monitor.id"),
        ("uptime_kuma", {"heartbeat": {"status": 0, "time": "x"}, "monitor": {"name": "x", "id": 1}}, "heartbeat.time"),
        ("tmf642", {"eventType": "AlarmCreateEvent"}, "event"),
        ("tmf642", {"eventType": "AlarmCreateEvent", "event": {}}, "event.alarm"),
        ("tmf642", {"id": 1}, "perceivedSeverity"),
        ("tmf642", {"id": 1, "perceivedSeverity": "awful"}, "perceivedSeverity"),
        ("tmf642", {"perceivedSeverity": "critical"}, "alarmedObject"),
        ("tmf642", {"id": 1, "state": "raised", "alarmRaisedTime": "2026-11-21T01:00:00"}, "alarmRaisedTime"),
    ],
)
def test_a_field_that_is_wrong_is_named(kind, said, field):
    with pytest.raises(Unfit) as refused:
        read(kind, json.dumps(said).encode())
    assert refused.value.field == field


def test_a_source_by_paths_says_which_path_leads_to_nothing(noc_of):
    noc = noc_of("by_path")
    with pytest.raises(Unfit) as refused:
        noc.says(recorded("by_path.json"))
    assert refused.value.field == "identity"
    with pytest.raises(Unfit) as refused:
        read("by_path", recorded("by_path.json"), {**PATHS, "state": "$.nowhere"})
    assert refused.value.field == "state"


@pytest.mark.parametrize("path", ["alarm.host", "$[", "$.a[?match(@.n, '(a+)+$')]", "$.x y", "x" * 300])
def test_what_is_no_path_is_refused_at_its_field(noc_of, path):
    noc = noc_of("by_path")
    with pytest.raises(NotSaved) as refused:
        save_paths(noc.source, {"identity": path, "state": "$.s"}, by=None, at=noc.now)
    assert list(refused.value.message_dict) == ["identity"]
    assert noc.fresh().paths == {}


def test_a_path_through_a_message_that_is_nested_too_deeply_is_refused_in_words():
    body = b'{"a":' * 400 + b"1" + b"}" * 400
    with pytest.raises(Unfit) as refused:
        read("by_path", body, {"identity": "$..key", "state": "$.s"})
    assert refused.value.field == "identity"
