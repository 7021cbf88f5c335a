"""An event log as a file, in one of its formats."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from guardia.history.event_log import LoggedCase, LogRequest
from guardia.history.event_log_csv import write_csv
from guardia.history.event_log_ocel import write_ocel
from guardia.history.event_log_parquet import write_parquet
from guardia.history.event_log_reading import CaseFacts, LogReader, roles_of_staff
from guardia.history.event_log_rows import LogRows
from guardia.history.event_log_xes import write_xes

FORMATS = {
    "xes": "application/xml",
    "ocel": "application/json",
    "csv": "text/csv; charset=utf-8",
}
"""Each with the type of its content."""
ENDINGS = {"xes": "xes", "ocel": "ocel.json", "csv": "csv"}
PARQUET = "parquet"
"""The command's alone: its library is an extra, of which the web knows nothing."""
OF_OBJECTS = frozenset({"ocel"})


class EventLog:
    """A log that is about to be written: how many cases it has, and then its file. In the active language."""

    def __init__(self, request: LogRequest, form: str) -> None:
        self.request, self.form = request, form
        self.reader = LogReader(request, with_objects=form in OF_OBJECTS)
        self.events = self.rows = 0

    @property
    def total(self) -> int:
        """How many cases there are as it begins."""
        return self.reader.total

    def write(self, file: IO[bytes], step: Callable[[], object] = lambda: None) -> None:
        """``step`` is called after each case. Under a role, in a transaction of the caller."""
        if self.form == "ocel":
            write_ocel(file, self._cases(step), self.request)
            return
        write = {"xes": write_xes, "csv": write_csv, PARQUET: write_parquet}[self.form]
        write(file, (case for _facts, case in self._cases(step)), self.request)

    def _cases(self, step: Callable[[], object]) -> Iterator[tuple[CaseFacts, LoggedCase]]:
        made = LogRows(self.request, {} if self.request.for_customer else roles_of_staff())
        for facts in self.reader.cases():
            case = made.of(facts)
            yield facts, case
            self.events += len(facts.events)
            self.rows += len(case.rows)
            step()


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that has its name only once it is whole and on the disk: nobody meets half of it, whatever ends us.

    It is written beside its place, for its owner alone. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
