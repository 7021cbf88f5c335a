"""Recorded messages of each kind, as their documents describe them: what each says in the operator's words."""

from datetime import UTC, datetime

import pytest

from guardia.network.alert import SourceKind
from guardia.network.alert_message import MOST_LABELS, AlertMessage, Unfit, Unreadable
from guardia.network.alerts_kinds import READERS, read
from tests.alerts.noc import recorded


def only(kind: str, body: bytes) -> AlertMessage:
    (one,) = read(kind, body).alerts
    return one


def test_a_group_of_alertmanager_says_of_each_alert_its_own_state():
    message = read(SourceKind.ALERTMANAGER, recorded("alertmanager.json"))
    fires, is_over = message.alerts
    assert (fires.fires, is_over.fires) == (True, False)
    assert fires.at == datetime(2026, 11, 21, 6, 59, 30, 123456, tzinfo=UTC)
    assert is_over.at == datetime(2026, 11, 21, 6, 58, tzinfo=UTC)
    assert (fires.name, fires.severity, fires.summary) == ("LinkDown", "critical", "ENL-0042 no responde")
    assert fires.labels["circuit"] == "ENL-0042"
    assert fires.group == is_over.group
    assert fires.fingerprint != is_over.fingerprint
    assert message.trouble == ""


def test_an_alertmanager_without_fingerprints_knows_an_alert_by_its_labels():
    body = recorded("alertmanager.json").replace(b'"fingerprint"', b'"was"')
    again = body.replace(b'"firing",\n      "labels"', b'"resolved",\n      "labels"')
    assert [one.fingerprint for one in read("alertmanager", body).alerts] == [
        one.fingerprint for one in read("alertmanager", again).alerts
    ]


def test_grafana_tells_as_alertmanager_does_by_a_version_of_its_own():
    one = only(SourceKind.ALERTMANAGER, recorded("grafana.json"))
    assert (one.fires, one.name, one.severity, one.summary) == (
        True,
        "Enlace caído",
        "critical",
        "ENL-0042 no responde",
    )
    assert one.at == datetime(2026, 11, 21, 6, 59, 30, 123456, tzinfo=UTC)
    assert one.labels["circuit"] == "ENL-0042"
    over = recorded("grafana.json").replace(b'"firing",\n      "labels"', b'"resolved",\n      "labels"')
    over = over.replace(b'"endsAt": "0001-01-01T00:00:00Z"', b'"endsAt": "2026-11-21T02:10:00-05:00"')
    ended = only(SourceKind.ALERTMANAGER, over)
    assert (ended.fingerprint, ended.fires) == (one.fingerprint, False)
    assert ended.at == datetime(2026, 11, 21, 7, 10, tzinfo=UTC)


def test_what_alertmanager_cut_off_is_told():
    body = recorded("alertmanager.json").replace(b'"truncatedAlerts": 0', b'"truncatedAlerts": 12')
    assert "12" in read("alertmanager", body).trouble


def test_zabbix_tells_by_its_macros_and_those_it_could_not_fill_in_say_nothing():
    one = only(SourceKind.ZABBIX, recorded("zabbix.json"))
    assert one.fires
    assert one.at is None
    assert (one.severity, one.summary) == ("Disaster", "pérdida 100 %")
    assert one.labels["circuit"] == "ENL-0042"
    assert one.labels["ip"] == "192.0.2.10"
    over = only("zabbix", recorded("zabbix.json").replace(b'"event_value": "1"', b'"event_value": "0"'))
    assert (over.fingerprint, over.fires) == (one.fingerprint, False)


def test_icinga_tells_of_problem_and_recovery_and_an_acknowledgement_says_nothing():
    one = only(SourceKind.ICINGA, recorded("icinga.json"))
    assert (one.fires, one.name, one.severity) == (True, "NODO-CUE-01 bgp", "critical")
    assert one.at == datetime.fromtimestamp(1795244370, UTC)
    assert one.labels["circuit"] == "ENL-0042"
    body = recorded("icinga.json").replace(b"PROBLEM", b"RECOVERY").replace(b"CRITICAL", b"OK")
    assert (only("icinga", body).fingerprint, only("icinga", body).fires) == (one.fingerprint, False)
    assert read("icinga", recorded("icinga.json").replace(b"PROBLEM", b"ACKNOWLEDGEMENT")).alerts == ()


def test_librenms_tells_by_a_form_and_an_acknowledged_alert_still_fires():
    one = only(SourceKind.LIBRENMS, recorded("librenms.form"))
    assert (one.fires, one.name, one.summary) == (True, "Port down", "Port ge-0/0/1 down")
    assert one.labels["hostname"] == "cue-01.example.net"
    states = {state: recorded("librenms.form").replace(b"state=1", b"state=%d" % state) for state in range(6)}
    assert [only("librenms", states[state]).fires for state in range(6)] == [False, True, True, True, True, True]
    assert len({only("librenms", states[state]).fingerprint for state in range(6)}) == 1


def test_any_other_tells_by_the_documented_json():
    one = only(SourceKind.GENERIC, recorded("generic.json"))
    assert (one.fires, one.name) == (True, "PON sin luz")
    assert one.at == datetime(2026, 11, 21, 6, 59, tzinfo=UTC)
    alone = b'{"fingerprint": "olt-3/pon-7", "status": "resolved", "name": "PON"}'
    assert (only("generic", alone).fingerprint, only("generic", alone).fires) == (one.fingerprint, False)


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"\xff\xfe", b'{"a":' * 5000, b"%%%"])
def test_what_is_no_message_is_refused_in_words(kind, body):
    with pytest.raises((Unreadable, Unfit)) as refused:
        read(kind, body)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("alertmanager", b'{"version": "3", "alerts": []}', "version"),
        ("alertmanager", b'{"version": "4", "alerts": {}}', "alerts"),
        ("alertmanager", b'{"version": "4", "alerts": [{"status": "odd"}]}', "status"),
        ("alertmanager", b'{"version": "4", "alerts": [{"status": "firing", "labels": {}}]}', "labels"),
        ("generic", b'{"status": "firing", "name": "x"}', "fingerprint"),
        ("generic", b'{"fingerprint": "f", "status": "maybe", "name": "x"}', "status"),
        ("generic", b'{"fingerprint": "f", "status": "firing", "name": "x", "at": "yesterday"}', "at"),
        ("generic", b'{"fingerprint": "f", "status": "firing", "name": "x", "at": "2026-11-21T02:00:00"}', "at"),
        ("zabbix", b'{"event_value": "1", "name": "x"}', "trigger_id"),
        ("icinga", b'{"state": "DOWN"}', "host"),
        ("librenms", b'{"state": "9", "name": "x", "device_id": "1"}', "state"),
    ],
)
def test_a_field_that_is_wrong_is_named(kind, body, field):
    with pytest.raises(Unfit) as refused:
        read(kind, body)
    assert refused.value.field == field


def test_what_is_too_long_is_cut_and_what_cannot_be_kept_is_replaced():
    body = b'{"fingerprint": "f", "status": "firing", "name": "a\\u0000\\ud800%s", "labels": {%s}}' % (
        b"x" * 900,
        b", ".join(b'"l%d": "v"' % number for number in range(500)),
    )
    one = only("generic", body)
    assert len(one.name) == 160
    assert "\0" not in one.name
    one.name.encode()
    assert len(one.labels) == MOST_LABELS
