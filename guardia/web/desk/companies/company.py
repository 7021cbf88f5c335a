"""The list of companies, and the page of one: its contacts, sites and services, and its last cases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.band_notices import still_to_tell
from guardia.cases.call_rows import last_calls_of
from guardia.cases.case import Case, Status
from guardia.cases.labels import name_of_stage
from guardia.cases.queries import newest_of_company
from guardia.config.now import now
from guardia.customers import lookup
from guardia.customers.bands import BandPromise, band_promises
from guardia.customers.confirming import waiting
from guardia.customers.contact import AddressConfirmation, Contact, WayKind
from guardia.customers.contacts import is_reachable, unreachable
from guardia.customers.customer import Customer, Site
from guardia.customers.phones import spoken
from guardia.evidence.target import targets_of
from guardia.notices.recipients import Marks, marked
from guardia.people.policy import Right, may
from guardia.procedure.schema import Procedure
from guardia.web.desk.call_history import rows_of
from guardia.web.desk.case_page.notices import ways_written
from guardia.web.desk.companies import (
    availability,
    bands,
    carrier_interface,
    carriers,
    contacts,
    importing,
    lists,
    services,
    sign_in,
)
from guardia.web.desk.companies.bands import procedure_at
from guardia.web.desk.companies.contacts import matrix_of
from guardia.web.desk.companies.frame import band_name, customers_page, member, needs, way_name
from guardia.web.desk.companies.nouns import NOUNS
from guardia.web.desk.companies.things import addresses
from guardia.web.desk.phone.calls import line_names
from guardia.web.phone import ami_acting
from guardia.web.shared.audit import seen_in_bulk

SHOWN = 100
LAST_CASES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table, those in use first, and whether there are more."""

    rows: list[Any]
    has_more: bool


def company_page(company: Customer, everything: bool, procedure: Procedure | None = None) -> dict[str, Any]:
    """``procedure``: the one in force, for what it promises to each site."""
    promises = band_promises(procedure)
    contacts = part(company.contacts.order_by("-active", "name", "pk").prefetch_related("ways"), everything)
    marks, waits = marked(contacts.rows), waiting(contacts.rows, now())
    sites = part(company.sites.select_related("city").order_by("-active", "name", "pk"), everything)
    services = part(company.services.select_related("site__city").order_by("-active", "circuit"), everything)
    return {
        "company": company,
        "contacts": Part(
            [contact_row(contact, marks, waits.get(contact.pk, ())) for contact in contacts.rows], contacts.has_more
        ),
        "sites": Part([site_row(site, promises) for site in sites.rows], sites.has_more),
        "services": services,
        "targets": part(targets_of(company), everything),
        "cases": [case_row(case) for case in newest_of_company(company.pk)[:LAST_CASES]],
        "is_reachable": is_reachable(company),
        "ways": ways_written(),
        "matrix": matrix_of(company, contacts.rows),
    }


def part(things: QuerySet[Model], everything: bool) -> Part:
    rows = list(things if everything else things[: SHOWN + 1])
    return Part(rows, False) if everything else Part(rows[:SHOWN], len(rows) > SHOWN)


def contact_row(contact: Contact, marks: Marks, waits: Iterable[AddressConfirmation]) -> dict[str, Any]:
    is_marked = (contact.customer_id, "mail", contact.email) in marks
    return {
        "contact": contact,
        "is_marked": is_marked,
        "phones": tuple(map(spoken, contact.phones)),
        "ways": tuple(ways_of(contact, marks)),
        "waiting": tuple(one.address for one in waits),
    }


def ways_of(contact: Contact, marks: Marks) -> Iterator[dict[str, Any]]:
    """A further way: its kind, the address, and whether it carries the news of an outage."""
    in_use = [way for way in contact.ways.all() if way.active]
    for way in sorted(in_use, key=lambda way: (way.position, way.pk)):
        address = way.address if way.kind == WayKind.MAIL else spoken(way.address)
        is_marked = (contact.customer_id, way.kind, way.address) in marks
        yield {
            "kind": str(way_name(way.kind)),
            "address": address,
            "independent": way.independent,
            "is_marked": is_marked,
        }


def site_row(site: Site, promises: Mapping[str, BandPromise]) -> dict[str, Any]:
    zone = site.zone if site.own_zone else ""
    return {"site": site, "band": band_name(site.band), "zone": zone, "promise": promises.get(site.band)}


def case_row(case: Case) -> dict[str, Any]:
    state = name_of_stage(case.stage) if case.is_open else Status(case.status).label
    return {
        "number": case.number,
        "words": case.display_number,
        "subject": case.subject,
        "state": str(state),
        "at": case.opened_at,
    }


# --- listing ----------------------------------------------------------------------------------------------------------
# The list of companies as it is shown: fifty rows, their filters in the address.
PAGE = 50
LAST_PAGE = 2000
FILTERS = ("vip", "sin-contacto", "inactivas")


@dataclass(frozen=True, slots=True)
class Filter:
    href: str
    words: str
    is_current: bool


def company_list(asked: Mapping[str, str]) -> dict[str, Any]:
    """``q`` searches, ``ver`` filters, ``pagina`` turns the page. What is not understood is left aside."""
    words, view = asked.get("q", "").replace("\x00", "").strip()[:80], asked.get("ver", "")
    view = view if view in FILTERS else ""
    turned = asked.get("pagina", "")
    page = int(turned) if turned.isascii() and turned.isdigit() and len(turned) < 7 else 1
    page = min(max(page, 1), LAST_PAGE)
    companies = filtered(lookup.listed(words), view)
    start = (page - 1) * PAGE
    ids = list(companies.values_list("pk", flat=True)[start : start + PAGE + 1])
    shown = lookup.with_counts(ids)
    rows = [shown[pk] for pk in ids]
    return {
        "words": words,
        "view": view,
        "rows": rows[:PAGE],
        "filters": tuple(Filter(href(words, key), name, key == view) for key, name in filter_names().items()),
        "counted": how_many(companies),
        "before": href(words, view, page - 1) if page > 1 else "",
        "after": href(words, view, page + 1) if len(rows) > PAGE else "",
    }


