"""The interruptions of a month, as a regulator asks for them: on the screen, as a workbook and as CSV."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from io import TextIOWrapper
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.notices.wording.hours import lasting_exactly
from guardia.people.policy import Right
from guardia.procedure.vocabulary import Impact
from guardia.reports.interruptions import Interruption, Totals
from guardia.reports.interruptions import interruptions as read
from guardia.reports.month import Month
from guardia.reports.recurring import ended_otherwise
from guardia.web.desk.companies.bands import plain
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports import regulator_form
from guardia.web.desk.reports.monthly import NoMonth, hour_words, month_in, month_or_last
from guardia.web.desk.reports.promised import month_words
from guardia.web.desk.reports.regulator_form import (
    FIELDS,
    ROW,
    TEXT,
    WHOSE,
    Coded,
    Column,
    FormIsWrong,
    RegulatorForm,
    minutes,
    number_format_of,
    strftime_of,
)
from guardia.web.desk.reports.workbook import AS_TEXT, XLSX, Sheet, formats_of, new_book
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported

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
        (_("Ongoing interruptions"), totals.lasting),
        (_("Minutes in the month"), minutes(totals.seconds)),
        (_("Minutes excluded"), minutes(totals.excluded)),
        (_("Minutes within planned work"), minutes(totals.in_work)),
        (_("Affected minutes"), minutes(totals.affected)),
        (_("Cases that ended as duplicates (not counted)"), otherwise.duplicates),
        (_("Cases that were withdrawn (not counted)"), otherwise.withdrawn),
        *([(_("Rows omitted"), left_off)] if left_off else []),
    ]


def as_workbook(file: IO[bytes], form: RegulatorForm, month: Month, at: datetime) -> None:
    """Two sheets: the interruptions, and their totals. Row by row over the disk, whatever their number."""
    totals = Totals()
    with new_book(file, ON_DISK) as book:
        formats = formats_of(book)
        formats["percent"] = book.add_format({"num_format": "0.00"})
        sheet = FormSheet(book, form, formats)
        for one in interruptions_of(read(month, at), form, month):
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
    for one in interruptions_of(read(month, at), form, month):
        totals.add(one)
        yield row_written(one, at, form, totals.interruptions)


# --- interruptions ----------------------------------------------------------------------------------------------------
# The interruptions of a month, as a regulator asks for them: on the screen, as a workbook and as CSV.
SHOWN = 100
COUNTED = 5_000
"""The screen adds up so many; a month with more is added up in its file."""
CSV = "text/csv; charset=utf-8"
Write = Callable[[IO[bytes], RegulatorForm, Month, datetime], None]
FORMS: dict[str, tuple[str, Write]] = {
    "xlsx": (XLSX, as_workbook),
    "csv": (CSV, as_csv),
}
looks = needs(Right.SEE_REPORTS)


@looks
@require_safe
@from_replica
def interruptions(request: HttpRequest) -> HttpResponse:
    """``?mes=2026-10``; without one, the last month that is over."""
    at = now()
    month, mistake = month_or_last(request, at)
    try:
        form, wrong = regulator_form.in_use(), []
    except FormIsWrong as refused:
        form, wrong = regulator_form.sample(), refused.sentences
    totals, rows, more, first = Totals(), [], False, None
    for place, one in enumerate(islice(interruptions_of(read(month, at), form, month), COUNTED + 1)):
        if more := place == COUNTED:
            break
        first = first or one
        totals.add(one)
        if place < SHOWN:
            rows.append(row_of(one, at))
    place_ = reverse("interruptions")
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "interruptions",
        "mistake": mistake,
        "month": str(month),
        "month_words": month_words(month),
        "before": f"{place_}?mes={month.moved(-1)}",
        "after": f"{place_}?mes={month.moved(1)}" if month < Month.of(at) else "",
        "files": [
            (kind.upper(), reverse("interruptions_file", args=[str(month), kind])) for kind in FORMS if not wrong
        ],
        "form": form,
        "form_is_wrong": wrong,
        "form_is_sample": regulator_form.is_sample(),
        "form_columns": column_rows(form, first, at),
        "otherwise": ended_otherwise(month),
        "rows": rows,
        "totals": totals,
        "affected": lasting_exactly(totals.affected),
        "excluded": lasting_exactly(totals.excluded),
        "in_work": lasting_exactly(totals.in_work) if totals.in_work else "",
        "too_many": more,
        "counted": COUNTED,
        "hidden": totals.interruptions - len(rows),
    }
    return page(request, "desk/reports/interruptions.html", context, status=422 if mistake else 200)


@looks
@require_safe
@file_from_replica
def interruptions_file(request: HttpRequest, month: str, form: str) -> HttpResponse:
    """Every row; it is written to the disk of the server first, so that a month of any size needs little memory."""
    at = now()
    if form not in FORMS:
        raise Http404
    try:
        asked = month_in(month, at)
    except NoMonth as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    try:
        layout = regulator_form.in_use()
    except FormIsWrong as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "interruptions", asked, form=form)
    kind, write = FORMS[form]
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    write(file, layout, asked, at)
    file.seek(0)
    name = f"interrupciones-{asked}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)


def column_rows(form: RegulatorForm, first: Interruption | None, at: datetime) -> list[dict[str, Any]]:
    """The columns in their order, with the month's first row as the example; without one, none."""
    row = row_written(first, at, form, 1) if first else [""] * len(form.columns)
    return [
        {"head": form.head_of(column), "field": column.field, "example": example}
        for column, example in zip(form.columns, row, strict=True)
    ]


def row_of(one: Interruption, at: datetime) -> dict[str, Any]:
    """``lasted`` is the whole of it, ``affected`` what counts in the month."""
    case = one.case
    city = case.site.city if case.site else None
    until = one.end or at
    return {
        "number": case.display_number,
        "href": reverse("case", args=[case.number]),
        "customer": case.customer.name,
        "service": case.service.circuit if case.service else "",
        "place": f"{city.province}, {city.name}" if city else "",
        "start": hour_words(one.start),
        "end": end_words(one),
        "lasted": lasting_exactly(round((until - one.start).total_seconds())),
        "affected": lasting_exactly(one.affected),
        "whose": str(WHOSE[one.responsible]),
        "cause": case.fault or case.cause,
    }


def end_words(one: Interruption) -> str:
    """The hour alone where it ended on the day on which it began."""
    if one.end is None:
        return _("ongoing")
    same_day = localtime(one.start).date() == localtime(one.end).date()
    return date_format(localtime(one.end), "H:i") if same_day else hour_words(one.end)


urlpatterns = [
    path("interrupciones", interruptions, name="interruptions"),
    path("interrupciones/<slug:month>.<slug:form>", interruptions_file, name="interruptions_file"),
]
