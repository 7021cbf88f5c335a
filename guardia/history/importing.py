"""A file of a former tool from its first row to the last case: read, put in order, made into cases, brought in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import WrongFile
from guardia.history import file_rows
from guardia.history.bringing import Bringing, Brought, in_steps
from guardia.history.former_case import FormerCase, Reader, Trouble
from guardia.history.hours import OrderShown
from guardia.history.mapping import HOURS, Mapping, Order, Rows
from guardia.history.staging import StagedRow, Staging
from guardia.history.troubles import Troubles

LONGEST_NUMBER = 80


def nothing(count: int) -> None:
    """What is told of the progress where nobody watches it."""


class HistoryFile:
    """The rows of one file or of several that belong together; used as a context. Raises WrongFile, OSError.

    After ``read`` it knows how many rows and cases there are, and how their hours are written.
    """

    def __init__(self, paths: Sequence[Path], mapping: Mapping) -> None:
        self.paths, self.mapping = list(paths), mapping
        self.troubles = Troubles()
        self.rows = 0
        self.cases = 0
        self.staging = Staging()
        self.shown = OrderShown()
        self.headings: frozenset[str] = frozenset()

    def __enter__(self) -> "HistoryFile":
        self.staging.__enter__()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.staging.__exit__(None, None, None)

    @property
    def sha256(self) -> str:
        """Of the file; of several the hash of each in their order."""
        return " ".join(file_rows.sha256_of(path) for path in self.paths)

    def read(self, stepped: Callable[[int], object] = nothing) -> None:
        """Take the rows in. ``stepped`` is told how many more there are."""
        for file, path in enumerate(self.paths):
            for row in file_rows.rows_of(path):
                self.rows += 1
                if not row.cells.keys() <= self.headings:
                    self.headings |= row.cells.keys()
                self._stage(file, row)
                stepped(1)
        self.cases = self.staging.cases()

    def order(self) -> Order:
        """Of day and month. Raises WrongFile where they can be read in two ways and nothing says which."""
        if self.mapping.hours.order != "auto":
            return self.mapping.hours.order
        if order := self.shown.order:
            return order
        raise WrongFile(
            _("No row shows whether 03/04 is a day of March or of April. Write order: dmy, or mdy, in the mapping.")
        )

    def read_cases(self, zone: ZoneInfo, now: datetime) -> Iterator[FormerCase]:
        """The cases that have ended; what is wrong with others stands in ``troubles``."""
        reader = Reader(self.mapping, zone, self.order(), now, self.troubles.add)
        for number, rows in self.staging.by_case():
            if case := reader.case(number, rows):
                yield case

    def _stage(self, file: int, row: file_rows.FileRow) -> None:
        kinds = [(place, kind) for place, kind in enumerate(self.mapping.rows) if _is_of(kind, row)]
        number = ""
        for place, kind in kinds:
            facts: dict[str, tuple[str, ...]] = {
                fact: tuple(row.cells.get(name, "") for name in kind.headings(fact)) for fact in kind.columns
            }
            number = " ".join(" ".join(facts.pop("number")).split())
            if number and len(number) <= LONGEST_NUMBER:
                for name in HOURS & facts.keys():
                    self.shown.look_at(" ".join(facts[name]))
                self.staging.add(number, StagedRow(file, row.number, place, facts))
        if not number or len(number) > LONGEST_NUMBER:
            self.troubles.add(Trouble(file, row.number, self._heading(), "no number", number[:LONGEST_NUMBER]))
        if file_rows.SURPLUS in row.cells:
            self.troubles.add(Trouble(file, row.number, self._heading(), "surplus", row.cells[file_rows.SURPLUS]))

    def _heading(self) -> str:
        return " / ".join(self.mapping.rows[0].headings("number"))


def _is_of(kind: Rows, row: file_rows.FileRow) -> bool:
    """Whether a row is of this kind: it has the column of the number, and that of the hour where it tells an event."""
    needed = (*kind.headings("number"), *kind.headings("time"))
    return all(name in row.cells for name in needed)


def missing_headings(mapping: Mapping, headings: frozenset[str]) -> list[str]:
    """What the mapping names and the file lacks."""
    named = {name for kind in mapping.rows for fact in kind.columns for name in kind.headings(fact)}
    return sorted(named - headings)


def bring_in(
    file: HistoryFile,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    step: Callable[[], AbstractContextManager[object]],
    *,
    write: bool,
    stepped: Callable[[int], object] = nothing,
    show: Callable[[FormerCase, str], object] | None = None,
) -> Brought:
    """Bring the cases of a file in that was read, a transaction of ``step`` for each hundred; ``write``: or only count.

    ``stepped`` is told how many more were looked at, ``show`` of each new case and its company. Raises WrongFile,
    NoProcedure.
    """
    bringing = Bringing(file.mapping, file.sha256, zone.key, file.troubles.add)
    for cases in in_steps(file.read_cases(zone, now())):
        with step():
            placed = bringing.bring(cases, now(), write=write)
        if show:
            for case, place in placed:
                show(case, place.customer.name)
        stepped(len(cases))
    return bringing.brought
