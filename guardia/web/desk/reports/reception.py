"""How the lines were answered, on the screen and as a workbook; the same filters, the same numbers."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.asking import NotUnderstood
from guardia.web.desk.reports.reception_asking import WORDS, asked_by
from guardia.web.desk.reports.reception_shown import page_of
from guardia.web.desk.reports.reception_spreadsheet import workbook_of
from guardia.web.desk.reports.views import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.line_names import line_names
from guardia.web.shared.audit import exported

TEMPLATE = "desk/reports/reception.html"


@needs(Right.SEE_REPORTS)
def reception_report(request: HttpRequest) -> HttpResponse:
    at = now()
    names = line_names(at)
    context: dict[str, Any] = {"shell": shell_for(request, at, view="reports"), "desks": names.desks.items()}
    try:
        asked = asked_by(request.GET, at, names.desks)
    except NotUnderstood as sentence:
        return page(request, TEMPLATE, {**context, "mistake": str(sentence)}, status=422)
    context |= {
        "asked": asked,
        "length": WORDS[asked.span.length],
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "report": page_of(asked, at, names),
    }
    return page(request, TEMPLATE, context)


@needs(Right.SEE_REPORTS)
def reception_workbook(request: HttpRequest) -> HttpResponse:
    at = now()
    names = line_names(at)
    try:
        asked = asked_by(request.GET, at, names.desks)
    except NotUnderstood as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "reception_report", asked.span)
    response = HttpResponse(workbook_of(asked, names, at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-lines-{asked.span}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
