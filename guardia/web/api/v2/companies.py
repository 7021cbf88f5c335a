"""Companies and what is theirs: contacts, sites and services; and the cities that a site may be in."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.customers import catalogue, ways
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.people.audit import AuditKind
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import Named
from guardia.web.api.v2.noun_operations import Offered, offer
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.desk.companies import nouns
from guardia.web.desk.companies.company import BULK
from guardia.web.shared.audit import note

router = Router()
Words = Annotated[str, Query("", max_length=80, description="Words to look for.")]
OfId = Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)]
BY_ID = ("id",)


def named(thing: Any) -> Named | None:
    """A thing by its id and name; a service goes by its circuit."""
    return Named(id=thing.pk, name=str(thing)) if thing else None


# --- companies --------------------------------------------------------------------------------------------------------
class CompanyAnswer(Schema):
    id: int
    name: str
    language: str
    vip: bool
    crm_number: str
    carrier_number: str
    external_id: str | None = Field(description="By this code an import knows the company again.")
    told: list[str] = Field(description="The topics that a new contact of it is written about.")
    active: bool
    provisional: bool = Field(description="Put on file while a caller waited, and not tidied yet.")
    merged_into: int | None = Field(description="The company that a provisional one turned out to be.")


class CompanyPage(Page):
    items: list[CompanyAnswer]


def company_written(company: Customer) -> CompanyAnswer:
    same = ("name", "language", "vip", "crm_number", "carrier_number", "external_id", "told", "active", "provisional")
    values = {name: getattr(company, name) for name in same}
    return CompanyAnswer(id=company.pk, merged_into=company.merged_into_id, **values)


@operation(
    router,
    "GET",
    "/companies",
    "companies.list",
    right=Right.SEE_DESK,
    answer=CompanyPage,
    summary="List companies",
    description="`q` looks in the name, the circuits and the contacts' telephones.",
)
def list_companies(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    active: bool | None = None,
    vip: bool | None = None,
    provisional: bool | None = None,
    external_id: Annotated[str | None, Query(None, max_length=80)] = None,
    crm_number: Annotated[str | None, Query(None, max_length=80)] = None,
) -> HttpResponse:
    rows = catalogue.companies(
        q, active=active, vip=vip, provisional=provisional, external_id=external_id, crm_number=crm_number
    )
    return answer_page(request, rows, BY_ID, company_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.COMPANY,
        "companies",
        "company",
        CompanyAnswer,
        catalogue.companies,
        company_written,
        {"name": "Hospital del Valle", "language": "es", "crm_number": "C-1042"},
    ),
)


# --- contacts ---------------------------------------------------------------------------------------------------------
class ContactAnswer(Schema):
    """A person of a company. Telephones are E.164, ways are tried in their order."""

    id: int
    company: Named
    title: str
    name: str
    position: str
    language: str
    email: str
    email_independent: bool = Field(description="This mailbox is read without the company's own service.")
    phones: list[str]
    way_voice: list[str]
    way_sms: list[str]
    way_whatsapp: list[str]
    way_mail: list[str]
    ways_depending: list[str] = Field(description="Kinds of ways that stop when the company's service does.")
    told: list[str] = Field(description="The topics that this person is written about.")
    kinds: list[str] = Field(description="The kinds of case that this person is written about.")
    administers: bool
    active: bool


class ContactPage(Page):
    items: list[ContactAnswer]


CONTACT_TEXTS = (
    *("title", "name", "position", "language", "email", "email_independent", "phones", "told", "kinds"),
    *("administers", "active"),
)


def contact_written(contact: Contact) -> ContactAnswer:
    values: dict[str, Any] = {name: getattr(contact, name) for name in CONTACT_TEXTS}
    company = Named(id=contact.customer_id, name=contact.customer.name)
    return ContactAnswer(id=contact.pk, company=company, **values | ways.written(contact))


@operation(
    router,
    "GET",
    "/contacts",
    "contacts.list",
    right=Right.SEE_DESK,
    answer=ContactPage,
    summary="List contacts",
    description="A page with many persons is written in the journal, as the desk's is.",
)
def list_contacts(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    company: OfId = None,
    active: bool | None = None,
    phone: Annotated[str, Query("", max_length=40)] = "",
    email: Annotated[str, Query("", max_length=254)] = "",
) -> HttpResponse:
    rows = catalogue.contacts(q, phone, email, customer_id=company, active=active)
    seen: list[int] = []

    def item(contact: Contact) -> ContactAnswer:
        seen.append(contact.pk)
        return contact_written(contact)

    page = answer_page(request, rows, BY_ID, item, cursor=cursor, limit=limit, fields=fields)
    if len(seen) >= BULK:
        staff = caller_of(request).staff
        note(request, AuditKind.SEEN_IN_BULK, staff=staff, about="contacts", key=company or "", persons=len(seen))
    return page


offer(
    router,
    Offered(
        nouns.CONTACT,
        "contacts",
        "contact",
        ContactAnswer,
        catalogue.contacts,
        contact_written,
        {
            "company": 1,
            "name": "Ana Ruiz",
            "position": "Jefa de redes",
            "language": "es",
            "email": "ana.ruiz@example.com",
            "phones": ["+593 2 555 0148"],
            "told": ["registration", "closure"],
        },
    ),
)


# --- sites ------------------------------------------------------------------------------------------------------------
class SiteAnswer(Schema):
    """A place of a company. `band` and `zone` are those that hold: its own, or its city's."""

    id: int
    company: Named
    name: str
    address: str
    city: Named
    band: str
    zone: str
    own_band: str
    own_zone: str
    own_reason: str
    contact_on_site: str
    access_hours: str
    active: bool
    provisional: bool


