"""A backup becomes an installation: looked at first, restored aside, and put in place only when it is whole.

Into an empty database it goes in one transaction. One that has tables is never written over: the backup is restored
beside it, then the two change names, and the former one stays until somebody drops it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from guardia.cli.backups import folder as backups_folder
from guardia.cli.backups import programs
from guardia.cli.backups.folder import Manifest
from guardia.cli.backups.making import COUNTED, count, row
from guardia.cli.progress import Progress
from guardia.evidence import store

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend'
"""
"""Who owns the tables is not told of what kind the sessions of other roles are, but whose they are."""
Say = Callable[[str], None]


class CannotRestore(Exception):
    """Nothing was changed; the words say why and what to do."""


def must_be_known(manifest: Manifest) -> None:
    """A backup of a later version has tables that this one does not know. Raises CannotRestore."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if later := sorted(set(manifest.migrations) - known):
        raise CannotRestore(
            f"This backup was made by a later version of Guardia ({manifest.guardia}): this one does not know "
            f"{later[0]}. Install that version, or a later one, and restore with it"
        )


def restore(url: str, app: str, folder: Path, manifest: Manifest, *, over: bool, say: Say) -> str:
    """The database of ``url``, opened as its owner, becomes that of the backup; ``app`` is the role of the application.

    Returns the name that the former database has now; empty where there was none. Raises CannotRestore, ProgramTrouble.
    """
    with psycopg.connect(url, autocommit=True) as owner:
        occupied = is_occupied(owner)
        if occupied and not over:
            raise CannotRestore(
                f"The database “{owner.info.dbname}” is not empty. Restore into an empty one; "
                "or, to put the backup in its place, say --over"
            )
        if others := row(owner, OTHERS)[0]:
            raise CannotRestore(f"{others} others are connected to the database: stop web, worker and telephone first")
        make_roles(owner, app, manifest)
        if row(owner, "SELECT to_regrole(quote_ident(%s)) IS NULL", manifest.owner)[0]:
            raise CannotRestore(
                f"The tables of the backup belong to the role {manifest.owner}, which this server does not have. "
                f"As a superuser: CREATE ROLE {manifest.owner} NOLOGIN"
            )
        if not occupied:
            say("database")
            pour(url, folder / backups_folder.DUMP, owner.info.server_version // 10000)
            must_be_the_same(owner, manifest)
            analyse(owner, say)
            return ""
        return beside(owner, url, folder, manifest, say)


def is_occupied(owner: psycopg.Connection) -> bool:
    return row(owner, "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")[0]


def make_roles(owner: psycopg.Connection, app: str, manifest: Manifest) -> None:
    """The roles of the row policies belong to the whole server, so no dump of a database has them. Raises
    CannotRestore.
    """
    create, grant = sql.SQL("CREATE ROLE {} NOLOGIN NOBYPASSRLS"), sql.SQL("GRANT {} TO {} WITH INHERIT {}, SET {}")
    steps = [create.format(sql.Identifier(role)) for role in manifest.roles if is_missing(owner, role)]
    names = {backups_folder.OWNER: owner.info.user, backups_folder.APP: app}
    for role, member, inherits, sets in manifest.members:
        named = names.get(member, member)
        if is_missing(owner, role) or not is_member(owner, named, role):
            how = (sql.SQL("TRUE" if each else "FALSE") for each in (inherits, sets))
            steps.append(grant.format(sql.Identifier(role), sql.Identifier(named), *how))
    for step in steps:
        try:
            owner.execute(step)
        except psycopg.errors.InsufficientPrivilege as wrong:
            words = "; ".join(each.as_string(owner) for each in steps)
            raise CannotRestore(f"The database roles cannot be made. As a superuser: {words}") from wrong


def is_missing(owner: psycopg.Connection, role: str) -> bool:
    return bool(row(owner, "SELECT to_regrole(quote_ident(%s)) IS NULL", role)[0])


def is_member(owner: psycopg.Connection, member: str, role: str) -> bool:
    """Granted by name: a superuser is a member of everything, and of nothing that was granted."""
    question = """
        SELECT EXISTS (SELECT FROM pg_auth_members AS a JOIN pg_roles AS r ON r.oid = a.roleid
        JOIN pg_roles AS m ON m.oid = a.member WHERE r.rolname = %s AND m.rolname = %s)
    """
    return bool(row(owner, question, role, member)[0])


def pour(url: str, dump: Path, server: int) -> None:
    """In one transaction: all of it or nothing."""
    name = row_of(url)
    options = ["--no-owner", "--single-transaction", "--no-password", f"--dbname={name}", str(dump)]
    program = [programs.found("pg_restore", server)]
    tables = sum(" TABLE DATA " in line for line in programs.run(program, "", ["--list", str(dump)]).splitlines())
    with Progress("tables", tables, is_steady=False) as progress:
        programs.run(program, url, options, progress.begins)


def analyse(restored: psycopg.Connection, say: Say) -> None:
    """A dump has no statistics of its tables: without them every question is answered as if they were empty."""
    say("statistics")
    restored.execute("ANALYZE")


def row_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def beside(owner: psycopg.Connection, url: str, folder: Path, manifest: Manifest, say: Say) -> str:
    """Into a new database of the same server; then the two change names."""
    name, stamp = owner.info.dbname, datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    new, former = f"{name}_restored_{stamp}", f"{name}_before_{stamp}"
    make_database(owner, new)
    try:
        say("database")
        aside = renamed(url, new)
        pour(aside, folder / backups_folder.DUMP, owner.info.server_version // 10000)
        with psycopg.connect(aside, autocommit=True) as restored:
            must_be_the_same(restored, manifest)
            analyse(restored, say)
    except BaseException:
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(new)))
        raise
    owner.close()  # a database is not renamed while somebody is in it
    with psycopg.connect(renamed(url, "postgres"), autocommit=True) as elsewhere:
        try:
            rename(elsewhere, name, former)
        except psycopg.errors.ObjectInUse as wrong:
            elsewhere.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(new)))
            raise CannotRestore(
                f"Somebody connected to “{name}” while the backup was poured, so it stays as it is: stop web, worker "
                "and telephone, and restore once more"
            ) from wrong
        try:
            rename(elsewhere, new, name)
        except psycopg.Error:
            rename(elsewhere, former, name)
            raise
    return former


def make_database(owner: psycopg.Connection, name: str) -> None:
    """Of the encoding and the sorting of the one that stands. Raises CannotRestore."""
    provider, encoding, collate, ctype = row(
        owner,
        "SELECT datlocprovider, pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
        "WHERE datname = current_database()",
    )
    words = "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    if provider == "b":
        words += " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    values = (sql.Identifier(name), *(sql.Literal(each) for each in (encoding, collate, ctype)))
    try:
        owner.execute(sql.SQL(words).format(*values))
    except psycopg.errors.InsufficientPrivilege as wrong:
        raise CannotRestore(
            f"{owner.info.user} may not create a database on this server, so the one that stands cannot be replaced. "
            f"As a superuser: ALTER ROLE {owner.info.user} CREATEDB. Or make an empty database, name it in "
            "DATABASE_URL and DATABASE_DIRECT_URL, and restore into it"
        ) from wrong


def rename(elsewhere: psycopg.Connection, old: str, new: str) -> None:
    elsewhere.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def must_be_the_same(restored: psycopg.Connection, manifest: Manifest) -> None:
    """Raises CannotRestore."""
    for table in COUNTED:
        there, said = count(restored, table), manifest.counts.get(table)
        if there != said:
            raise CannotRestore(f"The table {table} has {there} rows after the restore, and the backup says {said}")


def bring_files(root: Path, folder: Path, brought: Callable[[int], object]) -> None:
    """What the store does not have yet; ``brought`` is told of each, nothing is removed. Raises store.CannotKeep."""
    for one in backups_folder.files_of(folder):
        content = backups_folder.place_of(root, one.sha256).read_bytes()
        small = backups_folder.place_of(root, one.thumbnail).read_bytes() if one.thumbnail else b""
        store.keep(one.sha256, content, small)
        brought(1)
