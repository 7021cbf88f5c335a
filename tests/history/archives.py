"""An archive is written of the test database, which is then wiped, and brought in again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from guardia.cases import rebuild
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, as_at_one_instant
from guardia.customers.customer import Customer
from guardia.evidence import store
from guardia.history.archive import ARCHIVED
from guardia.history.archive_importing import Archive, BroughtIn, bring_in
from guardia.history.archive_rows import columns_of, table_name, target_of
from guardia.history.archive_writing import ArchiveWriter
from guardia.reports import verification
from guardia.reports.report_history import company_history
from tests.conftest import _forget
from tests.server import server

NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
SCRIPT = Path(__file__).parent / "archive_heads.py"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path) -> Iterator[Path]:
    """A store of files that no other test has left anything in: ``wipe`` empties it."""
    folder = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": tmp_path / "store"}}
    with override_settings(STORAGES={**settings.STORAGES, "attachments": folder}):
        yield tmp_path / "store"


def as_owner() -> psycopg.Connection:
    connection = psycopg.connect(settings.DATABASE_DIRECT_URL)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.execute("SET LOCAL TIME ZONE 'UTC'")
    return connection


def archive_of(path: Path, company: int | None = None, at: datetime = LATER) -> Path:
    with as_owner() as standing, path.open("wb") as file:
        written = ArchiveWriter(file, standing, company, at, lambda name: None).write()
    assert written.troubles == []
    return path


def brought(path: Path) -> BroughtIn:
    archive = Archive(path)
    archive.check(lambda name: None)
    with as_owner() as owner:
        return bring_in(archive, owner, lambda name: None)


def wipe(to: str = "") -> None:
    """The database as the migrations left it, or as ``server.keep(to)`` kept it, and a store without files."""
    connections.close_all()
    server.renew(to)
    _forget()
    for folder in list(store.hashes()):
        for sha in folder:
            store.remove(sha)


def every_row() -> dict[str, list[str]]:
    """All rows of the archived tables, as PostgreSQL writes them, but for what is left out of them."""
    found = {}
    with as_owner() as owner:
        for table in ARCHIVED:
            gone = [c.column for c in columns_of(table) if c.is_relation and c.null and target_of(c) is None]
            without = "".join(f" - '{name}'" for name in [*table.without, *gone])
            only = f"WHERE {table.only}" if table.only else ""
            rows = owner.execute(f'SELECT (to_jsonb(t){without})::text FROM "{table_name(table)}" t {only} ORDER BY 1')
            found[table_name(table)] = [row for (row,) in rows]
    return found


def heads(**of: int) -> dict[int, tuple[int, bytes]]:
    rows = Case.objects.filter(**of).values_list("number", "seq", "head_hash")
    return {number: (seq, bytes(head)) for number, seq, head in rows}


def findings(at: datetime = LATER) -> list[str]:
    """What ``guardia verify`` and ``guardia clocks rebuild`` find."""
    with as_at_one_instant(DatabaseRole.WORKER):
        return [*map(str, verification.findings(at)), *map(str, rebuild.rebuild())]


def evidence_of(company: int, at: datetime = LATER) -> bytes:
    """The file of evidence that a company takes with it."""
    name = Customer.objects.get(pk=company).name
    return b"".join(company_history(company, name, at, "es"))


def by_itself(path: Path) -> dict:
    """What the script says that has nothing but the standard library. It starts a process."""
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    computed: dict = json.loads(done.stdout)
    return computed
