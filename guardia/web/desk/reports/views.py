"""The report on the screen and as a workbook; the same filters, the same numbers."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.asking import NotUnderstood, asked_by
from guardia.web.desk.reports.shown import kind_names, report_of
from guardia.web.desk.reports.spreadsheet import workbook_of
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Right.SEE_REPORTS)
def report(request: HttpRequest) -> HttpResponse:
    at = now()
    context: dict[str, Any] = {"shell": shell_for(request, at, view="reports"), "kinds": kind_names()}
    try:
        asked = asked_by(request.GET, at)
    except NotUnderstood as sentence:
        context |= {"mistake": str(sentence), "written": ""}
        return page(request, "desk/reports/report.html", context, status=422)
    context |= {
        "written": str(asked.month),
        "asked": asked,
        "report": report_of(asked, at),
    }
    return page(request, "desk/reports/report.html", context)


@needs(Right.SEE_REPORTS)
def workbook(request: HttpRequest, month: str) -> HttpResponse:
    at = now()
    try:
        asked = asked_by({**request.GET.dict(), "mes": month}, at)
    except NotUnderstood as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "report", asked.month)
    response = HttpResponse(workbook_of(asked, at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-{asked.month}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
