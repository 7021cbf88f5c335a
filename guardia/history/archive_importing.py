"""An archive is brought into an empty installation, in one transaction: all of it or nothing.

Nothing happens to a case by it, so no event is recorded and nobody is told: the rows are put back as they were, as
``guardia restore`` puts them back, and the histories then prove themselves (``guardia verify``).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import psycopg
from django.db import connection as django_connection
from django.db.models import NOT_PROVIDED
from psycopg import sql

from guardia.evidence import store
from guardia.history.archive import ARCHIVED, FILES, FORMAT, MANIFEST, SEQUENCES, Archived
from guardia.history.archive_rows import Column, columns_of, key_of, model_of, quoted, table_name

PIECE = 1 << 20
LONGEST = 1 << 28
"""Bytes of one line: a mail of 100 MB in hexadecimal digits."""
AT_ONCE, BYTES_AT_ONCE = 1_000, 4 << 20
DAMAGED = (BadZipFile, EOFError, KeyError, TypeError, ValueError, ZlibError)
LOCKED = ("case", "customer", "staff", "procedure_version")
"""While rows are brought in nobody begins anything here."""


class ArchiveRefused(Exception):
    """Nothing was written; the text says why and what to do."""


@dataclass
class BroughtIn:
    """How much came in."""

    rows: int = 0
    cases: int = 0
    events: int = 0
    files: int = 0


class Archive:
    """An archive that is open for reading. Raises ArchiveRefused."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = ZipFile(path)
            self.manifest = self._manifest()
        except (BadZipFile, OSError, ValueError, KeyError) as wrong:
            raise ArchiveRefused(f"{path.name} is no whole archive: {wrong}. Export it once more") from wrong

    def _manifest(self) -> dict[str, Any]:
        found = json.loads(self.zip.read(MANIFEST))
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}, so this version of Guardia cannot read it")
        return found

    @cached_property
    def tables(self) -> dict[str, dict[str, Any]]:
        return {each["table"]: each for each in self.manifest["tables"]}

    @property
    def sha256(self) -> str:
        """Of the manifest, which names the SHA-256 of all else."""
        return sha256(self.zip.read(MANIFEST)).hexdigest()

    def check(self, step: Callable[[str], object]) -> None:
        """Reads every byte, and compares it with the manifest. Raises ArchiveRefused for the first that differs."""
        listed = self.manifest["files"]
        try:
            for each in [*self.manifest["tables"], listed]:
                step(each["file"])
                self._must_be(each["file"], each["sha256"])
            for each in self.files():
                self._must_be(f"{FILES}{each['sha256']}", each["sha256"])
                if "thumbnail" in each:
                    self._must_be(f"{FILES}{each['sha256']}{store.THUMBNAIL}", each["thumbnail"])
        except DAMAGED as wrong:
            raise ArchiveRefused(f"The archive is damaged: {wrong}. Export it once more") from wrong

    def _must_be(self, name: str, digest: str) -> None:
        found = sha256()
        with self.zip.open(name) as entry:
            while piece := entry.read(PIECE):
                found.update(piece)
        if found.hexdigest() != digest:
            raise ArchiveRefused(f"{name} is not what the manifest says: it was changed, or damaged. Export it again")

    def files(self) -> Iterator[dict[str, Any]]:
        with self.zip.open(self.manifest["files"]["file"]) as lines:
            for line in lines:
                yield json.loads(line)

    def lines_of(self, table: str) -> Iterator[bytes]:
        with self.zip.open(self.tables[table]["file"]) as entry:
            yield from lines_in(entry)


def lines_in(entry: IO[bytes]) -> Iterator[bytes]:
    """Raises ArchiveRefused for a line that is longer than any row."""
    while line := entry.readline(LONGEST):
        if len(line) == LONGEST:
            raise ArchiveRefused(f"A line has more than {LONGEST >> 20} MB: this is no archive that Guardia wrote")
        yield line


def bring_in(archive: Archive, owner: psycopg.Connection, step: Callable[[str], object]) -> BroughtIn:
    """All rows and files of a checked archive. ``owner``: an own connection of the owner of the tables, whose
    transaction the caller ends. ``step`` is told the name of each table as it begins.

    Raises ArchiveRefused and store.CannotKeep.
    """
    must_fit(archive)
    must_be_empty(owner)
    brought = BroughtIn(cases=archive.manifest["cases"], events=archive.manifest["events"])
    for each in archive.files():
        content = archive.zip.read(f"{FILES}{each['sha256']}")
        small = archive.zip.read(f"{FILES}{each['sha256']}{store.THUMBNAIL}") if "thumbnail" in each else b""
        store.keep(each["sha256"], content, small)
        brought.files += 1
    try:
        for table in ARCHIVED:
            if table_name(table) in archive.tables:
                step(table_name(table))
                brought.rows += _bring_table(archive, table, owner)
        _count_on(archive, owner)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.errors.IntegrityError as wrong:
        raise ArchiveRefused(f"Its rows contradict each other: {wrong.diag.message_detail or wrong}") from wrong
    except psycopg.DataError as wrong:
        raise ArchiveRefused(f"A row holds what its column cannot: {wrong}") from wrong
    return brought


