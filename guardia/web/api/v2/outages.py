"""Mass outages: the list, and one with what stands behind it and what was said of it."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.customers.customer import Customer
from guardia.outages import news, outage_rows
from guardia.outages.outage import Membership, Outage, OutageNews, OutageService, OutageState
from guardia.outages.outage_rows import Counted
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named, named_person
from guardia.web.api.v2.desk_form import etag_of_answer, hour_here, number_in
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found

router = Router()


# --- how an outage is written -----------------------------------------------------------------------------------------
class Behind(Schema):
    """How many services and companies stand behind an outage, and how the services stand."""

    services: int
    companies: int
    without_service: int = Field(description="Their case is part of it and not restored yet.")
    back: int
    without_case: int
    apart: int = Field(description="Their cases go on by themselves.")


class OutageAnswer(Schema):
    """A mass outage as it stands. `number` names it in every address, also as AM-0042."""

    number: int
    display_number: str
    name: str
    public_name: dict[str, str] = Field(description="As customers read it, by language.")
    state: str
    origin: str
    impact: str
    element: str | None = Field(description="Code of the element that failed.")
    site: Named | None
    work: str | None = Field(description="The planned work that it came of, such as TP-0042.")
    behind: Behind
    cause: str
    plan: str
    solution: str
    started_at: str
    proposed_at: str | None
    declared_at: str | None
    declared_by: Named | None
    leads: Named | None
    forecast_at: str | None = Field(description="When it is expected back (ETR).")
    restored_at: str | None
    ended_at: str | None
    why_dismissed: str
    last_news_at: str | None
    next_news_due_at: str | None
    is_public: bool = Field(description="It stands on the public status page.")


class OutagePage(Page):
    items: list[OutageAnswer]


def written(outage: Outage, counted: Counted) -> OutageAnswer:
    facts: dict[str, Any] = {name: getattr(outage, name) for name in PLAIN}
    facts |= {name: hour_here(getattr(outage, name)) for name in HOURS}
    return OutageAnswer(
        display_number=outage.display_number,
        **facts,
        element=outage.element.code if outage.element else None,
        site=Named(id=outage.site.pk, name=outage.site.name) if outage.site else None,
        work=outage.work.display_number if outage.work else None,
        behind=Behind(
            services=counted.every,
            companies=counted.companies,
            without_service=counted.without_service,
            back=counted.back,
            without_case=counted.without_case,
            apart=counted.apart,
        ),
        declared_by=named_person(outage.declared_by),
        leads=named_person(outage.answering),
        next_news_due_at=hour_here(news.due_at(outage)),
    )


PLAIN = (
    *("number", "name", "public_name", "state", "origin", "impact", "cause", "plan", "solution"),
    *("why_dismissed", "is_public"),
)
HOURS = ("started_at", "proposed_at", "declared_at", "forecast_at", "restored_at", "ended_at", "last_news_at")


def outage_called(number: str, *, locked: bool = False) -> Outage:
    """Raises ProblemRaised (404)."""
    title = _("There is no mass outage with this number.")
    remedy = _("Look in /api/v2/outages for those there are.")
    found = outage_rows.outage_of(number_in(number, "AM-", title, remedy), locked=locked)
    if found is None:
        raise not_found(title, remedy)
    return found


def answered(outage: Outage) -> OutageAnswer:
    return written(outage, outage_rows.counted([outage]).get(outage.pk, Counted()))


# --- reading ----------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/outages",
    "outages.list",
    right=Right.SEE_DESK,
    answer=OutagePage,
    summary="List mass outages",
    description="Each filter narrows the list; the newest first.",
)
def list_outages(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    open: bool | None = None,
    state: OutageState | None = None,
    element: Annotated[str | None, Query(None, max_length=80, description="Code of an element.")] = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    service: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
) -> HttpResponse:
    rows = outage_rows.outages_for_machines(
        is_open=open, state=state, element=element, customer_id=company, service_id=service
    )
    counts: dict[int, Counted] = {}

    def prepare(found: Sequence[Outage]) -> None:
        counts.update(outage_rows.counted(found))

    def item(outage: Outage) -> OutageAnswer:
        return written(outage, counts.get(outage.pk, Counted()))

    return answer_page(request, rows, ("-number",), item, cursor=cursor, limit=limit, fields=fields, prepare=prepare)


@operation(
    router,
    "GET",
    "/outages/{number}",
    "outages.read",
    right=Right.SEE_DESK,
    answer=OutageAnswer,
    summary="Read a mass outage",
)
def read_outage(request: HttpRequest, number: str, fields: Fields) -> HttpResponse:
    answer = answered(outage_called(number))
    return respond(answer, etag=etag_of_answer(answer), fields=fields, request=request)


class MemberAnswer(Schema):
    """A service behind an outage, and the case that speaks for it."""

    id: int
    service: Named = Field(description="Its circuit.")
    site: Named
    company: Named
    state: str
    case: int | None = Field(description="The number of its case.")
    joined_at: str | None
    restored_at: str | None
    left_at: str | None
    why_left: str


class MemberPage(Page):
    items: list[MemberAnswer]


def member(row: OutageService) -> MemberAnswer:
    return MemberAnswer(
        id=row.pk,
        service=Named(id=row.service_id, name=row.service.circuit),
        site=Named(id=row.service.site_id, name=row.service.site.name),
        company=Named(id=row.customer_id, name=row.customer.name),
        state=row.state,
        case=row.case.number if row.case else None,
        joined_at=hour_here(row.joined_at),
        restored_at=hour_here(row.case.restored_at if row.case else None),
        left_at=hour_here(row.left_at),
        why_left=row.why_left,
    )


@operation(
    router,
    "GET",
    "/outages/{number}/services",
    "outages.services",
    right=Right.SEE_DESK,
    answer=MemberPage,
    summary="List the services behind a mass outage, with their cases",
)
def list_services(
    request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields, state: Membership | None = None
) -> HttpResponse:
    rows = outage_rows.services_for_machines(outage_called(number), state)
    return answer_page(request, rows, ("id",), member, cursor=cursor, limit=limit, fields=fields)


class AffectedCompany(Schema):
    id: int
    name: str
    vip: bool


class AffectedCompanyPage(Page):
    items: list[AffectedCompany]


def company_item(row: Customer) -> AffectedCompany:
    return AffectedCompany(id=row.pk, name=row.name, vip=row.vip)


@operation(
    router,
    "GET",
    "/outages/{number}/companies",
    "outages.companies",
    right=Right.SEE_DESK,
    answer=AffectedCompanyPage,
    summary="List the companies behind a mass outage",
)
def list_companies(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = outage_rows.companies_behind(outage_called(number))
    return answer_page(request, rows, ("id",), company_item, cursor=cursor, limit=limit, fields=fields)


class NewsAnswer(Schema):
    """What was said of an outage, once, to all. `told`: to how many cases it was written."""

    id: int
    at: str
    by: Named | None = Field(description="null: Guardia itself.")
    moment: str = Field(description="declared, news, diagnosed, restored, relapsed or ended.")
    words: dict[str, str] = Field(description="By language.")
    forecast_at: str | None
    told: int


class NewsPage(Page):
    items: list[NewsAnswer]


def news_item(row: OutageNews) -> NewsAnswer:
    return NewsAnswer(
        id=row.pk,
        at=hour_here(row.at) or "",
        by=named_person(row.by),
        moment=row.moment,
        words=row.words,
        forecast_at=hour_here(row.forecast_at),
        told=row.told,
    )


@operation(
    router,
    "GET",
    "/outages/{number}/news",
    "outages.news",
    right=Right.SEE_DESK,
    answer=NewsPage,
    summary="List what was said of a mass outage, the newest first",
)
def list_news(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = outage_rows.news_for_machines(outage_called(number))
    return answer_page(request, rows, ("-id",), news_item, cursor=cursor, limit=limit, fields=fields)
