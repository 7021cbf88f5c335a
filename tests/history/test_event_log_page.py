"""docs/event-log.md describes what there is: each column, each kind of row and each object."""

import re
from pathlib import Path

from guardia.history.event_log import CASE_COLUMNS, CASE_TEXTS, ROW_COLUMNS, ROW_TEXTS, LogRequest, RowKind
from guardia.history.event_log_csv import FIRST
from guardia.history.event_log_file import FORMATS
from guardia.history.event_log_ocel import DERIVED, event_types, object_types

PAGE = (Path(__file__).parents[2] / "docs" / "event-log.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w:]+)`", PAGE))


def rows_of_tables() -> dict[str, str]:
    """Each name in the first cell of a line of a table, with the types that stand behind it."""
    found = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            names, types = re.findall(r"`(\w+)`", cells[0]), cells[1].split(", ")
            found |= dict(zip(names, types if len(types) == len(names) else types * len(names), strict=True))
    return found


def test_each_column_is_described_with_its_type():
    described = rows_of_tables()
    for columns in (CASE_COLUMNS, ROW_COLUMNS, CASE_TEXTS, ROW_TEXTS):
        for name, type_ in columns.items():
            assert (name, described.get(name)) == (name, type_.value)


def test_what_every_row_has_is_described():
    assert {*FIRST, *(kind.value for kind in RowKind), *FORMATS} - {"xes", "ocel", "csv"} <= NAMED
    assert {"concept:name", "concept:instance", "lifecycle:transition", "time:timestamp", "org:resource"} <= NAMED


def test_each_object_of_ocel_and_each_event_that_is_none_of_the_history_is_described():
    assert {type_["name"] for type_ in object_types(LogRequest())} <= NAMED
    assert set(DERIVED.values()) <= NAMED
    assert {type_["name"] for type_ in event_types(LogRequest())} > set(DERIVED.values())