def must_fit(archive: Archive) -> None:
    """Every table and column of the archive is one of this version, and every one that it lacks can be empty.

    Raises ArchiveRefused.
    """
    ours = {table_name(table): table for table in ARCHIVED}
    if strange := sorted(archive.tables.keys() - ours.keys()):
        raise ArchiveRefused(f"It has the table {strange[0]}, which this version does not know: it is of a newer one")
    for name, part in archive.tables.items():
        columns = {each.column: each for each in columns_of(ours[name])}
        if strange := sorted(part["columns"].keys() - columns.keys()):
            raise ArchiveRefused(f"It has the column {name}.{strange[0]}, which this version does not know")
        for lacking in columns.keys() - part["columns"].keys() - ours[name].without.keys():
            if not can_be_missing(columns[lacking]):
                raise ArchiveRefused(f"It lacks the column {name}.{lacking}, which this version needs")


def can_be_missing(column: Column) -> bool:
    return bool(column.null or column.default is not NOT_PROVIDED or column.empty_strings_allowed)


def must_be_empty(owner: psycopg.Connection) -> None:
    """Raises ArchiveRefused with the tables that have rows."""
    locked = sql.SQL(", ").join(map(sql.Identifier, LOCKED))
    owner.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(locked))
    occupied = [
        name
        for name in map(table_name, ARCHIVED)
        if (owner.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))).fetchone() or [0])[0]
    ]
    if occupied:
        raise ArchiveRefused(
            f"This installation is not empty: {', '.join(occupied)}. An archive comes into one that was only migrated "
            "(guardia migrate), before anybody signs in or a procedure is published"
        )


def _bring_table(archive: Archive, table: Archived, owner: psycopg.Connection) -> int:
    name = table_name(table)
    archived = archive.tables[name]["columns"]
    columns: list[sql.Composable] = []
    values: list[sql.Composable] = []
    defaults: list[object] = []
    for each in columns_of(table):
        columns.append(sql.Identifier(each.column))
        if each.column in archived:
            values.append(sql.Identifier(each.column))
        elif each.column in table.without:
            values.append(sql.SQL(table.without[each.column]))
        else:
            values.append(sql.Placeholder())
            defaults.append(each.get_db_prep_save(each.get_default(), django_connection))
    question = sql.SQL(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} "
        "FROM json_populate_recordset(NULL::{table}, {rows}::json)"
    ).format(
        table=sql.Identifier(name),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join(values),
        rows=sql.Placeholder(),
    )
    count = 0
    for rows in _in_steps(archive.lines_of(name)):
        owner.execute(question, [*defaults, (b"[" + b",".join(rows) + b"]").decode()])
        count += len(rows)
    if count != archive.tables[name]["rows"]:
        raise ArchiveRefused(f"The table {name} has {count} rows, and the manifest says {archive.tables[name]['rows']}")
    return count


def _in_steps(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Some lines at a time, fewer where they are long."""
    rows: list[bytes] = []
    length = 0
    for line in lines:
        rows.append(line)
        length += len(line)
        if len(rows) == AT_ONCE or length > BYTES_AT_ONCE:
            yield rows
            rows, length = [], 0
    if rows:
        yield rows


HIGHEST = {
    "case_number": 'SELECT max(number / 10) FROM "case"',
    "outage_number": "SELECT max(number) FROM outage",
    "planned_work_number": "SELECT max(number) FROM planned_work",
}


def _count_on(archive: Archive, owner: psycopg.Connection) -> None:
    """Numbers and ids go on after the highest that was given, so that none is given twice."""
    numbers = archive.manifest["sequences"]
    for name in SEQUENCES:
        highest = (owner.execute(HIGHEST[name]).fetchone() or [None])[0]
        if last := max(numbers.get(name, 0), highest or 0):
            owner.execute("SELECT setval(%s::regclass, %s)", [name, last])
    for table in ARCHIVED:
        key, name = key_of(table), quoted(table_name(table))
        if model_of(table)._meta.pk.get_internal_type() == "BigAutoField":
            owner.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), max({quoted(key)})) FROM {name} HAVING count(*) > 0",
                [name, key],
            )
