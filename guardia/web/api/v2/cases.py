"""Cases: the list, one case, its events and clocks, and a new one (P1, P2)."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field, create_model

from guardia.cases.case import Case, Status
from guardia.cases.case_rows import case_for_desk, case_for_machines, cases_for_machines, events_for_machines
from guardia.cases.event import CaseEvent
from guardia.cases.explaining import explain_case
from guardia.cases.number import grouped, parse
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.customers.lookup import active_service
from guardia.people.policy import Right
from guardia.procedure.vocabulary import Impact, RequestStage, Stage
from guardia.web.api.clocks import answer as clocks_answer
from guardia.web.api.v2 import company_cases
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.case_answer import CaseAnswer, ClockAnswer, etag_of, iso, no_such_case, written
from guardia.web.api.v2.form_schema import Hour, body_of, form_data, unasked
from guardia.web.api.v2.operations import either, operation, respond
from guardia.web.api.v2.origins import ORIGINS, as_sent, origin_in
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import of_fields, of_refusal
from guardia.web.desk.registering import registered
from guardia.web.desk.registration_form import RegistrationForm, known
from guardia.web.shared.act import Refusal, attempt

router = Router()


class CasePage(Page):
    items: list[CaseAnswer]


def case_called(number: str, *, locked: bool = False) -> Case:
    """The case of this number, with or without its dashes. Raises ProblemRaised (404)."""
    digits = digits_of(number)
    return there(case_for_desk(str(digits), locked=locked) if digits else None)


def case_to_answer(number: str) -> Case:
    """The same with no more of it than ``written`` needs."""
    digits = digits_of(number)
    return there(case_for_machines(digits) if digits else None)


def digits_of(number: str) -> int | None:
    return parse(number) if len(number) <= 40 else None


def there(case: Case | None) -> Case:
    if case is None:
        raise no_such_case()
    return case


def answer_case(request: HttpRequest, case: Case, *, fields: str = "", status: int = 200) -> HttpResponse:
    headers = {"Location": f"/api/v2/cases/{case.number}"} if status == 201 else {}
    body = written(case)
    return respond(body, status=status, etag=etag_of(case), fields=fields, request=request, headers=headers)


# --- reading ----------------------------------------------------------------------------------------------------------
DUE_FROM = "Open cases whose next promise is due then or later."
DUE_BEFORE = "Open cases whose next promise is due before; with the hour that it is, those with a broken one."
SORTS = {"-number": ("-id",), "number": ("id",), "due": ("next_due_at", "id")}


@operation(
    router,
    "GET",
    "/cases",
    "cases.list",
    right=Right.SEE_DESK,
    answer=CasePage,
    company=company_cases.LIST,
    summary="List cases",
    description="Each filter narrows the list; `sort=due` lists open cases with a promise: first what breaks first.",
)
def list_cases(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    sort: Literal["-number", "number", "due"] = "-number",
    open: bool | None = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    service: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    site: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    assigned: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    desk: Annotated[str | None, Query(None, max_length=40)] = None,
    stage: Stage | RequestStage | None = None,
    status: Status | None = None,
    impact: Impact | None = None,
    customer_reference: Annotated[str | None, Query(None, max_length=80)] = None,
    carrier_reference: Annotated[str | None, Query(None, max_length=80)] = None,
    opened_from: Hour | None = None,
    opened_before: Hour | None = None,
    due_from: Annotated[Hour | None, Query(None, description=DUE_FROM)] = None,
    due_before: Annotated[Hour | None, Query(None, description=DUE_BEFORE)] = None,
    report: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID, description="Of which it is the case.")] = None,
) -> HttpResponse:
    rows = cases_for_machines(
        is_open=True if sort == "due" else open,
        promised=sort == "due",
        opened_from=opened_from,
        opened_before=opened_before,
        due_from=due_from,
        due_before=due_before,
        customer_id=company,
        service_id=service,
        site_id=site,
        assigned_id=assigned,
        desk=desk,
        stage=stage,
        status=status,
        impact=impact,
        customer_reference=customer_reference,
        carrier_reference=carrier_reference,
        requests=report,
    )
    return answer_page(request, rows, SORTS[sort], written, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/cases/{number}",
    "cases.read",
    right=Right.SEE_DESK,
    answer=CaseAnswer,
    company=company_cases.ONE,
    summary="Read a case",
)
def read_case(request: HttpRequest, number: str, fields: Fields) -> HttpResponse:
    return answer_case(request, case_to_answer(number), fields=fields)


class EventAnswer(Schema):
    """What happened to a case. `text` holds what was written with it, as far as it was not erased."""

    id: str = Field(description="The case's number and `seq`: it never changes.")
    seq: int
    kind: str
    variant: str
    occurred_at: str
    recorded_at: str
    actor: str = Field(description="staff, contact or system.")
    actor_id: int | None
    public: bool = Field(description="The customer may see it.")
    data: dict[str, Any]
    text: dict[str, str]
    hash: str


class EventPage(Page):
    items: list[EventAnswer]


@operation(
    router,
    "GET",
    "/cases/{number}/events",
    "cases.events",
    right=Right.SEE_DESK,
    answer=EventPage,
    company=company_cases.EVENTS,
    summary="List the events of a case",
)
def list_events(
    request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields, public: bool | None = None
) -> HttpResponse:
    case = case_called(number)
    zone = ZoneInfo(case.zone)
    rows = events_for_machines(case, public=public)
    item = event_writer(case.number, zone)
    return answer_page(request, rows, ("seq",), item, cursor=cursor, limit=limit, fields=fields)


def event_writer(number: int, zone: ZoneInfo) -> Any:
    def item(event: CaseEvent) -> EventAnswer:
        return EventAnswer(
            id=f"{number}-{event.seq}",
            seq=event.seq,
            kind=event.moment,
            variant=event.variant,
            occurred_at=iso(event.occurred_at, zone) or "",
            recorded_at=iso(event.recorded_at, zone) or "",
            actor=event.actor_kind,
            actor_id=event.actor_id,
            public=event.public,
            data=event.data,
            text={text.name: text.text for text in event.texts.all() if text.text is not None},
            hash=bytes(event.hash).hex(),
        )

    return item


class ClocksAnswer(Schema):
    """The clocks of a case, running or ended, each with the sum that leads to its hour (docs/api.md)."""

    case: int
    case_words: str
    status: str
    zone: str
    at: str
    language: str
    clocks: list[ClockAnswer]


@operation(
    router,
    "GET",
    "/cases/{number}/clocks",
    "cases.clocks",
    right=Right.SEE_DESK,
    answer=ClocksAnswer,
    company=company_cases.CLOCKS,
    summary="Read the clocks of a case, and why each is due when it is",
)
def read_clocks(request: HttpRequest, number: str) -> HttpResponse:
    case, at = case_called(number), now()
    about = {"case": case.number, "case_words": grouped(case.number), "status": case.status}
    return clocks_answer(about, explain_case(case, at), ZoneInfo(case.zone), at)


# --- a new case -------------------------------------------------------------------------------------------------------
NewCase: Any = create_model("NewCase", __base__=body_of("Registration", RegistrationForm), **ORIGINS)
NewCaseOrReport: Any = either(NewCase, company_cases.CompanyReport)


@operation(
    router,
    "POST",
    "/cases",
    "cases.open",
    right=Right.HANDLE_CASES,
    answer=CaseAnswer,
    status=201,
    company=company_cases.OPEN,
    summary="Open a case (P2)",
    description=(
        "Service and symptoms suffice. A fault that is open for this service with the same words is returned. With a "
        "call or a report in writing, the case takes its hours from there. What a company's own key sends is a report "
        "(202): it gets its number once somebody has taken it."
    ),
    example={"service": 1, "symptoms": "No link since 02:00", "impact": "down", "source": "mail"},
)
def open_case(request: HttpRequest, body: Annotated[NewCaseOrReport, BodyOf(...)]) -> HttpResponse:
    case = opened(caller_of(request), body.model_dump(exclude_none=True))
    return answer_case(request, case_to_answer(str(case.number)), status=201)


def opened(caller: Caller, sent: dict[str, Any]) -> Case:
    """The case that is opened with what was ``sent``, by the desk's form and verb. Raises ProblemRaised."""
    at = now()
    origin, service = origin_in(sent), service_called(sent.get("service"))
    on_record = as_sent(known(service.customer, None, origin, None), origin) if origin else {}
    form = RegistrationForm(
        form_data(sent, RegistrationForm, on_record), company=service.customer, service=service, call=origin, now=at
    )
    if unknown := unasked(sent, form):
        raise of_fields({name: [words] for name, words in unknown.items()})
    if not form.is_valid():
        raise of_fields(form.errors)
    case = attempt(lambda: registered(form, origin, caller.staff, at))
    if isinstance(case, Refusal):
        raise of_refusal(case)
    return case


def service_called(pk: int | None) -> Service:
    """The service of this id, which is in use. Raises ProblemRaised (422)."""
    service = active_service(str(pk)) if pk and 0 < pk < LARGEST_ID else None
    if service is None:
        raise of_fields({"service": [_("There is no active service with this id. See /api/v2/services.")]})
    return service
