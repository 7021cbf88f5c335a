"""The page of one company: its contacts, sites and services, and its last cases."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from guardia.cases.case import Case, Status
from guardia.cases.words import STAGE_NAMES, TOPIC_NAMES
from guardia.customers import reach
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.phones import spoken
from guardia.customers.site import Site
from guardia.doors.desk.companies.choices import band_name
from guardia.procedure.vocabulary import Stage

SHOWN = 100
LAST_CASES = 5


@dataclass(frozen=True, slots=True)
class ContactRow:
    contact: Contact
    phones: tuple[str, ...]
    told: str
    is_told_all: bool


@dataclass(frozen=True, slots=True)
class SiteRow:
    site: Site
    band: str
    is_own_band: bool
    zone: str


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
    cases: list[CaseRow]
    is_reachable: bool


def company_page(company: Customer, everything: bool) -> CompanyPage:
    contacts = part(company.contacts.order_by("-active", "name", "pk"), everything)
    sites = part(company.sites.select_related("city").order_by("-active", "name", "pk"), everything)
    services = part(company.services.select_related("site__city").order_by("-active", "circuit"), everything)
    return CompanyPage(
        company=company,
        contacts=Part([contact_row(contact) for contact in contacts.rows], contacts.has_more),
        sites=Part([site_row(site) for site in sites.rows], sites.has_more),
        services=services,
        cases=[case_row(case) for case in Case.objects.filter(customer=company).order_by("-opened_at")[:LAST_CASES]],
        is_reachable=reach.is_reachable(company),
    )


def part(things: QuerySet[Model], everything: bool) -> Part:
    rows = list(things if everything else things[: SHOWN + 1])
    return Part(rows, False) if everything else Part(rows[:SHOWN], len(rows) > SHOWN)


def contact_row(contact: Contact) -> ContactRow:
    told = [str(name) for topic, name in TOPIC_NAMES.items() if topic.value in contact.told]
    phones = tuple(map(spoken, contact.phones))
    return ContactRow(contact, phones, ", ".join(told), len(told) == len(TOPIC_NAMES))


def site_row(site: Site) -> SiteRow:
    zone = site.zone if site.own_zone else ""
    return SiteRow(site, band_name(site.band), bool(site.own_band), zone)


def case_row(case: Case) -> CaseRow:
    state = STAGE_NAMES[Stage(case.stage)] if case.is_open else Status(case.status).label
    return CaseRow(case.number, case.display_number, case.subject, str(state), case.opened_at)
