"""A company's month on the screen, as a workbook, and as the letter that its contacts get."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.month import Month
from guardia.cases.month_report import incidents, month_report
from guardia.cases.month_sending import recipients, sent, why_not, with_activity
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.folding import fold
from guardia.notices import announcing
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.wording.month_said import percent
from guardia.notices.wording.monthly import figures, headline
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.monthly_shown import tables_of
from guardia.web.desk.reports.shown import month_words
from guardia.web.desk.reports.views import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.report.month import on_paper
from guardia.web.report.views import language_in
from guardia.web.shared.audit import exported

SHOWN = 200
MOST = 5000
"""Rows of one kind on the screen and in its workbook."""
looks = needs(Right.SEE_REPORTS)


class NoMonth(ValueError):
    """The address names no month; its words say what to write."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that was sent: when, by whom, and to how many it went."""

    hour: str
    by: str
    progress: dict[str, int]


@looks
@require_safe
def monthly_reports(request: HttpRequest) -> HttpResponse:
    """The companies that had a case in the month, with what was sent; ``?q=`` finds any company."""
    at = now()
    try:
        month, mistake = month_in(request.GET.get("mes", ""), at), ""
    except NoMonth as sentence:
        month, mistake = Month.of(at).moved(-1), str(sentence)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:80]
    found = Customer.objects.filter(folded_name__contains=fold(asked)) if asked else with_activity(month)
    companies = list(found.order_by("name", "pk")[: SHOWN + 1])
    context = {
        **frame(request, at, month),
        "mistake": mistake,
        "asked": asked,
        "rows": rows_of(companies[:SHOWN], month),
        "more": len(companies) > SHOWN,
        "day": settings.MONTH_REPORT_DAY,
        "hour": f"{settings.MONTH_REPORT_HOUR:02}",
    }
    return page(request, "desk/reports/monthly_list.html", context, status=422 if mistake else 200)


@looks
@require_safe
def monthly_report(request: HttpRequest, company_id: int) -> HttpResponse:
    """``?mes=2026-10``; without one, the last month that is over."""
    at, company = now(), get_object_or_404(Customer, pk=company_id)
    try:
        month, mistake = month_in(request.GET.get("mes", ""), at), ""
    except NoMonth as sentence:
        month, mistake = Month.of(at).moved(-1), str(sentence)
    told = month_report(company, month, at, MOST)
    people = list(recipients(company)) if company.active else []
    context = {
        **frame(request, at, month, company),
        "mistake": mistake,
        "company": company,
        "told": told,
        "percent": percent(told.percent),
        "headline": headline(told),
        "figures": figures(told),
        "tables": tables_of(told),
        "people": people,
        "unreachable": sum(not each.email for each in people),
        "sent": [sent_of(each) for each in sent(company, month)],
        "why_not": why_not(company, month, at),
        "may_send": may(member(request), Right.SUPERVISE),
        "workbook": reverse("monthly_workbook", args=[company.pk, str(month)]),
        "paper": reverse("monthly_paper", args=[company.pk, str(month)]),
        "send": f"{reverse('monthly_send', args=[company.pk])}?mes={month}",
    }
    return page(request, "desk/reports/monthly.html", context, status=422 if mistake else 200)


@looks
@require_safe
def monthly_workbook(request: HttpRequest, company_id: int, month: str) -> HttpResponse:
    """The same rows as a workbook."""
    at, company = now(), get_object_or_404(Customer, pk=company_id)
    try:
        asked = month_in(month, at)
    except NoMonth as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "monthly_report", f"{asked}/{company.pk}", form="xlsx")
    response = HttpResponse(workbook_of(month_report(company, asked, at, MOST)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-{asked}-{company.pk}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@looks
@require_safe
def monthly_paper(request: HttpRequest, company_id: int, month: str) -> HttpResponse:
    """The report on paper, in the language of ``?lang=`` or of the person."""
    at, company = now(), get_object_or_404(Customer, pk=company_id)
    try:
        asked = month_in(month, at)
    except NoMonth as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "monthly_report", f"{asked}/{company.pk}", form="pdf")
    with translation.override(language_in(request, translation.get_language())):
        return on_paper(request, month_report(company, asked, at), at, f"guardia-{asked}-{company.pk}.pdf")


def month_in(written: str, at: datetime) -> Month:
    """The month asked for, else the last one that is over at ``at`` (UTC). Raises NoMonth."""
    current = Month.of(at)
    if not written.strip():
        return current.moved(-1)
    try:
        month = Month.parse(written.strip())
    except ValueError:
        raise NoMonth(_("That is no month. Write the year and the month, like 2026-11.")) from None
    if month > current:
        raise NoMonth(_("That month has not begun yet. Choose one up to %(month)s.") % {"month": current})
    return month


def frame(request: HttpRequest, at: datetime, month: Month, company: Customer | None = None) -> dict[str, Any]:
    """What the pages of the months share: the desk's frame, and the way to the months beside."""
    place = reverse("monthly_report", args=[company.pk]) if company else reverse("monthly_reports")
    return {
        "shell": shell_for(request, at, view="reports"),
        "month": str(month),
        "month_words": month_words(month),
        "before": f"{place}?mes={month.moved(-1)}",
        "after": f"{place}?mes={month.moved(1)}" if month < Month.of(at) else "",
        "place": place,
    }


def rows_of(companies: list[Customer], month: Month) -> list[dict[str, Any]]:
    """Each company with how many incidents the month had and when its report went; two questions for all."""
    pks = [company.pk for company in companies]
    counts = incidents(month).filter(customer__in=pks).order_by().values("customer")
    counts = counts.annotate(new=Count("pk", filter=Q(opened_at__gte=month.start)), every=Count("pk"))
    found = {row["customer"]: (row["new"], row["every"]) for row in counts}
    reports = Announcement.objects.filter(
        kind=AnnouncementKind.MONTH, customer__in=pks, key__startswith=f"{month}/"
    ).values_list("customer", "made_at")
    went = dict(reports.order_by("made_at"))
    return [
        {
            "company": company,
            "href": f"{reverse('monthly_report', args=[company.pk])}?mes={month}",
            "opened": found.get(company.pk, (0, 0))[0],
            "incidents": found.get(company.pk, (0, 0))[1],
            "sent": hour(went[company.pk]) if company.pk in went else "",
        }
        for company in companies
    ]


def sent_of(each: Announcement) -> Sent:
    return Sent(hour(each.made_at), each.made_by.name if each.made_by else "", announcing.progress(each))


def hour(at: datetime) -> str:
    return date_format(localtime(at), "d/m/Y H:i")
