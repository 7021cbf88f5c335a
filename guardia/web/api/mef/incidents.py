"""Incidents: the mass outages that touch services of the company (MEF 124, UC 15 and 16)."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.buyer_ticket import OBSERVED, RANKS, UNKNOWN_RANK
from guardia.config.languages import in_active
from guardia.intake.buyer_acts import SELLER
from guardia.outages.of_company import Bounds, news_for_company, outage_of_company, outages_of, services_by_outage
from guardia.outages.outage import Outage, OutageNews, OutageService
from guardia.people.policy import Right
from guardia.web.api.mef import schemas
from guardia.web.api.mef.errors import refuse
from guardia.web.api.mef.operations import BuyerId, SellerId, address_of, buyer_of, operation, present, respond
from guardia.web.api.mef.ticket_answer import INCIDENT_CONTACT, LONGEST_NOTE, iso, operator, seller_contact
from guardia.web.api.v2.form_schema import Hour

router = Router()
PREFIX = "AM-"
LARGEST_NUMBER = 2**31 - 1
MOST_LISTED, MOST_LOOKED_AT = 200, 1000
CREATED, IN_PROGRESS, CLOSED = "created", "inProgress", "closed"


class IncidentFilters(Schema):
    """What a list of incidents is narrowed by."""

    priority: schemas.Priority | None = None
    severity: schemas.Severity | None = None
    impact: schemas.Impact | None = None
    incidentType: schemas.IncidentType | None = None
    status: schemas.IncidentStatus | None = None
    relatedEntityId: str | None = Field(None, max_length=200)
    relatedEntityType: str | None = Field(None, max_length=200)
    made_after: Hour | None = Field(None, alias="creationDate.gt")
    made_before: Hour | None = Field(None, alias="creationDate.lt")
    began_after: Hour | None = Field(None, alias="situationStartDate.gt")
    began_before: Hour | None = Field(None, alias="situationStartDate.lt")
    expected_after: Hour | None = Field(None, alias="expectedClosedDate.gt")
    expected_before: Hour | None = Field(None, alias="expectedClosedDate.lt")
    closed_after: Hour | None = Field(None, alias="closedDate.gt")
    closed_before: Hour | None = Field(None, alias="closedDate.lt")


# --- how an outage is written -----------------------------------------------------------------------------------------
def status_of(outage: Outage) -> str:
    """Under way once somebody said by when it is back (R70), or it is; closed once all of it is over."""
    if outage.ended_at:
        return CLOSED
    return IN_PROGRESS if outage.forecast_at or outage.restored_at else CREATED


def found_answer(outage: Outage, services: Sequence[OutageService]) -> dict[str, Any]:
    severity, priority = RANKS.get(outage.impact, UNKNOWN_RANK)
    number = outage.display_number
    return present(
        id=number,
        href=address_of("incident", number),
        description=in_active(outage.public_name) or _("Fault of our network"),
        creationDate=iso(outage.declared_at or outage.started_at),
        situationStartDate=iso(outage.started_at),
        expectedClosedDate=iso(outage.forecast_at or outage.restored_at),
        closedDate=iso(outage.ended_at),
        impact=OBSERVED.get(outage.impact, "degraded"),
        incidentType="maintenance" if outage.work_id else "repair",
        priority=priority,
        severity=severity,
        status=status_of(outage),
        relatedEntity=[
            {"@referredType": "Product", "id": row.service.circuit, "role": "Affected Product"} for row in services
        ],
    )


def incident_answer(outage: Outage, services: Sequence[OutageService]) -> dict[str, Any]:
    news, us = news_for_company(outage), operator()
    return found_answer(outage, services) | {
        "note": [
            {
                "id": f"news-{one.pk}",
                "author": us,
                "date": iso(one.at),
                "source": SELLER,
                "text": in_active(one.words)[:LONGEST_NOTE],
            }
            for one in news
            if in_active(one.words)
        ],
        "relatedContactInformation": [seller_contact(INCIDENT_CONTACT)],
        "relatedIssue": [
            {
                "@referredType": "TroubleTicket",
                "id": str(row.case.number),
                "href": address_of("troubleTicket", str(row.case.number)),
                "creationDate": iso(row.case.opened_at),
                "description": _("The outage is the cause of this ticket."),
                "relationshipType": "causes",
                "source": SELLER,
            }
            for row in services
            if row.case
        ],
        "statusChange": status_changes(outage, news),
    }


def status_changes(outage: Outage, news: Sequence[OutageNews]) -> list[dict[str, Any]]:
    """The three statuses in their order, each at the hour at which it was reached."""
    declared = outage.declared_at or outage.started_at
    found = [{"status": CREATED, "changeDate": iso(declared)}]
    forecasts = [one.at for one in news if one.forecast_at]
    began = min([*forecasts, *filter(None, (outage.restored_at, outage.ended_at))], default=None)
    if began is None and outage.forecast_at:
        began = declared
    if began:
        found.append({"status": IN_PROGRESS, "changeDate": iso(max(began, declared))})
    if outage.ended_at:
        found.append({"status": CLOSED, "changeDate": iso(outage.ended_at)})
    return found


# --- reading ----------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/incident",
    "mef124.incidents",
    right=Right.SEE_DESK,
    scope="cases.read",
    answer=list[schemas.IncidentFound],
    summary="List incidents",
)
def list_incidents(
    request: HttpRequest,
    filters: Annotated[IncidentFilters, Query(...)],
    offset: Annotated[int, Query(0, ge=0, le=2**62)],
    limit: Annotated[int, Query(50, ge=0, description="More than 200 answers 200.")],
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    company = buyer_of(request, buyerId, sellerId)
    outages = outages_of(
        company.pk,
        entity=filters.relatedEntityId,
        declared_at=Bounds(filters.made_after, filters.made_before),
        started_at=Bounds(filters.began_after, filters.began_before),
        forecast_at=Bounds(filters.expected_after, filters.expected_before),
        ended_at=Bounds(filters.closed_after, filters.closed_before),
    )[:MOST_LOOKED_AT]
    found = list(outages)
    services = services_by_outage(company.pk, found)
    items = [found_answer(one, services.get(one.pk, ())) for one in found]
    equal = ("priority", "severity", "impact", "incidentType", "status")
    wanted = {name: getattr(filters, name) for name in equal if getattr(filters, name) is not None}
    if filters.relatedEntityType and filters.relatedEntityType.casefold() not in ("product", "service"):
        items = []
    kept = [one for one in items if all(one[name] == value for name, value in wanted.items())]
    page = kept[offset : offset + min(limit, MOST_LISTED)]
    return respond(page, headers={"X-Total-Count": str(len(kept)), "X-Result-Count": str(len(page))})


@operation(
    router,
    "GET",
    "/incident/{id}",
    "mef124.incident",
    right=Right.SEE_DESK,
    scope="cases.read",
    answer=schemas.Incident,
    summary="Read an incident",
    refusals=(404,),
)
def read_incident(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    company = buyer_of(request, buyerId, sellerId)
    digits = id.removeprefix(PREFIX)
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else 0
    outage = outage_of_company(company.pk, number) if 0 < number <= LARGEST_NUMBER else None
    if outage is None:
        raise refuse(404, "notFound", _("There is no incident with this id."), _("Look in the list: /incident."))
    return respond(incident_answer(outage, services_by_outage(company.pk, [outage]).get(outage.pk, ())))
