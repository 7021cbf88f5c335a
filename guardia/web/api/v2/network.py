"""Cities, the elements of the network, and what is tested of a service."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.config.languages import translations
from guardia.customers import catalogue
from guardia.customers.cities import City
from guardia.evidence.target import ServiceTarget, targets
from guardia.network.element import Element
from guardia.network.elements import elements_for_machines
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named
from guardia.web.api.v2.companies import BY_ID, OfId, Words, named
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
