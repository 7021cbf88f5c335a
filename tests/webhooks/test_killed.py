"""kill -9 of the web while it writes, and of the worker while it sends: what was answered is there, and once."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Condition

import httpx2
import pytest

from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.leases import SILENT_AFTER, Sender
from guardia.webhooks import outbox
from guardia.webhooks.subscription import WebhookDelivery
from tests.api.test_v2 import machine_of
from tests.breaking.browser import whole
from tests.breaking.test_together import live
from tests.examples import costly_examples
from tests.ops.test_slow_clients import PATIENCE, ROOT, Web, running
from tests.webhooks.conftest import Following
from tests.webhooks.receiver import Receiver, Reply

__all__ = ["live"]
pytestmark = pytest.mark.process

WRITERS, CASES, NOTES = 4, 20, costly_examples(25)
EVENTS = CASES * NOTES
KILLED = 2
"""So many times each of the two processes is killed: after each third of what is written."""


class Progress:
    """How far writers and receiver have come; whoever waits for it is woken by each step.

    While it ``holds``, the receiver has an event and does not answer.
    """

    def __init__(self) -> None:
        self.step = Condition()
        self.answers: dict[str, tuple[str, dict, bytes]] = {}
        self.web: Web | None = None
        self.holds, self.held = False, 0

    def until(self, is_so: Callable[[], bool]) -> None:
        with self.step:
            assert self.step.wait_for(is_so, PATIENCE), "it goes on no more"

    def received(self) -> None:
        with self.step:
            self.held += self.holds
            self.step.notify_all()
            self.step.wait_for(lambda: not self.holds, PATIENCE)

    def hold(self, holds: bool) -> None:
        with self.step:
            self.holds, self.held = holds, 0
            self.step.notify_all()

    def answered(self, key: str, path: str, body: dict, content: bytes) -> None:
        with self.step:
            self.answers[key] = (path, body, content)
            self.step.notify_all()

    def serve(self, web: Web | None) -> None:
        """From now on this process answers; None: none does."""
        with self.step:
            self.web = web
            self.step.notify_all()


class Writer:
    """A machine that sends each POST under its key until it is answered, whichever process answers then."""

    def __init__(self, progress: Progress, secret: str, service: int, name: str) -> None:
        self.progress, self.secret, self.service, self.name = progress, secret, service, name

    def writes(self) -> None:
        for number in range(CASES // WRITERS):
            words = f"No light at port {self.name}/{number}"
            opened = self.sends("/cases", {"service": self.service, "symptoms": words, "impact": "down"})
            for note in range(NOTES):
                self.sends(f"/cases/{opened['number']}/note", {"text": f"note {note}"})

    def sends(self, path: str, body: dict) -> dict:
        key = f"{self.name} {path} {body.get('text') or body['symptoms']}"
        while True:
            self.progress.until(lambda: self.progress.web is not None)
            answer = sent(self.progress.web, self.secret, key, path, body)
            if answer is not None and answer.is_success:
                self.progress.answered(key, path, body, answer.content)
                return answer.json()
            assert answer is None or answer.status_code == 503, answer.content


def sent(web: Web | None, secret: str, key: str, path: str, body: dict) -> httpx2.Response | None:
    """None where the process ended before it had answered, or is not there."""
    if web is None:
        return None
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key, "Host": "localhost"}
    address = f"http://127.0.0.1:{web.port}/api/v2{path}"
    try:
        return httpx2.post(address, json=body, headers=headers, timeout=PATIENCE)
    except httpx2.TransportError:
        return None


@contextmanager
def working(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``guardia worker``, which ends its step when it is asked to end."""
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "guardia", "worker"], cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def silent_for_long() -> None:
    """As if the senders so far had not been heard for as long as it takes until another one has what they held."""
    with behind(DatabaseRole.STAFF):
        for sender in Sender.objects.all():
            Sender.objects.filter(pk=sender.pk).update(seen_at=sender.seen_at - 2 * SILENT_AFTER)


def test_what_was_answered_is_there_once_and_every_event_arrives(live, receiver, tmp_path, monkeypatch):
    monkeypatch.setenv("API_CALLS_PER_MINUTE", "1000000")
    with behind(DatabaseRole.STAFF):
        secret = machine_of(live).secret
        Following(live).follow(receiver, kinds=["registered", "noted"])
    progress = Progress()
    receiver.reply = Reply(before=progress.received)
    writers = [Writer(progress, secret, live.service.pk, str(number)) for number in range(WRITERS)]
    with ExitStack() as processes, ThreadPoolExecutor(WRITERS) as pool:
        web = processes.enter_context(running(tmp_path, threads=4))
        worker = processes.enter_context(working(tmp_path))
        progress.serve(web)
        written = [pool.submit(writer.writes) for writer in writers]
        for time in range(1, KILLED + 1):
            part = time * EVENTS // (KILLED + 1)
            progress.until(lambda part=part: len(progress.answers) >= part)
            progress.serve(None)
            killed(web.process)
            web = processes.enter_context(running(tmp_path, threads=4))
            progress.serve(web)
            progress.hold(True)
            progress.until(lambda: progress.held > 0)
            killed(worker)
            progress.hold(False)
            silent_for_long()
            worker = processes.enter_context(working(tmp_path))
        for one in written:
            one.result()
        progress.until(lambda: len(set(receiver.ids)) >= EVENTS + CASES)
        repeated_alike(progress, secret)
    each_event_arrived_once_or_with_its_own_id(receiver, progress)


def killed(process: subprocess.Popen[bytes]) -> None:
    """kill -9, in the middle of what it does; the processes below it end with it."""
    assert process.poll() is None
    process.kill()
    process.wait(PATIENCE)


def repeated_alike(progress: Progress, secret: str) -> None:
    """Whatever was answered, by a process that was killed since or not, is answered alike, and nothing is done."""
    assert len(progress.answers) == EVENTS + CASES
    for key, (path, body, content) in progress.answers.items():
        again = sent(progress.web, secret, key, path, body)
        assert again is not None, key
        assert (again.headers.get("Idempotent-Replayed"), again.content) == ("true", content), key


def each_event_arrived_once_or_with_its_own_id(receiver: Receiver, progress: Progress) -> None:
    with behind(DatabaseRole.STAFF):
        assert CaseEvent.objects.filter(moment="noted").count() == EVENTS
        rows = WebhookDelivery.objects.select_related("event")
        assert set(rows.values_list("state", flat=True)) == {"delivered"}
        owed = {f"evt_{bytes(row.event.hash).hex()[:32]}" for row in rows}
        whole()
    assert set(receiver.ids) == owed
    assert len(owed) == EVENTS + CASES
    repeats = sum(Counter(receiver.ids).values()) - len(owed)
    assert KILLED <= repeats <= KILLED * outbox.IN_FLIGHT
    for case in {hit.event.get_subject() for hit in receiver.hits}:
        seqs = receiver.seqs(case)
        assert sorted(set(seqs)) == list(dict.fromkeys(seqs))
