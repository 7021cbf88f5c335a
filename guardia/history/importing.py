"""A file of a former tool from its first row to the last case: read, put in order, made into cases, brought in."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guardia.cases.chain import nothing
from guardia.customers.importing.table_file import WrongFile
from guardia.customers.values import fold
from guardia.history import file_rows
from guardia.history.attaching import Attaching
from guardia.history.attachments import AttachmentPlace, Damaged, TooLarge, decoded
from guardia.history.bringing import Bringing, Brought, in_steps
from guardia.history.former_case import FormerCase, Reader, Trouble
from guardia.history.hours import OrderShown
from guardia.history.mapping import HOURS, Fact, Mapping, Order
from guardia.history.open_cases import TakingOver
from guardia.history.row_kinds import KindRow, RowKinds
from guardia.history.staging import StagedRow, Staging
from guardia.history.troubles import Troubles
from guardia.people.audit import AuditKind, write_down
from guardia.people.staff import Staff
from guardia.procedure.version import in_force

LONGEST_NUMBER = 80
THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")


class HistoryFile:
    """The rows of one file or of several that belong together; used as a context. Raises WrongFile, OSError.

    ``names``: what the files are called, where not as their paths are. After ``read`` it knows how many rows and cases
    there are, and how their hours are written.
    """

    def __init__(self, paths: Sequence[Path], mapping: Mapping, names: Sequence[str] = ()) -> None:
        self.paths, self.mapping = list(paths), mapping
        self.names = list(names) or [path.name for path in self.paths]
        self.kinds = RowKinds(mapping)
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

    @cached_property
    def sha256(self) -> str:
        """Of the file; of several the hash of each in their order."""
        return " ".join(file_rows.sha256_of(path) for path in self.paths)

    def read(self, stepped: Callable[[int], object] = nothing) -> None:
        """Take the rows in. ``stepped`` is told how many more there are."""
        for file, path in enumerate(self.paths):
            mapping = self.mapping
            for row in file_rows.rows_of(path, mapping.numbers, quotes=mapping.quotes, uncut=mapping.uncut):
                if not row.cells.keys() <= self.headings:
                    self.headings |= row.cells.keys()
                self.rows += self._stage(file, row)
                stepped(1)
        self.cases = self.staging.cases()
        for id, lost in self.staging.without_case():
            self.troubles.add(Trouble(lost.file, lost.number, self._heading("id"), "no such case", id))

    def order(self) -> Order:
        """Of day and month. Raises WrongFile where they can be read in two ways and nothing says which."""
        if self.mapping.hours.order != "auto":
            return self.mapping.hours.order
        if order := self.shown.order:
            return order
        raise WrongFile(
            _("No row shows whether 03/04 is a day of March or of April. Write order: dmy, or mdy, in the mapping.")
        )

    def read_cases(self, zone: ZoneInfo, now: datetime, *, keeps_open: bool = False) -> Iterator[FormerCase]:
        """The cases that have ended, and with ``keeps_open`` the others; what is wrong stands in ``troubles``."""
        reader = Reader(self.mapping, zone, self.order(), now, self.troubles.add, keeps_open=keeps_open)
        for number, rows in self.staging.by_case():
            if case := reader.case(number, rows):
                yield case

    def _stage(self, file: int, row: file_rows.FileRow) -> bool:
        """Keep what the row tells. False: it is none, for all that it tells comes again with others."""
        kinds = list(self.kinds.of(row))
        if row.carries and not kinds:
            return False
        for what, words in row.damage:
            self.troubles.add(Trouble(file, row.number, self._heading("number"), what, words))
        if row.damage and not row.cells:  # it stands above the headings
            return True
        if not kinds:
            self.troubles.add(Trouble(file, row.number, row.inside or self._heading("number"), "no kind", row.inside))
        elif not sum([self._stage_as(file, row.number, each) for each in kinds]):
            number = " ".join(kinds[0].facts.get("number", ()))
            self.troubles.add(Trouble(file, row.number, self._heading("number"), "no number", number[:LONGEST_NUMBER]))
        return True

    def _stage_as(self, file: int, row: int, read: KindRow) -> bool:
        number, id = joined(read.facts.get("number", ())), joined(read.facts.get("id", ()))
        facts: dict[str, tuple[str, ...]] = {
            fact: cells for fact, cells in read.facts.items() if fact not in ("number", "id")
        }
        if len(number) > LONGEST_NUMBER or len(id) > LONGEST_NUMBER or not (number or id):
            return False
        self._stage_file(file, row, facts)
        for name in HOURS & facts.keys() if self.mapping.hours.order == "auto" else ():
            self.shown.look_at(" ".join(facts[name]))
        if number and id:
            self.staging.link(id, number)
        self.staging.add(number or id, StagedRow(file, row, read.kind, facts), by_id=not number)
        return True

    def _stage_file(self, file: int, row: int, facts: dict[str, tuple[str, ...]]) -> None:
        """A file that stands in the row waits on the disk; one that is none is named, and left out."""
        data = "".join(facts.pop("attachment_data", ()))
        if not data:
            return
        try:
            facts["attachment_data"] = (self.staging.add_file(decoded(data)),)
        except (Damaged, TooLarge) as wrong:
            what = "attachment damaged" if isinstance(wrong, Damaged) else "attachment refused"
            words = " ".join(facts.pop("attachment", ()))[:200]
            self.troubles.add(Trouble(file, row, self._heading("attachment_data"), what, words))

    def _heading(self, fact: Fact) -> str:
        return next((" / ".join(kind.headings(fact)) for kind in self.mapping.rows if kind.headings(fact)), fact)


def joined(cells: Sequence[str]) -> str:
    """The number of a case as it stands in these cells, without the blanks between its thousands: ``346 649``."""
    number = " ".join(" ".join(cells).split())
    return number.replace(" ", "") if THOUSANDS.fullmatch(number) else number


def missing_headings(mapping: Mapping, headings: frozenset[str]) -> list[str]:
    """What the mapping names and the file lacks."""
    own = {fold(heading) for heading in headings}
    named = {name for kind in mapping.rows for name in kind.all_headings}
    return sorted(name for name in named if fold(name) not in own)


def must_have_cases(file: HistoryFile) -> None:
    """Of a file that was read. Raises WrongFile where no row of it has the columns of the mapping."""
    if not file.cases:
        lacking = ", ".join(missing_headings(file.mapping, file.headings)) or _("none")
        words = _("No row has the columns of the mapping. It names these, which are missing from the file: %s")
        raise WrongFile(words % lacking)


def nothing_of_it(brought: Brought, looked_at: int) -> None:
    pass


def zone_of(mapping: Mapping, now: datetime) -> ZoneInfo:
    """Of hours without an offset: that of the mapping, else of the procedure in force. Raises NoProcedure."""
    return ZoneInfo(mapping.hours.zone or in_force(now).procedure.provider.zone)


def put_on_record(
    file: HistoryFile, new: int, at: datetime, *, staff: Staff | None = None, key: object = "", **more: Any
) -> None:
    """A line of the journal: how many cases were brought in from which file, by whom. ``at`` is UTC."""
    write_down(AuditKind.BROUGHT_IN, at=at, staff=staff, about="cases", key=key, new=new, file=file.sha256, **more)


def bring_in(
    file: HistoryFile,
    zone: ZoneInfo,
    now: Callable[[], datetime],
    step: Callable[[], AbstractContextManager[object]],
    *,
    write: bool,
    stepped: Callable[[int], object] = nothing,
    show: Callable[[FormerCase, str], object] | None = None,
    taking_over: TakingOver | None = None,
    attachments: AttachmentPlace | None = None,
    within: Callable[[Brought, int], object] = nothing_of_it,
) -> Brought:
    """Bring the cases of a file in that was read, a transaction of ``step`` for each hundred; ``write``: or only count.

    ``stepped`` is told how many more were looked at, ``show`` of each new case and its company. ``taking_over``: how
    open cases are registered here; without it they are left out. ``attachments``: where the files lie that the rows
    name. ``within`` is called inside each transaction, with what has come of the cases so far and how many were looked
    at in it. Raises WrongFile, NoProcedure.
    """
    attaching = Attaching(attachments, file.staging, file.troubles.add)
    bringing = Bringing(file.mapping, file.sha256, zone.key, file.troubles.add, taking_over, attaching)
    for cases in in_steps(file.read_cases(zone, now(), keeps_open=taking_over is not None)):
        with step():
            placed = bringing.bring(cases, now(), write=write)
            within(bringing.brought, len(cases))
        if show:
            for case, place in placed:
                show(case, place.customer.name)
        stepped(len(cases))
    return bringing.brought
