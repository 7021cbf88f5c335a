"""A backup: the database as it stood at one instant, then the files that its rows name, then the manifest.

The files come after the database, since rows name files; a file withdrawn meanwhile is none that was lost.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from guardia.cli.backups import kept, programs
from guardia.cli.backups.copying import NAMED, CannotBackUp, Say, copy_files, row
from guardia.cli.backups.kept import Manifest
from guardia.cli.backups.key import fingerprint
from guardia.cli.progress import Progress
from guardia.config.ownership import who

COUNTED = ("customer", "contact", "case", "case_event", "clock", "notice", "delivery", "case_file", "staff")
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
ROLES = r"SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'guardia\_%' AND NOT rolcanlogin ORDER BY 1"
MEMBERS = """
    SELECT r.rolname::text, m.rolname::text, a.inherit_option, a.set_option FROM pg_auth_members AS a
    JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS m ON m.oid = a.member
    WHERE r.rolname = ANY(%s) ORDER BY 1, 2
"""
NOT_FORCED = "the owner of the tables may not read through their walls"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Two backups into one folder do not mix, and none is pruned while another is made. Raises CannotBackUp."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (root / "lock").open("a")
    except OSError as wrong:
        raise CannotBackUp(
            f"{root} cannot be written by {who()}: {wrong.strerror}. Name a folder of that account, or give it this one"
        ) from wrong
    with lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as wrong:
            raise CannotBackUp(f"Another backup is being made into {root}. Wait until it has ended") from wrong
        yield


def make(url: str, app: str, root: Path, settings: list[str], say: Say) -> Path:
    """A whole new backup in ``root``, from the database that ``url`` opens as its owner; its folder.
    ``app`` is the role of the application.

    The caller holds the lock of ``root``. Raises CannotBackUp, programs.ProgramTrouble, psycopg.OperationalError; what
    was begun is then removed.
    """
    made_at = datetime.now(UTC).replace(microsecond=0)
    folder = kept.folder_of(root, made_at)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError as wrong:
        raise CannotBackUp(f"{folder} is there already: a backup of this very second. Try again") from wrong
    try:
        return _make(url, app, root, folder, made_at, settings, say)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _make(url: str, app: str, root: Path, folder: Path, made_at: datetime, settings: list[str], say: Say) -> Path:
    with psycopg.connect(url, autocommit=True) as asked, psycopg.connect(url) as standing:
        standing.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        standing.read_only = True
        must_see_all(standing)
        (snapshot,) = row(standing, "SELECT pg_export_snapshot()")
        server = standing.info.server_version // 10000
        say("database")
        tables = row(standing, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0]
        with Progress("tables", tables, is_steady=False) as progress:
            dump(url, folder / kept.DUMP, snapshot, server, progress.begins)
        counts = {table: count(standing, table) for table in COUNTED}
        migrations = [name for (name,) in standing.execute(MIGRATIONS)]
        total = row(standing, f"SELECT count(*) FROM ({NAMED}) AS named")[0]
        say(f"files of cases: {total}")
        with Progress("files", total) as progress:
            size, number, troubles = copy_files(standing, asked, root, folder, progress)
        owner = str(standing.info.user)
        roles = [name for (name,) in standing.execute(ROLES)]
        members = members_of(standing, roles, {owner: kept.OWNER, app: kept.APP})
    sums = {name: kept.sum_of(folder / name) for name in (kept.DUMP, kept.FILES_LIST)}
    manifest = Manifest(
        made_at=made_at.isoformat(),
        guardia=version("guardia"),
        server=str(server),
        owner=owner,
        roles=roles,
        members=members,
        migrations=migrations,
        counts=counts,
        sums=sums,
        files=number,
        file_bytes=size,
        settings=settings,
        key=fingerprint(),
        troubles=troubles,
    )
    kept.write(folder, manifest)
    return folder


def members_of(
    standing: psycopg.Connection, roles: list[str], names: dict[str, str]
) -> list[tuple[str, str, bool, bool]]:
    """Who of the house may step into which of these; anybody else on this server is none of it."""
    found = standing.execute(MEMBERS, [roles]).fetchall()
    ours = set(roles) | set(names)
    return [
        (role, names.get(member) or member, inherits, sets) for role, member, inherits, sets in found if member in ours
    ]


def must_see_all(connection: psycopg.Connection) -> None:
    """Whoever is kept behind a wall would keep a part and call it the whole. Raises CannotBackUp."""
    name, sees = row(connection, "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if not sees:
        raise CannotBackUp(
            f"{name} of DATABASE_DIRECT_URL does not see all rows: {NOT_FORCED}. "
            f"As a superuser: ALTER ROLE {name} BYPASSRLS"
        )
    if not row(connection, "SELECT to_regclass('case_file') IS NOT NULL")[0]:
        raise CannotBackUp("This database has no tables of Guardia: there is nothing to back up")


def dump(url: str, target: Path, snapshot: str, server: int, begins: Callable[[str], object]) -> None:
    """``begins`` is told the name of each table as its rows are read."""
    part = target.with_name(f"{target.name}.part")
    part.touch(mode=0o600)
    options = ["--format=custom", "--compress=1", "--no-password", f"--snapshot={snapshot}", f"--file={part}"]
    programs.run([programs.found("pg_dump", server)], url, options, begins)
    programs.run([programs.found("pg_restore", server)], "", ["--list", "--file=/dev/null", str(part)])
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(target)


def count(connection: psycopg.Connection, table: str) -> int:
    return connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0]  # type: ignore[index]
