"""Cases: the list, one case, its events and clocks, and a new one (P1, P2)."""

from datetime import datetime
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
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact, RequestStage, Stage
from guardia.web.api.clocks import answer as clocks_answer
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.form_schema import Hour, body_of, form_data, unasked
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.origins import ORIGINS, as_sent, origin_in
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found, of_fields, of_refusal
from guardia.web.desk.registering import registered
from guardia.web.desk.registration_form import RegistrationForm, known
from guardia.web.shared.act import Refusal, attempt

router = Router()


# --- how a case is written --------------------------------------------------------------------------------------------
class Named(Schema):
    """Another thing, by its id and name."""

    id: int
    name: str


class Promise(Schema):
    """The promise of a case that breaks first."""

    clock: str = Field(description="The kind of clock, such as diagnosis.")
    due_at: str = Field(description="ISO 8601 with the zone of the site.")


class CaseAnswer(Schema):
    """A case as it stands. `number` names it in every address; `seq` is the number of its last event."""

    number: int
    display_number: str
    desk: str
    stage: str
    status: str = Field(description="Of a trouble ticket (TMF621).")
    impact: str
    company: Named
    site: Named | None
    service: Named | None = Field(description="Its circuit.")
    assigned: Named | None
    subject: str
    symptoms: str
    cause: str
    plan: str
    solution: str
    reporter_name: str
    call_back_number: str
    customer_reference: str
    carrier_reference: str
    zone: str
    opened_at: str
    restored_at: str | None
    closed_at: str | None
    waiting_since: str | None
    next_promise: Promise | None
    escalated_level: int = Field(description="Of the open escalation (E2 to E4); 0: none is open.")
    seq: int
    head_hash: str = Field(description="Hash of its last event, hexadecimal; each notice bears its first half.")


class CasePage(Page):
    items: list[CaseAnswer]


def written(case: Case) -> CaseAnswer:
    zone = ZoneInfo(case.zone)
    return CaseAnswer(
        number=case.number,
        display_number=case.display_number,
        desk=case.desk,
        stage=case.stage,
        status=case.status,
        impact=case.impact,
        company=Named(id=case.customer_id, name=case.customer.name),
        site=Named(id=case.site_id, name=case.site.name) if case.site and case.site_id else None,
        service=Named(id=case.service_id, name=case.service.circuit) if case.service and case.service_id else None,
        assigned=named_person(case.assigned),
        **{name: getattr(case, name) for name in OF_TEXT},
        zone=case.zone,
        opened_at=iso(case.opened_at, zone) or "",
        restored_at=iso(case.restored_at, zone),
        closed_at=iso(case.closed_at, zone),
        waiting_since=iso(case.waiting_since, zone),
        next_promise=promise_of(case, zone),
        escalated_level=case.escalated_level,
        seq=case.seq,
        head_hash=bytes(case.head_hash).hex(),
    )


OF_TEXT = (
    *("subject", "symptoms", "cause", "plan", "solution", "reporter_name", "call_back_number"),
    *("customer_reference", "carrier_reference"),
)


def named_person(staff: Staff | None) -> Named | None:
    return Named(id=staff.pk, name=staff.name) if staff else None


def promise_of(case: Case, zone: ZoneInfo) -> Promise | None:
    if case.next_due_at is None:
        return None
    return Promise(clock=case.next_kind, due_at=iso(case.next_due_at, zone) or "")


def iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the offset of the zone."""
    return at.astimezone(zone).isoformat() if at else None


def etag_of(case: Case) -> str:
    """It changes with each event of the case."""
    return f'"{case.number}-{case.seq}"'


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
        raise not_found(_("There is no case with this number."), _("Check the number and its last digit."))
    return case


def answer_case(request: HttpRequest, case: Case, *, fields: str = "", status: int = 200) -> HttpResponse:
    headers = {"Location": f"/api/v2/cases/{case.number}"} if status == 201 else {}
    body = written(case)
    return respond(body, status=status, etag=etag_of(case), fields=fields, request=request, headers=headers)


# --- reading ----------------------------------------------------------------------------------------------------------
SORTS = {"-number": ("-id",), "number": ("id",), "due": ("next_due_at", "id")}


@operation(
    router,
    "GET",
    "/cases",
    "cases.list",
    right=Right.SEE_DESK,
    answer=CasePage,
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
) -> HttpResponse:
    rows = cases_for_machines(
        is_open=True if sort == "due" else open,
        promised=sort == "due",
        opened_from=opened_from,
        opened_before=opened_before,
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
    )
    return answer_page(request, rows, SORTS[sort], written, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/cases/{number}",
    "cases.read",
    right=Right.SEE_DESK,
    answer=CaseAnswer,
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
    clocks: list[dict[str, Any]]


@operation(
    router,
    "GET",
    "/cases/{number}/clocks",
    "cases.clocks",
    right=Right.SEE_DESK,
    answer=ClocksAnswer,
    summary="Read the clocks of a case, and why each is due when it is",
)
def read_clocks(request: HttpRequest, number: str) -> HttpResponse:
    case, at = case_called(number), now()
    about = {"case": case.number, "case_words": grouped(case.number), "status": case.status}
    return clocks_answer(about, explain_case(case, at), ZoneInfo(case.zone), at)


# --- a new case -------------------------------------------------------------------------------------------------------
NewCase: Any = create_model("NewCase", __base__=body_of("Registration", RegistrationForm), **ORIGINS)


@operation(
    router,
    "POST",
    "/cases",
    "cases.open",
    right=Right.HANDLE_CASES,
    answer=CaseAnswer,
    status=201,
    summary="Open a case (P2)",
    description=(
        "Service and symptoms suffice. A fault that is open for this service with the same words is returned. With a "
        "call or a report in writing, the case takes its hours from there."
    ),
    example={"service": 1, "symptoms": "No link since 02:00", "impact": "down", "source": "mail"},
)
def open_case(request: HttpRequest, body: Annotated[NewCase, BodyOf(...)]) -> HttpResponse:
    caller, at = caller_of(request), now()
    sent = body.model_dump(exclude_none=True)
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
    return answer_case(request, case_to_answer(str(case.number)), status=201)


def service_called(pk: int | None) -> Service:
    """The service of this id, which is in use. Raises ProblemRaised (422)."""
    service = active_service(str(pk)) if pk and 0 < pk < LARGEST_ID else None
    if service is None:
        raise of_fields({"service": [_("There is no active service with this id. See /api/v2/services.")]})
    return service