def filtered(companies: QuerySet[Customer], view: str) -> QuerySet[Customer]:
    """Companies that no longer buy anything are shown only when asked for."""
    match view:
        case "vip":
            return lookup.active_ones(companies, vip=True)
        case "sin-contacto":
            return unreachable(lookup.active_ones(companies))
        case "inactivas":
            return lookup.inactive_ones(companies)
    return lookup.active_ones(companies)


def how_many(companies: QuerySet[Customer]) -> str:
    found = companies.order_by()[:100].values("pk").count()
    words = ngettext("%(count)s company", "%(count)s companies", found)
    return words % {"count": "99+" if found > 99 else found}


def filter_names() -> dict[str, str]:
    return {"": _("All"), "vip": "VIP", "sin-contacto": _("Nobody to notify"), "inactivas": _("Not active")}


def href(words: str, view: str, page: int = 1) -> str:
    asked = {"q": words, "ver": view, "pagina": page if page > 1 else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("companies") + (f"?{query}" if query else "")


# --- companies --------------------------------------------------------------------------------------------------------
LAST_CALLS = 5
BULK = 25
"""So many persons on one page are more than somebody looks for by name."""


@needs(Right.SEE_DESK)
def companies(request: HttpRequest) -> HttpResponse:
    context = {"list": company_list(request.GET), "may_edit": may(member(request), Right.EDIT_CUSTOMERS)}
    return customers_page(request, "list", context, tab="companies")


@needs(Right.SEE_DESK)
def company(request: HttpRequest, company_id: int) -> HttpResponse:
    at = now()
    company_there = get_object_or_404(Customer, pk=company_id)
    found = company_page(company_there, everything="todo" in request.GET, procedure=procedure_at(at))
    persons = len(found["contacts"].rows)
    if persons >= BULK:
        seen_in_bulk(request, "company", company_id, persons=persons)
    context = {
        "page": found,
        "company": found["company"],
        "may_dial": ami_acting.acts(member(request)) and may(member(request), Right.TAKE_REQUESTS),
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
        "may_manage": may(member(request), Right.MANAGE_STAFF),
        "bands_to_tell": still_to_tell(company_there).count(),
        "calls": rows_of(last_calls_of(company_id, LAST_CALLS), line_names(at), at),
    }
    return customers_page(request, "company", context, tab="companies")


urlpatterns = [
    path("companias/", companies, name="companies"),
    path("companias/importar", importing.bring, name="companies_import"),
    path("companias/importar/<slug:kind>.csv", importing.sample, name="companies_sample"),
    path("companias/importar/<slug:kind>/<int:draft_id>", importing.confirm, name="companies_import_now"),
    path("companias/provisionales", services.waiting, name="provisionals"),
    path("companias/provisionales/<int:service_id>", services.one, name="provisional"),
    path("companias/provisionales/<int:service_id>/<slug:word>", services.step, name="provisional_step"),
    path("companias/cambios", contacts.changes, name="customer_changes"),
    path("companias/cambios/<int:pk>/<slug:word>", contacts.step, name="customer_change_step"),
    path("companias/<int:company_id>/", company, name="company"),
    path("companias/<int:company_id>/entrada", sign_in.sign_in, name="company_sign_in"),
    path("companias/<int:company_id>/entrada/<slug:word>", sign_in.step, name="company_sign_in_step"),
    path("companias/<int:company_id>/quien-recibe", contacts.keep, name="company_told"),
    path(
        "companias/<int:company_id>/servicios/<int:service_id>/disponibilidad",
        availability.service_availability,
        name="service_availability",
    ),
    path(
        "companias/<int:company_id>/servicios/<int:service_id>/disponibilidad.xlsx",
        availability.service_availability_workbook,
        name="service_availability_workbook",
    ),
    path("companias/<int:company_id>/servicios/<int:service_id>/pasar", services.move, name="service_move"),
    path("companias/<int:company_id>/sedes/", bands.sites, name="company_sites"),
    path("ciudades/", lists.cities, name="cities"),
    path("ciudades/lista", lists.bring, name="city_list"),
    path("ciudades/lista.csv", bands.cities_csv, name="cities_csv"),
    path("bandas/", bands.changes, name="band_changes"),
    path("bandas/<int:pk>/avisada", bands.mark_notified, name="band_told"),
    path("bandas/<int:pk>/deshacer", bands.undo, name="band_undo"),
    path("cuadrillas/", lists.crews, name="crews"),
    path("cuadrillas/<int:crew_id>/", lists.crew, name="crew"),
    path("elementos/", lists.elements, name="elements"),
    path("elementos/<int:pk>/", lists.element, name="element"),
    path("terceros/", carriers.carriers, name="carriers"),
    path("terceros/<int:carrier_id>/", carriers.carrier, name="carrier"),
    path("terceros/<int:carrier_id>/interfaz", carrier_interface.interface, name="carrier_interface"),
    path(
        "terceros/<int:carrier_id>/interfaz/<slug:word>", carrier_interface.interface_act, name="carrier_interface_act"
    ),
    path("terceros/tickets/<int:pk>/<slug:word>", carrier_interface.ticket_step, name="carrier_ticket_step"),
    path("personas/", lists.staff, name="staff"),
    *(address for noun in NOUNS for address in addresses(noun)),
]
