"""A job of an import done: its files looked at, tried, or brought in, with how far it is, and what came of it.

It runs in a process of its own (``guardia history work``): reading takes the processor for minutes and a workbook its
memory, and neither is taken from the deadlines.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import WrongFile
from guardia.history import history_import, import_files
from guardia.history import mapping as mappings
from guardia.history.bringing import Brought
from guardia.history.file_survey import FileSurvey, survey
from guardia.history.former_case import FormerCase
from guardia.history.history_import import BEFORE, HistoryImport, ImportState
from guardia.history.import_report import Example, example_of, report_of
from guardia.history.importing import HistoryFile, bring_in, must_have_cases, put_on_record, zone_of
from guardia.history.proposing import Sample, proposal_of
from guardia.history.troubles import written_into
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.version import NoProcedure

log = logging.getLogger(__name__)
ROWS_BETWEEN_SIGNS = 5_000
MOST_EXAMPLES = 10
PASSES = (OperationalError, InterfaceError)
"""The database is unavailable: the job is tried again by itself."""


class StopWanted(Exception):
    """Somebody pressed stop."""


class TurnLost(Exception):
    """This process was taken for dead, and another one has the job."""


@dataclass
class Turn:
    """Who works on which import, by which right: ``step`` opens a transaction, ``now`` reads the hour (UTC) in it."""

    pk: int
    number: int
    step: Callable[[], AbstractContextManager[object]]
    now: Callable[[], datetime]
    rows: int = 0
    _told: int = field(default=0, init=False)

    def row(self, count: int) -> None:
        """So many more rows were read. Raises StopWanted, TurnLost."""
        self.rows += count
        if self.rows - self._told >= ROWS_BETWEEN_SIGNS:
            self.sign()

    def sign(self, **progress: Any) -> None:
        """Say how far it is, in a transaction of its own. Raises StopWanted, TurnLost."""
        self._told = self.rows
        with self.step():
            goes_on = self.holds(rows_read=self.rows, **progress)
        if not goes_on:
            raise StopWanted

    def holds(self, **progress: Any) -> bool:
        """Inside a transaction: how far it is. Raises TurnLost, which undoes what was written in it."""
        goes_on = history_import.holds(self.pk, self.number, self.now(), **progress)
        if goes_on is None:
            raise TurnLost
        return goes_on

    def ends(self, state: ImportState, *, trouble: str = "", **results: Any) -> None:
        """Raises TurnLost."""
        with self.step():
            one = history_import.held(self.pk, self.number)
            if one is None:
                raise TurnLost
            history_import.end(one, state, self.now(), trouble=trouble, rows_read=self.rows, **results)


def carry_out(turn: Turn) -> None:
    """Do the job that this turn is for. What is wrong with the files or the mapping is told on the import's page.

    Raises OperationalError, InterfaceError: then it is to be tried again.
    """
    with turn.step():
        one = history_import.held(turn.pk, turn.number)
    if one is None:
        return
    job = {ImportState.LOOKING: _look, ImportState.CHECKING: _check, ImportState.BRINGING: _bring}
    try:
        with translation.override(one.job_by.language), TemporaryDirectory(prefix="guardia-history-") as folder:
            try:
                with turn.step():
                    paths, names = import_files.written_out(one, Path(folder))
                job[ImportState(one.state)](turn, one, paths, names)
            except (StopWanted, TurnLost, *PASSES):
                raise
            except Exception as trouble:
                turn.ends(BEFORE[ImportState(one.state)], trouble=_in_words(trouble))
    except TurnLost:
        log.warning("import %d: another process has taken it on", turn.pk)
    except StopWanted:
        state = ImportState.MAPPING if one.state == ImportState.CHECKING else BEFORE[ImportState(one.state)]
        with translation.override(one.job_by.language):
            turn.ends(state, trouble=_("It was stopped."))


def _in_words(trouble: Exception) -> str:
    if isinstance(trouble, WrongFile | ProcedureFileRefused):
        return str(trouble)
    if isinstance(trouble, NoProcedure):
        return _("No procedure is in force. Publish one first: it says in which time zone hours without one are read.")
    if isinstance(trouble, OSError):
        return _("The disk accepted nothing: %s") % (trouble.strerror or type(trouble).__name__)
    log.exception("an import failed", exc_info=trouble)
    words = _("It could not be completed (%s). Tell whoever runs this installation: the worker's log has the details.")
    return words % type(trouble).__name__


# --- looked at --------------------------------------------------------------------------------------------------------
def _look(turn: Turn, one: HistoryImport, paths: list[Path], names: list[str]) -> None:
    """What stands in the files, and a mapping proposed for them."""
    files: list[FileSurvey] = []
    samples: list[Sample] = []
    for path, name in zip(paths, names, strict=True):
        try:
            found, sample = survey(path, name, turn.row)
        except WrongFile as wrong:
            raise WrongFile(f"{name}: {wrong}" if len(paths) > 1 else str(wrong)) from wrong
        files.append(found)
        samples.append(sample)
    text = one.mapping or proposal_of(samples)
    turn.ends(ImportState.MAPPING, survey={"files": files}, mapping=text, report={}, examples=[])


# --- tried, and brought in --------------------------------------------------------------------------------------------
@dataclass
class _Run:
    """A run through all cases: dry, or one that writes."""

    turn: Turn
    one: HistoryImport
    file: HistoryFile
    write: bool
    brought: Brought = field(default_factory=Brought)
    looked_at: int = 0
    goes_on: bool = True
    examples: list[Example] = field(default_factory=list)

    def through(self) -> None:
        """Raises StopWanted, TurnLost, WrongFile, NoProcedure."""
        turn = self.turn
        with turn.step():
            zone = zone_of(self.file.mapping, turn.now())
        self.file.read(turn.row)
        must_have_cases(self.file)
        turn.sign(cases=self.file.cases)
        bring_in(
            self.file,
            zone,
            turn.now,
            turn.step,
            write=self.write,
            stepped=self.stepped,
            show=self.show,
            taking_over=self.one.taking_over,
            within=self.within,
        )

    def within(self, brought: Brought, looked_at: int) -> None:
        """In the transaction of the cases, so that what is counted is what is written."""
        self.brought = brought
        self.looked_at += looked_at
        written = {"cases_new": self.one.cases_new + brought.new, "tries": 0} if self.write else {}
        self.goes_on = self.turn.holds(cases_done=self.looked_at, **written)

    def put_on_record(self) -> None:
        """In the journal: what this run wrote, and what all runs of the import did."""
        new, one = self.brought.new, self.one
        put_on_record(self.file, new, self.turn.now(), staff=one.job_by, key=one.pk, cases=one.cases_new + new)

    def stepped(self, _count: int) -> None:
        if not self.goes_on:
            raise StopWanted

    def show(self, case: FormerCase, company: str) -> None:
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(example_of(case, company))


def _check(turn: Turn, one: HistoryImport, paths: list[Path], names: list[str]) -> None:
    _run(turn, one, paths, names, write=False)


def _bring(turn: Turn, one: HistoryImport, paths: list[Path], names: list[str]) -> None:
    _run(turn, one, paths, names, write=True)


def _run(turn: Turn, one: HistoryImport, paths: list[Path], names: list[str], *, write: bool) -> None:
    """What was wrong is written down while it is met: of a large file it may be millions of rows."""
    mapping = mappings.load(one.mapping, "mapping.yaml")
    wrong_rows = paths[0].parent / "troubles.csv"
    with (
        HistoryFile(paths, mapping, names) as file,
        wrong_rows.open("w", newline="", encoding="utf-8-sig") as stream,
    ):
        file.troubles.also = written_into(stream, names)
        run = _Run(turn, one, file, write)
        try:
            run.through()
        except StopWanted:
            stream.flush()
            if write:
                _ends(turn, one, run, wrong_rows, ImportState.STOPPED)
                return
            raise
        except Exception:
            if write and run.brought.new:
                with turn.step():
                    run.put_on_record()
            raise
        stream.flush()
        _ends(turn, one, run, wrong_rows, ImportState.DONE if write else ImportState.CHECKED)


def _ends(turn: Turn, one: HistoryImport, run: _Run, wrong_rows: Path, state: ImportState) -> None:
    """The end of a run and its line of the journal, in one transaction. Raises TurnLost."""
    report = report_of(run.file, run.brought)
    with turn.step():
        if run.write and (run.brought.new or state == ImportState.DONE):
            run.put_on_record()
        import_files.drop_troubles(one)
        if report["troubles_count"]:
            with wrong_rows.open("rb") as stream:
                import_files.put_troubles(one, stream)
        trouble = _("It was stopped.") if state == ImportState.STOPPED else ""
        turn.ends(state, trouble=trouble, report=report, examples=run.examples, cases_done=run.looked_at)
