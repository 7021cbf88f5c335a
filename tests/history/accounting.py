"""Whether every row of a file is found again: in a case, or named with what is wrong."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from guardia.history import file_rows, row_kinds
from guardia.history.former_case import FormerCase, Trouble
from guardia.history.importing import HistoryFile
from guardia.history.mapping import Mapping

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GUAYAQUIL = ZoneInfo("America/Guayaquil")
EXPORTS = Path(__file__).parent / "exports"
OF_A_ROW = {"no kind", "above the headings", "no such case", "no number"}
OF_A_CASE = {"no opening", "no closing", "still open", "closed before opened", "in the future"}
OF_AN_EVENT = {"event without hour", "event in the future"}


@dataclass
class Account:
    rows: int = 0
    cases: dict[str, FormerCase] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    lost_rows: set[tuple[int, int]] = field(default_factory=set)
    """Rows of which nothing came in and that are not named."""
    lost_cases: set[str] = field(default_factory=set)
    lost_events: int = 0

    @property
    def is_whole(self) -> bool:
        return not (self.lost_rows or self.lost_cases or self.lost_events)

    def named(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for trouble in self.troubles:
            found[trouble.what] = found.get(trouble.what, 0) + 1
        return found


def account_of(paths: list[Path], mapping: Mapping, zone: ZoneInfo = GUAYAQUIL, now: datetime = NOW) -> Account:
    """Reads the files twice: once as an import does, once row by row. Raises WrongFile."""
    account = Account()
    with HistoryFile(paths, mapping) as file:
        file.troubles.also = account.troubles.append
        file.read()
        account.rows = file.rows
        account.cases = {case.number: case for case in file.read_cases(zone, now)}
        staged = {number: rows for number, rows in file.staging.by_case()}
    named = {(each.file, each.row) for each in account.troubles if each.what in OF_A_ROW}
    left_out = {(each.file, each.row) for each in account.troubles if each.what in OF_A_CASE}
    inside = {(row.file, row.number) for rows in staged.values() for row in rows}
    account.lost_rows = {place for place in rows_in(paths, mapping)} - inside - named
    account.lost_cases = {
        number
        for number, rows in staged.items()
        if number not in account.cases and (rows[0].file, rows[0].number) not in left_out
    }
    event_rows = sum(
        mapping.rows[row.kind].tells_events
        for number, rows in staged.items()
        for row in rows
        if number in account.cases
    )
    places = {(row.file, row.number) for number, rows in staged.items() for row in rows if number in account.cases}
    without = sum(each.what in OF_AN_EVENT and (each.file, each.row) in places for each in account.troubles)
    account.lost_events = event_rows - sum(len(case.steps) for case in account.cases.values()) - without
    return account


def rows_in(paths: list[Path], mapping: Mapping) -> list[tuple[int, int]]:
    """Each row of the files, but those whose facts come again with others."""
    kinds = row_kinds.RowKinds(mapping)
    found = []
    for file, path in enumerate(paths):
        for row in file_rows.rows_of(path, mapping.numbers, quotes=mapping.quotes):
            if not (row.carries and not list(kinds.of(row))):
                found.append((file, row.number))
    return found
