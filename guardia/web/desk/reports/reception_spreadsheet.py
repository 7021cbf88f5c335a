"""The report of the lines as a workbook, and the numbers of the lines in words."""

from datetime import datetime, timedelta
from io import BytesIO
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.reports.reception_report import (
    Length,
    Lines,
    ReceptionFilters,
    ReceptionReport,
    Span,
    gaps_in,
    reception_report,
)
from guardia.web.desk.clock import written
from guardia.web.desk.phone.calls import LineNames
from guardia.web.desk.reports.workbook import Sheet, formats_of, new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook


# --- numbers in words -------------------------------------------------------------------------------------------------
# The numbers of the lines in words: what became of the calls, how their hours are known, percents and waits.
EXACT_SECONDS = 600
"""Waits shorter than this are written with their tenths."""


def parts_of(lines: Lines) -> list[tuple[str, int, str]]:
    """What became of the calls: name, how many, what it means. They sum to the calls."""
    return [
        (_("answered within the minute"), lines.kept, ""),
        (_("answered later"), lines.late, ""),
        (_("answered, without any wait seen"), lines.direct, _("the call went to a person without waiting in line")),
        *lost_parts(lines),
        (_("closed without an answer on record"), lines.unanswered, _("somebody settled it at the desk")),
        (_("still waiting"), lines.waiting, past(lines.waiting_late)),
        (
            _("not measured"),
            lines.not_measured,
            _("the exchange was disconnected and left no log: not counted as kept"),
        ),
    ]


def lost_parts(lines: Lines) -> list[tuple[str, int, str]]:
    after = past(lines.lost_late)
    return [
        (_("hung up while waiting"), lines.abandoned, after),
        (_("hung up in the menu"), lines.in_menu, _("no desk was chosen yet: the minute was not running")),
        (_("timed out in the queue"), lines.timed_out, ""),
        (_("refused by the exchange"), lines.turned_away, _("desk closed, queue full, or nobody signed in")),
        (_("cut by a restart of the exchange"), lines.restarted, ""),
    ]


def past(count: int) -> str:
    return _("%d after the minute") % count if count else ""


def measured(lines: Lines) -> list[tuple[str, int, str]]:
    """Where the hours come from: name, how many calls, what it means. They sum to the calls."""
    doubt = _("to the second; %d so near to the minute that either is possible") % lines.doubtful
    marked = lines.by_receipt + lines.by_log + lines.by_hand
    exactly = lines.calls - marked - lines.not_measured
    return [
        (_("by the exchange's own hours"), exactly, _("to the millisecond")),
        (_("by time of receipt"), lines.by_receipt, _("the exchange gives no time: that at which its message came in")),
        (_("by its log, afterwards"), lines.by_log, doubt if lines.doubtful else _("to the second")),
        (_("by hand"), lines.by_hand, _("when somebody at the desk pressed")),
        (_("not measured"), lines.not_measured, _("nobody saw it")),
    ]


def span_words(span: Span) -> str:
    if span.length is Length.MONTH:
        return date_format(span.first, _("F Y"))
    if span.length is Length.DAY:
        return date_format(span.first, "D j/m/Y")
    last = span.days[-1]
    return _("%(from)s to %(to)s") % {"from": date_format(span.first, "j/m"), "to": date_format(last, "j/m/Y")}


def percent(ratio: float | None) -> str:
    """Rounded down: a hundred is said only when every minute was kept."""
    if ratio is None:
        return "–"
    return f"{number_format(floor(ratio * 1000 + 1e-9) / 10, 1, use_l10n=True)}\u00a0%"


def waited(seconds: float | None) -> str:
    """``1:00.1``, rounded up to a tenth, so that a wait past the minute never reads as the minute itself."""
    if seconds is None:
        return "–"
    tenths = ceil(round(seconds * 10, 5))
    if tenths >= EXACT_SECONDS * 10:
        return written(timedelta(seconds=tenths // 10), loose=True)
    part = number_format(tenths % 600 / 10, 1, use_l10n=True)
    return f"{tenths // 600}:{part if tenths % 600 >= 100 else f'0{part}'}"


# --- reception spreadsheet --------------------------------------------------------------------------------------------
# The report of the lines as a workbook: lines, lines by hour, days, and the hours when an exchange was not heard.
Columns = list[tuple[str, int]]


def workbook_of(asked: ReceptionFilters, names: LineNames, at: datetime) -> bytes:
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
        (_("Abandoned within the minute"), 12),
        (_("Abandoned after the minute"), 12),
        (_("Answered within the minute ÷ (offered − abandoned within it)"), 20),
        (_("Answered within the minute ÷ offered"), 16),
        (_("answered within the minute"), 12),
        (_("answered later"), 12),
        (_("answered, without any wait seen"), 12),
        *lost,
        (_("closed without an answer on record"), 14),
        (_("still waiting"), 12),
        (_("not measured"), 12),
        (_("Still waiting after one minute"), 12),
        (_("Past the minute"), 12),
        (_("After hours"), 12),
        (_("Median wait"), 12),
        (_("Longest wait"), 12),
        (_("by time of receipt"), 10),
        (_("by its log, afterwards"), 10),
        (_("by hand"), 10),
        (_("Call-backs due"), 12),
        (_("Call-backs in time"), 12),
        (_("Call-backs late"), 12),
        (_("Call-backs not made"), 12),
        (_("Call-backs no longer due"), 12),
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
    first = [(_("Line"), 30), (_("Desk"), 20), (_("Time (%s)") % settings.TIME_ZONE, 12)]
    sheet = Sheet(book, _("Hours"), [*first, *columns()], formats)
    for ((key, desk), hour), found in sorted(report.by_line_and_hour.items()):
        sheet.add(names.name(key), names.desk(desk), hour, *cells(found))


def days(book: "Workbook", formats: dict[str, Any], asked: ReceptionFilters, report: ReceptionReport) -> None:
    sheet = Sheet(book, _("Days"), [(_("Day"), 12), *columns()], formats)
    for day in asked.span.days:
        sheet.add(day.isoformat(), *cells(report.by_day.get(day, Lines())))


def gaps(book: "Workbook", formats: dict[str, Any], asked: ReceptionFilters) -> None:
    zone = settings.TIME_ZONE
    first = [(_("Exchange"), 24), (_("Not connected since (%s)") % zone, 22), (_("Connected again (%s)") % zone, 22)]
    sheet = Sheet(book, _("Not connected"), [*first, (_("Its log was read"), 20)], formats)
    for gap in gaps_in(asked.span):
        sheet.add(gap.exchange.name, gap.lost_at, gap.back_at, gap.read_again_at or _("no"))
