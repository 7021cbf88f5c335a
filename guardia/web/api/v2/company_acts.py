"""What is done to companies and what is theirs: a service moves, somebody not on file is put there, topics, changes."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router, Schema
from pydantic import Field, create_model

from guardia.config.now import now
from guardia.customers import catalogue, provisional, telling
from guardia.customers.contact import ContactChange
from guardia.customers.contacts import changes_waiting
from guardia.customers.customer import Service
from guardia.customers.lookup import locked_companies
from guardia.outages import moving_services
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Topic
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.calls import company_called
from guardia.web.api.v2.case_answer import Named, iso
from guardia.web.api.v2.companies import BY_ID, CompanyAnswer, ServiceAnswer, company_written, named, service_written
from guardia.web.api.v2.form_schema import Body, body_of, form_data
from guardia.web.api.v2.noun_operations import Id, etag_of
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found, of_fields, of_refusal
from guardia.web.desk.companies import contacts
from guardia.web.desk.companies import services as desk
from guardia.web.desk.new_case import PREFIX, NotOnFileForm, recorded
from guardia.web.shared.act import Doing, Refusal, attempt
from guardia.web.shared.hour_fields import operators_zone

router = Router()


def service_row(pk: int) -> Service:
    """Raises ProblemRaised (404)."""
    try:
        return get_object_or_404(catalogue.services(), pk=pk)
    except Http404 as gone:
        where = _("Look in the list: /api/v2/%(list)s.") % {"list": "services"}
        raise not_found(_("There is nothing with this id."), where) from gone


def service_to_change(request: HttpRequest, pk: int) -> Service:
    """Raises ProblemRaised: 404, and 412 where somebody has changed it since it was read."""
    service = service_row(pk)
    must_match(request, etag_of(service_written(service)))
    return service


def answer_service(pk: int, status: int = 200) -> HttpResponse:
    body = service_written(service_row(pk))
    return respond(body, status=status, etag=etag_of(body))


# --- a service passes to another company ------------------------------------------------------------------------------
ServiceMove: Any = body_of("ServiceMove", desk.MoveForm)


@operation(
    router,
    "POST",
    "/services/{id}/move",
    "services.move",
    right=Right.EDIT_CUSTOMERS,
    answer=ServiceAnswer,
    summary="Pass a service to another company on a day; today is at once",
    description="The answer is the service of the other company once it has passed, until then the one that passes.",
    example={"site": 2, "on": "2027-01-01"},
)
def move(request: HttpRequest, id: Id, body: Annotated[ServiceMove, BodyOf(...)]) -> HttpResponse:
    service, staff = service_to_change(request, id), caller_of(request).staff
    form = desk.MoveForm(form_data(body.model_dump(exclude_none=True), desk.MoveForm, {}))
    done = attempt(
        lambda: moving_services.plan(service, form.cleaned_data["site"], form.cleaned_data["on"], by=staff, at=now()),
        form,
    )
    if isinstance(done, Refusal):
        raise of_fields(form.errors)
    return answer_service(done.pk if done else id)


@operation(
    router,
    "POST",
    "/services/{id}/stay",
    "services.stay",
    right=Right.EDIT_CUSTOMERS,
    answer=ServiceAnswer,
    summary="Withdraw a planned move: the service stays where it is",
)
def stay(request: HttpRequest, id: Id) -> HttpResponse:
    moving_services.withdraw(service_to_change(request, id), by=caller_of(request).staff, at=now())
    return answer_service(id)


# --- who is not on file -----------------------------------------------------------------------------------------------
NotOnFileBody: Any = create_model(
    "NotOnFile",
    __base__=body_of("NotOnFileForm", NotOnFileForm) or Body,
    company=(int | None, Field(None, ge=1, le=LARGEST_ID, description="The company, where that is on file.")),
    company_name=(str | None, Field(None, max_length=200)),
)


@operation(
    router,
    "POST",
    "/services/provisional",
    "services.put_on_file",
    right=Right.HANDLE_CASES,
    answer=ServiceAnswer,
    status=201,
    summary="Put on file, provisionally, what a caller says of a service that is not (L4, P2)",
    description="Send the company's id, or its name where it is not on file either.",
    example={"company_name": "Clínica Nueva", "city": "Cuenca"},
)
def put_on_file(request: HttpRequest, body: Annotated[NotOnFileBody, BodyOf(...)]) -> HttpResponse:
    sent = body.model_dump(exclude_none=True)
    pk = sent.pop("company", None)
    company = company_called(pk) if pk else None
    if company and "company_name" in sent:
        raise of_fields({"company_name": [_("Send a company or its name, not both.")]})
    data = {f"{PREFIX}-{name}": value for name, value in form_data(sent, NotOnFileForm, {}).items()}
    form = NotOnFileForm(data, company=company)
    service = attempt(lambda: recorded(form), form)
    if isinstance(service, Refusal):
        raise of_fields(form.errors)
    return answer_service(service.pk, status=201)


class RealService(Body):
    service: int = Field(ge=1, le=LARGEST_ID, description="The service on file that it turned out to be.")


def tidied(request: HttpRequest, pk: int, verb: Callable[[Doing[Service]], str], fields: dict[str, str]) -> None:
    """The desk's own verb on a provisional service. Raises ProblemRaised: 404 where it is none, or what it refuses."""
    try:
        service = get_object_or_404(provisional.waiting(), pk=pk)
    except Http404 as gone:
        where = _("Look in the list: /api/v2/%(list)s.") % {"list": "services?provisional=true"}
        raise not_found(_("There is no provisional service with this id."), where) from gone
    must_match(request, etag_of(service_written(service_row(pk))))
    try:
        done = attempt(lambda: verb(Doing(service, caller_of(request).staff, now(), fields)))
    except Http404 as gone:
        raise of_fields({"service": [_("There is nothing with this id.")]}) from gone
    if isinstance(done, Refusal):
        raise of_refusal(done)


