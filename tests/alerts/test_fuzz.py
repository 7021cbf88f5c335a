"""Whatever a machine sends, to every kind of source: taken or refused in words, never an error of the server."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from guardia.network.alert import SourceKind
from guardia.network.alert_message import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_VALUE, Unfit, Unreadable
from guardia.network.alerts_kinds import READERS, read
from guardia.network.alerts_mapping import leads, rules_of
from guardia.network.alerts_sources import save_paths
from guardia.network.alerts_traps import Trap, alert_of_trap
from guardia.web.alerts.traps_wire import NoTrap
from guardia.web.alerts.traps_wire import read as read_trap
from tests.alerts.test_traps import LINK_DOWN, v2
from tests.breaking.browser import taken_back
from tests.examples import costly_examples, examples

KINDS = sorted([*READERS, SourceKind.BY_PATH])
PATHS = {"alerts": "$.alarms[*]", "identity": "$.key", "state": "$..condition", "text": "$.name", "at": "$.at"}
NAMES = some.sampled_from(
    (
        *("version", "alerts", "status", "labels", "annotations", "startsAt", "endsAt", "fingerprint", "groupKey"),
        *("event_value", "trigger_id", "event_id", "name", "host", "tags", "timestamp", "severity", "opdata"),
        *("HOSTNAME", "HOSTSTATE", "SERVICEDESC", "SERVICESTATE", "sensorid", "device", "heartbeat", "monitor", "id"),
        *("eventType", "event", "alarm", "clearAlarms", "clearedAlarm", "alarmedObject", "perceivedSeverity"),
        *("alarmRaisedTime", "affectedService", "url", "time", "alarms", "key", "condition"),
        *("type", "state", "service", "since", "vars", "output", "device_id", "title", "msg", "at", "summary", "group"),
    )
)
ODD = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**80), 2**80),
    some.floats(),
    some.text(max_size=30),
    some.sampled_from(
        (
            *("4", "AlarmCreateEvent", "ClearAlarmsCreateEvent", "Down ended (now: Up)", "critical", "http://["),
            *("firing", "resolved", "1", "0", "OK", "DOWN", "x" * 5000, "\0", "9999-99-99", "inf", "1e400"),
        )
    ),
    some.datetimes().map(str),
)
VALUES: Any = some.recursive(
    ODD,
    lambda inner: some.one_of(some.lists(inner, max_size=4), some.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=12,
)
MESSAGES = some.one_of(
    some.binary(max_size=60),
    VALUES.map(lambda value: json.dumps(value).encode(errors="surrogatepass")),
    some.dictionaries(NAMES, VALUES, max_size=10).map(lambda value: json.dumps(value).encode(errors="surrogatepass")),
)
FUZZ = settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    print_blob=False,
)


@FUZZ
@given(some.sampled_from(KINDS), MESSAGES)
def test_every_message_is_read_or_refused(kind: str, body: bytes):
    message = None
    with contextlib.suppress(Unreadable, Unfit):
        message = read(kind, body, PATHS)
    for one in message.alerts if message else ():
        assert len(one.fingerprint) == 64
        assert 0 < len(one.name) <= LONGEST_NAME
        assert len(one.summary) <= LONGEST_SUMMARY
        assert all(len(value) <= LONGEST_VALUE and "\0" not in value for value in one.labels.values())
        assert one.at is None or one.at.tzinfo is not None
        json.dumps(dict(one.labels)).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_at_the_door_has_an_answer(noc_of, kind):
    noc = noc_of(kind)
    if kind == SourceKind.BY_PATH:
        save_paths(noc.source, PATHS, by=None, at=noc.now)

    @settings(FUZZ, max_examples=costly_examples(60))
    @given(MESSAGES)
    def sent(body: bytes) -> None:
        with taken_back():
            answer = noc.posts(body)
            assert answer.status_code in {200, 400, 422}, answer.content

    sent()


def test_whatever_labels_say_leads_somewhere_or_nowhere(noc):
    rules = rules_of(noc.source)

    @FUZZ
    @given(
        some.dictionaries(some.sampled_from(("circuit", "service_id", "element", "address")), some.text(max_size=90))
    )
    def led(labels: dict[str, str]) -> None:
        plain = {name: value.replace("\0", "") for name, value in labels.items()}
        plain = {name: value.encode(errors="replace").decode() for name, value in plain.items()}
        assert leads(rules, [plain])[0].tried is not None

    led()


@FUZZ
@given(some.one_of(some.binary(max_size=200), some.integers(0, 400)))
def test_every_packet_is_a_trap_or_none(given_bytes):
    """Strangers send anything to a port: also a trap with one byte wrong, or cut off."""
    good = bytearray(v2(LINK_DOWN))
    if isinstance(given_bytes, int):
        good[given_bytes % len(good)] ^= 0xFF
        given_bytes = bytes(good)
    try:
        found = read_trap(given_bytes)
    except NoTrap:
        return
    for one in alert_of_trap(Trap("192.0.2.1", found.kind, found.values)).alerts:
        assert 0 < len(one.name) <= LONGEST_NAME
