"""A company's month on the screen, as a workbook, and as the letter that its contacts get."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.labels import CAUSE_NAMES
from guardia.cases.number import ungrouped
from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_containing
from guardia.notices import announcing
from guardia.notices.announcement import Announcement
from guardia.notices.month_facts import (
    BrokenPromiseFacts,
    CaseFacts,
    MonthFacts,
    PromiseFacts,
    RequestFacts,
    ServiceFacts,
    SiteFacts,
    WaitFacts,
)
from guardia.notices.wording.monthly import (
    figures,
    headline,
    hour,
    lasting,
    log_words,
    percent,
    promised_and_real,
    ruling,
)
from guardia.people.policy import Right, may
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.reports.month import Month
from guardia.reports.month_report import incidents_counted, month_report
from guardia.reports.month_sending import recipients, reports_made, sent, why_not, with_activity
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.promised import month_words, names_of, took
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.report.month import courses, on_paper
from guardia.web.report.views import language_in
from guardia.web.shared.audit import exported

# --- rows of a month --------------------------------------------------------------------------------------------------
# A company's month as it is written on the screen: the figures of the letter, and every row with its case.
DASH = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """``small`` stands under the words; ``is_number``: it stands right; ``word`` is its column."""

    words: str
    small: str = ""
    href: str = ""
    is_number: bool = False
    is_late: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    anchor: str
    title: str
    columns: Sequence[dict[str, Any]]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""


def tables_of(month: MonthFacts) -> list[Table]:
    """The tables of the page; one without rows says in words that there was nothing."""
    parts = (promises, services, cases, late, requests, waits, sites)
    return [part(month) for part in parts]


def promises(month: MonthFacts) -> Table:
    names = [_("Promise"), _("Kept"), _("Late"), _("Promised"), _("Median"), _("Worst")]
    rows = (promise_cells(each) for each in month.promises)
    return table(
        "promises", _("Promised and actual"), names, rows, _("No promise was decided in this month."), numbers=5
    )


def promise_cells(each: PromiseFacts) -> list[Cell]:
    name, owed = names_of(ClockKind(each.kind))
    ends = [took(end) for end in (each.target_from, each.target_to) if end is not None]
    target = _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} if len(set(ends)) == 2 else "".join(ends[:1])
    late_ = Cell(str(each.breached), is_number=True, is_late=bool(each.breached))
    figures = [Cell(words, is_number=True) for words in (target, took(each.median), took(each.worst))]
    return [Cell(name, owed), Cell(str(each.kept), is_number=True), late_, *figures]


def services(month: MonthFacts) -> Table:
    names = [_("Service"), _("Availability"), _("Affected time"), _("Excluded, as agreed"), _("Cases")]
    rows = (service_cells(each) for each in month.affected)
    return table("services", _("Services affected"), names, rows, _("No service was affected."), numbers=4)


def service_cells(each: ServiceFacts) -> list[Cell]:
    where = ", ".join(part for part in (each.site, each.city) if part)
    figures = (percent(each.percent), lasting(each.down), lasting(each.excluded) if each.excluded else DASH)
    numbers = [Cell(words, is_number=True) for words in (*figures, str(each.cases))]
    return [Cell(each.circuit or _("service not known"), where), *numbers]


def cases(month: MonthFacts) -> Table:
    names = [_("Case"), _("Opened"), _("Closed"), _("Escalations"), _("Affected time"), _("Excluded, as agreed")]
    rows = (case_cells(month, each) for each in month.cases)
    return table("cases", _("Incidents"), names, rows, _("Without incidents."), numbers=3)


def case_cells(month: MonthFacts, each: CaseFacts) -> list[Cell]:
    about = " · ".join(part for part in (each.circuit, each.subject) if part)
    closed = hour(month, each.closed_at) if each.closed_at else _("still open")
    figures = (str(each.escalations or DASH), *(lasting(s) if s else DASH for s in (each.down, each.excluded)))
    numbers = [Cell(words, is_number=True) for words in figures]
    return [case_cell(each.number, about), Cell(hour(month, each.opened_at)), Cell(closed), *numbers]


def late(month: MonthFacts) -> Table:
    names = [_("Case"), _("Promise"), _("Fell due"), _("Promised"), _("Actual")]
    rows = (late_cells(month, each) for each in month.late)
    return table("late", _("Late promises"), names, rows, _("Nothing was late."), numbers=2)


def late_cells(month: MonthFacts, each: BrokenPromiseFacts) -> list[Cell]:
    name, owed = names_of(ClockKind(each.kind))
    real = took(each.taken) if each.taken is not None else _("still running")
    numbers = [Cell(took(each.target), is_number=True), Cell(real, is_number=True, is_late=True)]
    return [case_cell(each.number), Cell(name, owed), Cell(hour(month, each.due_at)), *numbers]


def requests(month: MonthFacts) -> Table:
    names = [_("Case"), _("Opened"), _("Closed"), _("First answer"), _("Solution")]
    rows = (request_cells(month, each) for each in month.requests)
    empty = _("No requests or formal complaints.")
    return table("requests", _("Requests and formal complaints"), names, rows, empty, numbers=2)


def request_cells(month: MonthFacts, each: RequestFacts) -> list[Cell]:
    about = f"{_('Formal complaint')}: {each.subject}" if each.is_complaint else each.subject
    closed = hour(month, each.closed_at) if each.closed_at else _("still open")
    owed = (
        (each.answer_target, each.answer_taken, each.answer_state),
        (each.solution_target, each.solution_taken, each.solution_state),
    )
    cells = [Cell(promised_and_real(*one), is_number=True, is_late=one[2] == "breached") for one in owed]
    return [case_cell(each.number, about), Cell(hour(month, each.opened_at)), Cell(closed), *cells]


def waits(month: MonthFacts) -> Table:
    names = [_("Case"), _("For whom"), _("From and to"), _("Ruling"), _("Excluded, as agreed")]
    rows = (wait_cells(month, each) for each in month.waits)
    return table("waits", _("Waits and exclusions"), names, rows, _("No clock was stopped."), numbers=1)


def wait_cells(month: MonthFacts, each: WaitFacts) -> list[Cell]:
    cause = str(CAUSE_NAMES[WaitCause(each.cause)])
    whom = f"{cause} ({each.party})" if each.party else cause
    until = hour(month, each.ended_at) if each.ended_at else "…"
    left_out = Cell(lasting(each.excluded) if each.excluded else DASH, is_number=True)
    span = f"{hour(month, each.started_at)} – {until}"
    return [case_cell(each.number), Cell(whom, each.reason), Cell(span), Cell(ruling(each) or DASH), left_out]


def sites(month: MonthFacts) -> Table:
    names = [_("Site"), _("Cases"), _("Incidents in thirty days")]
    empty = _("No site failed three times in thirty days.")
    return table("sites", _("Recurring sites"), names, (site_cells(each) for each in month.sites), empty, numbers=1)


def site_cells(each: SiteFacts) -> list[Cell]:
    return [Cell(each.site, each.city), Cell(", ".join(each.numbers)), Cell(str(each.times), is_number=True)]


def case_cell(number: str, small: str = "") -> Cell:
    if not number:
        return Cell(_("call"), small)
    return Cell(number, small, reverse("case", args=[ungrouped(number)]))


def table(
    anchor: str, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str, *, numbers: int
) -> Table:
    """The last ``numbers`` columns hold figures."""
    columns = [{"words": name, "is_number": place >= len(names) - numbers} for place, name in enumerate(names)]
    named = [[_named(cell, name) for cell, name in zip(row, names, strict=True)] for row in rows]
    return Table(anchor, title, columns, named, empty)


def _named(cell: Cell, name: str) -> Cell:
    return Cell(cell.words, cell.small, cell.href, cell.is_number, cell.is_late, name)


# --- monthly ----------------------------------------------------------------------------------------------------------
SHOWN, MOST = 200, 5000
"""Rows of one kind on the screen, and in its workbook."""
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
@from_replica
def monthly_reports(request: HttpRequest) -> HttpResponse:
    """The companies that had a case in the month, with what was sent; ``?q=`` finds any company."""
    at = now()
    month, mistake = month_or_last(request, at)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:80]
    found = companies_containing(asked) if asked else with_activity(month)
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
@from_replica
def monthly_report(request: HttpRequest, company_id: int) -> HttpResponse:
    """``?mes=2026-10``; without one, the last month that is over."""
    at, company = now(), get_object_or_404(Customer, pk=company_id)
    month, mistake = month_or_last(request, at)
    told = month_report(company, month, at, SHOWN)
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
        "courses": courses(told),
        "log": log_words(told),
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
@file_from_replica
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
@file_from_replica
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


def month_or_last(request: HttpRequest, at: datetime) -> tuple[Month, str]:
    """The month of ``?mes=``; or the last one that is over, with the sentence that says what is wrong."""
    try:
        return month_in(request.GET.get("mes", ""), at), ""
    except NoMonth as sentence:
        return Month.of(at).moved(-1), str(sentence)


def month_in(written: str, at: datetime) -> Month:
    """The month asked for, else the last one that is over at ``at`` (UTC). Raises NoMonth."""
    current = Month.of(at)
    if not written.strip():
        return current.moved(-1)
    try:
        month = Month.parse(written.strip())
    except ValueError:
        raise NoMonth(_("That is not a month. Write the year and the month, such as 2026-11.")) from None
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
    found, went = incidents_counted(month, pks), reports_made(month, pks)
    return [
        {
            "company": company,
            "href": f"{reverse('monthly_report', args=[company.pk])}?mes={month}",
            "opened": found.get(company.pk, (0, 0))[0],
            "incidents": found.get(company.pk, (0, 0))[1],
            "sent": hour_words(went[company.pk]) if company.pk in went else "",
        }
        for company in companies
    ]


def sent_of(each: Announcement) -> Sent:
    return Sent(hour_words(each.made_at), each.made_by.name if each.made_by else "", announcing.progress(each))


def hour_words(at: datetime) -> str:
    return date_format(localtime(at), "d/m/Y H:i")


urlpatterns = [
    path("mensual/", monthly_reports, name="monthly_reports"),
    path("mensual/<int:company_id>", monthly_report, name="monthly_report"),
    path("mensual/<int:company_id>/<slug:month>.xlsx", monthly_workbook, name="monthly_workbook"),
    path("mensual/<int:company_id>/<slug:month>.pdf", monthly_paper, name="monthly_paper"),
]
