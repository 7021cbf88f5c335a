"""Calls (P1): the list, one call with its clocks, a call noted by a person, and what is done to it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.calls.call import Call
from guardia.cases.call_rows import call_of_an_exchange, call_with_names, calls_for_machines
from guardia.cases.explaining import explain_call
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company
from guardia.customers.phones import NotANumber, normalise
from guardia.people.policy import Right
from guardia.web.api.clocks import answer as clocks_answer
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import ClockAnswer, Named, iso, named_person
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.companies import OfId, named
from guardia.web.api.v2.form_schema import Body, Hour, body_of, form_data
from guardia.web.api.v2.noun_operations import Id, etag_of
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields, of_refusal
from guardia.web.desk.phone.acting import must_act
from guardia.web.desk.phone.by_hand import CallForm, find_call, step_taken, written_down
from guardia.web.desk.phone.call_page import NEW, NOBODY, NewContactForm, known_from_now
from guardia.web.desk.phone.calls import state_of_call
from guardia.web.desk.registering import joined
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.hour_fields import operators_zone

router = Router()
RESULTS = {
    "answered": "contestada",
    "hung_up": "colgo",
    "in_menu": "menu",
    "queue_gave_up": "cola",
    "turned_away": "rechazada",
    "call_back_owed": "por-devolver",
    "waiting": "en-espera",
    "after_hours": "fuera-de-horario",
    "not_measured": "sin-medir",
    "without_case": "sin-caso",
}
"""What became of a call, by its name in the desk's history."""
STEPS = {
    "answer": ("contesta", "Say that a waiting call is answered"),
    "abandon": ("abandona", "Say that the caller has hung up"),
    "reach": ("contactado", "Say that the call-back that was owed has reached the caller"),
    "settle": ("no-es-falla", "Say that nothing is to be done for a call: no fault, or nobody to ring back"),
}


class CallAnswer(Schema):
    """A call as it stands. Hours are ISO 8601 with the operator's zone."""

    id: int
    state: str = Field(description="waiting, on_the_line, call_back, to_register, over or in_menu.")
    from_number: str = Field(description="E.164; empty where the number is hidden.")
    from_name: str
    dialled: str
    line: str
    desk: str = Field(description="The desk that has it now.")
    company: Named | None
    contact: Named | None
    case: int | None = Field(description="The number of the case that it became, or belongs to.")
    after_hours: bool
    measure: str = Field(description="How its hours are known: hand, exchange, receipt, log or gap.")
    answered_by: Named | None
    answered_as: str
    left_as: str
    settled_as: str
    arrived_at: str
    waiting_at: str | None
    answered_at: str | None
    abandoned_at: str | None
    reached_at: str | None
    ended_at: str | None
    settled_at: str | None
    next_due_at: str | None


class CallPage(Page):
    items: list[CallAnswer]


CALL_TEXTS = (
    "from_number",
    "from_name",
    "dialled",
    "line",
    "after_hours",
    "measure",
    "answered_as",
    "left_as",
    "settled_as",
)
CALL_HOURS = ("waiting_at", "answered_at", "abandoned_at", "reached_at", "ended_at", "settled_at", "next_due_at")


def call_written(call: Call) -> CallAnswer:
    zone = operators_zone()
    values: dict[str, Any] = {name: getattr(call, name) for name in CALL_TEXTS}
    return CallAnswer(
        id=call.pk,
        state=state_of_call(call),
        desk=call.at_desk,
        company=named(call.customer),
        contact=named(call.contact),
        case=call.case.number if call.case else None,
        answered_by=named_person(call.answered_by),
        arrived_at=iso(call.arrived_at, zone) or "",
        **values | {name: iso(getattr(call, name), zone) for name in CALL_HOURS},
    )


def call_of_id(pk: int) -> Call:
    """Raises ProblemRaised (404)."""
    call = call_with_names(pk)
    if call is None:
        raise not_found(_("There is no such call."), _("Take its number from the list of calls."))
    return call


