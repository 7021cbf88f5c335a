"""The processes of the operator under `bin/faults`, each killed and started again from here. One thread does all of it:
a child ends with the thread that began it.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from bench._house import House
from bench._worker import until
from bench.faults.clock import Clock
from guardia.config import processes
from guardia.config.account import postmaster
from guardia.config.postgres import DATABASE

WORKERS = 2
PATIENCE = 180
MOST_SHOWN = 6


class Stage:
    def __init__(self, house: House, port: int, clock: Clock) -> None:
        self.house, self.port, self.clock = house, port, clock
        self.logs = house.folder / "log"
        self.logs.mkdir(exist_ok=True)
        for name in ("state", "tmp"):
            (house.folder / name).mkdir(exist_ok=True)
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes] | None] = [None] * WORKERS
        self.workers_wanted = WORKERS

    def environment(self) -> Mapping[str, str]:
        folder = self.house.folder
        own = {"STATE_DIR": folder / "state", "ATTACHMENTS_DIR": folder / "attachments", "TMPDIR": folder / "tmp"}
        return self.house.address(DATABASE) | {name: str(place) for name, place in own.items()}

    # --- they live ---
    def heal(self) -> None:
        """Whoever is dead is started again, as a supervisor would."""
        if not self.house.server.running:
            self.house.server.start()
        if self.web is None or self.web.poll() is not None:
            self.web = self.start("web", ["web", "--port", str(self.port), "--threads", "4"])
        for number in range(self.workers_wanted):
            process = self.workers[number]
            if process is None or process.poll() is not None:
                self.workers[number] = self.start(f"worker-{number}", ["worker"], self.clock.environment(number))

    def start(self, name: str, words: list[str], more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "guardia", *words]
        with (self.logs / f"{name}.log").open("ab") as log:
            environment = {**self.environment(), **(more or {})}
            return processes.start(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop_workers(self) -> None:
        """As an operator stops them: each finishes the step at hand."""
        for process in self.workers:
            if process and process.poll() is None:
                process.terminate()
        for number, process in enumerate(self.workers):
            if process:
                process.wait(PATIENCE)
            self.workers[number] = None

    def stop(self) -> None:
        for process in (self.web, *self.workers):
            if process and process.poll() is None:
                processes.stop(process)

    # --- who they are ---
    @property
    def web_pids(self) -> list[int]:
        """The server, then the processes that answer."""
        return [self.web.pid, *children_of(self.web.pid)] if self.web else []

    def kill_postgres(self) -> None:
        """Its postmaster; what this one began ends by itself."""
        if pid := postmaster(self.house.server.data):
            kill(pid)
        until(lambda: not self.house.server.running, "PostgreSQL is dead", PATIENCE)

    def backends(self) -> list[int]:
        """The connections of web and worker, each a process of PostgreSQL."""
        question = "SELECT pid FROM pg_stat_activity WHERE usename <> 'guardia_owner' ORDER BY pid"
        with contextlib.suppress(psycopg.OperationalError):
            return [pid for (pid,) in self.house.as_owner(DATABASE, question)]
        return []

    def cut(self) -> None:
        """Every connection of web and worker breaks."""
        question = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'guardia_owner'"
        with contextlib.suppress(psycopg.OperationalError):
            self.house.as_owner(DATABASE, question)

    def last_words(self) -> str:
        logs = sorted(self.logs.glob("*.log"))
        return "\n".join(f"The end of {log.name}:\n{tail(log)}" for log in logs)


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-MOST_SHOWN:])


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def kill(pid: int) -> None:
    """-9; whoever is gone already is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
