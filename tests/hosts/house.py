"""Guardia as it runs on each machine, and whoever works at one: processes of their own, with what they agree on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from guardia.config import processes

PORT, PATIENCE = 8000, 90
OURS = ("DATABASE_", "SMTP_", "IMAP_", "MAIL_", "AMI_", "OIDC_", "DEADMAN_", "ATTACHMENTS_", "STATE_DIR", "SMS_")


@contextmanager
def folder() -> Iterator[Path]:
    """A short path: a socket's has room for a hundred letters."""
    with TemporaryDirectory(prefix="hosts-", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Path(name)


def settle(folder: Path, app: str, owner: str, **more: str) -> None:
    """What this process and all that it begins agree on; nothing of the caller's own installation."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ |= {
        "DATABASE_URL": app,
        "DATABASE_DIRECT_URL": owner,
        "STATE_DIR": str(folder / "state"),
        "ATTACHMENTS_DIR": str(folder / "shared"),
        "PUBLIC_URL": f"http://127.0.0.1:{PORT}",
        "MFA_ROLES": "",
        "MAIL_IN": "1",
        "SMTP_TIMEOUT_SECONDS": "10",
        "SMTP_CONNECTIONS": "2",
        "LOG_LEVEL": "WARNING",
        **more,
    }


class Machine:
    """Web and worker of one machine. ``do``: what somebody does who sits there; ``become``: how a child gets there."""

    def __init__(
        self,
        folder: Path,
        name: str,
        do: Callable[..., Any] = lambda what, *words: what(*words),
        become: Callable[[], None] | None = None,
        port: int = PORT,
        **more: str,
    ) -> None:
        self.name, self.do, self.become, self.port = name, do, become, port
        self.log = folder / f"{name}.log"
        self.environment = {**os.environ, "STATE_DIR": str(folder / name), **more}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *words: str, code: Path | None = None) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.running[words[0]] = processes.start(
                [sys.executable, "-m", "guardia", *words],
                become=self.become, env=self.environment, cwd=code, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return self.running[words[0]]

    def web(self, code: Path | None = None, host: str = "127.0.0.1") -> None:
        self.start("web", "--host", host, "--port", str(self.port), code=code)
        until(lambda: self.status("/salud/vivo") > 0, f"the web of {self.name} answers", self.log)

    def worker(self) -> None:
        self.start("worker")

    def begin(self, code: Path | None = None) -> None:
        """Web and worker of that version (None: this one), where a balancer reaches them."""
        self.web(code, "0.0.0.0")
        self.start("worker", code=code)

    def command(self, *words: str, patience: float = PATIENCE) -> None:
        """Raises RuntimeError where it does not end well, TimeoutExpired where it does not end in that many seconds."""
        if self.start(*words).wait(patience):
            raise RuntimeError(f"guardia {' '.join(words)}: {self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        for process in self.running.values():
            processes.stop(process)
        self.running.clear()

    def answering(self) -> list[int]:
        """The processes that the web has begun."""
        pid = self.running["web"].pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self, name: str) -> None:
        """The web or the worker, at once."""
        self.running[name].kill()
        self.running.pop(name).wait()

    # --- what somebody sees who sits there ---
    def asked(self, path: str, language: str = "en") -> tuple[int, str]:
        return self.do(_asked, self.port, path, language)

    def status(self, path: str) -> int:
        with suppress(OSError):
            return self.asked(path)[0]
        return 0


def _asked(port: int, path: str, language: str) -> tuple[int, str]:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Accept-Language": language})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def until(holds: Callable[[], bool], what: str, log: Path | None = None, patience: float = PATIENCE) -> float:
    """Look again and again until it holds; how long that took (s). Raises TimeoutError after ``patience`` seconds."""
    begun = monotonic()
    while not holds():
        if monotonic() - begun > patience:
            raise TimeoutError(f"still not: {what}\n{log.read_text()[-3000:] if log else ''}")
        sleep(0.1)
    return monotonic() - begun
