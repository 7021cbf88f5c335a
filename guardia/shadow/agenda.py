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
from guardia.history.mapping import Fact as MappedFact
from guardia.shadow.first_work import Work, work_of
from guardia.shadow.former_course import Course, Fact, Waited, What

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PLACES: tuple[MappedFact, ...] = ("service", "site", "element")
MOST_LETTERS = 160
COLUMNS = """CREATE TABLE cases (
    id INTEGER PRIMARY KEY, number, company, circuit, site, element, subject, opened INT, until_restored INT,
    until_closed INT, restored INT, ended INT, severity, work TEXT)"""
SUBJECTS = """SELECT id, number, company, circuit, site, element, subject, opened, until_restored, until_closed,
    restored, ended FROM cases ORDER BY opened, id"""
WORKS = "SELECT id, number, opened, severity, work FROM cases ORDER BY opened, id"


class Subject(NamedTuple):
    """What a former case says of itself, before anything happened."""

    id: int
    number: str
    company: str
    circuit: str
    site: str
    element: str
    subject: str
    opened_at: datetime
    until_restored: int | None
    until_closed: int | None
    """Seconds, less every wait of the file; None where nobody knows (``Course.spans``)."""
    restored_at: datetime
    """The first time; its closing, where the file does not say when."""
    ended_at: datetime


HOURS = frozenset(place for place, name in enumerate(Subject._fields) if name.endswith("_at"))


class WorkedOn(NamedTuple):
    """``work``: None where the file does not say when somebody began, or until when it held an engineer."""

    id: int
    number: str
    opened_at: datetime
    severity: str
    work: Work | None


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
        self.table.execute("CREATE TABLE acts (author, at INT)")
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
        where = [former.fact(name)[:MOST_LETTERS] for name in PLACES]
        row = (self.cases, former.number, former.fact("company") or company, *where, words[:160])
        restored = next((fact.at for fact in course.facts if fact.what == What.RESTORED), former.ended_at)
        more = micros(former.opened_at), *course.spans, micros(restored), micros(former.ended_at)
        work = work_of(former, course.facts, self.means)
        severity = former.fact("severity"), as_row(work) if work else None
        self.table.execute(f"INSERT INTO cases VALUES ({', '.join('?' * 14)})", (*row, *more, *severity))
        for fact in course.facts:
            self._write(fact)
        acts = [(step.author, micros(step.at)) for step in former.steps if step.author]
        self.table.executemany("INSERT INTO acts VALUES (?, ?)", acts)
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
            cells = [moment_of(cell) if place in HOURS else cell for place, cell in enumerate(row)]
            yield Subject._make(cells)

    def works(self) -> Iterator[WorkedOn]:
        """Every case as an engineer had it, in the order of the openings."""
        for pk, number, opened, severity, work in self.table.execute(WORKS):
            yield WorkedOn(pk, number, moment_of(opened), severity, of_row(work) if work else None)

    def acts(self) -> dict[str, list[datetime]]:
        """When each person of the file did something, in order."""
        found: dict[str, list[datetime]] = {}
        for author, at in self.table.execute("SELECT author, at FROM acts ORDER BY at"):
            found.setdefault(author, []).append(moment_of(at))
        return found

    def planned(self) -> Iterator[Planned]:
        """Every fact in the order of the hours; of one hour and case in the order of the stages."""
        for at, case, what, more in self.table.execute("SELECT at, kase, what, more FROM facts ORDER BY at, place"):
            said = json.loads(more)
            hours = [moment_of(said[name]) if said[name] is not None else None for name in ("since", "until")]
            yield Planned(case, Fact(moment_of(at), What(what), said["author"], said["cause"], *hours))


def as_row(work: Work) -> str:
    hours = [micros(at) if at else None for at in work[:3]]
    return json.dumps([*hours, [[micros(each.begin), micros(each.end), each.cause] for each in work.waits]])


def of_row(written: str) -> Work:
    taken, free, diagnosed, waits = json.loads(written)
    hours = (moment_of(taken), moment_of(free), moment_of(diagnosed) if diagnosed is not None else None)
    return Work(*hours, tuple(Waited(moment_of(begin), moment_of(end), cause) for begin, end, cause in waits))


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
