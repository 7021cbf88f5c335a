"""/metrics says how the operator is, in words that Prometheus reads, to nobody who may not know."""

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
import yaml
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from guardia.clocks import watch
from guardia.config import meters
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices import leases
from guardia.notices.server_answer import MailServerAnswer, Verdict
from guardia.notices.smtp import Outlet, Server
from guardia.proof.log import HistoryCheckpoint, HistoryLeaf
from guardia.reports import verification
from guardia.reports.verification import Finding, Part, Verified
from guardia.web.api import metrics
from guardia.worker.rounds import CountedOutlet
from tests.ops.conftest import ROOT
from tests.procedure.conftest import make_story, story

pytestmark = pytest.mark.process

__all__ = ["make_story", "story"]

NAMES = re.compile(r"\bguardia_[a-z_]+\b")
ENDINGS = ("", "_bucket", "_count", "_sum", "_total")
TOKEN = "a-token-of-more-than-sixteen-letters"


def samples(**headers: str) -> dict[tuple, float]:
    """By name and labels, as the parser of Prometheus's own library reads them."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}


def exposed() -> set[str]:
    return {family.name for family in text_string_to_metric_families(Client().get("/metrics").content.decode())}


def test_a_house_with_a_case_is_told_in_figures(story, settings, tmp_path):
    story.open_case()
    at = now()
    watch.seen("sweep", at - timedelta(seconds=5))
    leases.seen(at)
    found = {(one.name, one.label): one.value for one in metrics.figures()}
    assert found["cases_open", "diagnosis"] == 1
    assert found["cases_open", "registration"] == 0
    assert found["workers", ""] == 1
    assert 5 <= found["sweep_age_seconds", ""] < 60
    assert found["notice_oldest_owed_seconds", ""] > 0
    assert found["sweep_lag_seconds", ""] > 0, "the story is of last week: its deadlines have passed"
    assert found["calls_waiting", ""] == 0


def test_no_count_goes_beyond_a_hundred(as_staff):
    leases.Sender.objects.bulk_create(leases.Sender(started_at=now(), seen_at=now()) for _ in range(130))
    assert {one.name: one.value for one in metrics.figures()}["workers"] == 100


def test_each_figure_says_what_it_is(as_staff):
    watch.fails(watch.LOOP, "mail", "ValueError", now())
    assert {one.name for one in metrics.figures()} == set(metrics.WORDS)


def test_no_figure_reads_a_table_from_end_to_end(as_staff):
    """With the planner told that reading a whole table is dear, each part must find an index that serves it."""
    small = {"alarm", "watch", "sender", "trouble"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for part in metrics.PARTS:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {part}")
            plan = json.dumps(cursor.fetchone()[0])
            read = set(re.findall(r'"Node Type": "Seq Scan"[^{}]*?"Relation Name": "(\w+)"', plan)) - small
            assert not read, (part, read)
            assert '"Node Type": "Bitmap Heap Scan"' not in plan or "Recheck" in plan or '"trouble"' in plan


def test_the_last_comparison_of_the_histories_is_told_with_what_it_found(transactional_db):
    def told() -> tuple[float, float]:
        with behind(DatabaseRole.STAFF):
            found = {one.name: one.value for one in metrics.figures()}
        return found["verify_age_seconds"], found["verify_breaks"]

    def compared(at: datetime, breaks: int) -> None:
        found = Verified()
        for _number in range(breaks):
            found.takes(Finding(Part.LOG, "", "it is gone"))
        with behind(DatabaseRole.WORKER):
            verification.put_on_record(found, at)

    at = now()
    assert told() == (0, 0), "nothing is there to compare"
    with behind(DatabaseRole.WORKER):
        HistoryLeaf.objects.create(index=0, event_id=1, at=at - timedelta(hours=40))
    assert told()[0] >= 40 * 3600, "nobody has compared yet what has been there for so long"
    compared(at - timedelta(hours=25), 7)
    assert 25 * 3600 <= told()[0] < 26 * 3600
    assert told()[1] == 7
    compared(at - timedelta(hours=1), 0)
    assert told()[1] == 0
    assert told()[0] < 2 * 3600


def test_the_last_signature_of_the_log_is_told_and_before_it_the_first_history(transactional_db):
    def told() -> float:
        with behind(DatabaseRole.STAFF):
            return {one.name: one.value for one in metrics.figures()}["log_signed_age_seconds"]

    at = now()
    assert told() == 0
    with behind(DatabaseRole.WORKER):
        HistoryLeaf.objects.create(index=0, event_id=1, at=at - timedelta(hours=5))
    assert told() >= 5 * 3600
    with behind(DatabaseRole.WORKER):
        HistoryCheckpoint.objects.create(size=1, note="", keys="", at=at - timedelta(hours=3))
        HistoryCheckpoint.objects.create(size=1, note="", keys="", at=at - timedelta(hours=2))
    assert 2 * 3600 <= told() < 3 * 3600


def test_what_is_asked_stands_in_the_exposition(db):
    assert {"guardia_cases_open", "guardia_build_info", "guardia_process_pss_bytes"} <= exposed()
    assert samples()[("guardia_database_up",)] == 1


def test_a_request_is_measured_by_the_name_of_its_address(db):
    key = ("guardia_request_seconds_count", ("method", "GET"), ("route", "health_live"), ("status", "2xx"))
    before = samples().get(key, 0)
    Client().get("/salud/vivo")
    assert samples()[key] == before + 1


def test_addresses_that_do_not_exist_make_no_new_name(db):
    of_other_processes = {"guardia_process_pss_bytes"}  # one that another test has started may end meanwhile
    before = {name for name, *_ in samples()} - of_other_processes
    for number in range(3):
        Client().get(f"/no/hay/{number}")
    assert all("/no/hay" not in str(key) for key in samples())
    assert before <= {name for name, *_ in samples()}


def test_what_became_of_a_message_is_counted(db, monkeypatch):
    monkeypatch.setattr(Outlet, "send", lambda *args: MailServerAnswer(Verdict.REFUSED, "550 no"))
    key = ("guardia_messages_total", ("channel", "mail"), ("outcome", "refused"))
    before = samples().get(key, 0)
    CountedOutlet(Server("127.0.0.1", 1, 1), "casos@example.com").send("nadie@example.com", b"x")
    assert samples()[key] == before + 1


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"x-forwarded-for": "203.0.113.7"}, "127.0.0.1"),
        ({"via": "1.1 proxy"}, "127.0.0.1"),
        ({}, "203.0.113.7"),
        ({}, "10.0.0.4"),
        ({}, "nonsense"),
    ],
)
def test_without_a_token_only_this_machine_is_told(db, headers, address):
    answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
    assert answer.status_code == 403
    assert b"guardia_" not in answer.content


def test_with_a_token_whoever_has_it_is_told_and_nobody_else_not_even_here(db, settings):
    settings.METRICS_TOKEN = TOKEN
    for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": f"Bearer {TOKEN}x"}, {"authorization": "ñ"}):
        assert Client().get("/metrics", headers=wrong).status_code == 403
    assert Client(REMOTE_ADDR="203.0.113.7").get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content


def test_while_the_database_is_gone_it_says_so_and_nothing_else_of_it(monkeypatch):
    def gone(wall):
        raise OperationalError('connection to "db.internal" failed')

    monkeypatch.setattr(metrics, "behind", gone)
    found = samples()
    assert found[("guardia_database_up",)] == 0
    assert not any(name == "guardia_cases_open" for name, *_ in found)
    assert b"db.internal" not in Client().get("/metrics").content


def test_it_only_reads(db):
    assert Client().post("/metrics").status_code == 405


# --- what is shipped with it ------------------------------------------------------------------------------------------


def known(name: str, there: set[str]) -> bool:
    return any(name.removesuffix(ending) in there for ending in ENDINGS if name.endswith(ending))


def rules() -> list[dict]:
    said = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
    return [rule for group in said["groups"] for rule in group["rules"]]


def everything(db_names: set[str]) -> set[str]:
    """Also what is only there where there is something to say."""
    drills = {f"guardia_drill_{what}" for what in ("age_seconds", "proven", "seconds", "lost_seconds")}
    replica = {"guardia_replica_read", "guardia_replica_lag_seconds"}
    return db_names | drills | replica | {"guardia_backup_age_seconds", "guardia_messages", "guardia_request_seconds"}


def test_every_figure_of_the_alerts_and_of_the_dashboard_is_exposed(db):
    Client().get("/salud/vivo")
    there = everything(exposed())
    dashboard = (ROOT / "deploy/grafana/guardia.json").read_text()
    asked = {name for rule in rules() for name in NAMES.findall(rule["expr"])}
    asked |= {
        name for panel in json.loads(dashboard)["panels"] for t in panel["targets"] for name in NAMES.findall(t["expr"])
    }
    assert len(asked) > 20
    assert [name for name in sorted(asked) if not known(name, there)] == []
    assert not known("guardia_no_such_thing", there)


def test_every_gauge_is_used_by_an_alert_or_shown(db):
    used = (ROOT / "deploy/prometheus/alerts.yml").read_text() + (ROOT / "deploy/grafana/guardia.json").read_text()
    unused = {f"guardia_{name}" for name in metrics.WORDS if f"guardia_{name}" not in used}
    assert unused == set()


def test_every_alert_has_its_page_in_the_night_book():
    book = (ROOT / "docs/operations.md").read_text().lower()
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert f"### {rule['alert'].lower()}\n" in book, rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"


RULES_TESTED = """
rule_files: [{rules}]
evaluation_interval: 1h
tests:
  - interval: 1h
    input_series:
      - {{series: guardia_verify_age_seconds, values: "0+3600x40"}}
      - {{series: guardia_verify_breaks, values: "0x9 3x9 0x9"}}
    alert_rule_test:
      - {{alertname: GuardiaVerifyOld, eval_time: 36h, exp_alerts: []}}
      - alertname: GuardiaVerifyOld
        eval_time: 37h
        exp_alerts: [{{exp_labels: {{severity: ticket}}, exp_annotations: {old}}}]
      - {{alertname: GuardiaHistoriesBroken, eval_time: 9h, exp_alerts: []}}
      - alertname: GuardiaHistoriesBroken
        eval_time: 10h
        exp_alerts: [{{exp_labels: {{severity: page}}, exp_annotations: {broken}}}]
      - {{alertname: GuardiaHistoriesBroken, eval_time: 20h, exp_alerts: []}}
