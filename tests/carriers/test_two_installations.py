"""Two installations, one the other's carrier, each with web, worker and database of its own, killed at three places.

A cut at A is opened at B by the interface, seen there as a report, taken, promised, late, chased, restored, reopened,
restored again, confirmed and closed on both sides. At the end there is one case at B and one ticket at A.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic

import httpx2
import pytest

from guardia.cli.children import any_free
from tests.ops.conftest import House, make_house

__all__ = ["make_house"]
pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE_SECONDS = 180
BASE = "/mefApi/sonata/troubleTicket/v4"
MODULE = "tests.carriers.installation"


class Installation:
    """Its database server, its web and its worker; each can be killed and begun again."""

    def __init__(self, house: House, name: str, ends: ExitStack) -> None:
        self.house, self.port = house, any_free(HOST)
        house.settings |= {
            "EGRESS_LOOPBACK": "1",
            "MFA_ROLES": "",
            "PUBLIC_URL": f"http://{HOST}:{self.port}",
            "LANGUAGE_CODE": "es",
        }
        words = [sys.executable, "-m", MODULE, name]
        self.server = subprocess.Popen(
            words, cwd=ROOT, env=house.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ends.callback(self._let_go)
        self.begun: dict = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        ends.callback(self._stop)

    def is_made(self) -> None:
        """Its database stands and its operator has begun."""
        self.begun = json.loads(self.server.stdout.readline())

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{BASE}"

    def starts(self, *names: str) -> None:
        """``web`` and ``worker``; the web answers when this returns."""
        for name in names:
            more = ["--port", str(self.port), "--threads", "4"] if name == "web" else []
            command = [sys.executable, "-m", "guardia", name, *more]
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.house.environment(), start_new_session=True
            )
        if "web" in names:
            until(self._answers, "the web begins")

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"http://{HOST}:{self.port}/salud/vivo", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def is_killed(self, *names: str) -> None:
        """kill -9 of each with all of its children."""
        for name in names:
            process = self.running.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def desk(self, *words: str) -> dict:
        """One thing that its desk does, and how things stand afterwards."""
        self.server.stdin.write(json.dumps(words) + "\n")
        self.server.stdin.flush()
        answer = json.loads(self.server.stdout.readline())
        assert "trouble" not in answer, answer["trouble"]
        return answer

    def until(self, is_so: Callable[[dict], bool], what: str) -> dict:
        found: dict = {}

        def looked() -> bool:
            found.update(self.desk("standing"))
            return is_so(found)

        until(looked, f"{what}: {found}")
        return found

    def _stop(self) -> None:
        for process in self.running.values():
            process.terminate()
            process.wait(60)

    def _let_go(self) -> None:
        self.server.stdin.close()
        self.server.wait(60)


def until(is_so: Callable[[], bool], what: str) -> None:
    end, pause = monotonic() + PATIENCE_SECONDS, Event()
    while not is_so():
        assert monotonic() < end, what
        pause.wait(0.3)


@pytest.fixture
def both(make_house: Callable[..., House]) -> Iterator[tuple[Installation, Installation]]:
    with ExitStack() as ends:
        ours, theirs = Installation(make_house(), "A", ends), Installation(make_house(), "B", ends)
        for one in (ours, theirs):  # both are made meanwhile
            one.is_made()
            one.starts("web", "worker")
        ours.desk("connect", theirs.url, theirs.begun["key"])
        yield ours, theirs


def time_passes(both: tuple[Installation, Installation], minutes: int) -> None:
    """A minute is as long as it takes until A asks B for news (ASKS_SOON is half of it)."""
    for one in both:
        one.desk("passes", str(minutes))


def test_a_cut_from_its_opening_to_its_end_on_both_sides(both):
    ours, theirs = both
    # Killed the moment that the ticket is written: it may or may not have been sent.
    ours.desk("opens")
    ours.is_killed("worker")
    ours.starts("worker")
    theirs.until(lambda found: found["reports"] == 1, "the report is there")
    assert ours.until(lambda found: found["number"] != "", "its number is known")["ticket"] == "acknowledged"

    theirs.desk("takes")
    theirs.desk("diagnoses")
    time_passes(both, 1)
    promised = ours.until(lambda found: found["ticket"] == "inProgress" and found["promise"] != "", "it is promised")
    assert promised["status"] == "held"

    # B's web is away while A asks for news; then A's worker dies too. Nothing is said twice.
    time_passes(both, 8 * 60)
    ours.until(lambda found: found["late"] and "third_party" in found["breached"], "the promise is missed")
    theirs.is_killed("web")
    ours.desk("asks", "¿Llegó la cuadrilla?")
    ours.is_killed("worker")
    theirs.starts("web")
    ours.starts("worker")
    ours.until(lambda found: found["waiting"] == 0, "what was asked is said")
    heard = theirs.desk("standing")["heard"]
    assert sum("¿Llegó la cuadrilla?" in words for words in heard) == 1

    theirs.desk("restores", "se empalmó la fibra")
    assert ours.until(lambda found: found["ticket"] == "resolved", "it is resolved")["status"] != "held"
    ours.desk("reopens", "sigue sin luz")
    # Killed on both sides while the rejection is on its way.
    ours.is_killed("worker", "web")
    theirs.is_killed("web", "worker")
    theirs.starts("web", "worker")
    ours.starts("web", "worker")
    theirs.until(lambda found: found["stage"] == "diagnosis", "it is diagnosed again")
    ours.until(lambda found: found["waiting"] == 0 and found["ticket"] == "inProgress", "it is open again")

    theirs.desk("diagnoses")
    theirs.desk("restores", "se cambió el módulo")
    time_passes(both, 1)
    ours.until(lambda found: found["ticket"] == "resolved", "it is resolved again")
    ours.desk("confirms")
    theirs.until(lambda found: found["confirmed"] != "", "it is confirmed there")
    time_passes(both, 31)
    theirs.desk("closes")
    found = ours.until(lambda found: found["ticket"] == "closed", "it is closed at A")

    assert (found["tickets"], found["reopened"], found["waiting"], found["dead"]) == (1, 1, 0, [])
    there = theirs.desk("standing")
    assert (there["cases"], there["reports"], there["status"]) == (1, 1, "closed")
    for one in both:
        verified = one.house.guardia("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
