"""An embedded PostgreSQL for a laptop, a test or a small operations centre, from the programs of a wheel.

One process owns it: the one that holds the lock of its folder. The server is the owner's direct child and ends with
it. Every other process only uses the addresses. For a larger installation, set DATABASE_URL and none of this runs.

Authentication is `trust`, and there is no TCP: the socket stands in a folder only this account can enter, and who can
enter it can already read the data files. The roles are not there against that account but to keep the application
inside its row policies: `guardia_owner` owns everything and migrates; `guardia_app` owns nothing, can skip no policy;
`guardia_portal_login` reads what the portal shows, `guardia_portal_acts_login` does what is done there,
`guardia_worker_login` works, `guardia_sign_in_login` keeps passwords and sessions, and none can become more.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from guardia.config import processes
from guardia.config.account import MAJOR, Account, DatabaseTrouble, choose, clear_remains, fresh_log, socket_folder

OWNER = "guardia_owner"
APP = "guardia_app"
PORTAL = "guardia_portal_login"
PORTAL_ACTS = "guardia_portal_acts_login"
WORKER = "guardia_worker_login"
SIGN_IN = "guardia_sign_in_login"
DATABASE = "guardia"
PORT = 5432
START_SECONDS = 60
RECOVERY_SECONDS = 600  # replaying the log after a crash
STOP_SECONDS = 60
LINES_SHOWN = 12

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "10min",  # a forgotten transaction keeps dead rows alive for everybody
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Embedded:
    """The server of one folder. `start()` owns it or joins the owner's; `stop()` ends it if this process owns it."""

    def __init__(self, data_dir: Path, *, fsync: bool = True) -> None:
        """`data_dir` is made if missing. Without `fsync` a power cut may destroy the data: for tests only."""
        self.home = data_dir.resolve()
        self.fsync = fsync
        self.socket_dir = Path()
        self._lock: IO[str] | None = None
        self._account: Account | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._log_begins = 0  # where the words of the newest launch begin

    # --- addresses ---
    @property
    def app_url(self) -> str:
        """For web and worker (DATABASE_URL)."""
        return self.url(APP)

    @property
    def portal_url(self) -> str:
        """For what the portal shows (DATABASE_PORTAL_URL)."""
        return self.url(PORTAL)

    @property
    def portal_acts_url(self) -> str:
        """For what is done in the portal (DATABASE_PORTAL_ACTS_URL)."""
        return self.url(PORTAL_ACTS)

    @property
    def worker_url(self) -> str:
        """For the worker (DATABASE_WORKER_URL)."""
        return self.url(WORKER)

    @property
    def sign_in_url(self) -> str:
        """For passwords and sessions (DATABASE_SIGN_IN_URL)."""
        return self.url(SIGN_IN)

    @property
    def owner_url(self) -> str:
        """For migrations (DATABASE_DIRECT_URL)."""
        return self.url(OWNER)

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_dir))}&port={PORT}"

    @property
    def owned(self) -> bool:
        return self._lock is not None

    @property
    def data(self) -> Path:
        """Where PostgreSQL keeps the data: in `home`, or in the service folder. Raises DatabaseTrouble if not owned."""
        return self._need_account().folder / "data"

    @property
    def running(self) -> bool:
        """Whether the server this process owns is alive."""
        return self._server is not None and self._server.poll() is None

    # --- the owner ---
    def own(self) -> bool:
        """Take the folder's lock, without starting; False: another process has it."""
        if self._lock:
            return True
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = (self.home / "lock").open("a+")
        except OSError as error:
            raise DatabaseTrouble(f"The folder {self.home} cannot be used by this account: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        self._lock = handle
        try:
            self._account = choose(self.home)
            self.socket_dir = socket_folder(self._account, self.home / "address", PORT)
        except BaseException:
            self._release()
            raise
        return True

    def start(self) -> "Embedded":
        """Own and start the server, or join the one that another process owns. Raises DatabaseTrouble."""
        if not self.own():
            return self._join()
        if self.running:
            return self
        try:
            self._bring_up(self._need_account())
        except BaseException:  # whoever handles it must find the folder free, to wipe it or to try again
            self.stop()
            raise
        return self

    def _bring_up(self, account: Account) -> None:
        if not self.data.exists():
            self._create(account, self.data)
        _same_version(self.data)
        clear_remains(self.data, self.socket_dir, STOP_SECONDS)
        self._run(account, self.data)
        self._furnish()
        (self.home / "address").write_text(str(self.socket_dir))

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what is committed is on disk. A guest just leaves."""
        if self._server:
            processes.stop(self._server, signal.SIGINT, STOP_SECONDS)
            self._server = None
        self._release()

    def wipe(self) -> None:
        """Delete the data for ever. Raises DatabaseTrouble while another process owns the folder."""
        if not self.own():
            raise DatabaseTrouble(f"{self.home} is in use by process {self.owner_pid()}: stop it first")
        if self._server:
            processes.stop(self._server, signal.SIGQUIT)
            self._server = None
        shutil.rmtree(self._need_account().folder)
        shutil.rmtree(self.home, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        if not self._lock:
            return
        (self.home / "address").unlink(missing_ok=True)
        if self._account and self.socket_dir.parent != self._account.folder:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
        self._lock.close()
        self._lock = None

    def owner_pid(self) -> str:
        with contextlib.suppress(OSError):
            return (self.home / "lock").read_text().strip() or "?"
        return "?"

    def _need_account(self) -> Account:
        if self._account is None:
            raise DatabaseTrouble(f"{self.home} is not owned by this process")
        return self._account

    def _join(self) -> "Embedded":
        """Wait until the owner's server answers; the owner may be starting it right now."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError, psycopg.OperationalError):
                self.socket_dir = Path((self.home / "address").read_text())
                psycopg.connect(self.url(OWNER), connect_timeout=5).close()
                return self
            if self.own():
                return self.start()
            time.sleep(0.1)
        raise DatabaseTrouble(
            f"Process {self.owner_pid()} owns {self.home}, but its PostgreSQL does not answer. "
            f"Stop that process and try again; its log is {self.home / 'log'}"
        )

    # --- its life ---
    def _create(self, account: Account, data: Path) -> None:
        """initdb aside, then rename: an interrupted first start leaves nothing that looks like a database."""
        unfinished = data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            str(account.programs / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if self.fsync else ["--no-sync"]),
        ]
        child = processes.start(command, become=account.become, env=_environment(), cwd="/", **_captured())
        output, _ = child.communicate()
        if child.returncode:
            raise DatabaseTrouble(f"PostgreSQL could not create {data}:\n{output.decode(errors='replace').strip()}")
        unfinished.rename(data)

    def _run(self, account: Account, data: Path) -> None:
        """Launch until it answers. After a kill, workers of the dead server may hold its memory for a moment."""
        until = time.monotonic() + START_SECONDS
        while True:
            self._server = self._launch(account, data)
            try:
                return self._wait_until_ready(self._server)
            except DatabaseTrouble:
                # Among all its words: those workers write into the same log, each as it ends.
                if "pre-existing shared memory" not in self._said() or time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def _launch(self, account: Account, data: Path) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_dir)} | ({} if self.fsync else CARELESS)
        command = [str(account.programs / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with fresh_log(self.home / "log").open("ab") as log:
            self._log_begins = log.tell()
            return processes.start(
                command,
                last_signal=signal.SIGINT,  # PostgreSQL's word for a fast shutdown
                become=account.become,
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        begun = time.monotonic()
        while server.poll() is None:
            try:
                psycopg.connect(self.url(OWNER, "postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                recovering = "starting up" in str(error) or "recovery" in str(error)
                if time.monotonic() - begun > (RECOVERY_SECONDS if recovering else START_SECONDS):
                    processes.stop(server, signal.SIGQUIT)
                    raise DatabaseTrouble(f"PostgreSQL does not answer: {error}{self._last_words()}") from error
            time.sleep(0.03)
        raise DatabaseTrouble(f"PostgreSQL did not start.{self._last_words()}")

    def _said(self) -> str:
        """What stands in the log since the newest launch; nothing where somebody has taken the log away."""
        with contextlib.suppress(FileNotFoundError), (self.home / "log").open("rb") as log:
            log.seek(self._log_begins)
            return log.read().decode(errors="replace")
        return ""

    def _last_words(self) -> str:
        return "\n".join(["", f"The end of {self.home / 'log'}:", *self._said().splitlines()[-LINES_SHOWN:]])

    def _furnish(self) -> None:
        """The logins of the application and the database, if missing. The owner's role is initdb's."""
        with psycopg.connect(self.url(OWNER, "postgres"), autocommit=True) as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for name in {APP, PORTAL, PORTAL_ACTS, WORKER, SIGN_IN} - roles:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT").format(
                        sql.Identifier(name)
                    )
                )
            databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            if DATABASE not in databases:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )


def _same_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as missing:
        raise DatabaseTrouble(
            f"{data} holds no data of PostgreSQL: put its files back there, or name another folder in STATE_DIR"
        ) from missing
    if found != MAJOR:
        raise DatabaseTrouble(
            f"{data} was written by PostgreSQL {found}, and PostgreSQL {MAJOR} cannot read it: make a `guardia "
            f"backup` with the Guardia that brought {found}, or a dump with pg_dump of PostgreSQL {found}, and "
            "restore that into an empty folder"
        )


def _environment() -> dict[str, str]:
    """Nothing of the caller's PostgreSQL settings (PGPORT, PGDATA …) may reach the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _captured() -> dict[str, int]:
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
