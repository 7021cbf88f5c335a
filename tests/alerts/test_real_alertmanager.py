"""A real Alertmanager, where one is installed: what its documents leave open is seen here.

Debian: apt install prometheus-alertmanager.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from django.db import OperationalError

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network import alert_store
from guardia.network.alert import Alert, AlertTurn
from guardia.network.alerts_sources import add
from guardia.web.shared import posted_alerts
from tests.alerts.real import PATIENCE, Watched, free_port
from tests.procedure.story import Story

pytestmark = pytest.mark.process

ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG = """
route: {{receiver: guardia, group_by: [alertname], group_wait: 1ms, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: guardia
    webhook_configs: [{{url: '{address}', send_resolved: true, max_alerts: 0}}]
"""


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        return Story()


@contextmanager
def alertmanager(folder: Path, address: str) -> Iterator[str]:
    """It runs, and answers at the address that is given."""
    config, port = folder / "alertmanager.yml", free_port()
    config.write_text(CONFIG.format(address=address))
    words = [
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    process = subprocess.Popen([str(ALERTMANAGER), *words], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Listening on" in line:
                break
        Thread(target=process.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}/api/v2/alerts"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def tell(place: str, circuit: str, started: datetime, ended: datetime | None = None) -> None:
    alert = {"labels": {"alertname": "LinkDown", "circuit": circuit}, "startsAt": started.isoformat()}
    if ended:
        alert["endsAt"] = ended.isoformat()
    request = Request(place, json.dumps([alert]).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200


@pytest.mark.skipif(not ALERTMANAGER, reason="no Alertmanager: apt install prometheus-alertmanager")
def test_alertmanager_retries_after_a_503_and_sends_a_mixed_group(story, live_server, tmp_path, monkeypatch):
    with behind(DatabaseRole.STAFF):
        _source, token = add({"name": "am", "kind": "alertmanager"}, by=None, at=now())
    kept, tried = Watched(), Watched()
    real = posted_alerts.keep

    def kept_or_not(*given):
        tried.done()
        if tried.count == 1:
            raise OperationalError("the database is away")
        found = real(*given)
        kept.done()
        return found

    monkeypatch.setattr(posted_alerts, "keep", kept_or_not)
    started = datetime.now(UTC) - timedelta(minutes=2)
    with alertmanager(tmp_path, f"{live_server.url}/api/alertas/{token}") as place:
        tell(place, "ENL-0042", started)
        kept.wait_until(lambda: kept.count >= 1)
        assert tried.count >= 2
        tell(place, "ENL-0043", started)
        kept.wait_until(lambda: kept.count >= 2)
        tell(place, "ENL-0043", started, datetime.now(UTC))
        kept.wait_until(lambda: kept.count >= 3)
    with behind(DatabaseRole.STAFF):
        states = {alert.labels["circuit"]: alert.state for alert in Alert.objects.all()}
        assert states == {"ENL-0042": "firing", "ENL-0043": "resolved"}
        one = Alert.objects.get(labels__circuit="ENL-0042")
        assert one.service == story.service
        assert one.times == 1
        assert AlertTurn.objects.filter(alert=one).count() == 1


def test_what_stands_here_is_what_is_kept():
    """The door keeps with the room's own function: the one that is watched above."""
    assert posted_alerts.keep is alert_store.keep