def answer_call(pk: int, *, status: int = 200, fields: str = "", request: HttpRequest | None = None) -> HttpResponse:
    body = call_written(call_of_id(pk))
    headers = {"Location": f"/api/v2/calls/{pk}"} if status == 201 else {}
    return respond(body, status=status, etag=etag_of(body), fields=fields, request=request, headers=headers)


# --- reading ----------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/calls",
    "calls.list",
    right=Right.SEE_DESK,
    answer=CallPage,
    summary="List calls, the latest first",
    description="`open=true`: something is still owed for it.",
)
def list_calls(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    open: bool | None = None,
    result: Literal[tuple(RESULTS)] | None = None,  # type: ignore[valid-type]
    number: Annotated[str, Query("", max_length=40, description="That called, as somebody writes it.")] = "",
    company: OfId = None,
    desk: Annotated[str | None, Query(None, max_length=40, description="That its line leads to.")] = None,
    line: Annotated[str | None, Query(None, max_length=40)] = None,
    arrived_from: Hour | None = None,
    arrived_before: Hour | None = None,
) -> HttpResponse:
    rows = calls_for_machines(
        RESULTS[result] if result else "",
        number_in(number),
        is_open=open,
        since=arrived_from,
        before=arrived_before,
        customer_id=company,
        desk=desk,
        line=line,
    )
    order = ("-arrived_at", "-id")
    return answer_page(request, rows, order, call_written, cursor=cursor, limit=limit, fields=fields)


def number_in(written: str) -> str:
    try:
        return normalise(written) if written else ""
    except NotANumber as wrong:
        raise of_fields({"number": [_("Write the number with its area code, such as 02 555 0100.")]}) from wrong


@operation(router, "GET", "/calls/{id}", "calls.read", right=Right.SEE_DESK, answer=CallAnswer, summary="Read a call")
def read_call(request: HttpRequest, id: Id, fields: Fields) -> HttpResponse:
    return answer_call(id, fields=fields, request=request)


class CallClocks(Schema):
    """The clocks of a call, running or ended; once it has become a case, those that the case has taken over."""

    call: int
    case: int | None
    zone: str
    at: str
    language: str
    clocks: list[ClockAnswer]


@operation(
    router,
    "GET",
    "/calls/{id}/clocks",
    "calls.clocks",
    right=Right.SEE_DESK,
    answer=CallClocks,
    summary="Read the clocks of a call, and why each is due when it is",
)
def read_clocks(request: HttpRequest, id: Id) -> HttpResponse:
    call, at = call_of_id(id), now()
    about = {"call": call.pk, "case": call.case.number if call.case else None}
    return clocks_answer(about, explain_call(call, at), operators_zone(), at)


# --- acting -----------------------------------------------------------------------------------------------------------
NewCall: Any = body_of("NewCall", CallForm)


@operation(
    router,
    "POST",
    "/calls",
    "calls.note",
    right=Right.TAKE_REQUESTS,
    answer=CallAnswer,
    status=201,
    summary="Note a call that rings now",
    description="Both facts may be unknown. The same number within half a minute is the same call.",
    example={"from_number": "02 555 0148"},
)
def note_call(request: HttpRequest, body: Annotated[NewCall, BodyOf(...)]) -> HttpResponse:
    at = now()
    form = CallForm(form_data(body.model_dump(exclude_none=True), CallForm, {}), at=at)
    call = written_down(form, at)
    if call is None:
        raise of_fields(form.errors)
    return answer_call(call.pk, status=201)


def step_of(step: str) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, id: Id) -> HttpResponse:
        call_to_change(request, id)
        done = attempted(lambda: step_taken(id, step, caller_of(request).staff, now()))
        if isinstance(done, Refusal):
            raise of_refusal(done)
        return answer_call(id)

    return view


for verb, (slug, summary) in STEPS.items():
    operation(
        router,
        "POST",
        f"/calls/{{id}}/{verb}",
        f"calls.{verb}",
        right=Right.TAKE_REQUESTS,
        answer=CallAnswer,
        summary=summary,
    )(step_of(slug))


