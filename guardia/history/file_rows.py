"""The rows of a file, one after the other, whatever its kind: CSV, a workbook, XES, JSON; also packed by gzip.

A row is what stands under each heading, with its number as a spreadsheet shows it (the heading is row 1); of XES and
JSON, the events and records counted from 1. Nothing holds a whole file in memory but a workbook and JSON.
"""

import codecs
import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import (
    DELIMITERS,
    LONGEST_CELL,
    MOST_BYTES,
    WrongFile,
    is_workbook,
    of_workbook,
)

MOST_JSON = 256 * 1024 * 1024
A_PART = 1 << 20
GZIP = b"\x1f\x8b"
NUL = "\x00"
SURPLUS = "\x00surplus"
"""Under this heading stands how many cells a row has beyond those that have a heading."""


class FileRow(NamedTuple):
    number: int
    cells: dict[str, str]


def sha256_of(path: Path) -> str:
    """Of the file as it is, in hexadecimal digits."""
    digest = sha256()
    with path.open("rb") as stream:
        while part := stream.read(A_PART):
            digest.update(part)
    return digest.hexdigest()


def rows_of(path: Path) -> Iterator[FileRow]:
    """Raises WrongFile with what to do, also in the middle of the file; OSError."""
    try:
        with _unpacked(path) as stream:
            head = stream.read(4096)
            stream.seek(0)
            yield from _by_kind(head, stream, path)
    except (gzip.BadGzipFile, EOFError) as wrong:
        raise WrongFile(
            _("This file was packed by gzip and is damaged. Pack it again, or send it unpacked.")
        ) from wrong


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as plain:
        is_packed = plain.read(2) == GZIP
        plain.seek(0)
        if is_packed:
            with gzip.open(plain) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield plain


def _by_kind(head: bytes, stream: BinaryIO, path: Path) -> Iterator[FileRow]:
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if is_workbook(head):
        return _of_table(enumerate(of_workbook(_whole(stream, MOST_BYTES)), 1))
    if begins.startswith(b"<"):
        return _of_xes(stream)
    if begins.startswith((b"{", b"[")):
        return _of_json(stream)
    return _of_table(_csv_rows(stream))


def _whole(stream: BinaryIO, most: int) -> bytes:
    content = stream.read(most + 1)
    if len(content) > most:
        raise WrongFile(_("The file is larger than %d MB. Send it in parts, or as CSV UTF-8.") % (most >> 20))
    return content


def _of_table(rows: Iterable[tuple[int, list[str]]]) -> Iterator[FileRow]:
    """The first row that holds anything names the columns; two of one name are told apart by ``(2)``."""
    header: list[str] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if not header:
            header = _told_apart([cell.strip() for cell in row])
            continue
        cells = dict(zip(header, row, strict=False))
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            cells[SURPLUS] = str(len(row) - len(header))
        yield FileRow(number, cells)
    if not header:
        raise WrongFile(_("The file is empty. Its first row names the columns."))


