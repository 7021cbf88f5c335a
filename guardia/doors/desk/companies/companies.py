"""The list of companies, and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from guardia.customers.customer import Customer
from guardia.doors.desk.companies.detail import company_page
from guardia.doors.desk.companies.frame import member, needs, shown
from guardia.doors.desk.companies.listing import company_list
from guardia.people.policy import Right, may


@needs(Right.SEE_DESK)
def companies(request: HttpRequest) -> HttpResponse:
    context = {"list": company_list(request.GET), "may_edit": may(member(request), Right.EDIT_CUSTOMERS)}
    return shown(request, "list", context, tab="companies")


@needs(Right.SEE_DESK)
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    found = company_page(get_object_or_404(Customer, pk=company_id), everything="todo" in request.GET)
    context = {"page": found, "company": found.company, "may_edit": may(member(request), Right.EDIT_CUSTOMERS)}
    return shown(request, "company", context, tab="companies")
