"""Search: whatever the caller says first. A whole case number goes straight to its case."""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.cases.case import Case
from guardia.cases.finding import found_by
from guardia.cases.number import parse
from guardia.cases.words import name_of_stage
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_with, services_called
from guardia.customers.service import Service
from guardia.web.desk import reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.new_case import address
from guardia.web.shared import about

MOST_CASES, MOST_NAMES = 30, 10


@dataclass(frozen=True, slots=True)
class FoundRow:
    href: str
    cells: list[str]
    vip: bool = False


@dataclass(frozen=True, slots=True)
class FoundGroup:
    name: str
    columns: list[str]
    rows: list[FoundRow] = field(default_factory=list)


@desk_page
@require_GET
def search(request: DeskRequest) -> HttpResponse:
    words, at = request.GET.get("q", "").replace("\0", "").strip()[:200], now()
    number = parse(words)
    if number and (case := reading.case_for_desk(str(number))):
        return redirect("case", case.number)
    groups = [group for group in (cases(words, at), companies(words), services(words)) if group.rows] if words else []
    context = {"words": words, "found": groups, "shell": shell_for(request, at, with_views=False)}
    return page(request, "desk/search.html", context)


def cases(words: str, at: datetime) -> FoundGroup:
    found = found_by(words, MOST_CASES)
    columns = [_("Case"), _("What fails"), _("Company"), _("Stage"), _("Opened")]
    return FoundGroup(_("Cases"), columns, [case_row(case, at) for case in found])


def case_row(case: Case, at: datetime) -> FoundRow:
    stage = name_of_stage(case.stage) if case.is_open else _("closed")
    where = f"{case.customer.name}, {about.city(case) or about.desk_name(case)}"
    opened = hour(case.opened_at, at)
    return FoundRow(case_href(case), [case.display_number, case.subject, where, stage, opened])


def companies(words: str) -> FoundGroup:
    found = companies_with(words, MOST_NAMES)
    places = reading.places_of(found)
    rows = [company_row(company, places.get(company.pk, "")) for company in found]
    return FoundGroup(_("Companies"), [_("Company"), _("Where")], rows)


def company_row(company: Customer, places: str) -> FoundRow:
    return FoundRow(address(company, None), [company.name, places], company.vip)


def services(words: str) -> FoundGroup:
    rows = [service_row(service) for service in services_called(words, MOST_NAMES)]
    return FoundGroup(_("Services"), [_("Circuit"), _("Company"), _("Site")], rows)


def service_row(service: Service) -> FoundRow:
    where = f"{service.site.name}, {service.site.city.name}"
    return FoundRow(address(service.customer, None, service), [service.circuit, service.customer.name, where])
