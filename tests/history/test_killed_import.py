"""kill -9 in the middle of `guardia history import`: the same command once more ends with the rows of a run without."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from re import compile

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from guardia.config.database_roles import DatabaseRole, behind
from tests.history.archives import findings
from tests.procedure.story import Story, sample_published
from tests.server import server

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
MAPPING = """
system: Log
companies: create
hours: {order: ymd}
rows:
  - columns: {number: case, company: company, service: circuit, subject: subject, time: at, activity: what, note: note}
states: {open: working, held: waiting customer, done: restored, closed: closed}
"""
COURSE = (("10", "open", "se prueba"), ("20", "held", "sitio cerrado"), ("30", "open", ""), ("40", "done", "empalme"))
CASES, OPEN = 330, 5
KILLS = 6
"""So many points, drawn by a seed among all steps of a whole run."""

OF_THE_RUN = compile(r'20(?!24)\d\d-\d\d-\d\d[ T][\d:.]+\+00(:00)?|""(number|joined)"": \d+')
"""An hour of the run itself, such as that of an escalation, and the number that a case draws (also that of the one
whose escalation another case joins) are others in each run.
The hours of the file lie in 2024.
"""

ROWS = {
    "customer": "SELECT name, folded_name FROM customer",
    "case": """
        SELECT c.former_number, u.name, s.circuit, c.subject, c.symptoms, c.cause, c.solution, c.stage, c.status,
               c.source, c.opened_at, c.outage_started_at, c.restored_at, c.closed_at, c.seq, c.former_system
        FROM "case" c JOIN customer u ON u.id = c.customer_id LEFT JOIN service s ON s.id = c.service_id
    """,
    "case_event": """
        SELECT c.former_number, e.seq, e.moment, e.variant, e.occurred_at, e.public, e.actor_kind, e.data,
               (SELECT json_object_agg(t.name, t.text ORDER BY t.name) FROM event_text t WHERE t.event_id = e.id)
        FROM case_event e JOIN "case" c ON c.id = e.case_id
    """,
    "clock": """
        SELECT c.former_number, k.kind, k.ordinal, k.started_at, k.target_seconds, k.due_at, k.ended_at, k.outcome,
               k.breached_at FROM clock k JOIN "case" c ON c.id = k.case_id
    """,
    "notice": """
        SELECT c.former_number, n.moment, n.contact_id, n.staff_id, n.state
        FROM notice n JOIN "case" c ON c.id = n.case_id
    """,
    "escalation": """
        SELECT c.former_number, x.source, x.clock, x.began_at, x.level
        FROM escalation x JOIN "case" c ON c.id = x.case_id
    """,
}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'audit_%' ORDER BY 1"


@pytest.fixture
def files(transactional_db: None, tmp_path) -> tuple[str, str]:
    """An export and its mapping; the database with an operator that has no case yet is kept as ``before``."""
    with behind(DatabaseRole.STAFF):
        circuit = Story().service.circuit
        sample_published(datetime(2024, 1, 1, tzinfo=UTC))
    connections.close_all()
    server.keep("before")
    lines = ["case,company,circuit,subject,at,what,note"]
    for n in range(CASES):
        is_open = n % (CASES // OPEN) == 0
        company = "Banco Austral" if is_open else f"Compañía {n % 7}"
        course = COURSE[:2] if is_open else (*COURSE, ("50", "closed", ""))
        on = f"2024-{n % 9 + 4:02}-{n % 28 + 1:02}"
        lines += [
            f"{n},{company},{circuit if is_open else ''},Sin enlace {n},{on}T10:{minute}:00Z,{what},{note}"
            for minute, what, note in course
        ]
    export, mapping = tmp_path / "log.csv", tmp_path / "log.yaml"
    export.write_text("\n".join(lines), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return str(export), str(mapping)


def imported(files: tuple[str, str], dies_at: int = 0) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.history.dying_import", str(dies_at), *files]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "guardia.config.settings"}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def every_row() -> dict[str, list]:
    """What a run left, without what each run draws anew: ids, numbers, salts, and the hour at which it wrote."""
    with psycopg.connect(settings.DATABASE_DIRECT_URL) as owner:
        found: dict[str, list] = {
            name: sorted(
                OF_THE_RUN.sub("now", row) for (row,) in owner.execute(f"SELECT r::text FROM ({question}) AS r")
            )
            for name, question in ROWS.items()
        }
        found["counts"] = [
            (name, owner.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for (name,) in owner.execute(TABLES).fetchall()
        ]
    return found


def test_killed_at_any_step_and_begun_again_it_ends_with_the_same_rows(files):
    whole = imported(files)
    assert whole.returncode == 0, whole.stderr
    expected = every_row()
    assert (len(expected["case"]), len(expected["customer"])) == (CASES, 2 + 7)
    assert sum("registered" in row for row in expected["case_event"]) == OPEN
    assert expected["clock"]
    assert expected["notice"]
    steps = int(whole.stdout.split("steps ")[1])
    lost = set()
    for dies_at in sorted(Random(20).sample(range(2, steps + 1), KILLS)):
        connections.close_all()
        server.renew("before")
        killed = imported(files, dies_at)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        lost.add(len(expected["case"]) - len(every_row()["case"]))
        again = imported(files)
        assert again.returncode == 0, again.stderr
        found = every_row()
        for name, rows in expected.items():
            assert found[name] == rows, f"{name}, killed before step {dies_at} of {steps}"
    assert len(lost) > 1, "it was killed in different hundreds"
    connections.close_all()
    assert findings(datetime.now(UTC)) == []