def _told_apart(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


# --- CSV --------------------------------------------------------------------------------------------------------------
def _csv_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding(stream)
    stream.seek(0)
    first, second = [*stream.read(65536).decode(encoding, errors="replace").splitlines(), "", ""][:2]
    announced = first.strip()[4:] if first.lower().startswith("sep=") and len(first.strip()) == 5 else ""
    delimiter = announced or max(f"{DELIMITERS}|", key=(first or second).count)
    stream.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    number = 0
    try:
        for number, row in enumerate(csv.reader(_lines(text), delimiter=delimiter), 1):
            if not (announced and number == 1):
                yield number, row
    except csv.Error as wrong:
        sentence = _("Row %d: a cell is far too long. A quote may be missing its pair.")
        raise WrongFile(sentence % (number + 1)) from wrong
    finally:
        text.detach()


def _lines(text: IO[str]) -> Iterator[str]:
    for line in text:
        yield line.replace(NUL, "")


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 where the whole file is it, Excel's UTF-16 by its mark, else the Latin of Windows."""
    mark = stream.read(4)
    stream.seek(0)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := stream.read(A_PART):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


# --- XES (IEEE 1849) --------------------------------------------------------------------------------------------------
def _of_xes(stream: BinaryIO) -> Iterator[FileRow]:
    """An event each, with the attributes of its trace under ``case:``, as process mining names them; a trace without
    events is one row.
    """
    trace: dict[str, str] = {}
    events: list[dict[str, str]] = []
    number = 0
    try:
        for _kind, element in ElementTree.iterparse(stream, events=("end",)):
            name = element.tag.rpartition("}")[2]
            if name == "event":
                events.append(_attributes(element))
                element.clear()
            elif name == "trace":
                trace = {f"case:{key}": value for key, value in _attributes(element).items()}
                for event in events or [{}]:
                    number += 1
                    yield FileRow(number, trace | event)
                events = []
                element.clear()
            elif name == "log":
                element.clear()
    except ElementTree.ParseError as wrong:
        words = _("This XML cannot be read from line %(line)d on (%(reason)s). Export the event log again, as XES.")
        raise WrongFile(words % {"line": wrong.position[0], "reason": wrong.msg}) from wrong
    if not number:
        raise WrongFile(_("This XML has no trace: it is no event log in XES."))


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element if child.get("key")}


# --- JSON -------------------------------------------------------------------------------------------------------------
def _of_json(stream: BinaryIO) -> Iterator[FileRow]:
    """Records one a line, a list of them, or an object that holds such lists; what lies in a record is under
    ``outer.inner``, and each entry of a list of records inside it is a row of its own with the record's facts.
    """
    number = 0
    for record in _records(stream):
        for cells in _flattened(record):
            number += 1
            yield FileRow(number, cells)
    if not number:
        raise WrongFile(_("This JSON holds no list of records."))


def _records(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    content = _whole(stream, MOST_JSON).decode("utf-8-sig", errors="replace")
    try:
        found = json.loads(content)
    except ValueError as wrong:
        lines = [line for line in content.splitlines() if line.strip()]
        if len(lines) < 2:
            raise WrongFile(_("This JSON cannot be read: %s") % wrong) from wrong
        yield from _of_lines(lines)
        return
    except RecursionError as wrong:
        raise WrongFile(_("This JSON is nested too deeply.")) from wrong
    yield from _lists_in(found)


def _of_lines(lines: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as wrong:
            raise WrongFile(_("Line %(line)d is no JSON: %(reason)s") % {"line": number, "reason": wrong}) from wrong
        if isinstance(found, dict):
            yield found


def _lists_in(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        yield from (record for record in found if isinstance(record, dict))
        return
    lists = [each for each in found.values() if _is_of_records(each)] if isinstance(found, dict) else []
    for each in lists:
        yield from each
    if isinstance(found, dict) and not lists:
        yield found


def _is_of_records(found: Any) -> bool:
    return isinstance(found, list) and any(isinstance(each, dict) for each in found)


def _flattened(record: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[dict[str, str]]:
    """The record itself, then each record in a list of it, with the facts of those around it."""
    cells: dict[str, str] = {}
    inner: list[tuple[str, list[Any]]] = []
    _collect(record, before, cells, inner, depth)
    yield cells
    for name, entries in inner:
        for entry in entries:
            if isinstance(entry, dict):
                for row in _flattened(entry, f"{name}.", depth + 1):
                    yield cells | row


def _collect(
    record: dict[str, Any], before: str, cells: dict[str, str], inner: list[tuple[str, list[Any]]], depth: int
) -> None:
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and depth < 8:
            _collect(value, f"{name}.", cells, inner, depth + 1)
        elif _is_of_records(value) and depth < 8:
            inner.append((name, value))
        elif isinstance(value, list):
            cells[name] = ", ".join(str(each) for each in value if each is not None)
        else:
            cells[name] = "" if value is None else str(value)
