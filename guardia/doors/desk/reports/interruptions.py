"""The interruptions of a month, as a regulator asks for them: on the screen, as a workbook and as CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.interruptions import Interruption, Totals
from guardia.cases.interruptions import interruptions as read
from guardia.cases.month import Month
from guardia.doors.desk.companies.frame import needs
from guardia.doors.desk.page import page
from guardia.doors.desk.reports.interruption_files import as_csv, as_workbook, responsibility
from guardia.doors.desk.reports.monthly import NoMonth, hour, month_in
from guardia.doors.desk.reports.shown import month_words
from guardia.doors.desk.reports.views import XLSX
from guardia.doors.desk.shell import shell_for
from guardia.doors.now import now
from guardia.doors.report.words import lasting
from guardia.people.policy import Right

SHOWN = 100
COUNTED = 5_000
"""The screen adds up so many; a month with more is added up in its file."""
CSV = "text/csv; charset=utf-8"
FORMS: dict[str, tuple[str, Callable[[IO[bytes], Month, datetime], None]]] = {
    "xlsx": (XLSX, as_workbook),
    "csv": (CSV, as_csv),
}
looks = needs(Right.SEE_REPORTS)


@dataclass(frozen=True, slots=True)
class Row:
    """``lasted`` is the whole of it, ``affected`` what counts in the month."""

    number: str
    href: str
    customer: str
    service: str
    place: str
    start: str
    end: str
    lasted: str
    affected: str
    whose: str
    cause: str


@looks
@require_safe
def interruptions(request: HttpRequest) -> HttpResponse:
    """``?mes=2026-10``; without one, the last month that is over."""
    at = now()
    try:
        month, mistake = month_in(request.GET.get("mes", ""), at), ""
    except NoMonth as sentence:
        month, mistake = Month.of(at).moved(-1), str(sentence)
    totals, rows, more = Totals(), [], False
    for place, one in enumerate(islice(read(month, at), COUNTED + 1)):
        if more := place == COUNTED:
            break
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
        "files": [(form.upper(), reverse("interruptions_file", args=[str(month), form])) for form in FORMS],
        "rows": rows,
        "totals": totals,
        "affected": lasting(totals.affected),
        "excluded": lasting(totals.excluded),
        "too_many": more,
        "counted": COUNTED,
        "hidden": totals.interruptions - len(rows),
        "zone": settings.TIME_ZONE,
    }
    return page(request, "desk/reports/interruptions.html", context, status=422 if mistake else 200)


@looks
@require_safe
def interruptions_file(request: HttpRequest, month: str, form: str) -> HttpResponse:
    """Every row; it is written to the disk of the server first, so that a month of any size needs little memory."""
    at = now()
    if form not in FORMS:
        raise Http404
    try:
        asked = month_in(month, at)
    except NoMonth as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    kind, write = FORMS[form]
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    write(file, asked, at)
    file.seek(0)
    name = f"interrupciones-{asked}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)


def row_of(one: Interruption, at: datetime) -> Row:
    case = one.case
    city = case.site.city if case.site else None
    until = one.end or at
    return Row(
        number=case.display_number,
        href=reverse("case", args=[case.number]),
        customer=case.customer.name,
        service=case.service.circuit if case.service else "",
        place=f"{city.province}, {city.name}" if city else "",
        start=hour(one.start),
        end=hour(one.end) if one.end else _("it lasts"),
        lasted=lasting(round((until - one.start).total_seconds())),
        affected=lasting(one.affected),
        whose=responsibility(one.responsible),
        cause=case.fault or case.cause,
    )
