"""The rows of a file put in order by their cases, on the disk: a log of a million events is sorted by its hours."""

import json
import sqlite3
from collections.abc import Iterator
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
        self.table.execute("CREATE TABLE rows (number TEXT, file INT, row INT, kind INT, facts TEXT)")
        self.table.execute("BEGIN")
        self.waiting: list[tuple[str, int, int, int, str]] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.table.close()
        self.folder.cleanup()

    def add(self, case: str, row: StagedRow) -> None:
        facts = json.dumps(row.facts, ensure_ascii=False)
        self.waiting.append((case, row.file, row.number, row.kind, facts))
        if len(self.waiting) >= AT_ONCE:
            self._write()

    def cases(self) -> int:
        """How many cases there are; ends the adding, and puts the rows in order."""
        self._write()
        self.table.execute("CREATE INDEX IF NOT EXISTS by_case ON rows (number, file, row)")
        return int(self.table.execute("SELECT count(DISTINCT number) FROM rows").fetchone()[0])

    def by_case(self) -> Iterator[tuple[str, list[StagedRow]]]:
        """Each case with its rows, in the order of the files, after ``cases``."""
        found = self.table.execute("SELECT number, file, row, kind, facts FROM rows ORDER BY number, file, row, rowid")
        for number, rows in groupby(found, key=lambda row: row[0]):
            yield number, [StagedRow(file, row, kind, json.loads(facts)) for _n, file, row, kind, facts in rows]

    def _write(self) -> None:
        self.table.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self.waiting)
        self.waiting.clear()
