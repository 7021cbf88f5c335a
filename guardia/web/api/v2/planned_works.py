"""Planned works: the list, and one with what it touches, what was answered, and what happened to it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.config.now import now
from guardia.outages import planned_work_rows
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn, WorkState
from guardia.outages.work_announcing import is_short_notice
from guardia.outages.work_drafting import affected
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named, named_person
from guardia.web.api.v2.desk_form import etag_of_answer, hour_here, number_in
from guardia.web.api.v2.form_schema import Hour
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found
from guardia.web.desk.works.page import warnings_of

router = Router()
HOUR = 3600


# --- how a work is written --------------------------------------------------------------------------------------------
class WorkAnswer(Schema):
    """A planned work as it stands. `number` names it in every address, also as TP-0042."""

    number: int
    display_number: str
    name: str
    public_name: dict[str, str] = Field(description="What is done, as customers read it, by language.")
    state: str
    element: str | None = Field(description="Code of the element whose services it touches.")
    carrier: str
    carrier_reference: str
    zone: str
    starts_at: str
    ends_at: str
    without_service_seconds: int | None = Field(description="Within the window; null: all of it.")
    notice_seconds: int = Field(description="So long before the start the companies must have been told.")
    again_seconds: int = Field(description="And once more so long before it; 0: not again.")
    needs_agreement: bool
    is_public: bool
    services: int
    companies: int
    agreed: int = Field(description="Companies that agreed.")
    objected: int = Field(description="Companies that objected.")
    created_at: str
    created_by: Named
    announced_at: str | None
    short_notice_reason: str
    reminded_at: str | None
    started_at: str | None
    overran_at: str | None
    ended_at: str | None
    why_cancelled: str


class WorkPage(Page):
    items: list[WorkAnswer]


def work_item(work: PlannedWork) -> WorkAnswer:
    """``work`` bears its counts (``works_for_machines``)."""
    minutes = work.expected_minutes
    counts: Any = work
    facts: dict[str, Any] = {name: getattr(work, name) for name in PLAIN}
    facts |= {name: hour_here(getattr(work, name)) for name in HOURS}
    return WorkAnswer(
        display_number=work.display_number,
        **facts,
        element=work.element.code if work.element else None,
        without_service_seconds=None if minutes is None else minutes * 60,
        notice_seconds=work.notice_hours * HOUR,
        again_seconds=work.again_hours * HOUR,
        services=counts.service_count,
        companies=counts.company_count,
        agreed=counts.agreed_count,
        objected=counts.objected_count,
        created_by=Named(id=work.created_by.pk, name=work.created_by.name),
    )


PLAIN = (
    *("number", "name", "public_name", "state", "carrier", "carrier_reference", "zone", "needs_agreement"),
    *("is_public", "short_notice_reason", "why_cancelled"),
)
HOURS = (
    *("starts_at", "ends_at", "created_at", "announced_at", "reminded_at", "started_at", "overran_at", "ended_at"),
)


def work_called(number: str) -> PlannedWork:
    """The work with its counts. Raises ProblemRaised (404)."""
    title = _("There is no planned work with this number.")
    remedy = _("Look in /api/v2/planned_works for those there are.")
    found = planned_work_rows.work_with_counts(number_in(number, "TP-", title, remedy))
    if found is None:
        raise not_found(title, remedy)
    return found


# --- reading ----------------------------------------------------------------------------------------------------------
SORTS = {"-number": ("-number",), "number": ("number",), "starts_at": ("starts_at", "id")}


@operation(
    router,
    "GET",
    "/planned_works",
    "planned_works.list",
    right=Right.SEE_DESK,
    answer=WorkPage,
    summary="List planned works",
    description="Each filter narrows the list; `ends_from` and `starts_before` find the windows that touch a time.",
)
def list_works(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    sort: Literal["-number", "number", "starts_at"] = "-number",
    open: bool | None = None,
    state: WorkState | None = None,
    element: Annotated[str | None, Query(None, max_length=80, description="Code of an element.")] = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    service: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    ends_from: Hour | None = None,
    starts_before: Hour | None = None,
) -> HttpResponse:
    rows = planned_work_rows.works_for_machines(
        is_open=open,
        state=state,
        element=element,
        customer_id=company,
        service_id=service,
        ends_from=ends_from,
        starts_before=starts_before,
    )
    return answer_page(request, rows, SORTS[sort], work_item, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/planned_works/{number}",
    "planned_works.read",
    right=Right.SEE_DESK,
    answer=WorkAnswer,
    summary="Read a planned work",
)
def read_work(request: HttpRequest, number: str, fields: Fields) -> HttpResponse:
    answer = work_item(work_called(number))
    return respond(answer, etag=etag_of_answer(answer), fields=fields, request=request)


class WarningsAnswer(Schema):
    """What to think of before a work is announced, as its page says it."""

    warnings: list[str]
    needs_reason: bool = Field(description="It would be announced later than promised, which asks for a reason.")


@operation(
    router,
    "GET",
    "/planned_works/{number}/warnings",
    "planned_works.warnings",
    right=Right.SEE_DESK,
    answer=WarningsAnswer,
    summary="Read what to think of before a planned work is announced",
)
def read_warnings(request: HttpRequest, number: str) -> HttpResponse:
    work, at = work_called(number), now()
    needs_reason = work.state == WorkState.DRAFT and is_short_notice(work, work.starts_at, at)
    return respond(WarningsAnswer(warnings=warnings_of(work, affected(work)), needs_reason=needs_reason))


class TouchedAnswer(Schema):
    """A service that a work touches or touched, and its company's answer."""

    id: int
    service: Named = Field(description="Its circuit.")
    site: Named
    company: Named
    answer: str = Field(description="agreed, objected, or empty.")
    answered_at: str | None
    answered_by: Named | None
    answer_words: str
    taken_out_at: str | None


