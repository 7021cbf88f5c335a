"""Promised against real, on the screen and as a workbook; the same filters, the same numbers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.cases.labels import BAND_NAMES
from guardia.cases.number import grouped
from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.customers.phones import spoken
from guardia.people.policy import Right
from guardia.procedure.vocabulary import Band
from guardia.reports import promises as reports
from guardia.reports.promises import Late, Line, ReportFilters
from guardia.reports.recurring import ended_otherwise
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.promised import (
    MONTHS_SHOWN,
    NotUnderstood,
    filters_of,
    kind_names,
    names_of,
    reason_name,
    report_of,
    wait_words,
)
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported

if TYPE_CHECKING:
    from xlsxwriter import Workbook


# --- spreadsheet ------------------------------------------------------------------------------------------------------
# The report as a workbook: three sheets, times as times, percents as numbers, no text that acts as a formula.
LONGEST_TEXT = 32_767  # what a cell holds
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class Sheet:
    """One sheet, written row by row. Text is always text: a name that begins with ``=`` stays a name."""

    def __init__(self, book: "Workbook", name: str, columns: list[tuple[str, int]], formats: dict[str, Any]) -> None:
        self.sheet, self.formats, self.row = book.add_worksheet(name[:31]), formats, 0
        for place, (words, width) in enumerate(columns):
            self.sheet.set_column(place, place, width)
            self.sheet.write_string(0, place, words, formats["head"])
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, 0, len(columns) - 1)

    def add(self, *cells: object) -> None:
        self.row += 1
        for place, cell in enumerate(cells):
            self._write(place, cell)

    def _write(self, place: int, cell: object) -> None:
        match cell:
            case None | "":
                return
            case datetime():
                local = localtime(cell).replace(tzinfo=None)
                self.sheet.write_datetime(self.row, place, local, self.formats["hour"])
            case timedelta():
                self.sheet.write_number(self.row, place, cell.total_seconds() / 86400, self.formats["length"])
            case float():
                self.sheet.write_number(self.row, place, cell, self.formats["percent"])
            case int():
                self.sheet.write_number(self.row, place, cell)
            case _:
                self.sheet.write_string(self.row, place, str(cell)[:LONGEST_TEXT], self.formats["text"])


def workbook_of(asked: ReportFilters, at: datetime) -> bytes:
    """The bytes of the file. Hours in the operator's zone, named in the column; lengths as [h]:mm:ss."""
    file = BytesIO()
    with new_book(file) as book:
        formats = formats_of(book)
        summary(book, formats, asked, at)
        companies(book, formats, asked, at)
        late(book, formats, asked, at)
    return file.getvalue()


def new_book(file: Any, options: Mapping[str, Any] = AS_TEXT) -> "Workbook":
    """A new one, written to this file. Its library is loaded when the first sheet is asked for: it is 12 MB."""
    from xlsxwriter import Workbook

    return Workbook(file, dict(options))


def formats_of(book: "Workbook") -> dict[str, Any]:
    """How heads, text, hours, lengths and percents stand in a sheet."""
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "hour": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "length": book.add_format({"num_format": "[h]:mm:ss"}),
        "percent": book.add_format({"num_format": "0.0%"}),
    }


def measure_columns() -> list[tuple[str, int]]:
    return [
        (_("Kept"), 10),
        (_("Late"), 10),
        (_("Kept of evaluated"), 12),
        (_("Not evaluated"), 12),
        (_("Still running"), 12),
        (_("Promised from"), 13),
        (_("Promised to"), 13),
        (_("Actual median"), 13),
        (_("9 of 10 within"), 13),
        (_("Worst"), 12),
    ]


