"""A company's month as a workbook: figures, promises, services, cases, waits, sites. From the frozen report alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from guardia.cases.labels import CAUSE_NAMES
from guardia.notices.month_facts import MonthFacts
from guardia.notices.wording.monthly import ruling
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.web.desk.reports.promised import names_of
from guardia.web.desk.reports.workbook import Sheet, formats_of, new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook


def workbook_of(month: MonthFacts) -> bytes:
    """The bytes of the file, in the active language. Hours in the operator's zone, named in the column."""
    file = BytesIO()
    with new_book(file) as book:
        formats = formats_of(book)
        formats["percent"] = book.add_format({"num_format": "0.000%"})
        for write in (figures, promises, services, cases, late, requests, waits, sites):
            write(book, formats, month)
    return file.getvalue()


def figures(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    sheet = Sheet(book, _("Summary"), [(_("Figure"), 36), (_("Value"), 28)], formats)
    sheet.add(_("Company"), month.company)
    sheet.add(_("Month"), month.month)
    sheet.add(_("Time zone"), month.zone)
    sheet.add(_("Figures until (%s)") % month.zone, hour(month.until))
    sheet.add(_("Availability"), ratio(month.percent))
    sheet.add(_("Services"), month.services)
    sheet.add(_("Affected time"), length(month.down))
    sheet.add(_("Excluded, as agreed"), length(month.excluded))
    sheet.add(_("Within planned work"), length(month.in_work))
    sheet.add(_("Incidents opened"), month.opened)
    sheet.add(_("Incidents closed"), month.closed)
    sheet.add(_("Open at the end of the month"), month.open_at_end)
    sheet.add(_("Promises kept"), month.kept)
    sheet.add(_("Promises evaluated"), month.judged)
    sheet.add(_("Escalations"), month.escalations)
    sheet.add(_("Ended as duplicates (not counted)"), month.duplicates)
    sheet.add(_("Withdrawn"), month.withdrawn)
    for name_, cases_ in ((_("Requests"), month.asked), (_("Formal complaints"), month.complained)):
        sheet.add(_("%s: opened") % name_, cases_.opened)
        sheet.add(_("%s: closed") % name_, cases_.closed)
        sheet.add(_("%s: open at the end of the month") % name_, cases_.open_at_end)
    sheet.add(_("Promises of requests kept"), month.requests_met)
    sheet.add(_("Promises of requests evaluated"), month.requests_judged)
    if month.left_off:
        sheet.add(_("Rows omitted"), month.left_off)


def promises(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    columns = [(_("Promise"), 40), (_("Kept"), 10), (_("Late"), 10), (_("Promised from"), 14), (_("Promised to"), 14)]
    rows = (
        (
            *(name(each.kind), each.kept, each.breached),
            *map(length, (each.target_from, each.target_to, each.median, each.worst)),
        )
        for each in (*month.promises, *month.request_promises)
    )
    fill(Sheet(book, _("Promises"), [*columns, (_("Actual median"), 14), (_("Worst"), 14)], formats), rows)


def services(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    columns = [(_("Service"), 24), (_("Site"), 30), (_("City"), 20), (_("Availability"), 14), (_("Affected time"), 14)]
    rows = (
        (each.circuit, each.site, each.city, ratio(each.percent), length(each.down), length(each.excluded), each.cases)
        for each in month.affected
    )
    fill(Sheet(book, _("Services affected"), [*columns, (_("Left out"), 14), (_("Cases"), 8)], formats), rows)


def cases(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    hours = [(_("Opened (%s)") % month.zone, 20), (_("Closed (%s)") % month.zone, 20)]
    columns = [(_("Case"), 14), (_("Service"), 24), (_("Subject"), 50), *hours, (_("Affected time"), 14)]
    rows = (
        (
            *(each.number, each.circuit, each.subject, hour(each.opened_at), hour(each.closed_at)),
            *(length(each.down), length(each.excluded), each.escalations),
        )
        for each in month.cases
    )
    fill(Sheet(book, _("Cases"), [*columns, (_("Left out"), 14), (_("Escalations"), 12)], formats), rows)


def late(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    columns = [(_("Case"), 14), (_("Promise"), 40), (_("Fell due (%s)") % month.zone, 20)]
    rows = (
        (each.number or _("call"), name(each.kind), hour(each.due_at), length(each.target), length(each.taken))
        for each in month.late
    )
    fill(Sheet(book, _("Late"), [*columns, (_("Promised"), 14), (_("Time taken"), 14)], formats), rows)


def requests(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    hours = [(_("Opened (%s)") % month.zone, 20), (_("Closed (%s)") % month.zone, 20)]
    columns = [(_("Case"), 14), (_("Kind"), 18), (_("Subject"), 50), *hours]
    owed = [(_("First answer promised"), 14), (_("Actual first answer"), 14), (_("First answer"), 14)]
    solved = [(_("Solution, promised"), 14), (_("Solution, actual"), 14), (_("Solution"), 14)]
    rows = (
        (
            *(each.number, _("Formal complaint") if each.is_complaint else _("Request"), each.subject),
            *(hour(each.opened_at), hour(each.closed_at)),
            *(length(each.answer_target or None), length(each.answer_taken), state_words(each.answer_state)),
            *(length(each.solution_target or None), length(each.solution_taken), state_words(each.solution_state)),
        )
        for each in month.requests
    )
    fill(Sheet(book, _("Requests"), [*columns, *owed, *solved], formats), rows)


def state_words(state: str) -> str:
    return {"kept": _("kept"), "breached": _("late"), "running": _("still running")}.get(state, "")


def waits(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    hours = [(_("From (%(zone)s)") % {"zone": month.zone}, 20), (_("To (%(zone)s)") % {"zone": month.zone}, 20)]
    columns = [(_("Case"), 14), (_("For whom"), 24), (_("Reason"), 50), *hours, (_("Left out"), 14)]
    rows = (
        (
            *(each.number, each.party or str(CAUSE_NAMES[WaitCause(each.cause)]), each.reason),
            *(hour(each.started_at), hour(each.ended_at), length(each.excluded)),
            *(hour(each.contested_at), ruling(each)),
        )
        for each in month.waits
    )
    more = [(_("Contested (%s)") % month.zone, 20), (_("Ruling"), 40)]
    fill(Sheet(book, _("Waits"), [*columns, *more], formats), rows)


def sites(book: "Workbook", formats: dict[str, Any], month: MonthFacts) -> None:
    columns = [(_("Site"), 30), (_("City"), 20), (_("Incidents in thirty days"), 16), (_("Cases"), 50)]
    rows = ((each.site, each.city, each.times, ", ".join(each.numbers)) for each in month.sites)
    fill(Sheet(book, _("Recurring sites"), columns, formats), rows)


def fill(sheet: Sheet, rows: Iterable[tuple]) -> None:
    for row in rows:
        sheet.add(*row)


def name(kind: str) -> str:
    short, owed = names_of(ClockKind(kind))
    return f"{short}: {owed}"


def hour(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def ratio(percent: str) -> float:
    return float(percent) / 100
