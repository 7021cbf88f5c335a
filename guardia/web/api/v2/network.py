"""Cities, the elements of the network, carriers with our tickets there, and what is tested of a service."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.carriers.carrier import Carrier, every_carrier
from guardia.carriers.ticket import CarrierTicket, tickets_for_machines
from guardia.config.languages import translations
from guardia.customers import catalogue
from guardia.customers.cities import City
from guardia.evidence.target import ServiceTarget, targets
from guardia.network.element import Element
from guardia.network.elements import elements_for_machines
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named
from guardia.web.api.v2.companies import BY_ID, OfId, Words, named
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.noun_operations import Offered, offer
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.pages import Cursor, Fields, Limit, Page, answer_page
from guardia.web.desk.companies import nouns

router = Router()


# --- cities -----------------------------------------------------------------------------------------------------------
class CityAnswer(Schema):
    """A city with its band, which says how long a visit may take to arrive (P4.1 to P4.3)."""

    id: int
    name: str
    province: str
    band: str
    band_reason: str
    code: str
    population: int | None
    zone: str
    latitude: float | None = Field(description="Degrees, WGS 84.")
    longitude: float | None


class CityPage(Page):
    items: list[CityAnswer]


def city_written(city: City) -> CityAnswer:
    return CityAnswer(**{name: getattr(city, name) for name in CityAnswer.model_fields})


@operation(router, "GET", "/cities", "cities.list", right=Right.SEE_DESK, answer=CityPage, summary="List cities")
def list_cities(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    band: Annotated[str | None, Query(None, max_length=20)] = None,
    code: Annotated[str | None, Query(None, max_length=10)] = None,
) -> HttpResponse:
    rows = catalogue.cities(q, band=band, code=code)
    return answer_page(request, rows, BY_ID, city_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.CITY,
        "cities",
        "city",
        CityAnswer,
        catalogue.cities,
        city_written,
        {
            "name": "Zaruma",
            "province": "El Oro",
            "band": "remote",
            "band_reason": "One road leads there, and it slides.",
            "zone": "America/Guayaquil",
        },
    ),
)


# --- elements of the network ------------------------------------------------------------------------------------------
class LinkAnswer(Schema):
    code: str
    protected: bool = Field(description="There is another way: it fails only if all of them do.")


class ElementAnswer(Schema):
    """What many services run over: a node, a route, a carrier."""

    id: int
    code: str
    name: str
    kind: str
    city: Named | None
    public_name: dict[str, str] = Field(description="As customers read it, by language; empty: its kind and city.")
    above: list[LinkAnswer] = Field(description="What it hangs on.")
    services: int = Field(description="How many services end there.")
    active: bool


class ElementPage(Page):
    items: list[ElementAnswer]


def element_written(element: Element) -> ElementAnswer:
    links = sorted(element.above.all(), key=lambda link: (link.protected, link.upper.code))
    return ElementAnswer(
        id=element.pk,
        code=element.code,
        name=element.name,
        kind=element.kind,
        city=named(element.city),
        public_name=element.public_name,
        above=[LinkAnswer(code=link.upper.code, protected=link.protected) for link in links],
        services=element.ends,  # type: ignore[attr-defined]  # counted by the query
        active=element.active,
    )


@operation(
    router,
    "GET",
    "/elements",
    "elements.list",
    right=Right.SEE_DESK,
    answer=ElementPage,
    summary="List the elements of the network",
)
def list_elements(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    q: Words,
    kind: Annotated[str | None, Query(None, max_length=10)] = None,
    city: OfId = None,
    active: bool | None = None,
) -> HttpResponse:
    rows = elements_for_machines(q, kind=kind, city_id=city, active=active)
    return answer_page(request, rows, BY_ID, element_written, cursor=cursor, limit=limit, fields=fields)


PUBLIC_NAMES: dict[str, Any] = {
    f"public_{code}": (str | None, Field(None, max_length=160, description=f"As customers read it, in {code}."))
    for code in translations()
}
offer(
    router,
    Offered(
        nouns.ELEMENT,
        "elements",
        "element",
        ElementAnswer,
        elements_for_machines,
        element_written,
        {"code": "UIO-N7", "name": "Nodo Quito 7", "kind": "node", "uppers": ["UIO-CORE"], "services": ["ENL-0042"]},
        more=PUBLIC_NAMES,
    ),
)


# --- tests of a service -----------------------------------------------------------------------------------------------
class TargetAnswer(Schema):
    """What is tested of a service, and what counts as good. `pinned` is the address that the name had when written."""

    id: int
    company: Named
    service: Named
    kind: str
    address: str
    pinned: str
    port: int | None
    asks: str
    expects: str
    max_loss: int = Field(description="Per cent of the samples that may be lost.")
    max_ms: int | None = Field(description="Milliseconds on average that are still good; null: any.")
    at_registration: bool
    active: bool


class TargetPage(Page):
    items: list[TargetAnswer]


TARGET_TEXTS = (
    *("kind", "address", "pinned", "port", "asks", "expects", "max_loss", "max_ms", "at_registration", "active"),
)


def target_written(target: ServiceTarget) -> TargetAnswer:
    return TargetAnswer(
        id=target.pk,
        company=Named(id=target.customer_id, name=target.customer.name),
        service=Named(id=target.service_id, name=target.service.circuit),
        **{name: getattr(target, name) for name in TARGET_TEXTS},
    )


@operation(
    router,
    "GET",
    "/targets",
    "targets.list",
    right=Right.SEE_DESK,
    answer=TargetPage,
    summary="List what is tested of services",
)
def list_targets(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    company: OfId = None,
    service: OfId = None,
    active: bool | None = None,
) -> HttpResponse:
    rows = targets(customer_id=company, service_id=service, active=active)
    return answer_page(request, rows, BY_ID, target_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.TARGET,
        "targets",
        "target",
        TargetAnswer,
        targets,
        target_written,
        {"company": 1, "service": 1, "kind": "icmp", "address": "192.0.2.10", "max_loss": "2"},
    ),
)


# --- carriers ---------------------------------------------------------------------------------------------------------
class CarrierContact(Schema):
    level: str
    name: str
    phone: str
    email: str


class CarrierAnswer(Schema):
    """Another operator over whose network services run (W1). Telephones are E.164."""

    id: int
    name: str
    route: str = Field(description="How a ticket reaches it: mail or mef124.")
    mailbox: str
    phones: list[str]
    contacts: list[CarrierContact] = Field(description="Whom to ask, by level.")
    hours: str
    notes: str
    language: str
    answer_minutes: int | None = Field(description="By contract it answers within this time; null: it does not say.")
    restore_minutes: int | None = Field(description="By contract it restores within this time.")
    active: bool


class CarrierPage(Page):
    items: list[CarrierAnswer]


def carrier_written(carrier: Carrier) -> CarrierAnswer:
    return CarrierAnswer(**{name: getattr(carrier, name) for name in CarrierAnswer.model_fields})


@operation(
    router, "GET", "/carriers", "carriers.list", right=Right.SEE_DESK, answer=CarrierPage, summary="List carriers"
)
def list_carriers(
    request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields, active: bool | None = None
) -> HttpResponse:
    rows = every_carrier(active=active)
    return answer_page(request, rows, BY_ID, carrier_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.CARRIER,
        "carriers",
        "carrier",
        CarrierAnswer,
        every_carrier,
        carrier_written,
        {
            "name": "Northern Transport",
            "mailbox": "noc@carrier.example.com",
            "language": "en",
            "answer_minutes": "30",
            "restore_minutes": "240",
            "contacts": ["1; NOC; +593 2 555 0190; noc@carrier.example.com"],
        },
    ),
)


class CarrierTicketAnswer(Schema):
    """Our ticket at a carrier for one case, as the carrier last said it. Hours have the operator's offset."""

    id: int
    reference: str = Field(description="Our own, in the subject of each mail to the carrier.")
    number: str = Field(description="The carrier's own; empty until it has given one.")
    case: int = Field(description="Its number.")
    carrier: Named
    circuit: str
    state: str = Field(
        description="A status of TMF621: acknowledged, inProgress, pending, held, resolved, closed or cancelled."
    )
    waits: bool = Field(description="The customer's clock stands still for it now (W1).")
    opened_at: str | None
    wanted_at: str | None = Field(description="Until when restoration was asked for.")
    promise_at: str | None = Field(description="The carrier's promise that holds now.")
    first_promise_at: str | None
    answered_at: str | None
    restored_at: str | None
    closed_at: str | None
    reopened: int = Field(description="How often.")
    unread_since: str | None = Field(description="It has answered by mail, and nobody has taken down what it says.")


