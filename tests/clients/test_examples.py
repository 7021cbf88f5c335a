"""The examples beside the client: what of them runs without the systems they are for, against a live server."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.test import override_settings
from playwright._impl._driver import compute_driver_executable

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.number import grouped
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from guardia.web.api.v2.api import api
from guardia.webhooks.cloud_event import TYPE
from tests.clients.conftest import CLIENTS, EXAMPLES, scopes_of
from tests.webhooks.conftest import Following
from tests.webhooks.receiver import Hit, Receiver


@pytest.fixture
def may(machine):
    """The key of the machine may do what the README says, and nothing more; its account is an engineer's."""

    def limited(system: str) -> None:
        with behind(DatabaseRole.STAFF):
            machine.may_only(*scopes_of(system))
            machine.as_role(Role.ENGINEER)

    return limited


# --- Zabbix -----------------------------------------------------------------------------------------------------------
MESSAGE = """event: 4711
value: {value}
circuit: {circuit}
name: No light on the port
host: olt-3
severity: 4
time: {time}
"""


class Zabbix:
    """The alert script as a process, as the server of Zabbix starts it: with its arguments and no environment."""

    def __init__(self, address: str, key_file: Path) -> None:
        self.address, self.key_file, self.time = address, key_file, int((now() - timedelta(minutes=3)).timestamp())

    def says(self, value: int, circuit: str = "ENL-0042") -> subprocess.CompletedProcess[str]:
        message = MESSAGE.format(value=value, circuit=circuit, time=self.time)
        return subprocess.run(
            [sys.executable, EXAMPLES / "zabbix.py", self.address, self.key_file, message],
            env={"PYTHONPATH": str(CLIENTS / "python"), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def zabbix(live_server, machine, tmp_path, may) -> Zabbix:
    may("Zabbix")
    key_file = tmp_path / "guardia.key"
    key_file.write_text(f"{machine.secret}\n")
    return Zabbix(live_server.url, key_file)


def notes_of(case: Case) -> int:
    return CaseEvent.objects.filter(case=case, moment=Moment.NOTED).count()


@pytest.mark.process
def test_a_problem_that_zabbix_tells_twice_is_one_case_and_its_end_one_note(zabbix, story):
    first, again = zabbix.says(1), zabbix.says(1)
    assert (first.returncode, first.stderr) == (0, "")
    assert again.stdout == first.stdout
    with behind(DatabaseRole.STAFF):
        case = Case.objects.get()
        assert (case.service_id, case.symptoms) == (story.service.pk, "No light on the port (olt-3)")
        assert grouped(case.number) in first.stdout
        assert notes_of(case) == 0
    ended, repeated = zabbix.says(0), zabbix.says(0)
    assert (ended.returncode, repeated.returncode) == (0, 0), ended.stderr + repeated.stderr
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == 1
        assert notes_of(case) == 1


@pytest.mark.process
def test_what_zabbix_cannot_have_done_it_is_told_in_a_sentence(zabbix, machine):
    assert "no active service ENL-9999" in zabbix.says(1, "ENL-9999").stdout
    assert "no tag" in zabbix.says(1, "*UNKNOWN*").stdout
    zabbix.key_file.write_text("gdk_aaaaaaaa_bbbb")
    refused = zabbix.says(1)
    assert refused.returncode == 1
    assert "401" in refused.stderr
    with behind(DatabaseRole.STAFF):
        assert not Case.objects.exists()


# --- what a file asks of the API --------------------------------------------------------------------------------------
@cache
def addresses() -> dict[str, Any]:
    """What the document has at each address; it takes seconds to make."""
    return api.get_openapi_schema()["paths"]


class Asked:
    """A GET of one of the files: its operation in the document, and its answer by the live server."""

    def __init__(self, address: str, machine: Any, method: str, path: str, query: dict[str, str]) -> None:
        found = [
            one[method.lower()]
            for template, one in addresses().items()
            if method.lower() in one and re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", template), path)
        ]
        assert found, f"the API has no {method} {path}"
        known = {one["name"] for one in found[0]["parameters"] if one["in"] == "query"}
        assert set(query) <= known, f"{path} does not know {set(query) - known}"
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        request = Request(f"{address}{path}?{pairs}", headers=machine.bearer)
        with urlopen(request) as answer:
            self.answer = json.load(answer)


def value_at(row: Any, selector: str) -> Any:
    """What is at this path; None where something on the way is null, such as nobody's name."""
    for name in selector.split("."):
        row = None if row is None else row[name]
    return row


# --- Grafana ----------------------------------------------------------------------------------------------------------
DASHBOARD = json.loads((EXAMPLES / "grafana-dashboard.json").read_text())
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"]}


def at_grafana(text: str, **values: str) -> str:
    """What Grafana puts into the places of variables."""
    filled = re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], text)
    assert "$" not in filled
    return filled


