"""An archive is written: a ZIP of JSON lines, the files of cases, and a manifest with the SHA-256 of each.

All rows are read in one snapshot, a row at a time, as the owner of the tables: row policies would keep a part back.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import psycopg
from psycopg import sql

from guardia.evidence import store
from guardia.history.archive import (
    ARCHIVED,
    FILES,
    FILES_LIST,
    FORMAT,
    MANIFEST,
    READ_ME,
    SEQUENCES,
    TABLES,
    Archived,
    Share,
)
from guardia.history.archive_rows import (
    Company,
    archived_columns,
    key_of,
    question_of,
    rows_of,
    table_name,
    target_of,
)

EXPLAINED = """\
This is an archive of Guardia, in plain text: it needs no Guardia to be read.

archive.json   what is in it: each table with its file, its number of rows, the SHA-256 of the file, and of each
               column its type in PostgreSQL and which table it names
tables/*.jsonl a row in each line, a JSON object (UTF-8); hours in ISO 8601 with their offset, bytes as \\x and
               hexadecimal digits, in the order of the key
files.jsonl    the files of cases: SHA-256, size, SHA-256 of the small picture; case_file.jsonl says whose they are
files/*        their bytes, each named by its SHA-256; .thumbnail: the small picture

The history of a case is case_event.jsonl in the order of seq: canonical is the exact text that was hashed, hash
follows from it and from the event before, and the last one is head_hash of the case. Prose is in event_text.jsonl:
SHA-256(salt, text) is what the event names. docs/evidence.md says how to compute each hash again, and
docs/archive.md what each part is.

guardia history import FILE brings it into an empty installation.
"""


@dataclass
class Written:
    """What came of it; ``troubles``: a line for each file that the store lost or that was changed there."""

    rows: int = 0
    cases: int = 0
    events: int = 0
    files: int = 0
    tables: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class ArchiveWriter:
    """Writes one archive. ``standing``: a connection of the owner, in a transaction that sees one snapshot.

    ``now`` is UTC; ``step`` is told the name of each table as it begins.
    """

    def __init__(
        self,
        file: IO[bytes],
        standing: psycopg.Connection,
        company: Company,
        now: datetime,
        step: Callable[[str], object],
    ) -> None:
        self.standing, self.company, self.now, self.step = standing, company, now, step
        self.zip = ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True)
        self.written = Written()

    def write(self) -> Written:
        """Raises OSError and psycopg.Error."""
        with self.zip:
            self.zip.writestr(self._entry(READ_ME), EXPLAINED)
            for table in ARCHIVED:
                if self.company is None or table.share is not Share.NONE:
                    self._table(table)
            self._files()
            manifest = json.dumps(self._manifest(), ensure_ascii=False, indent=1)
            self.zip.writestr(self._entry(MANIFEST), manifest)
        return self.written

    def _table(self, table: Archived) -> None:
        name = table_name(table)
        self.step(name)
        rows = 0
        with self._hashed(f"{TABLES}{name}.jsonl") as (write, digest):
            for line in self._lines(question_of(table, self.company)):
                write(line.encode() + b"\n")
                rows += 1
        self.written.rows += rows
        if name == "case":
            self.written.cases = rows
        if name == "case_event":
            self.written.events = rows
        self.written.tables.append(
            {
                "table": name,
                "file": f"{TABLES}{name}.jsonl",
                "rows": rows,
                "sha256": digest.hexdigest(),
                "key": key_of(table),
                "columns": self._types(table),
                "names": {
                    each.column: table_name(target)
                    for each in archived_columns(table)
                    if each.is_relation and (target := target_of(each))
                },
                "left_out": sorted(table.without),
            }
        )

    def _lines(self, question: str) -> Iterator[str]:
        with self.standing.cursor() as cursor, cursor.copy(f"COPY ({question}) TO STDOUT") as copied:
            copied.set_types(["text"])
            for (line,) in copied.rows():
                yield line

    def _types(self, table: Archived) -> dict[str, str]:
        found = self.standing.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [f'"{table_name(table)}"'],
        )
        ours = {each.column for each in archived_columns(table)}
        return {name: kind for name, kind in found if name in ours}

    @contextmanager
    def _hashed(self, name: str) -> Iterator[tuple[Callable[[bytes], object], Any]]:
        """An entry of the ZIP that is written in pieces, and its digest."""
        digest = sha256()
        with self.zip.open(self._entry(name), "w", force_zip64=True) as entry:

            def write(piece: bytes) -> None:
                digest.update(piece)
                entry.write(piece)

            yield write, digest

    def _entry(self, name: str, *, is_packed: bool = False) -> ZipInfo:
        entry = ZipInfo(name, self.now.astimezone(UTC).timetuple()[:6])
        entry.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

    # --- the files of cases -------------------------------------------------------------------------------------------
    def _files(self) -> None:
        self.step("files")
        (table,) = (each for each in ARCHIVED if each.model == "CaseFile")
        named = (
            f"SELECT to_json(sha256) FROM (SELECT DISTINCT sha256 FROM case_file "
            f"WHERE withdrawn_at IS NULL AND {rows_of(table, self.company)} ORDER BY sha256) AS f"
        )
        lines = []
        for line in self._lines(named):
            if found := self._file(json.loads(line)):
                lines.append(json.dumps(found) + "\n")
        self.written.files = len(lines)
        with self._hashed(FILES_LIST) as (write, digest):
            for line in lines:
                write(line.encode())
        self.files_digest = digest.hexdigest()

    def _file(self, sha: str) -> dict[str, Any] | None:
        content = store.read(sha)
        if content is None or store.digest(content) != sha:
            what = "is lost" if content is None else "was changed"
            self.written.troubles.append(f"file {sha} {what}: it is not in the archive")
            return None
        self.zip.writestr(self._entry(f"{FILES}{sha}", is_packed=True), content)
        found: dict[str, Any] = {"sha256": sha, "size": len(content)}
        if small := store.read(sha, thumbnail=True):
            self.zip.writestr(self._entry(f"{FILES}{sha}{store.THUMBNAIL}", is_packed=True), small)
            found["thumbnail"] = store.digest(small)
        return found

    # --- the manifest -------------------------------------------------------------------------------------------------
    def _manifest(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "guardia": version("guardia"),
            "written_at": self.now.astimezone(UTC).isoformat(timespec="microseconds"),
            "company": self._named_company(),
            "cases": self.written.cases,
            "events": self.written.events,
            "tables": self.written.tables,
            "files": {"file": FILES_LIST, "rows": self.written.files, "sha256": self.files_digest},
            "sequences": {} if self.company is not None else dict(self._sequences()),
            "troubles": self.written.troubles,
        }

    def _named_company(self) -> dict[str, Any] | None:
        if self.company is None:
            return None
        row = self.standing.execute("SELECT id, external_id, name FROM customer WHERE id = %s", [self.company])
        pk, code, name = row.fetchone() or (self.company, None, "")
        return {"id": pk, "code": code, "name": name}

    def _sequences(self) -> Iterator[tuple[str, int]]:
        for name in SEQUENCES:
            question = sql.SQL("SELECT last_value FROM {} WHERE is_called").format(sql.Identifier(name))
            if found := self.standing.execute(question).fetchone():
                yield name, found[0]
