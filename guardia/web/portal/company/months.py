"""The company's own months: what was promised and what was real, as a PDF and as a spreadsheet, as it is mailed."""

from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from guardia.cases.case import Case, Status
from guardia.cases.month import Month, zone
from guardia.cases.month_report import month_report
from guardia.config.now import now
from guardia.people.shifts import TECHNICAL
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.portal import limits
from guardia.web.portal.company.frame import SignedIn, company_page, page
from guardia.web.portal.company.history import MONTHS_BACK, XLSX, month_name
from guardia.web.report.month_views import on_paper

FORMS = ("pdf", "xlsx")


@require_safe
@company_page
def months(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """Of the last twelve months the running one, the one before, and each that brought a case; with how many."""
    current = Month.of(now())
    asked = [current.moved(-back) for back in range(MONTHS_BACK)]
    found = opened(who.customer_id, asked[-1].start)
    rows = [
        {
            "name": month_name(month),
            "lasts": month == current,
            "incidents": found.get(month, (0, 0))[0],
            "requests": found.get(month, (0, 0))[1],
            "paper": reverse("company_month_file", args=[str(month), "pdf"]),
            "workbook": reverse("company_month_file", args=[str(month), "xlsx"]),
        }
        for month in asked
        if month in found or month >= current.moved(-1)
    ]
    return page(request, "months", {"rows": rows}, who=who)


def opened(customer_id: int, since: datetime) -> dict[Month, tuple[int, int]]:
    """By month, how many incidents and how many requests were opened; what was withdrawn was none."""
    cases = Case.objects.filter(customer=customer_id, opened_at__gte=since).exclude(status=Status.CANCELLED)
    by_month = cases.order_by().values(month=TruncMonth("opened_at", tzinfo=zone()))
    counts = by_month.annotate(incidents=Count("pk", filter=Q(desk=TECHNICAL)), every=Count("pk"))
    return {Month.of(row["month"]): (row["incidents"], row["every"] - row["incidents"]) for row in counts}


@require_safe
@company_page
def month_file(request: HttpRequest, who: SignedIn, month: str, form: str) -> HttpResponse:
    """One of the last twelve months, as it stands now; read behind the company's own wall. 404 for any other."""
    at = now()
    asked = month_in(month, Month.of(at))
    if asked is None or form not in FORMS:
        raise Http404
    if not limits.takes(request, who.contact):
        return limits.too_many(request)
    told = month_report(who.contact.customer, asked, at)
    if form == "pdf":
        return on_paper(request, told, at, f"guardia-{asked}.pdf")
    response = HttpResponse(workbook_of(told), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-{asked}.xlsx"'
    return response


def month_in(written: str, current: Month) -> Month | None:
    try:
        month = Month.parse(written)
    except ValueError:
        return None
    return month if current.moved(1 - MONTHS_BACK) <= month <= current else None