class TouchedPage(Page):
    items: list[TouchedAnswer]


def touched_item(row: PlannedWorkService) -> TouchedAnswer:
    by = row.answered_by
    return TouchedAnswer(
        id=row.pk,
        service=Named(id=row.service_id, name=row.service.circuit),
        site=Named(id=row.service.site_id, name=row.service.site.name),
        company=Named(id=row.customer_id, name=row.customer.name),
        answer=row.answer,
        answered_at=hour_here(row.answered_at),
        answered_by=Named(id=by.pk, name=str(by)) if by else None,
        answer_words=row.answer_words,
        taken_out_at=hour_here(row.taken_out_at),
    )


@operation(
    router,
    "GET",
    "/planned_works/{number}/services",
    "planned_works.services",
    right=Right.SEE_DESK,
    answer=TouchedPage,
    summary="List the services that a planned work touches, with the companies' answers",
)
def list_touched(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = planned_work_rows.services_for_machines(work_called(number))
    return answer_page(request, rows, ("id",), touched_item, cursor=cursor, limit=limit, fields=fields)


class TurnAnswer(Schema):
    """What happened to a planned work. Never changed."""

    id: int
    at: str
    recorded_at: str
    by: Named | None = Field(description="null: Guardia itself.")
    kind: str
    data: dict[str, Any]


class TurnPage(Page):
    items: list[TurnAnswer]


def turn_item(row: PlannedWorkTurn) -> TurnAnswer:
    return TurnAnswer(
        id=row.pk,
        at=hour_here(row.at) or "",
        recorded_at=hour_here(row.recorded_at) or "",
        by=named_person(row.by),
        kind=row.moment,
        data=row.data,
    )


@operation(
    router,
    "GET",
    "/planned_works/{number}/turns",
    "planned_works.turns",
    right=Right.SEE_DESK,
    answer=TurnPage,
    summary="List what happened to a planned work",
)
def list_turns(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = planned_work_rows.turns_in_order(work_called(number))
    return answer_page(request, rows, ("id",), turn_item, cursor=cursor, limit=limit, fields=fields)