def summary(book: "Workbook", formats: dict[str, Any], asked: ReportFilters, at: datetime) -> None:
    columns = [(_("Month"), 12), (_("Promise"), 36), *measure_columns()]
    sheet = Sheet(book, _("Summary"), columns, formats)
    for line in reports.by_kind(asked, at):
        sheet.add(str(asked.month), promise(line), *measures(line))
    for line in reversed(reports.by_month(asked, MONTHS_SHOWN, at)):
        if line.judged or line.dropped:
            sheet.add(line.month, _("all promises"), *measures(line)[:5])
    otherwise = ended_otherwise(asked.month, asked.customer_id)
    told = (
        (_("cases that ended as duplicates (not counted)"), otherwise.duplicates),
        (_("cases that were withdrawn"), otherwise.withdrawn),
    )
    for words, count in told:
        if count:  # in words: no column of the sheet counts cases
            sheet.add(str(asked.month), f"{words}: {count}")


def companies(book: "Workbook", formats: dict[str, Any], asked: ReportFilters, at: datetime) -> None:
    columns = [(_("Month"), 12), (_("Company"), 36), (_("Promise"), 36), *measure_columns()]
    sheet = Sheet(book, _("Companies"), columns, formats)
    for line in reports.by_customer_and_kind(asked, at):
        sheet.add(str(asked.month), company(line), promise(line), *measures(line))


def late(book: "Workbook", formats: dict[str, Any], asked: ReportFilters, at: datetime) -> None:
    zone = settings.TIME_ZONE
    columns = [
        (_("Case"), 12),
        (_("Company"), 30),
        (_("Promise"), 30),
        (_("City"), 18),
        (_("Band"), 16),
        (_("Who had it"), 18),
        (_("Began (%s)") % zone, 20),
        (_("Fell due (%s)") % zone, 20),
        (_("Ended (%s)") % zone, 20),
        (_("Promised"), 12),
        (_("Time taken"), 12),
        (_("Overrun"), 12),
        (_("Why it was late"), 24),
        (_("Waits"), 60),
        (_("Fault"), 40),
        (_("Subject"), 40),
    ]
    sheet = Sheet(book, _("Late"), columns, formats)
    for one in reports.late(asked, at):
        sheet.add(*late_cells(one))


def late_cells(one: Late) -> list[object]:
    return [
        grouped(one.case_number) if one.case_number else _("call %s") % spoken(one.from_number),
        company(one),
        promise(one),
        one.city,
        str(BAND_NAMES[Band(one.band)]) if one.band else "",
        one.holder,
        one.started_at,
        one.due_at,
        one.ended_at or _("still running"),
        one.target,
        one.taken,
        one.overrun,
        reason_name(one.reason) if one.case_number else "",
        "\n".join(map(wait_words, one.waits)),
        one.cause,
        one.subject,
    ]


def measures(line: Line) -> list[object]:
    lengths = (line.target_from, line.target_to, line.median, line.p90, line.worst)
    times = [None if seconds is None else timedelta(seconds=seconds) for seconds in lengths]
    return [line.kept, line.breached, line.ratio, line.dropped, line.running, *times]


def promise(of: Line | Late) -> str:
    name, owed = names_of(of.kind)
    return f"{name}: {owed}"


def company(of: Line | Late) -> str:
    return of.customer or _("Unknown caller")


# --- views ------------------------------------------------------------------------------------------------------------
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Right.SEE_REPORTS)
@from_replica
def report(request: HttpRequest) -> HttpResponse:
    at = now()
    context: dict[str, Any] = {"shell": shell_for(request, at, view="reports"), "kinds": kind_names()}
    try:
        asked = filters_of(request.GET, at)
    except NotUnderstood as sentence:
        context |= {"mistake": str(sentence), "written": ""}
        return page(request, "desk/reports/report.html", context, status=422)
    context |= {
        "written": str(asked.month),
        "asked": asked,
        "report": report_of(asked, at),
    }
    return page(request, "desk/reports/report.html", context)


@needs(Right.SEE_REPORTS)
@file_from_replica
def workbook(request: HttpRequest, month: str) -> HttpResponse:
    at = now()
    try:
        asked = filters_of({**request.GET.dict(), "mes": month}, at)
    except NotUnderstood as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "report", asked.month)
    response = HttpResponse(workbook_of(asked, at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-{asked.month}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("", report, name="reports"),
    path("<slug:month>.xlsx", workbook, name="report_workbook"),
]
