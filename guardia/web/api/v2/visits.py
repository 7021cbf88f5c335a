"""Visits of crews (P4): the list by day and crew, one, and what no rule could take of their telephones.

What is done to a visit is done to its case: `agree_visit`, `change_crew`, `depart`, `arrive` and the others.
"""

from typing import Annotated, Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.in_the_field import act_of, acts_in_vain_for_machines, counts_by_stand
from guardia.config.now import now
from guardia.field.crew import Specialty
from guardia.field.visit import FieldAct, Visit, visits_for_machines
from guardia.intake import field_arrivals
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import Named, iso
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.desk_form import etag_of_answer, hour_here
from guardia.web.api.v2.form_schema import Hour
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found

router = Router()


# --- visits -----------------------------------------------------------------------------------------------------------
class PartCarried(TypedDict):
    """What a crew takes along, and from which store."""

    name: str
    quantity: int | float
    store: NotRequired[str]


class PartUsed(TypedDict):
    """What was put in at the site."""

    name: str
    quantity: int | float
    serial: NotRequired[str]


class VisitAnswer(Schema):
    """A visit to a site, as plain facts with their hours (P4.1 to P4.4)."""

    id: int
    case: int = Field(description="The number of its case.")
    company: Named
    site: Named | None
    crew: Named | None
    specialty: str
    decided_at: str
    agreed_at: str | None
    agreed_by_operator: str
    agreed_by_customer: str
    site_contact: str
    access: str
    forecast_from: str | None = Field(description="The hours for which it was agreed.")
    forecast_to: str | None
    departed_at: str | None
    arrived_at: str | None
    permit_cleared_at: str | None
    permit_letter_at: str | None
    blocked_at: str | None
    condition: str = Field(description="The named condition that holds it up.")
    next_decision_at: str | None
    restored_at: str | None
    left_at: str | None
    ended_at: str | None
    outcome: str
    plate: str
    tools: str
    parts: list[PartCarried]
    parts_used: list[PartUsed]
    signed_at: str | None
    signed_by: str
    signed_position: str


class VisitPage(Page):
    items: list[VisitAnswer]


PLAIN = (
    *("specialty", "agreed_by_operator", "agreed_by_customer", "site_contact", "access", "condition", "outcome"),
    *("plate", "tools", "parts", "parts_used", "signed_by", "signed_position"),
)
HOURS = (
    *("decided_at", "agreed_at", "forecast_from", "forecast_to", "departed_at", "arrived_at", "permit_cleared_at"),
    *("permit_letter_at", "blocked_at", "next_decision_at", "restored_at", "left_at", "ended_at", "signed_at"),
)


def visit_item(row: Visit) -> VisitAnswer:
    case, zone = row.case, ZoneInfo(row.case.zone)
    facts: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    facts |= {name: iso(getattr(row, name), zone) for name in HOURS}
    return VisitAnswer(
        id=row.pk,
        case=case.number,
        company=Named(id=row.customer_id, name=row.customer.name),
        site=Named(id=case.site.pk, name=case.site.name) if case.site else None,
        crew=Named(id=row.crew.pk, name=row.crew.name) if row.crew else None,
        **facts,
    )


@operation(
    router,
    "GET",
    "/visits",
    "visits.list",
    right=Right.SEE_DESK,
    answer=VisitPage,
    summary="List visits",
    description="`planned_from` and `planned_before` find the visits of a day by the hours for which they were agreed.",
)
def list_visits(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    open: bool | None = None,
    crew: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    case: Annotated[str | None, Query(None, max_length=40, description="The number of a case.")] = None,
    specialty: Specialty | None = None,
    planned_from: Hour | None = None,
    planned_before: Hour | None = None,
) -> HttpResponse:
    rows = visits_for_machines(
        is_open=open,
        planned_from=planned_from,
        planned_before=planned_before,
        crew_id=crew,
        customer_id=company,
        case_id=case_called(case).pk if case else None,
        specialty=specialty,
    )
    return answer_page(request, rows, ("-id",), visit_item, cursor=cursor, limit=limit, fields=fields)


@operation(
    router, "GET", "/visits/{visit}", "visits.read", right=Right.SEE_DESK, answer=VisitAnswer, summary="Read a visit"
)
def read_visit(request: HttpRequest, visit: int, fields: Fields) -> HttpResponse:
    found = visits_for_machines(pk=visit).first() if 0 < visit <= LARGEST_ID else None
    if found is None:
        raise not_found(_("There is no visit with this id."), _("Look in /api/v2/visits for those there are."))
    answer = visit_item(found)
    return respond(answer, etag=etag_of_answer(answer), fields=fields, request=request)


# --- the dispatch board -----------------------------------------------------------------------------------------------
STANDS = {
    "": "all",
    "sin-cuadrilla": "without_crew",
    "por-salir": "agreed",
    "en-camino": "on_the_way",
    "en-sede": "at_the_site",
    "bloqueadas": "blocked",
}
"""Where a visit stands, by its word in the board's address."""


class DispatchAnswer(Schema):
    """How many visits stand where; `without_crew` counts cases that wait for one too."""

    at: str
    all: int
    without_crew: int
    agreed: int
    on_the_way: int
    at_the_site: int
    blocked: int


@operation(
    router,
    "GET",
    "/dispatch",
    "dispatch.read",
    right=Right.SEE_DESK,
    answer=DispatchAnswer,
    summary="Read the figures of the dispatch board",
)
def read_dispatch(request: HttpRequest) -> HttpResponse:
    at = now()
    counted = counts_by_stand(at)
    return respond(DispatchAnswer(at=hour_here(at) or "", **{name: counted[key] for key, name in STANDS.items()}))


class ReportAnswer(Schema):
    """What a crew's telephone sent and no rule could take."""

    id: int
    case: int = Field(description="The number of its case.")
    visit: int
    kind: str
    by: str
    happened_at: str
    received_at: str
    refused: str = Field(description="Why no rule could take it.")
    settled_at: str | None


class ReportPage(Page):
    items: list[ReportAnswer]


def report_item(row: FieldAct) -> ReportAnswer:
    zone = ZoneInfo(row.case.zone)
    return ReportAnswer(
        id=row.pk,
        case=row.case.number,
        visit=row.visit_id,
        kind=row.kind,
        by=row.by_name,
        happened_at=iso(row.happened_at, zone) or "",
        received_at=iso(row.received_at, zone) or "",
        refused=row.refused,
        settled_at=iso(row.settled_at, zone),
    )


@operation(
    router,
    "GET",
    "/dispatch/refused_reports",
    "dispatch.refused_reports",
    right=Right.SEE_DESK,
    answer=ReportPage,
    summary="List what crews sent, no rule could take and nobody has settled",
)
def list_reports(request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = acts_in_vain_for_machines()
    return answer_page(request, rows, ("id",), report_item, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "POST",
    "/cases/{number}/field_reports/{report}/settle",
    "cases.settle_field_report",
    right=Right.HANDLE_CASES,
    answer=ReportAnswer,
    summary="Settle what a crew sent and no rule could take",
)
def settle(request: HttpRequest, number: str, report: int) -> HttpResponse:
    caller, case = caller_of(request), case_called(number)
    act = act_of(case, report) if 0 < report <= LARGEST_ID else None
    if act is None:
        raise not_found(_("The case has no such report of a crew."), _("Look in /api/v2/dispatch/refused_reports."))
    field_arrivals.settle(act, caller.staff, now())
    return respond(report_item(act_of(case, report) or act))
