"""A workbook as people send it, read as the table of its first sheet that holds anything."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

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
        words = _("This workbook cannot be read. If it has a password, take it off; or save it as CSV UTF-8.")
        raise NotReadable(words) from trouble
    return []


def must_fit(content: bytes) -> None:
    """A small file may unpack to a very large one. Raises NotReadable."""
    if not content.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as trouble:
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
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell).rjust(8, "0")


def trimmed(rows: Sequence[list[str]]) -> list[list[str]]:
    """Without the columns behind the last one that holds anything in any row."""
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell.strip()), default=0)
    return [row[:width] for row in rows]