NewContact: Any = body_of("CallerAsNewContact", NewContactForm)


class WhoCalls(Body):
    """Who the caller is: a contact of the company, a new one, or (where neither is sent) nobody whom it has named."""

    company: int = Field(ge=1, le=LARGEST_ID)
    contact: int | None = Field(None, ge=1, le=LARGEST_ID)
    new_contact: NewContact | None = None


@operation(
    router,
    "POST",
    "/calls/{id}/identify",
    "calls.identify",
    right=Right.TAKE_REQUESTS,
    answer=CallAnswer,
    summary="Say who calls (P2 D)",
    description="A number that is new is written down with the contact, for the next call.",
    example={"company": 1, "contact": 1},
)
def identify(request: HttpRequest, id: Id, body: WhoCalls) -> HttpResponse:
    call, company = locked_call(request, id), company_called(body.company)
    if body.contact and body.new_contact:
        raise of_fields({"new_contact": [_("Send a contact or a new one, not both.")]})
    form = NewContactForm(form_data(body.new_contact.model_dump(), NewContactForm, {})) if body.new_contact else None
    chosen = str(body.contact) if body.contact else NEW if form else NOBODY
    by, at = caller_of(request).staff, now()
    done = attempted(lambda: attempt(lambda: known_from_now(call, company, chosen, form, by, at), form), "contact")
    if isinstance(done, Refusal):
        raise of_fields(nested("new_contact", form.errors)) if form and form.errors else of_refusal(done)
    return answer_call(id)


def nested(name: str, errors: Any) -> dict[str, Any]:
    """The errors of a form that is a part of the body, with the part's name before each."""
    return {field if field == "__all__" else f"{name}.{field}": words for field, words in errors.items()}


class OfCase(Body):
    case: str = Field(max_length=40, description="The number of a case that is open.")


@operation(
    router,
    "POST",
    "/calls/{id}/join",
    "calls.join",
    right=Right.HANDLE_CASES,
    answer=CallAnswer,
    summary="Join a call to a case that is open already",
    example={"case": "104-273-8"},
)
def join(request: HttpRequest, id: Id, body: OfCase) -> HttpResponse:
    case = case_called(body.case, locked=True)
    call = locked_call(request, id)
    done = attempt(lambda: joined(case, call, caller_of(request).staff, now()))
    if isinstance(done, Refusal):
        raise of_refusal(done)
    return answer_call(id)


# --- which call -------------------------------------------------------------------------------------------------------
def company_called(pk: int) -> Customer:
    """The active company of this id. Raises ProblemRaised (422)."""
    company = active_company(str(pk))
    if company is None:
        raise of_fields({"company": [_("There is no active company with this id. Look in /api/v2/companies.")]})
    return company


def call_to_change(request: HttpRequest, pk: int) -> None:
    """Lock it, unless an exchange tells of it: then its own order of locks holds. Raises ProblemRaised (404, 412)."""
    if call_of_an_exchange(pk) is None:
        find_call(str(pk))
    must_match(request, etag_of(call_written(call_of_id(pk))))


def locked_call(request: HttpRequest, pk: int) -> Call:
    """Raises ProblemRaised: 403, 404, and 412 where somebody has changed it since it was read."""
    call = find_call(str(pk)) or call_of_id(pk)
    must_match(request, etag_of(call_written(call_of_id(pk))))
    attempted(lambda: must_act(caller_of(request).staff, call))
    return call


def attempted[Done](verb: Callable[[], Done], field: str = "") -> Done:
    """What a function of the desk gives back, with its 403 and 404 as problems; ``field``: what names nothing."""
    try:
        return verb()
    except PermissionDenied as denied:
        title = _("The role of this key's account does not let it do this.")
        raise ProblemRaised(403, title, _("Ask an administrator for an account with another role.")) from denied
    except Http404 as gone:
        if field:
            raise of_fields({field: [_("There is nothing with this id.")]}) from gone
        raise not_found(_("There is no such call."), _("Take its number from the list of calls.")) from gone