@operation(
    router,
    "POST",
    "/services/{id}/identify",
    "services.identify",
    right=Right.EDIT_CUSTOMERS,
    answer=ServiceAnswer,
    summary="Say which service on file a provisional one is; its cases go along",
    example={"service": 1},
)
def identify(request: HttpRequest, id: Id, body: RealService) -> HttpResponse:
    tidied(request, id, desk.identified, {"es": str(body.service)})
    return answer_service(body.service)


for verb, run, summary in (
    ("keep", desk.kept, "Say that a provisional service is a new one, and stays"),
    ("discard", desk.discarded, "Discard a provisional service that has no case"),
):

    def act_of(run: Callable[[Doing[Service]], str]) -> Callable[..., HttpResponse]:
        def act(request: HttpRequest, id: Id) -> HttpResponse:
            tidied(request, id, run, {})
            return answer_service(id)

        return act

    operation(
        router,
        "POST",
        f"/services/{{id}}/{verb}",
        f"services.{verb}",
        right=Right.EDIT_CUSTOMERS,
        answer=ServiceAnswer,
        summary=summary,
    )(act_of(run))


# --- topics -----------------------------------------------------------------------------------------------------------
class Topics(Body):
    told: list[Topic] = Field(
        max_length=50, description="The topics that a new contact of the company is written about."
    )
    alike: bool = Field(False, description="Its present contacts are written about just these too.")


@operation(
    router,
    "POST",
    "/companies/{id}/set_topics",
    "companies.set_topics",
    right=Right.EDIT_CUSTOMERS,
    answer=CompanyAnswer,
    summary="Say what contacts of a company are written about",
    example={"told": ["registration", "closure"], "alike": False},
)
def set_topics(request: HttpRequest, id: Id, body: Topics) -> HttpResponse:
    try:
        company = get_object_or_404(locked_companies(), pk=id)
    except Http404 as gone:
        where = _("Look in the list: /api/v2/%(list)s.") % {"list": "companies"}
        raise not_found(_("There is nothing with this id."), where) from gone
    must_match(request, etag_of(company_written(company)))
    by, at = caller_of(request).staff, now()
    telling.set_subscriptions(company, body.told, {}, by=by, at=at)
    if body.alike:
        telling.tell_all_alike(company, by=by, at=at)
    answer = company_written(company)
    return respond(answer, etag=etag_of(answer))


# --- what companies ask of their own contacts -------------------------------------------------------------------------
class ContactChangeAnswer(Schema):
    """What a company's people have changed of a contact, or (kind asked) a new person who waits for a yes."""

    id: int
    kind: str = Field(description="asked or changed.")
    company: Named
    by: Named
    contact: Named | None = Field(description="Whom it is about.")
    case: int | None
    fields: dict[str, Any] = Field(description="Of the new person, where one is asked for.")
    at: str


class ContactChangePage(Page):
    items: list[ContactChangeAnswer]


def change_written(change: ContactChange) -> ContactChangeAnswer:
    return ContactChangeAnswer(
        id=change.pk,
        kind=change.kind,
        company=Named(id=change.customer_id, name=change.customer.name),
        by=Named(id=change.by_id, name=str(change.by)),
        contact=named(change.about),
        case=change.case.number if change.case else None,
        fields=change.fields,
        at=iso(change.at, operators_zone()) or "",
    )


@operation(
    router,
    "GET",
    "/contact_changes",
    "contact_changes.list",
    right=Right.SEE_DESK,
    answer=ContactChangePage,
    summary="List what companies have changed or ask of their contacts, and nobody has settled",
)
def list_changes(request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    return answer_page(request, changes_waiting(), BY_ID, change_written, cursor=cursor, limit=limit, fields=fields)


class Settled(Schema):
    id: int
    settled: bool


def settle_with(word: str) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, id: Id) -> HttpResponse:
        change = contacts.change_to_settle(id, word)
        if change is None:
            where = _("Look in the list: /api/v2/%(list)s.") % {"list": "contact_changes"}
            raise not_found(_("There is nothing with this id that this can be done to."), where)
        staff: Staff = caller_of(request).staff
        done = attempt(lambda: contacts.settle(change, word, by=staff, at=now()))
        if isinstance(done, Refusal):
            raise of_refusal(done)
        return respond(Settled(id=id, settled=True))

    return view


for verb, (word, summary) in {
    "confirm": ("si", "Confirm a new person whom a company asks for"),
    "decline": ("no", "Decline a new person whom a company asks for"),
    "acknowledge": ("visto", "Say that the desk knows of a change"),
}.items():
    operation(
        router,
        "POST",
        f"/contact_changes/{{id}}/{verb}",
        f"contact_changes.{verb}",
        right=Right.EDIT_CUSTOMERS,
        answer=Settled,
        summary=summary,
    )(settle_with(word))
