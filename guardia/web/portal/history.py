"""The company's cases from the first to the last, its services, and the reports of its months."""

from datetime import date, datetime, timedelta
from io import BytesIO
from tempfile import SpooledTemporaryFile
from zoneinfo import ZoneInfo

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.case import Case, Status
from guardia.cases.labels import BAND_NAMES, name_of_stage
from guardia.config import replica
from guardia.config.database_roles import DatabaseRole, as_at_one_instant
from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.history.event_log import LogRequest
from guardia.history.event_log_file import ENDINGS, FORMATS, EventLog
from guardia.notices.wording.hours import lasting_exactly
from guardia.people.attempts import makes_alone
from guardia.procedure.vocabulary import Band
from guardia.reports import company_cases
from guardia.reports.month import Month
from guardia.reports.month_report import month_report
from guardia.reports.report_history import company_history
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.workbook import Sheet, formats_of, new_book
from guardia.web.portal import visitor
from guardia.web.portal.visitor import SignedIn, company_page, page
from guardia.web.report.month import on_paper
from guardia.web.shared import about

# --- history ----------------------------------------------------------------------------------------------------------
SHOWN = 25
SERVICES_SHOWN, FEW = 50, 8
"""So many services stand on one page; so few need no search."""
MOST_PAGES = 400
MOST_ROWS = 20_000
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS_BACK = 12


@require_safe
@company_page
@from_replica
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
        "opened": in_small(date_format(case.opened_at.astimezone(ZoneInfo(case.zone)), "j M Y H:i")),
        "state": state(case),
        "affected": lasting_exactly(case.affected_seconds) if case.affected_seconds is not None else "",
    }


def state(case: Case) -> str:
    return name_of_stage(case.stage) if case.is_open else str(Status(case.status).label)


@require_safe
@company_page
@file_from_replica
def spreadsheet(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """What the search finds, as a workbook: hours as hours, text as text, whatever sign it begins with."""
    if not visitor.takes(request, who.contact):
        return visitor.too_many(request)
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
@from_replica
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
    return in_small(words)


def in_small(words: str) -> str:
    """Months are written small, but in English."""
    return words if get_language() == "en" else words.lower()


def wanted_month(written: str, current: Month) -> Month:
    try:
        month = Month.parse(written)
    except ValueError:
        return current
    return min(max(month, current.moved(1 - MONTHS_BACK)), current)


# --- months -----------------------------------------------------------------------------------------------------------
# The company's own months: what was promised and what was real, as a PDF and as a spreadsheet, as it is mailed.
FORMS = ("pdf", "xlsx")


@require_safe
@company_page
@from_replica
def months(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """Of the last twelve months the running one, the one before, and each that brought a case; with how many."""
    current = Month.of(now())
    asked = [current.moved(-back) for back in range(MONTHS_BACK)]
    found = company_cases.opened_by_month(who.customer_id, asked[-1].start)
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


@require_safe
@company_page
@file_from_replica
def month_file(request: HttpRequest, who: SignedIn, month: str, form: str) -> HttpResponse:
    """One of the last twelve months, as it stands now; read under the company's own row policies. 404 for any other."""
    at = now()
    asked = month_in(month, Month.of(at))
    if asked is None or form not in FORMS:
        raise Http404
    if not visitor.takes(request, who.contact):
        return visitor.too_many(request)
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


# --- the whole history, with its proof --------------------------------------------------------------------------------
IN_MEMORY = 8_000_000
"""Bytes; a longer file is kept on disk while it is written and sent."""
OWN_LOG = ("csv", "xes")
"""The formats in which a company takes its own event log."""


@require_safe
@company_page
def evidence(request: HttpRequest, who: SignedIn) -> HttpResponse | FileResponse:
    """Every case of the company from its first event, with all that its figures follow from (docs/evidence.md)."""
    if not (visitor.takes(request, who.contact) and makes_alone(who.contact.pk)):
        return visitor.too_many(request)
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (the response closes it when it has been sent)

    def write() -> datetime:
        """Of what the database held at one instant; returns an hour after all of it."""
        at = now()
        file.seek(0)
        file.truncate()
        file.writelines(company_history(who.customer_id, who.contact.customer.name, at, get_language() or "es"))
        return at

    # What a case claims and what its events say are read one after the other: somebody may work on it meanwhile.
    with as_at_one_instant(DatabaseRole.PORTAL_ACTS, who.customer_id):
        at = replica.read(request, write, as_file=True, at_one_instant=True)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"historia-{at:%Y-%m-%d}.json", content_type=JSON)


@require_safe
@company_page
@file_from_replica
def event_log(request: HttpRequest, who: SignedIn, form: str) -> HttpResponse | FileResponse:
    """The public events of the company's cases for process mining, as XES or CSV (docs/event-log.md)."""
    if form not in OWN_LOG:
        raise Http404
    if not visitor.takes(request, who.contact):
        return visitor.too_many(request)
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (the response closes it when it has been sent)
    EventLog(LogRequest(company=who.customer_id, for_customer=True), form).write(file)
    file.seek(0)
    name = f"eventos-{now():%Y-%m-%d}.{ENDINGS[form]}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[form])


urlpatterns = [
    path("historial", history, name="company_history"),
    path("historial.json", evidence, name="company_evidence"),
    path("historial/eventos.<slug:form>", event_log, name="company_event_log"),
    path("historial.xlsx", spreadsheet, name="company_spreadsheet"),
    path("servicios", services, name="company_services"),
    path("informes", months, name="company_months"),
    path("informes/<slug:month>.<slug:form>", month_file, name="company_month_file"),
]
