"""The rows of a file put in order by their cases, on the disk: a log of a million events is sorted by its hours."""

import json
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple, Self

AT_ONCE = 5_000


class StagedRow(NamedTuple):
    """A row of a former tool's file: where it stands, which kind of row of the mapping it is, and its facts."""

    file: int
    number: int
    kind: int
    facts: dict[str, tuple[str, ...]]


class Staging:
    """A temporary table of rows by their case; used as a context, at whose end it is gone."""

    def __enter__(self) -> Self:
        self.folder = TemporaryDirectory(prefix="guardia-history-")
        self.table = sqlite3.connect(Path(self.folder.name) / "rows.sqlite", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
            self.table.execute(f"PRAGMA {pragma}")
        for name in ("rows", "rows_by_id"):
            self.table.execute(f"CREATE TABLE {name} (number TEXT, file INT, row INT, kind INT, facts TEXT)")
        self.table.execute("CREATE TABLE ids (id TEXT PRIMARY KEY, number TEXT)")
        self.table.execute("BEGIN")
        self.waiting: dict[str, list[tuple[str, int, int, int, str]]] = {"rows": [], "rows_by_id": []}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.table.close()
        self.folder.cleanup()

    def add_file(self, content: bytes) -> str:
        """The name by which ``file`` gives these bytes again: they wait on the disk, since cases are read together."""
        name = sha256(content).hexdigest()
        (Path(self.folder.name) / name).write_bytes(content)
        return name

    def file(self, name: str) -> bytes:
        """What ``add_file`` was given."""
        return (Path(self.folder.name) / name).read_bytes()

    def add(self, case: str, row: StagedRow, *, by_id: bool = False) -> None:
        """``case``: its number, or what the tool calls it inside, for which ``link`` has the number."""
        facts = json.dumps(row.facts, ensure_ascii=False)
        waiting = self.waiting["rows_by_id" if by_id else "rows"]
        waiting.append((case, row.file, row.number, row.kind, facts))
        if len(waiting) >= AT_ONCE:
            self._write()

    def link(self, id: str, number: str) -> None:
        """Say that the tool calls the case of this number so; what is said first holds."""
        self.table.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (id, number))

    def cases(self) -> int:
        """How many cases there are; ends the adding, and puts the rows in order."""
        self._write()
        self.table.execute(
            "INSERT INTO rows "
            "SELECT ids.number, file, row, kind, facts FROM rows_by_id JOIN ids ON ids.id = rows_by_id.number"
        )
        self.table.execute("CREATE INDEX IF NOT EXISTS by_case ON rows (number, file, row)")
        return int(self.table.execute("SELECT count(DISTINCT number) FROM rows").fetchone()[0])

    def without_case(self) -> Iterator[tuple[str, StagedRow]]:
        """The rows that name a case by what no row with a number is called, after ``cases``."""
        found = self.table.execute(
            "SELECT number, file, row, kind, facts FROM rows_by_id WHERE number NOT IN (SELECT id FROM ids) "
            "GROUP BY file, row ORDER BY file, row"
        )
        for id, file, row, kind, facts in found:
            yield id, StagedRow(file, row, kind, json.loads(facts))

    def by_case(self) -> Iterator[tuple[str, list[StagedRow]]]:
        """Each case with its rows, in the order of the files, after ``cases``."""
        found = self.table.execute("SELECT number, file, row, kind, facts FROM rows ORDER BY number, file, row, rowid")
        for number, rows in groupby(found, key=lambda row: row[0]):
            yield number, [StagedRow(file, row, kind, json.loads(facts)) for _n, file, row, kind, facts in rows]

    def _write(self) -> None:
        for name, waiting in self.waiting.items():
            self.table.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?)", waiting)
            waiting.clear()