def rows_of_panel(address: str, machine: Any, title: str, to: datetime) -> list[dict[str, Any]]:
    """What the panel gets where the time range ends at ``to``: by the name of each column, what its selector finds."""
    (target,) = PANELS[title]["targets"]
    hour = to.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    parts = urlsplit(at_grafana(target["url"], address=address, **{"__to:date:iso": hour}))
    query = dict(parse_qsl(parts.query))
    if target.get("pagination_mode") == "cursor":
        query[target["pagination_param_size_field_name"]] = str(target["pagination_param_size_value"])
        query[target["pagination_param_cursor_field_name"]] = ""
    found = Asked(address, machine, target["url_options"]["method"], parts.path, query).answer
    if target.get("pagination_mode") == "cursor":
        assert target["pagination_param_cursor_extraction_path"] in found
    rows = value_at(found, target["root_selector"])
    return [{one["text"]: value_at(row, one["selector"]) for one in target["columns"]} for row in rows]


def test_each_panel_of_the_dashboard_gets_its_rows(live_server, story, machine, may):
    with behind(DatabaseRole.STAFF):
        story.open_case()
    may("Grafana")

    def numbers(to: datetime) -> dict[str, list[int]]:
        found = {title: rows_of_panel(live_server.url, machine, title, to) for title in PANELS}
        return {title: [row["number"] for row in rows] for title, rows in found.items()}

    always = {"Open cases by stage": [story.number]}
    kept, broken = "Next promises", "Broken promises of open cases"
    assert numbers(now()) == {**always, kept: [story.number], broken: []}
    assert numbers(now() + timedelta(days=1)) == {**always, kept: [], broken: [story.number]}
    (row,) = rows_of_panel(live_server.url, machine, kept, now())
    assert (row["Case"], row["Company"]) == (grouped(story.number), "Banco Austral")
    assert datetime.fromisoformat(row["Due"]) > now()


@pytest.mark.parametrize("title", ["Next promises", "Broken promises of open cases"])
def test_each_line_of_the_dashboard_leads_to_its_case(story, client, title):
    with behind(DatabaseRole.STAFF):
        story.open_case()
        client.force_login(story.engineer)
    (link,) = [
        link["url"]
        for override in PANELS[title]["fieldConfig"]["overrides"]
        for one in override["properties"]
        if one["id"] == "links"
        for link in one["value"]
    ]
    place = at_grafana(link, address="", **{"__data.fields.number": str(story.number)})
    assert grouped(story.number) in client.get(place).content.decode()


