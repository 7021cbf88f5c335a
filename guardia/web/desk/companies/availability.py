"""The availability of one service, month by month (P7 D): what counted, what was left out, and the cases behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.availability import CaseShare, Excluded, ServiceMonth, service_months
from guardia.cases.month import Month
from guardia.cases.words import CAUSE_NAMES
from guardia.config.now import now
from guardia.customers.service import Service
from guardia.notices.wording.hours import lasting_exactly
from guardia.people.policy import Right
from guardia.procedure.vocabulary import WaitCause
from guardia.web.desk.companies.availability_sheets import write
from guardia.web.desk.companies.frame import needs, shown
from guardia.web.desk.reports.spreadsheet import new_book
from guardia.web.desk.reports.views import XLSX

MONTHS = 12
looks = needs(Right.SEE_DESK)


@dataclass(frozen=True, slots=True)
class MonthRow:
    href: str
    words: str
    percent: str
    down: str
    excluded: str
    in_work: str
    cases: int
    is_current: bool
    lasts: bool


@dataclass(frozen=True, slots=True)
class HoleRow:
    """An exclusion as it is shown: for whom, why, and how much of the outage it leaves out."""

    words: str
    reason: str
    lasted: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    href: str
    number: str
    subject: str
    spans: Sequence[str]
    counted: str
    holes: Sequence[HoleRow]
    in_work: str


@looks
@require_safe
def service_availability(request: HttpRequest, company_id: int, service_id: int) -> HttpResponse:
    """``?mes=2026-11`` chooses the month that is told case by case; one that cannot be read says so."""
    service, at = found(company_id, service_id), now()
    month, mistake = asked(request.GET.get("mes", ""), at)
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
    return shown(request, "availability", context, tab="companies", status=422 if mistake else 200)


@looks
@require_safe
def service_availability_workbook(request: HttpRequest, company_id: int, service_id: int) -> HttpResponse:
    """The same months as a workbook: months, cases, exclusions."""
    service, at = found(company_id, service_id), now()
    month, mistake = asked(request.GET.get("mes", ""), at)
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
    services = Service.objects.select_related("customer", "site__city")
    return get_object_or_404(services, pk=service_id, customer=company_id)


def asked(written: str, at: datetime) -> tuple[Month, str]:
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


def row_of(told: ServiceMonth, service: Service, current: Month, at: datetime) -> MonthRow:
    page = reverse("service_availability", args=[service.customer_id, service.pk])
    return MonthRow(
        href=f"{page}?mes={told.month}",
        words=date_format(localtime(told.month.start), "YEAR_MONTH_FORMAT"),
        percent=f"{number_format(told.figures.percent, 3)}\u00a0%",
        down=lasting_exactly(told.figures.down) if told.figures.down else "–",
        excluded=lasting_exactly(told.excluded) if told.excluded else "–",
        in_work=lasting_exactly(told.in_work) if told.in_work else "",
        cases=len(told.shares),
        is_current=told.month == current,
        lasts=told.month.end > at,
    )


def share_of(share: CaseShare) -> ShareRow:
    return ShareRow(
        href=reverse("case", args=[share.case.number]),
        number=share.case.display_number,
        subject=share.case.subject,
        spans=[f"{hour(each.start)} – {hour(each.end)}" for each in share.outages],
        counted=lasting_exactly(share.counted),
        holes=[hole_of(each) for each in share.exclusions],
        in_work=lasting_exactly(share.in_work) if share.in_work else "",
    )


def hole_of(each: Excluded) -> HoleRow:
    """For whom, and between which hours."""
    whom = each.wait.party or str(CAUSE_NAMES[WaitCause(each.wait.cause)])
    words = f"{whom}, {hour(each.start)} – {hour(each.end)}"
    return HoleRow(words[:1].upper() + words[1:], each.wait.reason, lasting_exactly(each.seconds))


def hour(at: datetime) -> str:
    return date_format(localtime(at), "d/m H:i:s")
