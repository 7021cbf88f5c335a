"""A whole installation for trying out: its own state folder, database, mail server, web server and worker."""

import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.catalogues import compile_stale
from guardia.cli.children import Child, Children, any_free
from guardia.cli.installation import Mistake, open_installation
from guardia.cli.migrate import migrate
from guardia.cli.run import Revival, eraser, listeners
from guardia.config.database import ROOT, named
from guardia.config.postgres import Embedded

if TYPE_CHECKING:
    from watchfiles import Change

HOST = "127.0.0.1"
SOURCES = (".py", ".html", ".txt", ".po", ".css", ".js", ".svg", ".yaml", ".toml", ".sql")
PATIENCE_SECONDS = 60
# What a real installation may have set and a trial must not inherit: its mail servers and mailbox, its gateways, its
# addresses, its secrets.
FOREIGN = {
    *("ALLOWED_HOSTS", "BEHIND_PROXY", "TRUSTED_PROXIES", "DEBUG", "HTTPS", "LOG_LEVEL"),
    *("SECRET_KEY", "SECRET_KEY_FILE", "EGRESS_LOOPBACK", "LOG_FORMAT"),
}
PREFIXES = ("SMTP_", "IMAP_", "MAIL_", "SMS_", "WHATSAPP_", "DEADMAN_", "OIDC_", "ATTACHMENT", "BACKUP_", "METRICS_")


class Trial:
    """Use as a context: everything that `start` brought up goes down when the block ends."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.server: Embedded | None = None
        self.children = Children(
            Child("web", ["web", "--port", str(port)], state / "log" / "web.log"),
            Child("worker", ["worker"], state / "log" / "worker.log"),
            eraser(state / "log"),
            *listeners(state / "log"),
        )
        self._open = ExitStack()

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, *trouble: object) -> None:
        self._open.close()

    @property
    def mail(self) -> Path:
        return self.state / "mail"

    def start(self, seed: list[str] | None) -> str:
        """Bring everything up; `seed` are the words of the demo-seed command, for an empty installation. Its output.

        Raises Mistake with the end of the log of what did not come up.
        """
        shutil.rmtree(self.state / "log", ignore_errors=True)
        (self.state / "log").mkdir(parents=True)
        smtp = any_free(HOST)
        self._environment(smtp)
        with step("Database of DATABASE_URL" if named() else "PostgreSQL"):
            self.server = open_installation(empty=True)
            if self.server:
                self._open.callback(self.server.stop)
        with step("Migrations"):
            migrate(quiet=True)
        with step("Translations"):
            compile_stale()
        from guardia.demo.mailbox import receiving

        self._open.enter_context(receiving(self.mail, smtp))
        output = self._seed(seed or []) if seed is not None and self._empty() else ""
        if seed == []:
            self._point_tests_here()
        with step("Web server and worker"):
            self._open.callback(self.children.stop)
            self.children.start()
            self._wait()
        return output

    def keep(self, *, reload: bool = False) -> None:
        """For ever: whoever dies is brought back. ``reload``: and begins anew when a source changes."""
        looks = [Revival(self.server, self.children).look, *([reloading(self.children)] if reload else [])]

        def look() -> None:
            for each in looks:
                each()

        self.children.watch(also=look)

    def _environment(self, smtp: int) -> None:
        for name in [name for name in os.environ if name in FOREIGN or name.startswith(PREFIXES)]:
            del os.environ[name]
        os.environ |= {
            "STATE_DIR": str(self.state),
            "GUARDIA_DEMO": "1",
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(smtp),
            "MAIL_IN": "1",
            "STATUS_PAGE": "1",
            "MFA_ROLES": "",  # sample people are tried out by their printed password alone
            "PUBLIC_URL": self.url,
        }

    def _empty(self) -> bool:
        from django.db import connections

        with connections["direct"].cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM customer)")
            (filled,) = cursor.fetchone()
        connections.close_all()
        return not filled

    def _seed(self, words: list[str]) -> str:
        with step("Sample operator"):
            command = [sys.executable, "-m", "guardia", "demo-seed", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Mistake(f"The sample data could not be made:\n{done.stderr.strip()}")
        return done.stdout

    def _point_tests_here(self) -> None:
        """What the demo tests is its own web server, at the port of this start."""
        from django.db import connections

        from guardia.config.now import now
        from guardia.demo.network import point_here

        point_here(HOST, self.port, now())
        connections.close_all()

    def _wait(self) -> None:
        """Until the web server says it is well."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.port):
            for child in self.children.children:
                if child.dead:
                    raise Mistake(f"The {child.name} ended at once. {child.last_words()}")
            if time.monotonic() > until:
                raise Mistake(f"The web server does not answer. {self.children.children[0].last_words()}")
            time.sleep(0.05)


def reloading(children: Children) -> Callable[[], None]:
    """What is called every now and then, and begins all children anew if a source has changed since.

    Catalogues are compiled first. Tables are not brought up to date: a new migration needs a start.
    """
    try:
        from watchfiles import DefaultFilter, watch
    except ImportError as missing:
        raise Mistake("--reload needs what developers install: run bin/dev") from missing

    class Sources(DefaultFilter):
        def __call__(self, change: "Change", path: str) -> bool:
            return path.endswith(SOURCES) and super().__call__(change, path)

    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    changes = watch(ROOT / "guardia", watch_filter=Sources(), rust_timeout=1, yield_on_timeout=True, debounce=200)

    def look() -> None:
        if found := next(changes):
            names = sorted({str(Path(path).relative_to(ROOT)) for _change, path in found})
            print(f"  {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''} changed: anew", flush=True)
            compile_stale()
            for child in children.children:
                child.begin_anew()

    return look


def answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/salud")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def step(words: str) -> Iterator[None]:
    """One line of progress: the words at the beginning, the seconds at the end."""
    print(f"  {words}… ", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)
