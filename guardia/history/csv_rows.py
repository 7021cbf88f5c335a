"""The rows of a CSV as former tools write it: encoding and delimiter found out, a quote without its pair no harm."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import IO, BinaryIO

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import DELIMITERS, WrongFile
from guardia.customers.values import fold

ALL_DELIMITERS = f"{DELIMITERS}|"
A_PART = 1 << 20
LONGEST_LINE = 4_000_000
LONGEST_ROW = 2_000_000
"""So long may a row be that goes on over several lines. A longer one lacks a quote."""
MOST_LONE_QUOTES = 200
"""For each, up to LONGEST_ROW is read twice."""
FEW = 0.1
"""Where less of what is not ASCII is damaged, a text is UTF-8 all the same."""
QUOTED = re.compile(r'"[^"]*"')
NUL = "\x00"

type Row = tuple[int, list[str], str]
"""Its number, its cells, and a word for what is wrong with it, else empty."""


def csv_rows(stream: BinaryIO, known: frozenset[str], quotes: bool) -> Iterator[Row]:
    """``known``: headings, folded, one of which the file may have. Raises WrongFile."""
    encoding = _encoding(stream)
    stream.seek(0)
    first = stream.read(65536).decode(encoding, errors="replace").replace(NUL, "").splitlines()[:20]
    announced = first[0].strip().strip('"')[4:] if first and first[0].lstrip('"').lower().startswith("sep=") else ""
    delimiter = announced if len(announced) == 1 and announced != '"' else likely_delimiter(first, known)
    stream.seek(0)
    csv.field_size_limit(LONGEST_LINE)
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        rows = _quoted(_lines(text), delimiter) if quotes else _plain(_lines(text), delimiter)
        for number, (row, damage) in enumerate(rows, 1):
            if not (announced and number == 1):
                yield number, row, damage
    finally:
        text.detach()


def likely_delimiter(lines: list[str], known: frozenset[str]) -> str:
    """That of the first line which has a known heading, or else any delimiter outside of quotes."""
    for line in lines:
        parted = {each: [fold(cell.strip(' "\ufeff')) for cell in line.split(each)] for each in ALL_DELIMITERS}
        if fits := [each for each, cells in parted.items() if not known.isdisjoint(cells)]:
            return max(fits, key=QUOTED.sub("", line).count)
    plain = [QUOTED.sub("", line) for line in lines]
    return next((max(ALL_DELIMITERS, key=line.count) for line in plain if any(d in line for d in ALL_DELIMITERS)), ",")


def _lines(text: IO[str]) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise WrongFile(_("Row %d: a cell is far too long. A closing quote may be missing.") % number)
        yield line.replace(NUL, "")


def _plain(lines: Iterator[str], delimiter: str) -> Iterator[tuple[list[str], str]]:
    for line in lines:
        yield line.rstrip("\r\n").split(delimiter), ""


def _quoted(lines: Iterator[str], delimiter: str) -> Iterator[tuple[list[str], str]]:
    """A row in which a quote has no pair ends with its line, and the next line begins the next row."""
    again: deque[str] = deque()
    pulled: list[str] = []

    def pull() -> Iterator[str]:
        size = 0
        while (line := again.popleft() if again else next(lines, None)) is not None:
            size = len(line) + (size if pulled else 0)
            pulled.append(line)
            if size > LONGEST_ROW and len(pulled) > 1:
                raise csv.Error
            yield line

    reader = csv.reader(pull(), delimiter=delimiter, strict=True)
    lone = 0
    while True:
        pulled.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            lone += 1
            if lone > MOST_LONE_QUOTES:
                raise WrongFile(
                    _("More than %d rows have an unmatched quote. Export the file again.") % lone
                ) from wrong
            again.extendleft(reversed(pulled[1:]))
            reader = csv.reader(pull(), delimiter=delimiter, strict=True)
            yield [_without_quotes(cell) for cell in pulled[0].rstrip("\r\n").split(delimiter)], "lone quote"
        else:
            yield row, ""


def _without_quotes(cell: str) -> str:
    """A cell of a line that could not be read by its quotes."""
    if cell.startswith('"') and cell.endswith('"') and len(cell) > 1:
        return cell[1:-1].replace('""', '"')
    return cell.removeprefix('"')


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 where the file is it but for few places, Excel's UTF-16 by its mark, else the Latin of Windows."""
    mark = stream.read(4)
    stream.seek(0)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    damaged = whole = 0
    while part := stream.read(A_PART):
        if not part.isascii():
            text = decoder.decode(part)
            bad = text.count("\ufffd")
            damaged += bad
            whole += sum(not character.isascii() for character in text) - bad
    return "cp1252" if damaged > FEW * whole else "utf-8-sig"
