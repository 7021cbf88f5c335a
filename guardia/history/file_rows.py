"""The rows of a file, one after the other, whatever its kind: CSV, a workbook, XES, JSON; also packed by gzip.

A row is what stands under each heading, with its number as a spreadsheet shows it (the heading is row 1); of XES and
JSON, the events and records counted from 1. Nothing holds a whole file in memory but a workbook and JSON.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import MOST_BYTES, WrongFile, is_workbook, of_workbook
from guardia.customers.values import fold
from guardia.history.csv_rows import csv_rows
from guardia.history.json_rows import json_rows
from guardia.history.xes_rows import xes_rows

MOST_JSON = 256 * 1024 * 1024
A_PART = 1 << 20
GZIP = b"\x1f\x8b"
NUL = "\x00"
LOOKED_AT = 20
"""In so many first rows the headings are looked for; a report may have its title above them."""
LONGEST_CELL = 20_000
LONGEST_FILE = 64 << 20
"""Letters of a file in base64: more than any file that is taken has."""

type Damage = tuple[str, str]
"""A word for what is wrong with a row (``guardia.history.troubles``), and what it is about."""


class FileRow(NamedTuple):
    """``inside``: the list of a JSON record in which the row lies, empty of the record itself; ``carries``: its facts
    come again with the rows of a list inside it. ``damage``: what was wrong with it already.
    """

    number: int
    cells: dict[str, str]
    inside: str = ""
    carries: bool = False
    damage: tuple[Damage, ...] = ()


def sha256_of(path: Path) -> str:
    """Of the file as it is, in hexadecimal digits."""
    digest = sha256()
    with path.open("rb") as stream:
        while part := stream.read(A_PART):
            digest.update(part)
    return digest.hexdigest()


def rows_of(
    path: Path, known: frozenset[str] = frozenset(), *, quotes: bool = True, uncut: frozenset[str] = frozenset()
) -> Iterator[FileRow]:
    """``known``: headings, folded, by one of which the row of the headings, or a record of JSON, is known. ``quotes``:
    whether a cell of a CSV may stand in quotes. ``uncut``: headings, folded, whose cells are files in base64. Raises
    WrongFile with what to do, also in the middle of the file; OSError.
    """
    try:
        with _unpacked(path) as stream:
            head = stream.read(4096)
            stream.seek(0)
            for row in _by_kind(head, stream, known, quotes):
                yield _cleaned(row, uncut)
    except (gzip.BadGzipFile, EOFError, zlib.error) as wrong:
        raise WrongFile(_("This gzip file is damaged. Compress it again, or send it uncompressed.")) from wrong
    except RecursionError as wrong:
        raise WrongFile(_("This JSON is nested too deeply.")) from wrong


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


def _by_kind(head: bytes, stream: BinaryIO, known: frozenset[str], quotes: bool) -> Iterator[FileRow]:
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if is_workbook(head):
        rows = of_workbook(_whole(stream, MOST_BYTES))
        return _of_table(((number, row, "") for number, row in enumerate(rows, 1)), known)
    if begins.startswith(b"<") or (head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and head[2:4] in XML):
        return (FileRow(number, cells) for number, cells in enumerate(xes_rows(stream), 1))
    if begins.startswith((b"{", b"[")):
        records = json_rows(_whole(stream, MOST_JSON), known)
        return (FileRow(number, *record) for number, record in enumerate(records, 1))
    return _of_table(csv_rows(stream, known, quotes), known)


XML = (b"<\x00", b"\x00<")


def _whole(stream: BinaryIO, most: int) -> bytes:
    content = stream.read(most + 1)
    if len(content) > most:
        raise WrongFile(_("The file is larger than %d MB. Send it in parts, or as CSV UTF-8.") % (most >> 20))
    return content


def _of_table(rows: Iterable[tuple[int, list[str], str]], known: frozenset[str]) -> Iterator[FileRow]:
    """The first row that has a known heading, or else that holds anything, names the columns; two of one name are told
    apart by ``(2)``.
    """
    filled = iter(row for row in rows if any(cell.strip() for cell in row[1]))
    first = list(islice(filled, LOOKED_AT))
    if not first:
        raise WrongFile(_("The file is empty. Its first row names the columns."))
    place = next((n for n, row in enumerate(first) if any(fold(cell) in known for cell in row[1])), 0)
    for number, row, _damage in first[:place]:
        yield FileRow(number, {}, damage=(("above the headings", " ".join(filter(None, row))),))
    header = _made_unique([cell.strip() for cell in first[place][1]])
    named = max((n for n, name in enumerate(header, 1) if name), default=0)
    for number, row, damage in chain(first[place + 1 :], filled):
        wrong = [(damage, "")] if damage else []
        if any(cell.strip() for cell in row[len(header) :]):
            wrong.append(("surplus", str(len(row) - len(header))))
        if len(row) < named:
            wrong.append(("short", str(named - len(row))))
        yield FileRow(number, dict(zip(header, row, strict=False)), damage=tuple(wrong))


def _made_unique(names: list[str]) -> list[str]:
    told: dict[str, None] = {}
    for name in names:
        own, count = name, 1
        while own in told:
            count += 1
            own = f"{name} ({count})"
        told[own] = None
    return list(told)


def _cleaned(row: FileRow, uncut: frozenset[str]) -> FileRow:
    """Without what no database takes, and with no cell beyond what is brought in of it."""
    longest = {name: LONGEST_FILE if fold(name) in uncut else LONGEST_CELL for name in row.cells}
    whole = "".join((*row.cells, *row.cells.values()))
    if whole.isascii() and NUL not in whole and len(whole) <= LONGEST_CELL:
        return row
    cut = tuple(("cut", name[:80]) for name, text in row.cells.items() if len(text) > longest[name])
    cells = {_storable(name): _storable(text)[: longest[name]] for name, text in row.cells.items()}
    return row._replace(cells=cells, damage=row.damage + cut)


def _storable(text: str) -> str:
    return text.replace(NUL, "").encode("utf-8", errors="replace").decode("utf-8")
