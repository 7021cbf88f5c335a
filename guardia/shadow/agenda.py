"""All facts of a file in the order of their hours, in a table on disk: its memory does not grow with the file."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple, Self

from guardia.history.former_case import FormerCase
from guardia.shadow.former_course import Course, Fact, What

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COLUMNS = """CREATE TABLE cases (
    id INTEGER PRIMARY KEY, number, company, circuit, subject, opened INT, until_restored INT, until_closed INT)"""
SUBJECTS = """SELECT id, number, company, circuit, subject, opened, until_restored, until_closed
    FROM cases ORDER BY opened, id"""


class Subject(NamedTuple):
    """What a former case says of itself, before anything happened."""

    id: int
    number: str
    company: str
    circuit: str
    subject: str
    opened_at: datetime
    until_restored: int | None
    until_closed: int | None
    """Seconds, less every wait of the file; None where nobody knows (``Course.spans``)."""


OPENED = Subject._fields.index("opened_at")


class Planned(NamedTuple):
    case: int
    fact: Fact


class Agenda:
    """Used as a context, at whose end it is gone; filled with ``add``, then sealed, then read in order."""

    def __init__(self, means: Mapping[str, What]) -> None:
        self.means = means
        self.cases = self.facts = 0
        self.remarks: dict[str, int] = {}
        self.said: set[What] = set()
        """What the file itself says at least once."""
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    def __enter__(self) -> Self:
        self.folder = TemporaryDirectory(prefix="guardia-agenda-")
        self.open()
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000"):
            self.table.execute(f"PRAGMA {pragma}")
        self.table.execute("CREATE TABLE facts (at INT, place INT, kase INT, what TEXT, more TEXT)")
        self.table.execute(COLUMNS)
        self.table.execute("BEGIN")
        return self

    def open(self) -> None:
        """Also in a process that was begun since: a connection does not pass from one to another."""
        self.table = sqlite3.connect(Path(self.folder.name) / "agenda.sqlite", isolation_level=None)

    def seal(self) -> None:
        """Nothing is added any more, and other processes may read."""
        self.table.execute("COMMIT")
        self.table.execute("CREATE INDEX IF NOT EXISTS in_order ON facts (at, place)")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.table.close()
        with suppress(OSError):
            self.folder.cleanup()

    def add(self, former: FormerCase, company: str) -> None:
        """``company``: of the mapping, where no column says it."""
        self.cases += 1
        course = Course(former, self.means)
        for remark in set(course.remarks):
            self.remarks[remark] = self.remarks.get(remark, 0) + 1
        words = former.fact("subject") or former.fact("symptoms") or former.number
        row = (self.cases, former.number, former.fact("company") or company, former.fact("service"), words[:160])
        more = micros(former.opened_at), *course.spans
        self.table.execute("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, *more))
        for fact in course.facts:
            self._write(fact)
        self.first_at = min(former.opened_at, self.first_at or former.opened_at)
        self.last_at = max(former.ended_at, self.last_at or former.ended_at)

    def _write(self, fact: Fact) -> None:
        self.facts += 1
        if fact.since is None:
            self.said.add(fact.what)
        more = {
            "author": fact.author,
            "cause": fact.cause,
            "since": micros(fact.since) if fact.since else None,
            "until": micros(fact.until) if fact.until else None,
        }
        row = (micros(fact.at), self.facts, self.cases, fact.what.value, json.dumps(more, ensure_ascii=False))
        self.table.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?)", row)

    def subjects(self) -> Iterator[Subject]:
        """Every case, in the order of the openings."""
        for row in self.table.execute(SUBJECTS):
            found = Subject(*row)
            yield found._replace(opened_at=moment_of(row[OPENED]))

    def planned(self) -> Iterator[Planned]:
        """Every fact in the order of the hours; of one hour and case in the order of the stages."""
        for at, case, what, more in self.table.execute("SELECT at, kase, what, more FROM facts ORDER BY at, place"):
            said = json.loads(more)
            hours = [moment_of(said[name]) if said[name] is not None else None for name in ("since", "until")]
            yield Planned(case, Fact(moment_of(at), What(what), said["author"], said["cause"], *hours))


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
