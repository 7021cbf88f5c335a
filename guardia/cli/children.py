"""The processes a parent command starts, brings back when they die, and ends with itself; and the ports they take."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from guardia.cli.installation import Mistake, say
from guardia.config import processes
from guardia.config.database import keep_own_logins

# --- children ---------------------------------------------------------------------------------------------------------
LONGEST_PAUSE_SECONDS = 30
HEALTHY_SECONDS = 60  # a child that lived so long may come back at once
LOOK_SECONDS = 0.2


@dataclass
class Child:
    """One process: `python -m guardia WORDS`, its output in `log` or in the parent's."""

    name: str
    words: list[str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    born: float = 0
    deaths: int = 0
    return_at: float = 0
    ear: processes.Ear | None = None
    heard_at: float | None = None

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "guardia", *self.words]

    def start(self) -> None:
        self.born = time.monotonic()
        self.ear, self.heard_at = self.ear or processes.ear(), None
        environment = {**os.environ, "NOTIFY_SOCKET": self.ear.address if self.ear else ""}
        keep_own_logins(self.name, environment)
        if self.log is None:
            self.process = processes.start(self.command, env=environment, stdin=subprocess.DEVNULL)
            return
        with self.log.open("ab") as output:
            self.process = processes.start(
                self.command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def hangs(self, now: float) -> bool:
        """Whether it has said that it lives, and says it no more. One that never said so is not thought to hang."""
        if self.ear and self.ear.heard():
            self.heard_at = now
        return self.heard_at is not None and now - self.heard_at > processes.HANGS_AFTER_SECONDS

    def begin_anew(self) -> None:
        """End it and start it again: what it has read at its start has changed."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            processes.stop(self.process)
            self.start()

    @property
    def dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """The end of its log, for a person."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join([f"The end of {self.log}:", *self.log.read_text(errors="replace").splitlines()[-15:]])


class Children:
    def __init__(self, *children: Child) -> None:
        self.children = children

    def start(self) -> None:
        for child in self.children:
            child.start()

    def watch(self, also: Callable[[], None], until: Callable[[], bool] = lambda: False) -> None:
        """For ever, or `until`: bring back who died, each time after a longer pause. `also` runs at every look."""
        said_at, is_ready = 0.0, False
        while not until():
            also()
            for child in self.children:
                self._tend(child, time.monotonic())
            if not is_ready and all(child.heard_at for child in self.children[:1]):
                is_ready = processes.notify(processes.READY) or True
            if time.monotonic() - said_at > processes.EVERY_SECONDS:
                processes.notify(processes.ALIVE)
                said_at = time.monotonic()
            time.sleep(LOOK_SECONDS)

    def _tend(self, child: Child, now: float) -> None:
        if child.process is None and now >= child.return_at:
            child.start()
        elif child.process is not None and child.hangs(now) and not child.dead:
            words = f"{child.name} has not said for {processes.HANGS_AFTER_SECONDS:.0f} s that it lives: it is ended"
            say(words, sys.stderr)
            child.process.kill()
            child.heard_at = None
        elif child.process is not None and child.dead:
            child.deaths = 1 if now - child.born > HEALTHY_SECONDS else child.deaths + 1
            pause = min(2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
            say(f"{child.name} ended ({child.process.returncode}); again in {pause} s", sys.stderr)
            processes.stop(child.process)
            child.process, child.return_at = None, now + pause

    def end(self) -> None:
        """Ask all to end; whoever watches brings them back."""
        for child in self.children:
            if child.process and not child.dead:
                child.process.terminate()

    def stop(self) -> None:
        """All at once, then wait for each."""
        living = [child.process for child in self.children if child.process]
        for process in living:
            if process.poll() is None:
                process.terminate()
        for process in living:
            processes.stop(process)
        for child in self.children:
            if child.ear:
                child.ear.close()
                child.ear = None


class Ended(SystemExit):
    """The user or the system asked this process to stop; not an error."""


@contextmanager
def ends_on_signals() -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP unwind the `with` blocks once; further ones cannot interrupt that."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup stays nohup
        signals.append(signal.SIGHUP)

    def end(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(0)

    before = {each: signal.signal(each, end) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


# --- ports ------------------------------------------------------------------------------------------------------------
# Which ports are free on this machine.
TRIES = 100
LAST = 65_535


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there and we may. Asked before, because two web servers would quietly share the port."""
    return refusal(host, port) is None


def refusal(host: str, port: int) -> str | None:
    """Why this process cannot listen there, as the end of a sentence; None: it can."""
    if not 0 < port <= LAST:
        return f"does not exist (1 to {LAST})"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return "is not allowed to this account"
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
    return None


def listens(host: str, port: int) -> bool:
    """Whether somebody answers there; every address of this machine is asked by its loopback."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((where, port), timeout=1):
            return True
    except OSError:
        return False


def must_be_free(host: str, port: int) -> None:
    """Raises Mistake."""
    if why := refusal(host, port):
        raise Mistake(f"Port {port} of {host} {why}. Choose another one with --port")


def first_free(host: str, start: int) -> int:
    """The first free port from `start` on. Raises Mistake."""
    for port in range(start, start + TRIES):
        if is_free(host, port):
            return port
    raise Mistake(f"No free port between {start} and {start + TRIES - 1}. Choose one with --port")


def any_free(host: str) -> int:
    """A free port of the system's choice."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
