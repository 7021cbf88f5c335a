"""The report of the lines as a workbook: lines, lines by hour, days, and the hours when an exchange was not heard."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.reception_report import AskedLines, Lines, ReceptionReport, gaps_in, reception_report
from guardia.web.desk.reports.reception_words import lost_parts
from guardia.web.desk.reports.spreadsheet import Sheet, formats_of, new_book
from guardia.web.desk.shown.line_names import LineNames

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Columns = list[tuple[str, int]]


def workbook_of(asked: AskedLines, names: LineNames, at: datetime) -> bytes:
    """The bytes of the file. Hours and days in the operator's zone; waits as [h]:mm:ss.0."""
    file, report = BytesIO(), reception_report(asked, at)
    with new_book(file) as book:
        formats = formats_of(book)
        formats["length"] = book.add_format({"num_format": "[h]:mm:ss.0"})
        lines(book, formats, report, names)
        hours(book, formats, report, names)
        days(book, formats, asked, report)
        gaps(book, formats, asked)
    return file.getvalue()


def columns() -> Columns:
    lost = [(words, 12) for words, _count, _why in lost_parts(Lines())]
    return [
        (_("Calls"), 10),
        (_("Offered (waited for a desk)"), 12),
        (pgettext("calls", "Answered"), 12),
        (_("Given up within the minute"), 12),
        (_("Given up after the minute"), 12),
        (_("Answered within the minute ÷ (offered − given up within it)"), 20),
        (_("Answered within the minute ÷ offered"), 16),
        (_("answered within the minute"), 12),
        (_("answered later"), 12),
        (_("answered, no wait was seen"), 12),
        *lost,
        (_("closed without an answer on record"), 14),
        (_("still waiting"), 12),
        (_("not measured"), 12),
        (_("Still waiting, past the minute"), 12),
        (_("Past the minute"), 12),
        (_("After hours"), 12),
        (_("Median wait"), 12),
        (_("Longest wait"), 12),
        (_("by receipt"), 10),
        (_("by its log, afterwards"), 10),
        (_("by hand"), 10),
        (_("Call-backs owed"), 12),
        (_("Call-backs in time"), 12),
        (_("Call-backs late"), 12),
        (_("Call-backs not made"), 12),
        (_("Call-backs no longer owed"), 12),
        (_("Lost without a number"), 12),
    ]


def cells(of: Lines) -> list[object]:
    lost = [count for _words, count, _why in lost_parts(of)]
    times = [None if seconds is None else timedelta(seconds=seconds) for seconds in (of.median, of.longest)]
    level = [of.offered, of.answered, of.given_up_within, of.lost_late, of.ratio, of.ratio_of_offered]
    parts = [of.calls, *level, of.kept, of.late, of.direct, *lost, of.unanswered, of.waiting, of.not_measured]
    backs = [of.back_owed, of.back_kept, of.back_late, of.back_open, of.back_dropped, of.no_number]
    return [*parts, of.waiting_late, of.broken, of.after_hours, *times, of.by_receipt, of.by_log, of.by_hand, *backs]


def lines(book: "Workbook", formats: dict[str, Any], report: ReceptionReport, names: LineNames) -> None:
    sheet = Sheet(book, _("Lines"), [(_("Line"), 30), (_("Number"), 26), (_("Desk"), 20), *columns()], formats)
    for (key, desk), found in sorted(report.by_line.items()):
        sheet.add(names.name(key), names.number(key), names.desk(desk), *cells(found))
    sheet.add(_("All lines"), "", "", *cells(report.total))


def hours(book: "Workbook", formats: dict[str, Any], report: ReceptionReport, names: LineNames) -> None:
    first = [(_("Line"), 30), (_("Desk"), 20), (_("Hour (%s)") % settings.TIME_ZONE, 12)]
    sheet = Sheet(book, _("Hours"), [*first, *columns()], formats)
    for ((key, desk), hour), found in sorted(report.by_line_and_hour.items()):
        sheet.add(names.name(key), names.desk(desk), hour, *cells(found))


def days(book: "Workbook", formats: dict[str, Any], asked: AskedLines, report: ReceptionReport) -> None:
    sheet = Sheet(book, _("Days"), [(_("Day"), 12), *columns()], formats)
    for day in asked.span.days:
        sheet.add(day.isoformat(), *cells(report.by_day.get(day, Lines())))


def gaps(book: "Workbook", formats: dict[str, Any], asked: AskedLines) -> None:
    zone = settings.TIME_ZONE
    first = [(_("Exchange"), 24), (_("Not heard from (%s)") % zone, 22), (_("Heard again (%s)") % zone, 22)]
    sheet = Sheet(book, _("Not heard"), [*first, (_("Its log was read"), 20)], formats)
    for gap in gaps_in(asked.span):
        sheet.add(gap.exchange.name, gap.lost_at, gap.back_at, gap.read_again_at or _("no"))
