"""pytest plugin: the PostgreSQL the tests run on, named before Django's settings are read, started when first needed.

Without DATABASE_URL: an embedded server without fsync, in memory where that is a folder (`in_memory()`), else in
var/test/pg; a second run at the same time takes pg-2 …
With it: that server, in a database test_NAME of its own; DATABASE_DIRECT_URL must then be a superuser's.

Migrations run once into a template; each run, and each test that commits, gets a fresh copy of it. A copy is 1,400
files: in memory they cost 50 ms of the processor, on a disk ten times as much.
With pytest-xdist (`-n 2`) each worker has an embedded server of its own: a test that ends sessions or changes a role
does so for a whole server. On a server that is named, each worker has a copy of its own, test_NAME_gw0 and so on; the
controller makes the template.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import allauth
import django
import psycopg
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from pytest_django.plugin import blocking_manager_key

from guardia.cli.catalogues import compile_stale
from guardia.config import policies
from guardia.config.database import ADDRESSES, named, state_dir
from guardia.config.postgres import Embedded

ROOT = Path(__file__).resolve().parent.parent
MOST_SERVERS = 50
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
"""Where Linux has a folder in memory, and how many bytes must be free there: the operator of tests/plans takes one
GiB.
"""
EMBEDDED = "TEST_SERVER_EMBEDDED"
"""Set for the workers of pytest-xdist, whose controller has named a server of its own in DATABASE_URL."""


class TestServer:
    """Which server, and the test database on it."""

    __test__ = False

    def __init__(self) -> None:
        self.embedded: Embedded | None = None
        self.name = "test_guardia"
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "")

    def choose(self) -> None:
        """Put the addresses of the test database into the environment. A worker finds its controller's there."""
        if os.environ.get(EMBEDDED):
            del os.environ["DATABASE_URL"], os.environ["DATABASE_DIRECT_URL"]
        # On one connection, as most tests see no row of another; tests/walls/test_logins.py has the portal's own login.
        for name in ADDRESSES:
            if name not in ("DATABASE_URL", "DATABASE_DIRECT_URL"):
                os.environ.pop(name, None)
        # A story's administrator comes in without a second step, and its gateways stand on the loopback.
        os.environ |= {"MFA_ROLES": "", "EGRESS_LOOPBACK": "1"}
        # One for each process, as for each installation: what is remembered there is of one database.
        os.environ.setdefault("STATE_DIR", str(ROOT / "var" / "test"))
        os.environ["STATE_DIR"] = str(state_dir() / self.worker)
        (state_dir() / "static").mkdir(parents=True, exist_ok=True)  # whitenoise complains without it
        if named():
            url = os.environ["DATABASE_URL"]
            self.name = "test_" + urlsplit(url).path.lstrip("/").removeprefix("test_")
            os.environ["DATABASE_DIRECT_URL"] = renamed(os.environ.get("DATABASE_DIRECT_URL", url), self.own_name)
            os.environ["DATABASE_URL"] = renamed(url, self.own_name)
            return
        self.embedded = free_server(in_memory() or state_dir())
        os.environ[EMBEDDED] = "yes"
        os.environ["DATABASE_URL"] = renamed(self.embedded.app_url, self.name)
        os.environ["DATABASE_DIRECT_URL"] = renamed(self.embedded.owner_url, self.name)

    def start(self) -> None:
        """The server answers and has the template, which on a named server the controller has made."""
        if self.embedded:
            self.embedded.start()
        if self.embedded or not self.worker:
            self.make_template()

    def stop(self) -> None:
        if self.embedded:
            self.embedded.stop()

    @property
    def own_name(self) -> str:
        """The database that this process's tests run in."""
        return f"{self.name}_{self.worker}" if self.worker and not self.embedded else self.name

    @property
    def template(self) -> str:
        digest = hashlib.sha256(f"{django.VERSION} {allauth.VERSION} {self.name}".encode())
        folder = ROOT / "guardia" / "migrations"
        for file in (*sorted(folder.glob("*.py")), policies.FILE):
            digest.update(file.read_bytes())
        return f"{self.name}_{digest.hexdigest()[:12]}"

    def make_template(self) -> None:
        """An empty migrated database, made anew when a migration changed. Half a template never gets the name."""
        unfinished, template = f"{self.name}_unfinished", self.template
        with self._maintenance() as connection:
            old = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{self.name}_"]
            ).fetchall()
            if (template,) in old:
                return
            for (name,) in old:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            migrate(unfinished)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(template))
            )

    def renew(self, of: str = "") -> None:
        """The test database as the migrations left it, or as it was when it was kept as `of`.

        Whoever is connected to it is thrown out.
        """
        source = f"{self.own_name}_{of}" if of else self.template
        with self._maintenance() as connection:
            copy(connection, source, self.own_name)

    def keep(self, of: str) -> None:
        """The test database as it is, for `renew(of)`. Whoever is still connected to it is thrown out."""
        with self._maintenance() as connection:
            connection.execute(THROW_OUT, [self.own_name])
            copy(connection, self.own_name, f"{self.own_name}_{of}")

    def owner(self) -> psycopg.Connection:
        """An own connection of the owner to the test database; what it does is not rolled back with the test."""
        return psycopg.connect(os.environ["DATABASE_DIRECT_URL"], autocommit=True)

    def _maintenance(self) -> psycopg.Connection:
        return psycopg.connect(renamed(os.environ["DATABASE_DIRECT_URL"], "postgres"), autocommit=True)


server = TestServer()
THROW_OUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


def renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def copy(connection: psycopg.Connection, source: str, name: str) -> None:
    """Make a database of this name anew, as the source is."""
    copied = sql.Identifier(name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copied))
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(copied, sql.Identifier(source))
    )
    connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(copied))  # no copy has it


def in_memory() -> Path | None:
    """This checkout's own folder in memory; None where there is none with enough room, or somebody else made it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    folder = MEMORY / f"guardia-test-{os.geteuid()}-{checkout}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder if folder.lstat().st_uid == os.geteuid() else None


def free_server(state: Path) -> Embedded:
    """The first embedded server that no other run holds."""
    for number in range(1, MOST_SERVERS + 1):
        candidate = Embedded(state / ("pg" if number == 1 else f"pg-{number}"), fsync=False)
        if candidate.own():
            return candidate
    raise pytest.UsageError(f"Other test runs already use all {MOST_SERVERS} servers in {state}")


def migrate(name: str) -> None:
    """Run all migrations, as the owner, in the database of this name."""
    from django.core.management import call_command

    with owner_in(name) as owner:
        call_command("migrate", database="direct", interactive=False, verbosity=0)
        policies.apply(owner)


@contextmanager
def owner_in(name: str) -> Iterator[BaseDatabaseWrapper]:
    """The owner's connection, to the database of this name meanwhile."""
    from django.db import connections

    owner = connections["direct"]
    owner.close()
    before, owner.settings_dict["NAME"] = owner.settings_dict["NAME"], name
    try:
        yield owner
    finally:
        owner.close()
        owner.settings_dict["NAME"] = before


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    server.choose()
    compile_stale()  # before Django is switched on: a process reads each catalogue once, already with its models


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The workers copy the template of a named server as soon as they begin."""
    if getattr(session.config.option, "numprocesses", None) and not server.embedded:
        with session.config.stash[blocking_manager_key].unblock():
            server.start()


def pytest_unconfigure() -> None:
    server.stop()