class CarrierTicketPage(Page):
    items: list[CarrierTicketAnswer]


TICKET_HOURS = (
    *("opened_at", "wanted_at", "promise_at", "first_promise_at", "answered_at", "restored_at", "closed_at"),
    "unread_since",
)


def ticket_written(ticket: CarrierTicket) -> CarrierTicketAnswer:
    same: dict[str, Any] = {name: getattr(ticket, name) for name in ("reference", "number", "circuit", "state")}
    hours: dict[str, Any] = {name: hour_here(getattr(ticket, name)) for name in TICKET_HOURS}
    return CarrierTicketAnswer(
        id=ticket.pk,
        case=ticket.case.number,
        carrier=Named(id=ticket.carrier_id, name=ticket.carrier.name),
        waits=bool(ticket.wait and ticket.wait.ended_at is None),
        reopened=ticket.reopened,
        **same,
        **hours,
    )


@operation(
    router,
    "GET",
    "/carrier_tickets",
    "carrier_tickets.list",
    right=Right.SEE_DESK,
    answer=CarrierTicketPage,
    summary="List our tickets at carriers",
    description="They are opened, asked after and taken down by the acts of a case.",
)
def list_carrier_tickets(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    case: Annotated[int | None, Query(None, ge=1)] = None,
    carrier: OfId = None,
    open: bool | None = None,
) -> HttpResponse:
    rows = tickets_for_machines(case_number=case, carrier_id=carrier, open_only=open)
    return answer_page(request, rows, BY_ID, ticket_written, cursor=cursor, limit=limit, fields=fields)
