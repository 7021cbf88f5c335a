"""The availability of one service, month by month (P7 D), on the screen and as a workbook."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.labels import CAUSE_NAMES
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.customers.lookup import services_with_names
from guardia.notices.wording.hours import lasting_exactly
from guardia.people.policy import Right
from guardia.procedure.vocabulary import WaitCause
from guardia.reports.availability import CaseShare, Excluded, ServiceMonth, service_months
from guardia.reports.month import Month
from guardia.web.desk.companies.frame import customers_page, needs
from guardia.web.desk.reports.workbook import XLSX, Sheet, formats_of, new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook


# --- availability sheets ----------------------------------------------------------------------------------------------
# The availability of a service as a workbook: its months, the outages of its cases, and what was left out of them.
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
    columns = [
        (_("Month"), 12),
        (_("Case"), 14),
        (_("For whom"), 24),
        (_("Reason"), 40),
        (_("Requested by"), 24),
        *hours,
    ]
    sheet = Sheet(book, _("Left out"), [*columns, (_("Lasted"), 12)], formats)
    for month in told:
        for share in month.shares:
            for hole in share.exclusions:
                wait = hole.wait
                whom = wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)])
                about = share.case.display_number, whom, wait.reason, wait.asked_by
                sheet.add(str(month.month), *about, hole.start, hole.end, timedelta(seconds=hole.seconds))


# --- availability -----------------------------------------------------------------------------------------------------
# The availability of one service, month by month (P7 D): what counted, what was left out, and the cases behind it.
MONTHS = 12
looks = needs(Right.SEE_DESK)


@looks
@require_safe
def service_availability(request: HttpRequest, company_id: int, service_id: int) -> HttpResponse:
    """``?mes=2026-11`` chooses the month that is told case by case; one that cannot be read says so."""
    service, at = found(company_id, service_id), now()
    month, mistake = month_of(request.GET.get("mes", ""), at)
    told = service_months(service.pk, months_until(month, at), at)
    chosen = next(each for each in told if each.month == month)
    context: dict[str, Any] = {
        "service": service,
        "company": service.customer,
        "mistake": mistake,
        "months": [row_of(each, service, month, at) for each in told],
        "month": row_of(chosen, service, month, at),
        "shares": [share_of(share) for share in chosen.shares],
        "overlapping": lasting_exactly(chosen.overlapping) if chosen.overlapping else "",
        "span": _("%(start)s to %(end)s") % {"start": hour(chosen.figures.start), "end": hour(chosen.figures.end)},
        "zone": settings.TIME_ZONE,
        "workbook": f"{reverse('service_availability_workbook', args=[company_id, service_id])}?mes={month}",
    }
    return customers_page(request, "availability", context, tab="companies", status=422 if mistake else 200)


@looks
@require_safe
def service_availability_workbook(request: HttpRequest, company_id: int, service_id: int) -> HttpResponse:
    """The same months as a workbook: months, cases, exclusions."""
    service, at = found(company_id, service_id), now()
    month, mistake = month_of(request.GET.get("mes", ""), at)
    if mistake:
        return HttpResponse(mistake, status=422, content_type="text/plain; charset=utf-8")
    file = BytesIO()
    with new_book(file) as book:
        write(book, service_months(service.pk, months_until(month, at), at))
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-servicio-{service.pk}-{month}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def found(company_id: int, service_id: int) -> Service:
    return get_object_or_404(services_with_names(), pk=service_id, customer=company_id)


def month_of(written: str, at: datetime) -> tuple[Month, str]:
    """The month asked for, else that of ``at``; and what is wrong with what was written."""
    current = Month.of(at)
    if not written.strip():
        return current, ""
    try:
        month = Month.parse(written.strip())
    except ValueError:
        return current, _("Write the month as year and month, such as %(month)s.") % {"month": current}
    if month > current:
        return current, _("That month has not begun yet. Choose one up to %(month)s.") % {"month": current}
    return month, ""


def months_until(month: Month, at: datetime) -> list[Month]:
    """A year of months that ends with the current one, or with the chosen one where that is further back."""
    current = Month.of(at)
    last = current if month > current.moved(-MONTHS) else month
    return [last.moved(-back) for back in range(MONTHS)]


def row_of(told: ServiceMonth, service: Service, current: Month, at: datetime) -> dict[str, Any]:
    page = reverse("service_availability", args=[service.customer_id, service.pk])
    return {
        "href": f"{page}?mes={told.month}",
        "words": date_format(localtime(told.month.start), "YEAR_MONTH_FORMAT"),
        "percent": f"{number_format(told.figures.percent, 3)}\u00a0%",
        "down": lasting_exactly(told.figures.down) if told.figures.down else "–",
        "excluded": lasting_exactly(told.excluded) if told.excluded else "–",
        "in_work": lasting_exactly(told.in_work) if told.in_work else "",
        "cases": len(told.shares),
        "is_current": told.month == current,
        "lasts": told.month.end > at,
    }


def share_of(share: CaseShare) -> dict[str, Any]:
    return {
        "href": reverse("case", args=[share.case.number]),
        "number": share.case.display_number,
        "subject": share.case.subject,
        "spans": [f"{hour(each.start)} – {hour(each.end)}" for each in share.outages],
        "counted": lasting_exactly(share.counted),
        "holes": [hole_of(each) for each in share.exclusions],
        "in_work": lasting_exactly(share.in_work) if share.in_work else "",
    }


def hole_of(each: Excluded) -> dict[str, Any]:
    """For whom, and between which hours."""
    whom = each.wait.party or str(CAUSE_NAMES[WaitCause(each.wait.cause)])
    words = f"{whom}, {hour(each.start)} – {hour(each.end)}"
    return {"words": words[:1].upper() + words[1:], "reason": each.wait.reason, "lasted": lasting_exactly(each.seconds)}


def hour(at: datetime) -> str:
    return date_format(localtime(at), "d/m H:i:s")