"""
"""What Prometheus itself makes of the rules about the histories: an hour of figures after the other."""


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool: apt install prometheus")
def test_prometheus_reads_the_rules_and_calls_when_it_should(tmp_path):
    def prometheus(*words: str) -> None:
        done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    shipped = ROOT / "deploy/prometheus/alerts.yml"
    prometheus("check", "rules", str(shipped))
    words = {rule["alert"]: json.dumps(rule["annotations"]) for rule in rules()}
    old, broken = words["GuardiaVerifyOld"], words["GuardiaHistoriesBroken"]
    (tmp_path / "test.yml").write_text(RULES_TESTED.format(rules=shipped, old=old, broken=broken))
    prometheus("test", "rules", str(tmp_path / "test.yml"))


# --- memory, and several processes ------------------------------------------------------------------------------------


def test_memory_is_that_of_our_own_processes(tmp_path):
    for number, words, size in (
        (10, b"python\0-m\0guardia\0web\0", 300),
        (11, b"/opt/.venv/bin/guardia\0worker\0", 200),
        (12, b"python\0-m\0guardia\0web\0", 100),
        (13, b"postgres\0", 999),
        (14, b"vi\0guardia\0", 999),
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "cmdline").write_bytes(words)
        (folder / "smaps_rollup").write_text(f"Rss: 5000 kB\nPss:   {size} kB\n")
    (tmp_path / "self").mkdir()
    assert metrics.memory_of_processes(tmp_path) == {"web": 400 * 1024, "worker": 200 * 1024}
    assert metrics.memory_of_processes(tmp_path / "nowhere") == {}


def test_several_processes_are_added_up_and_neither_wipes_the_other(tmp_path):
    """In processes of their own, since the library decides how to count when it is imported."""

    def ran(of: str, code: str) -> str:
        begin = "from pathlib import Path; from guardia.config import meters;"
        begin += f"meters.begin(Path({str(tmp_path)!r}), {of!r});"
        done = subprocess.run(
            [sys.executable, "-c", begin + code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    ran("worker", "meters.message_tried('mail', 'accepted'); meters.message_tried('mail', 'accepted')")
    told = ran(
        "web",
        "meters.request_took('bench', 'GET', 200, 0.02); meters.message_tried('mail', 'accepted');"
        "from prometheus_client import generate_latest; print(generate_latest(meters.counted()).decode())",
    )
    assert 'guardia_messages_total{channel="mail",outcome="accepted"} 3.0' in told
    assert 'guardia_request_seconds_count{method="GET",route="bench",status="2xx"} 1.0' in told


def test_a_method_of_a_strangers_making_is_no_new_name():
    meters.request_took("bench", "BREW", 200, 0.01)
    assert b"BREW" not in metrics.generate_latest(meters.counted())


def test_a_wall_is_asked_behind(db):
    with behind(DatabaseRole.STAFF):
        assert metrics.figures()
