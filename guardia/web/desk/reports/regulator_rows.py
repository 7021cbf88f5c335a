"""The rows of the regulator's form, on the screen and as its file: a workbook or CSV without formulas."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.procedure.vocabulary import Impact
from guardia.reports.duplicates import ended_otherwise
from guardia.reports.interruptions import Interruption, Totals, interruptions
from guardia.reports.month import Month
from guardia.web.desk.companies.bands import plain
from guardia.web.desk.reports.regulator_form import (
    FIELDS,
    ROW,
    TEXT,
    Coded,
    Column,
    RegulatorForm,
    minutes,
    number_format_of,
    strftime_of,
)
from guardia.web.desk.reports.workbook import AS_TEXT, Sheet, formats_of, new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook


# --- rows -------------------------------------------------------------------------------------------------------------
# The rows of the form: which interruptions it asks for, and each cell as it is written.
def interruptions_of(found: Iterable[Interruption], form: RegulatorForm, month: Month) -> Iterator[Interruption]:
    """Those that the form asks for, in their order; also those of which nobody has said yet how they are felt, so that
    none is missing from what is sent.
    """
    only = form.only
    asked = {*only.impacts, Impact.REPORTED}
    for one in found:
        if only.impacts and one.case.impact not in asked:
            continue
        if one.seconds < 60 * only.minutes_from or (only.started_in_month and one.start < month.start):
            continue
        yield one


def cells(one: Interruption, at: datetime, form: RegulatorForm, row: int) -> list[object]:
    """In the order of the form: hours, lengths and numbers as such, words as the form calls them."""
    return [cell(column, one, at, row) for column in form.columns]


def cell(column: Column, one: Interruption, at: datetime, row: int) -> object:
    if column.field in (TEXT, ROW):
        return column.text if column.field == TEXT else row
    found = FIELDS[column.field].read(one, at)
    if isinstance(found, Coded):
        codes = FIELDS[column.field].codes or {}
        return column.words.get(found.code) or str(codes.get(found.code, found.code))
    if isinstance(found, timedelta) and column.lengths != "clock":
        return round(found.total_seconds() / (60 if column.lengths == "minutes" else 3600), 2)
    return found


def written(value: object, column: Column, form: RegulatorForm) -> str:
    """As CSV has it: hours in the operator's zone, lengths as ``26:04:00``, and no text that begins a formula."""
    match value:
        case datetime():
            return localtime(value).strftime(strftime_of(column.hours or form.hours))
        case timedelta():
            rest = round(value.total_seconds())
            return f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
        case float():
            return f"{value:.2f}".replace(".", form.decimal_sign)
        case int():
            return str(value)
        case _:
            return plain(str(value))


def row_written(one: Interruption, at: datetime, form: RegulatorForm, row: int) -> list[str]:
    values = cells(one, at, form, row)
    return [written(value, column, form) for value, column in zip(values, form.columns, strict=True)]


# --- files ------------------------------------------------------------------------------------------------------------
# The regulator's file: one row per interruption, as a workbook or as CSV, the same columns in both.
# No text acts as a formula: in the workbook text is text, in CSV what would begin one stands behind an apostrophe.
MOST_ROWS = 500_000
"""Of a workbook; a sheet holds little more than a million."""
ON_DISK = {**AS_TEXT, "in_memory": False, "constant_memory": True}


class FormSheet(Sheet):
    """Hours stand as each column of the form has them."""

    def __init__(self, book: "Workbook", form: RegulatorForm, formats: dict[str, Any]) -> None:
        columns = [(form.head_of(column), column.width or width_of(column.field)) for column in form.columns]
        super().__init__(book, _("Interruptions"), columns, formats)
        by_hours = {hours: book.add_format({"num_format": number_format_of(hours)}) for hours in hours_in(form)}
        self.hours = [by_hours[column.hours or form.hours] for column in form.columns]

    def _write(self, place: int, cell: object) -> None:
        if isinstance(cell, datetime):
            self.sheet.write_datetime(self.row, place, localtime(cell).replace(tzinfo=None), self.hours[place])
        else:
            super()._write(place, cell)


def hours_in(form: RegulatorForm) -> set[str]:
    return {form.hours, *(column.hours for column in form.columns if column.hours)}


def width_of(field: str) -> int:
    return FIELDS[field].width if field in FIELDS else 14


def totals_of(month: Month, totals: Totals, left_off: int = 0) -> list[tuple[str, object]]:
    otherwise = ended_otherwise(month)
    return [
        (_("Month"), str(month)),
        (_("Time zone"), settings.TIME_ZONE),
        (_("Interruptions"), totals.interruptions),
        (_("Interruptions that last"), totals.lasting),
        (_("Minutes in the month"), minutes(totals.seconds)),
        (_("Minutes left out"), minutes(totals.excluded)),
        (_("Minutes within planned work"), minutes(totals.in_work)),
        (_("Affected minutes"), minutes(totals.affected)),
        (_("Cases that ended as duplicates (not counted)"), otherwise.duplicates),
        (_("Cases that were withdrawn (not counted)"), otherwise.withdrawn),
        *([(_("Rows left off"), left_off)] if left_off else []),
    ]


def as_workbook(file: IO[bytes], form: RegulatorForm, month: Month, at: datetime) -> None:
    """Two sheets: the interruptions, and their totals. Row by row over the disk, whatever their number."""
    totals = Totals()
    with new_book(file, ON_DISK) as book:
        formats = formats_of(book)
        formats["percent"] = book.add_format({"num_format": "0.00"})
        sheet = FormSheet(book, form, formats)
        for one in interruptions_of(interruptions(month, at), form, month):
            totals.add(one)
            if totals.interruptions <= MOST_ROWS:
                sheet.add(*cells(one, at, form, totals.interruptions))
        summary = Sheet(book, _("Totals"), [(_("Figure"), 30), (_("Value"), 20)], formats)
        for row in totals_of(month, totals, max(0, totals.interruptions - MOST_ROWS)):
            summary.add(*row)


def as_csv(file: IO[bytes], form: RegulatorForm, month: Month, at: datetime) -> None:
    """UTF-8 with its mark, as spreadsheets open it; the totals after an empty line, where the form has them."""
    totals = Totals()
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=form.parted_by)
    table.writerow([plain_head(form, place) for place in range(len(form.columns))])
    table.writerows(_counted(form, month, totals, at))
    if form.totals:
        table.writerow([])
        first = form.columns[0]
        table.writerows(
            [written(name, first, form), written(value, first, form)] for name, value in totals_of(month, totals)
        )
    text.detach()


def plain_head(form: RegulatorForm, place: int) -> str:
    column = form.columns[place]
    return written(form.head_of(column), column, form)


def _counted(form: RegulatorForm, month: Month, totals: Totals, at: datetime) -> Iterator[list[str]]:
    for one in interruptions_of(interruptions(month, at), form, month):
        totals.add(one)
        yield row_written(one, at, form, totals.interruptions)
