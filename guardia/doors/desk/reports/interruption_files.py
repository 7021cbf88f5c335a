"""The regulator's spreadsheet: one row per interruption, as a workbook or as CSV, the same columns in both.

A sample layout (docs/operations/regulator.md). No text of ours acts as a formula: in the workbook text is text, in CSV
what would begin one stands behind an apostrophe.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import TextIOWrapper
from typing import IO

from django.conf import settings
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook

from guardia.cases.interruptions import OPERATOR, Interruption, Totals, interruptions
from guardia.cases.month import Month
from guardia.cases.words import IMPACT_NAMES
from guardia.doors.desk.companies.bands import plain
from guardia.doors.desk.reports.spreadsheet import AS_TEXT, Sheet, formats_of
from guardia.procedure.vocabulary import Impact, WaitCause

MOST_ROWS = 500_000
"""Of a workbook; a sheet holds little more than a million."""
ON_DISK = {**AS_TEXT, "in_memory": False, "constant_memory": True}
WHOSE: dict[str, Promise] = {
    OPERATOR: gettext_lazy("the operator"),
    WaitCause.CUSTOMER: gettext_lazy("the customer"),
    WaitCause.THIRD_PARTY: gettext_lazy("a third party"),
    WaitCause.FORCE_MAJEURE: gettext_lazy("force majeure"),
}


def responsibility(whose: str) -> str:
    return str(WHOSE[whose])


def columns() -> list[tuple[str, int]]:
    zone = settings.TIME_ZONE
    return [
        (_("Customer"), 30),
        (_("Service"), 20),
        (_("Circuit"), 18),
        (_("Impact"), 14),
        (_("Province"), 18),
        (_("Canton"), 18),
        (_("Canton code (INEC)"), 12),
        (_("Start (%s)") % zone, 20),
        (_("End (%s)") % zone, 20),
        (_("Duration"), 12),
        (_("Minutes in the month"), 12),
        (_("Minutes left out"), 12),
        (_("Affected minutes"), 12),
        (_("Cause"), 40),
        (_("Responsibility"), 18),
        *((_("Minutes: %s") % whose, 14) for whose in WHOSE.values()),
        (_("Case"), 14),
        (_("Confirmed by (position)"), 24),
    ]


def cells(one: Interruption, at: datetime) -> list[object]:
    """In the order of the columns; minutes with two decimals, and the length of what lasts until ``at`` (UTC)."""
    case = one.case
    city, service = case.site.city if case.site else None, case.service
    kind = " ".join(part for part in (service.type, service.capacity) if part) if service else ""
    return [
        case.customer.name,
        kind,
        service.circuit if service else "",
        str(IMPACT_NAMES[Impact(case.impact)]) if case.impact else "",
        city.province if city else "",
        city.name if city else "",
        city.code if city else "",
        one.start,
        one.end or _("it lasts"),
        (one.end or at) - one.start,
        *map(minutes, (one.seconds, one.excluded, one.affected)),
        case.fault or case.cause,
        responsibility(one.responsible),
        *(minutes(one.shares.get(whose, 0)) for whose in WHOSE),
        case.display_number,
        one.confirmed_by or _("not confirmed"),
    ]


def totals_of(month: Month, totals: Totals, left_off: int = 0) -> list[tuple[str, object]]:
    return [
        (_("Month"), str(month)),
        (_("Time zone"), settings.TIME_ZONE),
        (_("Interruptions"), totals.interruptions),
        (_("Interruptions that last"), totals.lasting),
        (_("Minutes in the month"), minutes(totals.seconds)),
        (_("Minutes left out"), minutes(totals.excluded)),
        (_("Affected minutes"), minutes(totals.affected)),
        *([(_("Rows left off"), left_off)] if left_off else []),
    ]


def as_workbook(file: IO[bytes], month: Month, at: datetime) -> None:
    """Two sheets: the interruptions, and their totals. Row by row over the disk, whatever their number."""
    totals = Totals()
    with Workbook(file, ON_DISK) as book:
        formats = formats_of(book)
        formats["percent"] = book.add_format({"num_format": "0.00"})
        sheet = Sheet(book, _("Interruptions"), columns(), formats)
        for one in interruptions(month, at):
            totals.add(one)
            if totals.interruptions <= MOST_ROWS:
                sheet.add(*cells(one, at))
        summary = Sheet(book, _("Totals"), [(_("Figure"), 30), (_("Value"), 20)], formats)
        for row in totals_of(month, totals, max(0, totals.interruptions - MOST_ROWS)):
            summary.add(*row)


def as_csv(file: IO[bytes], month: Month, at: datetime) -> None:
    """Semicolons, UTF-8 with its mark, as spreadsheets of the region open it; the totals after an empty line."""
    totals = Totals()
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=";")
    table.writerow([plain(name) for name, _width in columns()])
    table.writerows(_counted(interruptions(month, at), totals, at))
    table.writerow([])
    table.writerows([plain(name), written(value)] for name, value in totals_of(month, totals))
    text.detach()


def _counted(found: Iterable[Interruption], totals: Totals, at: datetime) -> Iterator[list[str]]:
    for one in found:
        totals.add(one)
        yield [written(cell) for cell in cells(one, at)]


def written(cell: object) -> str:
    """Hours as ``2026-10-05 08:00:00`` in the operator's zone, lengths as ``26:04:00``."""
    match cell:
        case datetime():
            return f"{localtime(cell):%Y-%m-%d %H:%M:%S}"
        case timedelta():
            rest = round(cell.total_seconds())
            return f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
        case float():
            return f"{cell:.2f}"
        case int():
            return str(cell)
        case _:
            return plain(str(cell))


def minutes(seconds: int) -> float:
    return round(seconds / 60, 2)
