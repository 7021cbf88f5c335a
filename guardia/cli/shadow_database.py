"""The database beside: a PostgreSQL of its own in a folder that goes with the command, and the replays in it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from guardia.cli.installation import Mistake
from guardia.config.database import ADDRESSES, FORMS
from guardia.config.postgres import DATABASE, OWNER, Embedded

STOP_SECONDS = 30
ROLES = {
    "DATABASE_URL": "guardia_app",
    "DATABASE_DIRECT_URL": OWNER,
    "DATABASE_PORTAL_URL": "guardia_portal_login",
    "DATABASE_PORTAL_ACTS_URL": "guardia_portal_acts_login",
    "DATABASE_WORKER_URL": "guardia_worker_login",
    "DATABASE_SIGN_IN_URL": "guardia_sign_in_login",
}
NOT_ITS_OWN = ("SMTP_", "SENTRY_", "OTEL_")
"""Nothing that a replay does leaves the machine, whatever the operator's own environment says."""


class Beside:
    """A server of its own, on whose databases replays run; ``folder`` holds all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Embedded(folder / "pg", fsync=False)

    def start(self) -> None:
        """With tables. Raises DatabaseTrouble, Mistake."""
        self.server.start()
        with (self.folder / "migrate.log").open("w") as log:
            done = self._run(["migrate", "--quiet"], DATABASE, log)
            if done.wait():
                raise Mistake(f"The tables of the database beside could not be made:\n{words_of(log.name)}")

    def copy(self, name: str) -> None:
        """Another database of this name, with the same tables and nothing in them."""
        with psycopg.connect(self.server.url(OWNER, "postgres"), autocommit=True) as owner:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            owner.execute(words.format(*map(sql.Identifier, (name, DATABASE, OWNER))))

    def replays(self, jobs: Mapping[str, Path]) -> None:
        """Each of these jobs in its database, all at once. Raises Mistake with the words of the one that failed."""
        running = []
        try:
            for place, (database, folder) in enumerate(jobs.items()):
                log = None if place == 0 else (folder / "log").open("w")
                running.append((self._run(["shadow-replay", str(folder)], database, log), folder))
            for child, folder in running:
                if child.wait():
                    raise Mistake(words_of(folder / "trouble") or "The replay did not end; see above")
        finally:
            for child, _folder in running:
                ended(child)

    def _run(self, words: list[str], database: str, log: object) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "guardia", *words]
        return subprocess.Popen(command, env=self._environment(database), stdout=log, stderr=log)  # type: ignore[call-overload]

    def _environment(self, database: str) -> dict[str, str]:
        own = {f"{name}{form}" for name in ADDRESSES for form in FORMS}
        kept = {
            name: value for name, value in os.environ.items() if name not in own and not name.startswith(NOT_ITS_OWN)
        }
        addresses = {name: self.server.url(role, database) for name, role in ROLES.items()}
        return kept | addresses | {"STATE_DIR": str(self.folder)}


@contextmanager
def beside(keep: Path | None = None) -> Iterator[Beside]:
    """A server of its own; at the end it is stopped and deleted, also where somebody stopped the command.

    ``keep``: a folder for it that is new or empty, and stays where all went well. Raises Mistake where it is neither.
    """
    folder = new_folder(keep) if keep else Path(tempfile.mkdtemp(prefix="guardia-shadow-"))
    aside = Beside(folder)
    stays = False
    try:
        aside.start()
        yield aside
        stays = keep is not None
    finally:
        with undisturbed():
            if stays:
                aside.server.stop()
                for rest in folder.glob("job-*"):
                    shutil.rmtree(rest, ignore_errors=True)
            else:
                with suppress(OSError):
                    aside.server.wipe()
                shutil.rmtree(folder, ignore_errors=True)


def new_folder(folder: Path) -> Path:
    """Raises Mistake where something stands in it already, or where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Mistake(f"{folder} is not empty: name a new folder with --keep")
    except OSError as wrong:
        raise Mistake(f"{folder} cannot be made ({wrong.strerror}): name another folder with --keep") from wrong
    return folder.resolve()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, a second Ctrl-C ends nothing: half a server would stay behind."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def ended(child: "subprocess.Popen[bytes]") -> None:
    """Stopped, if it has not ended by itself."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        if child.poll() is None:
            child.kill()
            child.wait()


def words_of(file: Path | str) -> str:
    with suppress(OSError):
        return Path(file).read_text(encoding="utf-8", errors="replace").strip()[-2000:]
    return ""
