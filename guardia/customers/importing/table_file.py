"""A file as people send it, CSV or a workbook, read as a table; or one sentence why it is none."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
LONGEST_CELL = 100_000
DELIMITERS = ",;\t"


class WrongFile(ValueError):
    """The file as a whole cannot be read. Its words say why and what to do."""


@dataclass(frozen=True)
class Table:
    """The header and the rows, each with its number as a spreadsheet shows it (the header is row 1)."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """Raises WrongFile: no text, no table, too large, quotes that never close."""
    if len(content) > MOST_BYTES:
        raise WrongFile(_("The file is larger than %d MB. Send it in parts.") % (MOST_BYTES // 1024 // 1024))
    lines = of_workbook(content) if is_workbook(content) else of_text(content)
    numbered = [(number, row) for number, row in enumerate(lines, 1) if any(cell.strip() for cell in row)]
    if not numbered:
        raise WrongFile(_("The file is empty. Its first row names the columns; download the sample."))
    (_first, header), *rows = numbered
    if len(rows) > MOST_ROWS:
        raise WrongFile(_("The file has more than %d rows. Send it in parts.") % MOST_ROWS)
    return Table([cell.strip() for cell in header], rows)


def of_text(content: bytes) -> list[list[str]]:
    """Encoding and delimiter found out. Raises WrongFile."""
    text, delimiter = announced(decoded(content))
    return records(text, delimiter or likely_delimiter(text))


def of_workbook(content: bytes) -> list[list[str]]:
    """Raises WrongFile."""
    try:
        rows = trimmed(rows_of(content))
    except NotReadable as trouble:
        raise WrongFile(str(trouble)) from trouble
    if long := next((n for n, row in enumerate(rows, 1) if any(len(cell) > LONGEST_CELL for cell in row)), 0):
        raise too_long(long)
    return rows


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, Excel's UTF-16, else the Latin of Windows. Raises WrongFile if it is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        text = _utf8_or_latin(content)
    if any(character in text for character in "\x00\x01\x02\x03\x04\x05\x06\x07\x08\ufffd"):
        raise WrongFile(_("This is not a text file. In the spreadsheet choose Save as, CSV UTF-8."))
    return text


def _utf8_or_latin(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def announced(text: str) -> tuple[str, str]:
    """Excel may announce its delimiter in a first line ``sep=;``. Its row number still counts, so it is left empty."""
    first, newline, rest = text.partition("\n")
    words = first.strip().lower()
    if words.startswith("sep=") and len(words) == 5 and words[-1] != '"':
        return newline + rest, words[-1]
    return text, ""


def likely_delimiter(text: str) -> str:
    """The one that parts the header; a comma where there is only one column."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def records(text: str, delimiter: str) -> list[list[str]]:
    """Raises WrongFile with the row in which the quotes or the length of a cell go wrong."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise too_long(len(rows))
    except csv.Error as trouble:
        # A cell beyond the reader's own limit is in the row after those that were read.
        if "larger" in str(trouble):
            raise too_long(len(rows) + 1) from None
        sentence = _('Row %d: unmatched quote ("). Double any quote inside a cell.')
        raise WrongFile(sentence % (len(rows) + 1)) from None
    return rows


def too_long(row: int) -> WrongFile:
    return WrongFile(_("Row %d: a cell is far too long. A closing quote may be missing.") % row)


# A workbook as people send it, read as the table of its first sheet that holds anything.


ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_UNPACKED = 200 * 1024 * 1024


class NotReadable(ValueError):
    """The workbook cannot be read. Its words say why and what to do."""


def is_workbook(content: bytes) -> bool:
    """Whether this is an .xlsx, .ods or .xls file, by how it begins."""
    return content.startswith((ZIP, OLD))


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of the first sheet that has any, as text; rows and columns stand where the spreadsheet shows them.

    Raises NotReadable: no workbook, one under a password, one that unpacks to more than fits.
    """
    from python_calamine import CalamineError, load_workbook  # loaded with the first workbook

    must_fit(content)
    try:
        book = load_workbook(io.BytesIO(content))
        for name in book.sheet_names:
            if rows := [[text_of(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(False)]:
                return rows
    except CalamineError as trouble:
        words = _("This workbook cannot be read. If it has a password, remove it; or save it as CSV UTF-8.")
        raise NotReadable(words) from trouble
    return []


def must_fit(content: bytes) -> None:
    """A small file may unpack to a very large one. Raises NotReadable."""
    if not content.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as trouble:  # a version or names that are none
        raise NotReadable(_("This workbook is damaged. Save it again, or as CSV UTF-8.")) from trouble
    if unpacked > MOST_UNPACKED:
        raise NotReadable(_("This workbook is too large when it is unpacked. Send it in parts, or as CSV UTF-8."))


def text_of(cell: Any) -> str:
    """As a person would type it: a whole number without its point, a day and an hour as ISO 8601 writes them."""
    if isinstance(cell, bool):
        return "1" if cell else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        if cell.microsecond and cell.year < MAXYEAR:  # a spreadsheet counts in fractions of a day
            cell = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return cell.isoformat(sep=" ", timespec="seconds" if cell.second else "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell).rjust(8, "0")


def trimmed(rows: Sequence[list[str]]) -> list[list[str]]:
    """Without the columns behind the last one that holds anything in any row."""
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell.strip()), default=0)
    return [row[:width] for row in rows]
