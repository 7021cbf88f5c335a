"""The page of one company: its contacts, sites and services, and its last cases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from guardia.cases.case import Case, Status
from guardia.cases.words import name_of_stage
from guardia.config.now import now
from guardia.customers import reach
from guardia.customers.address_confirmation import AddressConfirmation
from guardia.customers.bands import BandPromise, band_promises
from guardia.customers.confirming import waiting
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.phones import spoken
from guardia.customers.site import Site
from guardia.customers.way import WayKind
from guardia.evidence.target import ServiceTarget
from guardia.notices.ways import Marks, marked
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.choices import band_name, way_name
from guardia.web.desk.companies.matrix import Matrix, matrix_of
from guardia.web.desk.shown.ways_words import ways_written

SHOWN = 100
LAST_CASES = 5


@dataclass(frozen=True, slots=True)
class WayShown:
    """A further way: its kind, the address, and whether it carries the news of an outage."""

    kind: str
    address: str
    independent: bool
    is_marked: bool


@dataclass(frozen=True, slots=True)
class ContactRow:
    contact: Contact
    is_marked: bool
    phones: tuple[str, ...]
    ways: tuple[WayShown, ...]
    waiting: tuple[str, ...]
    """Addresses that wait for their owner's word."""


@dataclass(frozen=True, slots=True)
class SiteRow:
    site: Site
    band: str
    zone: str
    promise: BandPromise | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    number: int
    words: str
    subject: str
    state: str
    at: Any


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table, those in use first, and whether there are more."""

    rows: list[Any]
    has_more: bool


@dataclass(frozen=True, slots=True)
class CompanyPage:
    company: Customer
    contacts: Part
    sites: Part
    services: Part
    targets: Part
    cases: list[CaseRow]
    is_reachable: bool
    ways: str
    matrix: Matrix


def company_page(company: Customer, everything: bool, procedure: Procedure | None = None) -> CompanyPage:
    """``procedure``: the one in force, for what it promises to each site."""
    promises = band_promises(procedure)
    contacts = part(company.contacts.order_by("-active", "name", "pk").prefetch_related("ways"), everything)
    marks, waits = marked(contacts.rows), waiting(contacts.rows, now())
    sites = part(company.sites.select_related("city").order_by("-active", "name", "pk"), everything)
    services = part(company.services.select_related("site__city").order_by("-active", "circuit"), everything)
    return CompanyPage(
        company=company,
        contacts=Part(
            [contact_row(contact, marks, waits.get(contact.pk, ())) for contact in contacts.rows], contacts.has_more
        ),
        sites=Part([site_row(site, promises) for site in sites.rows], sites.has_more),
        services=services,
        targets=part(targets_of(company), everything),
        cases=[case_row(case) for case in Case.objects.filter(customer=company).order_by("-opened_at")[:LAST_CASES]],
        is_reachable=reach.is_reachable(company),
        ways=ways_written(),
        matrix=matrix_of(company, contacts.rows),
    )


def part(things: QuerySet[Model], everything: bool) -> Part:
    rows = list(things if everything else things[: SHOWN + 1])
    return Part(rows, False) if everything else Part(rows[:SHOWN], len(rows) > SHOWN)


def targets_of(company: Customer) -> QuerySet[ServiceTarget]:
    """What is tested of its services, those in use first."""
    found = ServiceTarget.objects.filter(customer=company).select_related("service", "added_by")
    return found.order_by("-active", "service__circuit", "pk")


def contact_row(contact: Contact, marks: Marks, waits: Iterable[AddressConfirmation]) -> ContactRow:
    is_marked = (contact.customer_id, "mail", contact.email) in marks
    return ContactRow(
        contact,
        is_marked,
        tuple(map(spoken, contact.phones)),
        tuple(ways_shown(contact, marks)),
        tuple(one.address for one in waits),
    )


def ways_shown(contact: Contact, marks: Marks) -> Iterator[WayShown]:
    in_use = [way for way in contact.ways.all() if way.active]
    for way in sorted(in_use, key=lambda way: (way.position, way.pk)):
        address = way.address if way.kind == WayKind.MAIL else spoken(way.address)
        is_marked = (contact.customer_id, way.kind, way.address) in marks
        yield WayShown(str(way_name(way.kind)), address, way.independent, is_marked)


def site_row(site: Site, promises: Mapping[str, BandPromise]) -> SiteRow:
    zone = site.zone if site.own_zone else ""
    return SiteRow(site, band_name(site.band), zone, promises.get(site.band))


def case_row(case: Case) -> CaseRow:
    state = name_of_stage(case.stage) if case.is_open else Status(case.status).label
    return CaseRow(case.number, case.display_number, case.subject, str(state), case.opened_at)
