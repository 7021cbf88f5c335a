"""The list of companies, and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from guardia.cases.band_told import still_to_tell
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.people.policy import Right, may
from guardia.web.desk.call_history.reading import last_calls_of
from guardia.web.desk.call_history.shown import rows_of
from guardia.web.desk.companies.band_words import procedure_at
from guardia.web.desk.companies.detail import company_page
from guardia.web.desk.companies.frame import member, needs, shown
from guardia.web.desk.companies.listing import company_list
from guardia.web.desk.shown.line_names import line_names
from guardia.web.phone import ami_acting
from guardia.web.shared.audit import seen_in_bulk

LAST_CALLS = 5
BULK = 25
"""So many persons on one page are more than somebody looks for by name."""


@needs(Right.SEE_DESK)
def companies(request: HttpRequest) -> HttpResponse:
    context = {"list": company_list(request.GET), "may_edit": may(member(request), Right.EDIT_CUSTOMERS)}
    return shown(request, "list", context, tab="companies")


@needs(Right.SEE_DESK)
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    at = now()
    company_there = get_object_or_404(Customer, pk=company_id)
    found = company_page(company_there, everything="todo" in request.GET, procedure=procedure_at(at))
    persons = len(found.contacts.rows)
    if persons >= BULK:
        seen_in_bulk(request, "company", company_id, persons=persons)
    context = {
        "page": found,
        "company": found.company,
        "may_dial": ami_acting.acts(member(request)) and may(member(request), Right.TAKE_REQUESTS),
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
        "may_manage": may(member(request), Right.MANAGE_STAFF),
        "bands_to_tell": still_to_tell(company_there).count(),
        "calls": rows_of(last_calls_of(company_id, LAST_CALLS), line_names(at), at),
    }
    return shown(request, "company", context, tab="companies")
