"""What comes with Guardia for other systems is what Guardia reads: scripts, templates, the examples of the paper."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.alert import Alert, AlertSource, SourceKind
from guardia.network.alerts_kinds import read
from guardia.network.alerts_sources import FIRST_RULES, LONGEST_WAIT, add
from guardia.people.secret_address import signing_secret
from guardia.web.desk.settings.alerts import SNIPPETS
from tests.procedure.story import Story

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2] / "docs" / "operations"
PAPER = (ROOT / "alerts.md").read_text()


def test_the_media_type_of_zabbix_sends_what_is_read():
    written = (ROOT / "alerts/zabbix-media-type.yaml").read_text()
    (media,) = yaml.safe_load(written)["zabbix_export"]["media_types"]
    said = {one["name"]: one["value"] for one in media["parameters"] if one["name"] not in {"url", "secret"}}
    filled = said | {"event_value": "1", "name": "caída", "trigger_id": "15003", "host": "cpe-1", "ip": "192.0.2.1"}
    (one,) = read("zabbix", json.dumps(filled).encode()).alerts
    assert (one.fires, one.at, one.severity) == (True, None, "")
    assert one.labels["ip"] == "192.0.2.1"
    assert "X-Guardia-Signature" in media["script"]


def test_the_template_of_librenms_sends_what_is_read():
    pairs = [line.split("=", 1) for line in (ROOT / "alerts/librenms-transport.txt").read_text().splitlines()]
    values = {"state": "1", "name": "Port down", "device_id": "12", "ip": "192.0.2.1"}
    body = urlencode({name: values.get(name, "x") for name, _value in pairs})
    (one,) = read("librenms", body.encode()).alerts
    assert one.fires
    assert one.labels["ip"] == "192.0.2.1"
    assert all(value == f"{{{{ ${name} }}}}" for name, value in pairs)


def test_the_example_of_the_paper_is_read():
    (example,) = re.findall(r"```json\n(.*?)```", PAPER, re.DOTALL)
    assert read("generic", example.encode()).alerts[0].labels == {"circuit": "ENL-0042"}


def test_the_paper_says_the_defaults_and_every_kind():
    defaults = {field.name: field.default for field in AlertSource._meta.fields}
    for name in ("hold_seconds", "calm_seconds", "gathers"):
        assert f"| {defaults[name]} |" in PAPER
    assert defaults["hold_seconds"] < LONGEST_WAIT
    assert set(FIRST_RULES) == set(SourceKind.values)
    further = ("Checkmk", "PRTG", "Uptime Kuma", "TMF642", "By paths")
    for name in ("Alertmanager", "Zabbix", "Icinga", "LibreNMS", "SNMP", "Anything else", *further):
        assert name in PAPER


def test_the_payload_for_prtg_is_the_one_of_the_settings_and_is_read():
    (payload,) = re.findall(r"^sensorid=\S+$", PAPER, re.MULTILINE)
    assert payload in SNIPPETS["prtg"]
    body = payload.replace("%status", "Down").replace("%name", "Puerto+ENL-0042")
    (one,) = read("prtg", body.encode()).alerts
    assert (one.fires, one.labels["name"]) == (True, "Puerto ENL-0042")


def test_the_alarm_of_the_settings_for_tmf642_is_read():
    (alarm,) = re.findall(r"-d '(\{.*\})'", SNIPPETS["tmf642"])
    (one,) = read("tmf642", alarm.encode()).alerts
    assert (one.fires, one.labels["alarmedObject"]) == (True, "OLT-3")


def test_the_script_of_checkmk_tells_and_signs(transactional_db, live_server):
    with behind(DatabaseRole.STAFF):
        story = Story()
        source, token = add({"name": "checkmk", "kind": "checkmk", "signed": True}, by=None, at=now())
        secret = signing_secret(source)
    script = ROOT / "alerts/checkmk-notify.py"
    given = {
        "NOTIFY_PARAMETER_1": f"{live_server.url}/api/alertas/{token}",
        "NOTIFY_PARAMETER_2": secret,
        "NOTIFY_WHAT": "HOST",
        "NOTIFY_NOTIFICATIONTYPE": "PROBLEM",
        "NOTIFY_HOSTNAME": "cpe-1",
        "NOTIFY_HOSTSTATE": "DOWN",
        "NOTIFY_HOSTOUTPUT": 'sin "respuesta" \\ 100 %',
        "NOTIFY_HOST_CIRCUIT": "ENL-0042",
        "NOTIFY_CONTACTEMAIL": "guardia@example.com",
    }
    sent = [sys.executable, script]
    done = subprocess.run(sent, env=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    with behind(DatabaseRole.STAFF):
        alert = Alert.objects.get()
        assert (alert.service, alert.state) == (story.service, "firing")
        assert alert.summary == 'sin "respuesta" \\ 100 %'
        assert "example.com" not in str(alert.labels)
    given["NOTIFY_PARAMETER_1"] = f"{live_server.url}/api/alertas/nadie"
    done = subprocess.run(sent, env=given, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, "401" in done.stderr) == (2, True)


PROGRAMS = [program for program in ("sh", "jq", "curl", "openssl") if shutil.which(program)]


@pytest.mark.skipif(len(PROGRAMS) < 4, reason="no jq, curl or openssl")
def test_the_script_of_icinga_tells_and_signs(transactional_db, live_server):
    with behind(DatabaseRole.STAFF):
        story = Story()
        source, token = add({"name": "icinga", "kind": "icinga", "signed": True}, by=None, at=now())
        secret = signing_secret(source)
    script = ROOT / "alerts/icinga-notify.sh"
    given = {
        "GUARDIA_URL": f"{live_server.url}/api/alertas/{token}",
        "GUARDIA_SECRET": secret,
        "TYPE": "PROBLEM",
        "HOST": "cpe-1",
        "STATE": "DOWN",
        "OUTPUT": 'sin "respuesta" \\ 100 %',
        "SINCE": "1764000000.25",
        "CIRCUIT": "ENL-0042",
    }
    done = subprocess.run(
        [script], env={**os.environ, **given}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    with behind(DatabaseRole.STAFF):
        alert = Alert.objects.get()
        assert (alert.service, alert.state) == (story.service, "firing")
        assert alert.summary == 'sin "respuesta" \\ 100 %'
