"""An event log as CSV (RFC 4180): a line for each row, with the columns of its case behind it.

UTF-8 with its mark, as spreadsheets open it; hours in ISO 8601 with the offset of the case's zone.
"""

import csv
from collections.abc import Iterable
from datetime import datetime
from io import TextIOWrapper
from typing import IO
from zoneinfo import ZoneInfo

from guardia.customers.values import no_formula
from guardia.history.event_log import LoggedCase, LogRequest, LogRow, Value, case_columns, row_columns

FIRST = ("case", "activity", "name", "lifecycle", "timestamp", "resource", "role", "row", "instance")
"""The columns that every line has."""
OF_THE_CASE = "case_"
"""Before the name of each column of the case."""


def write_csv(file: IO[bytes], cases: Iterable[LoggedCase], request: LogRequest) -> None:
    """``cases`` are written as they come."""
    of_row, of_case = tuple(row_columns(request)), tuple(case_columns(request))
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    table = csv.writer(text)
    table.writerow([*FIRST, *of_row, *(f"{OF_THE_CASE}{name}" for name in of_case)])
    for case in cases:
        zone = ZoneInfo(case.zone)
        behind = [cell(case.columns.get(name), zone) for name in of_case]
        for row in case.rows:
            table.writerow([*cells(case, row, zone), *(cell(row.more.get(name), zone) for name in of_row), *behind])
    text.flush()
    text.detach()


def cells(case: LoggedCase, row: LogRow, zone: ZoneInfo) -> list[str]:
    return [
        *(str(case.number), row.activity, cell(row.name, zone), row.transition, cell(row.at, zone)),
        *(cell(row.resource, zone), cell(row.role, zone), row.row, row.instance),
    ]


def cell(value: Value | None, zone: ZoneInfo) -> str:
    """As it stands in the table; a text that a spreadsheet would take for a formula has an apostrophe before it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(zone).isoformat(timespec="microseconds")
        case int():
            return str(value)
    return no_formula(value.replace("\0", "\ufffd").encode("utf-8", "replace").decode())
