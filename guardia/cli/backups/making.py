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

from guardia.cli.backups import folder as backups_folder
from guardia.cli.backups import programs
from guardia.cli.backups.folder import BackedUpFile, Manifest, fingerprint
from guardia.cli.progress import Progress
from guardia.config.ownership import who
from guardia.evidence import store

# --- copies of files --------------------------------------------------------------------------------------------------
# The files that the rows of a backup name, copied beside it: each once, whatever the number of backups.
NAMED = "SELECT DISTINCT sha256 FROM case_file WHERE withdrawn_at IS NULL ORDER BY sha256"
STILL_NAMED = "SELECT EXISTS (SELECT FROM case_file WHERE sha256 = %s AND withdrawn_at IS NULL)"
Say = Callable[[str], None]


class CannotBackUp(Exception):
    """Nothing was kept; the words say why and what to do."""


def copy_files(
    standing: psycopg.Connection, asked: psycopg.Connection, root: Path, folder: Path, progress: Progress
) -> tuple[int, int, list[str]]:
    """The files that the rows of the snapshot name; their bytes in all, how many, and what is wrong with any.

    Raises CannotBackUp where the store does not answer at all.
    """
    size, number, troubles = 0, 0, list[str]()
    with (folder / backups_folder.FILES_LIST).open("w", encoding="ascii") as lines, standing.cursor("named") as named:
        for (sha,) in named.execute(NAMED):
            if found := copy(root, sha, asked, troubles):
                lines.write(" ".join(map(str, (found.sha256, found.size, found.thumbnail))).strip() + "\n")
                size, number = size + found.size, number + 1
            progress.step()
        lines.flush()
        os.fsync(lines.fileno())
    return size, number, troubles


def copy(root: Path, sha: str, asked: psycopg.Connection, troubles: list[str]) -> BackedUpFile | None:
    place = backups_folder.place_of(root, sha)
    content = place.read_bytes() if place.exists() else from_store(store.place(sha))
    if content is None:
        if row(asked, STILL_NAMED, sha)[0]:
            troubles.append(f"file {sha} is lost: no case can show it any more")
        return None
    if store.digest(content) != sha:
        place.unlink(missing_ok=True)
        content = from_store(store.place(sha))
        if content is None or store.digest(content) != sha:
            troubles.append(f"file {sha} was changed: its bytes are not those that were kept")
            return None
    write_once(place, content)
    small = from_store(store.place(sha) + store.THUMBNAIL)
    if small is None:
        return BackedUpFile(sha, len(content))
    write_once(backups_folder.place_of(root, store.digest(small)), small)
    return BackedUpFile(sha, len(content), store.digest(small))


def from_store(name: str) -> bytes | None:
    """None where it is not there. Raises CannotBackUp where the store does not answer: that is not the same."""
    try:
        with store.store().open(name, "rb") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
    except OSError as wrong:
        raise CannotBackUp(f"The store of files does not answer: {wrong}. Nothing was kept") from wrong


def write_once(place: Path, content: bytes) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_name(f"{place.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)
    backups_folder.sync(place.parent)


def row(connection: psycopg.Connection, question: str, *values: object) -> tuple:
    found = connection.execute(question, values or None).fetchone()
    assert found is not None
    return found


# --- the backup -------------------------------------------------------------------------------------------------------
COUNTED = ("customer", "contact", "case", "case_event", "clock", "notice", "delivery", "case_file", "staff")
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
ROLES = r"SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'guardia\_%' AND NOT rolcanlogin ORDER BY 1"
MEMBERS = """
    SELECT r.rolname::text, m.rolname::text, a.inherit_option, a.set_option FROM pg_auth_members AS a
    JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS m ON m.oid = a.member
    WHERE r.rolname = ANY(%s) ORDER BY 1, 2
"""
NOT_FORCED = "the owner of the tables may not read through their row policies"


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
    folder = backups_folder.folder_of(root, made_at)
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
            dump(url, folder / backups_folder.DUMP, snapshot, server, progress.begins)
        counts = {table: count(standing, table) for table in COUNTED}
        migrations = [name for (name,) in standing.execute(MIGRATIONS)]
        total = row(standing, f"SELECT count(*) FROM ({NAMED}) AS named")[0]
        say(f"files of cases: {total}")
        with Progress("files", total) as progress:
            size, number, troubles = copy_files(standing, asked, root, folder, progress)
        owner = str(standing.info.user)
        roles = [name for (name,) in standing.execute(ROLES)]
        members = members_of(standing, roles, {owner: backups_folder.OWNER, app: backups_folder.APP})
    sums = {name: backups_folder.sum_of(folder / name) for name in (backups_folder.DUMP, backups_folder.FILES_LIST)}
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
    backups_folder.write(folder, manifest)
    return folder


def members_of(
    standing: psycopg.Connection, roles: list[str], names: dict[str, str]
) -> list[tuple[str, str, bool, bool]]:
    """Who of the operator may step into which of these; anybody else on this server is none of it."""
    found = standing.execute(MEMBERS, [roles]).fetchall()
    ours = set(roles) | set(names)
    return [
        (role, names.get(member) or member, inherits, sets) for role, member, inherits, sets in found if member in ours
    ]


def must_see_all(connection: psycopg.Connection) -> None:
    """Whoever is held by a row policy would keep a part and call it the whole. Raises CannotBackUp."""
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
