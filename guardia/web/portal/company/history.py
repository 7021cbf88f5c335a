"""The company's cases from the first to the last, found by number, circuit, site or words; and as a spreadsheet."""

from datetime import date, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases import company_cases
from guardia.cases.case import Case, Status
from guardia.cases.month import Month
from guardia.cases.words import BAND_NAMES, name_of_stage
from guardia.config.now import now
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import Band
from guardia.web.desk.reports.spreadsheet import Sheet, formats_of, new_book
from guardia.web.portal import limits
from guardia.web.portal.company.frame import SignedIn, company_page, page
from guardia.web.shared import about

SHOWN = 25
SERVICES_SHOWN, FEW = 50, 8
"""So many services stand on one page; so few need no search."""
MOST_PAGES = 400
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS_BACK = 12


@require_safe
@company_page
def history(request: HttpRequest, who: SignedIn) -> HttpResponse:
    words, number = request.GET.get("q", "").replace("\0", "")[:200], page_number(request)
    found = list(company_cases.history(who.customer_id, words)[(number - 1) * SHOWN : number * SHOWN + 1])
    context = {
        "words": words,
        "cases": [row(case) for case in found[:SHOWN]],
        "newer": number - 1,
        "older": number + 1 if len(found) > SHOWN else 0,
    }
    return page(request, "history", context, who=who)


def page_number(request: HttpRequest) -> int:
    written = request.GET.get("pagina", "1")
    return min(max(int(written), 1), MOST_PAGES) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def row(case: Case) -> dict[str, str]:
    return {
        "href": reverse("company_case", args=[case.number]),
        "number": case.display_number,
        "subject": case.subject,
        "where": about.where(case),
        "opened": f"{case.opened_at.astimezone(ZoneInfo(case.zone)):%Y-%m-%d %H:%M}",
        "state": state(case),
        "affected": lasting_exactly(case.affected_seconds) if case.affected_seconds is not None else "",
    }


def state(case: Case) -> str:
    return name_of_stage(case.stage) if case.is_open else str(Status(case.status).label)


@require_safe
@company_page
def spreadsheet(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """What the search finds, as a workbook: hours as hours, text as text, whatever sign it begins with."""
    if not limits.takes(request, who.contact):
        return limits.too_many(request)
    words = request.GET.get("q", "").replace("\0", "")[:200]
    response = HttpResponse(workbook(company_cases.history(who.customer_id, words)[:MOST_ROWS]), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="casos-{now():%Y-%m-%d}.xlsx"'
    return response


def workbook(cases) -> bytes:
    file = BytesIO()
    with new_book(file) as book:
        columns = [
            *((_("Case"), 12), (_("Your own number"), 18), (_("Subject"), 40), (_("Service"), 16), (_("Site"), 26)),
            *((_("City"), 16), (_("Opened"), 19), (_("Restored"), 19), (_("Closed"), 19), (_("Affected time"), 14)),
            *((_("State"), 18), (_("Fault"), 40), (_("Solution"), 40)),
        ]
        sheet = Sheet(book, _("Cases"), columns, formats_of(book))
        for case in cases:
            affected = timedelta(seconds=case.affected_seconds) if case.affected_seconds is not None else None
            sheet.add(
                *(case.display_number, case.customer_reference, case.subject, about.circuit(case)),
                *(case.site.name if case.site else about.desk_name(case), about.city(case)),
                *(case.opened_at, case.restored_at, case.closed_at, affected, state(case), case.fault, case.solution),
            )
    return file.getvalue()


@require_safe
@company_page
def services(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """Services with their availability of a month, the running one or one of the last twelve; found by ``?q=``."""
    at = now()
    current = Month.of(at)
    month = wanted_month(request.GET.get("mes", ""), current)
    words, number = request.GET.get("q", "").replace("\0", "").strip()[:200], page_number(request)
    first = (number - 1) * SERVICES_SHOWN
    found = company_cases.months_of(who.contact.customer, month, at, words, first, SERVICES_SHOWN + 1)
    rows = [
        {
            "circuit": one.service.circuit,
            "type": " ".join(part for part in (one.service.type, one.service.capacity) if part),
            "where": f"{one.service.site.name}, {one.service.site.city.name}",
            "band": str(BAND_NAMES[Band(one.service.site.band)]),
            "percent": one.month.percent,
            "down": lasting_exactly(one.month.down) if one.month.down else "",
            "case": reverse("company_case", args=[one.open_case.number]) if one.open_case else "",
            "number": one.open_case.display_number if one.open_case else "",
        }
        for one in found[:SERVICES_SHOWN]
    ]
    months = [current.moved(-back) for back in range(MONTHS_BACK)]
    names = [(str(one), month_name(one), one == month) for one in months]
    context = {
        "rows": rows,
        "months": names,
        "month": str(month),
        "words": words,
        "is_searched": bool(words) or number > 1 or len(found) > FEW,
        "before": number - 1,
        "after": number + 1 if len(found) > SERVICES_SHOWN else 0,
    }
    return page(request, "services", context, who=who)


def month_name(month: Month) -> str:
    """``noviembre 2026``."""
    words = date_format(date(month.year, month.number, 1), "F Y")
    return words if get_language() == "en" else words.lower()


def wanted_month(written: str, current: Month) -> Month:
    try:
        month = Month.parse(written)
    except ValueError:
        return current
    return min(max(month, current.moved(1 - MONTHS_BACK)), current)
