"""The availability of a service as a workbook: its months, the outages of its cases, and what was left out of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.cases.availability import ServiceMonth
from guardia.cases.words import CAUSE_NAMES
from guardia.procedure.vocabulary import WaitCause
from guardia.web.desk.reports.spreadsheet import Sheet, formats_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook


def write(book: "Workbook", told: Sequence[ServiceMonth]) -> None:
    """Hours in the operator's zone, named in the column; lengths as [h]:mm:ss; the newest month first."""
    formats = formats_of(book)
    formats["percent"] = book.add_format({"num_format": "0.000%"})
    zone = {"zone": settings.TIME_ZONE}
    columns = [
        (_("Month"), 12),
        (_("From (%(zone)s)") % zone, 20),
        (_("To (%(zone)s)") % zone, 20),
        (_("Availability"), 14),
        (_("Affected time"), 14),
        (_("Left out"), 14),
        (_("Within planned work"), 14),
        (_("Counted once"), 14),
        (_("Cases"), 8),
    ]
    sheet = Sheet(book, _("Months"), columns, formats)
    for month in told:
        figures = month.figures
        lengths = [timedelta(seconds=seconds) for seconds in lengths_of(month)]
        percent = float(figures.percent) / 100
        sheet.add(str(month.month), figures.start, figures.end, percent, *lengths, len(month.shares))
    _outages(book, formats, told)
    _exclusions(book, formats, told)


def lengths_of(month: ServiceMonth) -> tuple[int, int, int, int]:
    """Seconds, in the order of the columns."""
    return month.figures.down, month.excluded, month.in_work, month.overlapping


def _outages(book: "Workbook", formats: dict, told: Sequence[ServiceMonth]) -> None:
    zone = {"zone": settings.TIME_ZONE}
    hours = [(_("From (%(zone)s)") % zone, 20), (_("To (%(zone)s)") % zone, 20)]
    columns = [(_("Month"), 12), (_("Case"), 14), (_("Subject"), 40), *hours, (_("Counted"), 12), (_("Left out"), 12)]
    columns.append((_("Within planned work"), 12))
    sheet = Sheet(book, _("Outages"), columns, formats)
    for month in told:
        for share in month.shares:
            for each in share.outages:
                lengths = [timedelta(seconds=one) for one in (each.counted, each.excluded, each.in_work)]
                case = share.case
                sheet.add(str(month.month), case.display_number, case.subject, each.start, each.end, *lengths)


def _exclusions(book: "Workbook", formats: dict, told: Sequence[ServiceMonth]) -> None:
    zone = {"zone": settings.TIME_ZONE}
    hours = [(_("From (%(zone)s)") % zone, 20), (_("To (%(zone)s)") % zone, 20)]
    columns = [(_("Month"), 12), (_("Case"), 14), (_("For whom"), 24), (_("Reason"), 40), (_("Asked by"), 24), *hours]
    sheet = Sheet(book, _("Left out"), [*columns, (_("Lasted"), 12)], formats)
    for month in told:
        for share in month.shares:
            for hole in share.exclusions:
                wait = hole.wait
                whom = wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)])
                about = share.case.display_number, whom, wait.reason, wait.asked_by
                sheet.add(str(month.month), *about, hole.start, hole.end, timedelta(seconds=hole.seconds))
