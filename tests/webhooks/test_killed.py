"""kill -9 of the worker during 500 deliveries: each event arrives, and what comes once more has the same id."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.leases import SILENT_AFTER
from guardia.webhooks import outbox
from guardia.webhooks.subscription import WebhookDelivery
from tests.procedure.story import Story
from tests.webhooks.conftest import Following
from tests.webhooks.receiver import Reply

pytestmark = [pytest.mark.process, pytest.mark.dear]

ROOT = Path(__file__).parents[2]
EVENTS, CASES = 500, 20


def test_each_event_arrives_and_repeats_have_the_same_id(transactional_db, receiver):
    with behind(DatabaseRole.STAFF):
        story = Story()
        Following(story).follow(receiver, kinds=["noted"])
        cases = [story.open_case() for _case in range(CASES)]
        for number in range(EVENTS):
            story.number = cases[number % CASES].number
            story.case.note(f"nota {number}", by=story.by, at=story.now)
        assert WebhookDelivery.objects.count() == EVENTS
    reached = Event()
    receiver.reply = lambda hit: Reply(before=lambda: reached.set() if len(receiver.hits) >= EVENTS // 3 else None)
    at = story.now
    for _time in range(2):
        worker = subprocess.Popen([sys.executable, "-m", "tests.webhooks.sending_events", at.isoformat()], cwd=ROOT)
        assert reached.wait(60), "the worker sends nothing"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        reached.clear()
        receiver.reply = lambda hit: Reply(
            before=lambda: reached.set() if len(receiver.hits) >= 2 * EVENTS // 3 else None
        )
        at += SILENT_AFTER + timedelta(seconds=1)
    receiver.reply = Reply()
    last = [sys.executable, "-m", "tests.webhooks.sending_events", (at + timedelta(seconds=1)).isoformat()]
    assert subprocess.run(last, cwd=ROOT, check=True, capture_output=True).stdout.strip()
    with behind(DatabaseRole.STAFF):
        rows = WebhookDelivery.objects.select_related("event")
        assert set(rows.values_list("state", flat=True)) == {"delivered"}
        owed = {f"evt_{bytes(row.event.hash).hex()[:32]}" for row in rows}
    assert set(receiver.ids) == owed
    assert len(owed) == EVENTS
    assert sum(Counter(receiver.ids).values()) - EVENTS <= 2 * outbox.IN_FLIGHT
    for case in cases:
        seqs = receiver.seqs(case.display_number)
        assert sorted(set(seqs)) == list(dict.fromkeys(seqs))