# --- n8n --------------------------------------------------------------------------------------------------------------
WORKFLOW = json.loads((EXAMPLES / "n8n-workflow.json").read_text())
NODES = {node["name"]: node for node in WORKFLOW["nodes"]}
IN_N8N = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const $input = { first: () => ({ json: { headers: given.headers } }) };
const $env = { GUARDIA_WEBHOOK_SECRET: given.secret };
const helpers = { getBinaryDataBuffer: async () => Buffer.from(given.body, 'hex') };
const node = Object.getPrototypeOf(async function () {}).constructor('$input', '$env', 'require', given.code);
node.call({ helpers }, $input, $env, require).then((items) => console.log(JSON.stringify(items)));
"""


def delivery(story: Any, age: timedelta) -> tuple[Hit, str]:
    """The last delivery of a new case, signed by Guardia so long ago, and the secret of the webhook."""
    receiver, story.now = Receiver(), now() - age - timedelta(minutes=3, seconds=20)
    with override_settings(EGRESS_LOOPBACK=True, PUBLIC_URL="https://guardia.example.com/"), behind(DatabaseRole.STAFF):
        following = Following(story)
        webhook = following.follow(receiver)
        story.open_case()
        following.send()
    receiver.close()
    return receiver.hits[-1], following.secrets[webhook.pk]


def checked(hit: Hit, secret: str, body: bytes | None = None, **headers: str) -> dict[str, Any]:
    """What the Code node passes on of this delivery; it runs in Node.js, which Playwright brings along."""
    given = {
        "code": NODES["Check the signature"]["parameters"]["jsCode"],
        "headers": {**hit.headers, **{name.replace("_", "-"): value for name, value in headers.items()}},
        "body": (hit.body if body is None else body).hex(),
        "secret": secret,
    }
    node = compute_driver_executable()[0]
    done = subprocess.run([node, "-e", IN_N8N], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (item,) = json.loads(done.stdout)
    return item["json"]


@pytest.mark.process
def test_n8n_takes_what_guardia_signed_and_nothing_that_was_changed(story):
    hit, secret = delivery(story, timedelta(seconds=10))
    taken = checked(hit, secret)
    assert taken["accepted"] is True
    assert taken["event"] == json.loads(hit.body)
    refused = {"accepted": False}
    assert checked(hit, secret, hit.body.replace(b"down", b"good")) == refused
    assert checked(hit, secret, webhook_id="evt_other") == refused
    assert checked(hit, secret, webhook_signature="v1,") == refused
    assert checked(hit, secret, webhook_signature="") == refused
    assert checked(hit, "whsec_" + "A" * 32) == refused
    assert checked(hit, secret, webhook_signature=f"v1,AAAA {hit.headers['webhook-signature']}")["accepted"] is True


@pytest.mark.process
def test_n8n_refuses_what_is_too_old(story):
    assert checked(*delivery(story, timedelta(minutes=6))) == {"accepted": False}


def test_n8n_reads_the_case_of_the_event(story, live_server, machine, may):
    event = json.loads(delivery(story, timedelta())[0].body)
    may("n8n")
    asked = NODES["Read the case"]["parameters"]
    url = asked["url"].removeprefix("=").replace("{{ $json.event.data.case }}", event["data"]["case"])
    assert "{{" not in url
    query = {one["name"]: one["value"] for one in asked["queryParameters"]["parameters"]}
    case = Asked(live_server.url, machine, asked.get("method", "GET"), urlsplit(url).path, query).answer
    line = NODES["Tell the channel"]["parameters"]["bodyParameters"]["parameters"][0]["value"]
    for name in re.findall(r"\$json\.([\w.]+)", line):
        assert value_at(case, name)
    assert value_at({"event": event}, "event.data.kind") == "registered"


def test_n8n_parts_events_by_kinds_that_there_are():
    rules = NODES["By kind"]["parameters"]["rules"]["values"]
    kinds = [rule["conditions"]["conditions"][0]["rightValue"].removeprefix(TYPE) for rule in rules]
    assert len(kinds) == len(WORKFLOW["connections"]["By kind"]["main"])
    assert set(kinds) <= set(Moment)


def test_each_wire_of_the_workflow_leads_to_a_node():
    led = {one["node"] for ends in WORKFLOW["connections"].values() for part in ends["main"] for one in part}
    assert led | {"Guardia calls"} == set(NODES)
    assert set(WORKFLOW["connections"]) <= set(NODES)