class SitePage(Page):
    items: list[SiteAnswer]


SITE_TEXTS = (
    *("name", "address", "band", "zone", "own_band", "own_zone", "own_reason", "contact_on_site", "access_hours"),
    *("active", "provisional"),
)


def site_written(site: Site) -> SiteAnswer:
    values = {name: getattr(site, name) for name in SITE_TEXTS}
    company = Named(id=site.customer_id, name=site.customer.name)
    return SiteAnswer(id=site.pk, company=company, city=Named(id=site.city_id, name=site.city.name), **values)


@operation(
    router, "GET", "/sites", "sites.list", right=Right.SEE_DESK, answer=SitePage, summary="List the sites of companies"
)
def list_sites(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    company: OfId = None,
    city: OfId = None,
    active: bool | None = None,
    provisional: bool | None = None,
) -> HttpResponse:
    rows = catalogue.sites(q, customer_id=company, city_id=city, active=active, provisional=provisional)
    return answer_page(request, rows, BY_ID, site_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.SITE,
        "sites",
        "site",
        SiteAnswer,
        catalogue.sites,
        site_written,
        {"company": 1, "name": "Agencia Norte", "city": 1, "address": "Av. Amazonas 100"},
    ),
)


# --- services ---------------------------------------------------------------------------------------------------------
class ServiceAnswer(Schema):
    """A circuit that a company pays for, and where it ends."""

    id: int
    company: Named
    site: Named
    circuit: str
    type: str
    capacity: str
    to_test: str
    active: bool
    provisional: bool
    moves_on: str | None = Field(description="The day on which it passes to another company, ISO 8601.")
    moves_to: Named | None = Field(description="The site of the other company.")
    moved_to: int | None = Field(description="What it is of the other company since it has passed on.")


class ServicePage(Page):
    items: list[ServiceAnswer]


def service_written(service: Service) -> ServiceAnswer:
    same = ("circuit", "type", "capacity", "to_test", "active", "provisional")
    return ServiceAnswer(
        id=service.pk,
        company=Named(id=service.customer_id, name=service.customer.name),
        site=Named(id=service.site_id, name=service.site.name),
        moves_on=service.moves_on.isoformat() if service.moves_on else None,
        moves_to=named(service.moves_to),
        moved_to=service.moved_to_id,
        **{name: getattr(service, name) for name in same},
    )


@operation(
    router, "GET", "/services", "services.list", right=Right.SEE_DESK, answer=ServicePage, summary="List services"
)
def list_services(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    company: OfId = None,
    site: OfId = None,
    circuit: Annotated[str | None, Query(None, max_length=80)] = None,
    active: bool | None = None,
    provisional: bool | None = None,
) -> HttpResponse:
    rows = catalogue.services(
        q, customer_id=company, site_id=site, circuit=circuit, active=active, provisional=provisional
    )
    return answer_page(request, rows, BY_ID, service_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.SERVICE,
        "services",
        "service",
        ServiceAnswer,
        catalogue.services,
        service_written,
        {"company": 1, "circuit": "ENL-0043", "site": 1, "type": "Enlace", "capacity": "100 Mbps"},
    ),
)
