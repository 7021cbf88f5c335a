"""The records of a JSON, and those in the lists inside them."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import WrongFile
from guardia.customers.values import fold

DEEPEST = 8


class Record(NamedTuple):
    """``inside``: the list of another record in which it lies; ``carries``: its facts come again with those of a list
    inside it.
    """

    cells: dict[str, str]
    inside: str = ""
    carries: bool = False


def json_rows(content: bytes, known: frozenset[str]) -> Iterator[Record]:
    """Records one a line, a list of them, or an object that holds such lists; what lies in a record is under
    ``outer.inner``, and each entry of a list of records inside it is a row of its own with the record's facts.

    ``known``: headings, folded: an object that has one of them is a record itself. What is no record is one without
    facts. Raises WrongFile, RecursionError.
    """
    is_empty = True
    for record in _records(content.decode("utf-8-sig", errors="replace"), known):
        for row in _flattened(record):
            is_empty = False
            yield row
    if is_empty:
        raise WrongFile(_("This JSON holds no list of records."))


def _records(content: str, known: frozenset[str]) -> Iterator[Any]:
    try:
        found = json.loads(content)
    except ValueError as wrong:
        lines = [(number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise WrongFile(_("This JSON cannot be read: %s") % wrong) from wrong
        for number, line in lines:
            yield from _lists_in(_of_line(number, line), known)
        return
    yield from _lists_in(found, known)


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _of_line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as wrong:
        raise WrongFile(_("Line %(line)d is not valid JSON: %(reason)s") % {"line": number, "reason": wrong}) from wrong


def _lists_in(found: Any, known: frozenset[str]) -> Iterator[Any]:
    if isinstance(found, list):
        yield from found
        return
    lists = [each for each in found.values() if _is_of_records(each)] if isinstance(found, dict) else []
    if not lists or any(fold(name) in known for name in _of_record(found).cells):
        yield found
        return
    for each in lists:
        yield from each


def _is_of_records(found: Any) -> bool:
    return isinstance(found, list) and any(isinstance(each, dict) for each in found)


def _of_record(record: Any) -> Record:
    return next(_flattened(record))


def _flattened(record: Any, inside: str = "", depth: int = 0) -> Iterator[Record]:
    """The record itself, then each record in a list of it, with the facts of those around it."""
    cells: dict[str, str] = {}
    inner: list[tuple[str, list[Any]]] = []
    if isinstance(record, dict):
        _collect(record, f"{inside}." if inside else "", cells, inner, depth)
    yield Record(cells, inside, carries=bool(inside and inner))
    for name, entries in inner:
        for entry in entries:
            for row in _flattened(entry, name, depth + 1):
                yield row._replace(cells=cells | row.cells)


def _collect(
    record: dict[str, Any], before: str, cells: dict[str, str], inner: list[tuple[str, list[Any]]], depth: int
) -> None:
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value and depth < DEEPEST:
            _collect(value, f"{name}.", cells, inner, depth + 1)
        elif _is_of_records(value) and depth < DEEPEST:
            inner.append((name, value))
        elif isinstance(value, list):
            cells[name] = ", ".join(str(each) for each in value if each is not None)
        elif isinstance(value, dict):
            cells[name] = json.dumps(value, ensure_ascii=False) if value else ""
        else:
            cells[name] = "" if value is None else str(value)
