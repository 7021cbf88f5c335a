"""The history of calls on the screen: filters in the address, fifty a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.people.policy import Right
from guardia.web.desk.call_history.asking import AskedCalls, asked_by
from guardia.web.desk.call_history.reading import calls_of
from guardia.web.desk.call_history.shown import result_names, rows_of
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.line_names import line_names
from guardia.web.shared.audit import seen_in_bulk

BULK = 25
"""So many rows of one page are more than somebody looks for by name."""
TEMPLATE = "desk/call_history/history.html"


@needs(Right.SEE_DESK)
def call_history(request: HttpRequest) -> HttpResponse:
    at = now()
    names, results = line_names(at), result_names()
    asked = asked_by(request.GET, results)
    context: dict[str, Any] = {
        "shell": shell_for(request, at, view="calls"),
        "asked": asked,
        "company": company_words(asked),
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "results": results.items(),
    }
    if asked.mistakes:
        return page(request, TEMPLATE, context, status=422)
    found = calls_of(asked, at)
    if len(found.calls) >= BULK:
        seen_in_bulk(request, "call_history", rows=len(found.calls))
    context |= {
        "rows": rows_of(found.calls, names, at),
        "is_searched": True,
        "older": asked.href(found.older) if found.older else "",
        "looked_until": date_format(localtime(found.looked_until), "j/m/Y") if found.looked_until else "",
    }
    return page(request, TEMPLATE, context)


def company_words(asked: AskedCalls) -> str:
    """The name of the company that a link asked for by its id; else what was typed."""
    if not (asked.company.isascii() and asked.company.isdigit() and len(asked.company) < 19):
        return asked.company
    return Customer.objects.filter(pk=int(asked.company)).values_list("name", flat=True).first() or asked.company
