"""One picture of the panorama: its drawing, and the same as a table for whoever reads, counts or hears it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.web.desk.clock import written
from guardia.web.desk.reports.workbook import Sheet, formats_of, new_book
from guardia.web.shared.drawing import Drawing

type Value = str | int | float | datetime | timedelta | None
"""As the workbook has it; the page writes it in words."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its words, and where its rows are."""

    value: Value
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """``says`` tells what is counted, in the terms of the procedure; ``empty`` stands where there is nothing yet."""

    key: str
    title: str
    says: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    drawing: Drawing | None = None
    empty: str = ""


def behind(what: str, **words: object) -> str:
    """The address of the rows behind a mark."""
    return f"{reverse('panorama_rows')}?{urlencode({'que': what, **words})}"


def named(words: object) -> Cell:
    return Cell(str(words), str(words))


def count(value: int, href: str = "") -> Cell:
    """A number, and its rows where there are any."""
    return Cell(value, str(value), href if value else "")


def lasting(seconds: float) -> str:
    return written(timedelta(seconds=round(seconds)), loose=True)


def workbook_of(pictures: Sequence[Picture]) -> bytes:
    """A sheet per picture: numbers as numbers, lengths as lengths, no text that acts as a formula."""
    file = BytesIO()
    with new_book(file) as book:
        formats = formats_of(book)
        for picture in pictures:
            columns = [(head, 28 if place == 0 else 16) for place, head in enumerate(picture.head)]
            sheet = Sheet(
                book, picture.title.replace("/", "-").replace(":", ""), columns or [(_("Nothing yet"), 28)], formats
            )
            for row in picture.rows:
                sheet.add(*(cell.value for cell in row))
    return file.getvalue()
