"""The mail tray: what arrived in writing and waits for a decision; and what is decided about it (L4 D, A3, A4)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.mail_tray import TABS, message_of_id, messages_for_machines, request_of_id, requests_for_machines
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.intake import triage
from guardia.mail.message import Message, MessageState
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.calls import OfCase
from guardia.web.api.v2.case_answer import Named, iso
from guardia.web.api.v2.companies import OfId, named
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.noun_operations import Id, etag_of
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields, of_refusal
from guardia.web.desk.mail import report
from guardia.web.desk.mail.inbox import may_decide
from guardia.web.shared.act import Doing, Refusal, attempt
from guardia.web.shared.hour_fields import operators_zone

router = Router()
REASONS: Any = Literal[tuple(triage.REASONS)]
TAB_NAMES = {"reports": "reportes", "about_cases": "casos", "strangers": "desconocidos", "quarantine": "apartados"}
"""The tabs of the desk's tray, each with what stands in it (``TABS``)."""


# --- mails ------------------------------------------------------------------------------------------------------------
class MailAnswer(Schema):
    """One mail that arrived. `written_request` is the report that it opened."""

    id: int
    state: str = Field(description="new, waiting, filed or done.")
    kind: str
    reason: str = Field(description="Why it waits, or what became of it, as a code.")
    desk: str = Field(description="Whose mailbox it arrived in.")
    from_address: str
    from_name: str
    sender_proof: str = Field(description="proven, unproven, failed or spam; empty: not checked.")
    subject: str
    text: str = Field(description="What this person wrote, without what is quoted below it.")
    company: Named | None
    contact: Named | None
    case: int | None
    written_request: int | None
    received_at: str
    settled_at: str | None
    held_back: bool = Field(description="It waits for nothing but its sender: take it in, or dismiss it.")


class MailPage(Page):
    items: list[MailAnswer]


MAIL_TEXTS = ("state", "kind", "reason", "desk", "from_address", "from_name", "sender_proof", "subject", "text")


def mail_written(message: Message) -> MailAnswer:
    zone = operators_zone()
    values: dict[str, Any] = {name: getattr(message, name) for name in MAIL_TEXTS}
    return MailAnswer(
        id=message.pk,
        **values,
        **parties_of(message),
        written_request=message.request_id,
        received_at=iso(message.received_at, zone) or "",
        settled_at=iso(message.settled_at, zone),
        held_back=triage.is_held_back(message),
    )


def parties_of(received: Message | WrittenRequest) -> dict[str, Any]:
    contact: Contact | None = received.contact
    return {
        "company": named(received.customer),
        "contact": named(contact),
        "case": received.case.number if received.case else None,
    }


@operation(
    router,
    "GET",
    "/mails",
    "mails.list",
    right=Right.SEE_DESK,
    answer=MailPage,
    summary="List mails that arrived, the oldest first",
    description="`state=waiting` is the desk's tray; `tab` narrows it by what is to be decided.",
)
def list_mails(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    state: MessageState | None = None,
    tab: Literal[tuple(TAB_NAMES)] | None = None,  # type: ignore[valid-type]
    desk: Annotated[str | None, Query(None, max_length=40)] = None,
    company: OfId = None,
) -> HttpResponse:
    rows = messages_for_machines(TABS[TAB_NAMES[tab]] if tab else None, state=state, desk=desk, customer_id=company)
    order = ("received_at", "id")
    return answer_page(request, rows, order, mail_written, cursor=cursor, limit=limit, fields=fields)


@operation(router, "GET", "/mails/{id}", "mails.read", right=Right.SEE_DESK, answer=MailAnswer, summary="Read a mail")
def read_mail(request: HttpRequest, id: Id, fields: Fields) -> HttpResponse:
    return answer_mail(id, fields=fields, request=request)


def mail_of_id(pk: int) -> Message:
    """Raises ProblemRaised (404)."""
    message = message_of_id(pk)
    if message is None:
        raise not_found(_("There is no such mail."), _("Look in the list: /api/v2/%(list)s.") % {"list": "mails"})
    return message


def answer_mail(pk: int, *, fields: str = "", request: HttpRequest | None = None) -> HttpResponse:
    body = mail_written(mail_of_id(pk))
    return respond(body, etag=etag_of(body), fields=fields, request=request)


def decide_mail(
    request: HttpRequest, pk: int, verb: Callable[[Doing[Message]], str], fields: dict[str, str]
) -> HttpResponse:
    mail_of_id(pk)
    message = triage.locked(pk)
    must_match(request, etag_of(mail_written(mail_of_id(pk))))
    decide(request, message, verb, fields)
    return answer_mail(pk)


def decide[Received: (Message, WrittenRequest)](
    request: HttpRequest, received: Received, verb: Callable[[Doing[Received]], str], fields: dict[str, str]
) -> None:
    """The desk's own verb, by its own rule of who decides. Raises ProblemRaised."""
    staff = caller_of(request).staff
    if not may_decide(staff, received.desk):
        raise ProblemRaised(
            403,
            _("The role of this key's account does not let it do this."),
            _("Ask an administrator for an account with another role."),
        )
    done = attempt(lambda: verb(Doing(received, staff, now(), fields)))
    if isinstance(done, Refusal):
        raise of_fields({name: [words] for name, words in done.fields.items()}) if done.fields else of_refusal(done)


class Dismissal(Body):
    reason: REASONS = Field(description="Why nothing more is owed for it.")


class Sender(Body):
    """Who wrote it: a contact, or somebody new of a company."""

    contact: int | None = Field(None, ge=1, le=LARGEST_ID)
    company: int | None = Field(None, ge=1, le=LARGEST_ID)
    name: str = Field("", max_length=160)
    position: str = Field("", max_length=120)


@operation(
    router,
    "POST",
    "/mails/{id}/take_in",
    "mails.take_in",
    right=Right.TAKE_REQUESTS,
    answer=MailAnswer,
    summary="Take in a mail that was held back for its sender",
)
def take_in(request: HttpRequest, id: Id) -> HttpResponse:
    return decide_mail(request, id, report.take_in, {})


@operation(
    router,
    "POST",
    "/mails/{id}/dismiss",
    "mails.dismiss",
    right=Right.TAKE_REQUESTS,
    answer=MailAnswer,
    summary="Dismiss a mail: nothing more is owed for it",
    example={"reason": "spam"},
)
def dismiss_mail(request: HttpRequest, id: Id, body: Dismissal) -> HttpResponse:
    return decide_mail(request, id, report.dismiss_message, {"reason": body.reason})


@operation(
    router,
    "POST",
    "/mails/{id}/join",
    "mails.join",
    right=Right.TAKE_REQUESTS,
    answer=MailAnswer,
    summary="File a mail in the case that it belongs to",
    example={"case": "104-273-8"},
)
def join_mail(request: HttpRequest, id: Id, body: OfCase) -> HttpResponse:
    return decide_mail(request, id, report.join_message, {"case": body.case})


@operation(
    router,
    "POST",
    "/mails/{id}/assign",
    "mails.assign",
    right=Right.TAKE_REQUESTS,
    answer=MailAnswer,
    summary="Say who wrote a mail: it is a report in writing then",
    example={"contact": 1},
)
def assign_mail(request: HttpRequest, id: Id, body: Sender) -> HttpResponse:
    fields = {name: str(value) for name, value in body.model_dump(exclude_none=True).items()}
    return decide_mail(request, id, report.assign, fields)


# --- reports in writing -----------------------------------------------------------------------------------------------
class WrittenRequestAnswer(Schema):
    """A report in writing: by mail, by the portal or at an office. Its number is owed since it arrived."""

    id: int
    way: str = Field(description="mail, portal or office.")
    desk: str
    company: Named | None
    contact: Named | None
    case: int | None
    subject: str
    text: str
    office: str = Field(description="The city of the office that stamped it (A4).")
    received_at: str
    settled_at: str | None
    settled_as: str
    next_due_at: str | None


class WrittenRequestPage(Page):
    items: list[WrittenRequestAnswer]


def request_written(received: WrittenRequest) -> WrittenRequestAnswer:
    zone = operators_zone()
    return WrittenRequestAnswer(
        id=received.pk,
        way=received.way,
        desk=received.desk,
        **parties_of(received),
        subject=received.subject,
        text=received.text,
        office=received.office,
        received_at=iso(received.received_at, zone) or "",
        settled_at=iso(received.settled_at, zone),
        settled_as=received.settled_as,
        next_due_at=iso(received.next_due_at, zone),
    )


@operation(
    router,
    "GET",
    "/written_requests",
    "written_requests.list",
    right=Right.SEE_DESK,
    answer=WrittenRequestPage,
    summary="List reports in writing, the oldest first",
    description="`open=true`: its number is owed. Send its id to POST /cases or POST /requests to give it one.",
)
def list_written_requests(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    open: bool | None = None,
    way: Literal["mail", "portal", "office"] | None = None,
    desk: Annotated[str | None, Query(None, max_length=40)] = None,
    company: OfId = None,
) -> HttpResponse:
    rows = requests_for_machines(settled_at__isnull=open, way=way, desk=desk, customer_id=company)
    order = ("received_at", "id")
    return answer_page(request, rows, order, request_written, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/written_requests/{id}",
    "written_requests.read",
    right=Right.SEE_DESK,
    answer=WrittenRequestAnswer,
    summary="Read a report in writing",
)
def read_written_request(request: HttpRequest, id: Id, fields: Fields) -> HttpResponse:
    return answer_written_request(id, fields=fields, request=request)


def report_of_id(pk: int) -> WrittenRequest:
    """Raises ProblemRaised (404)."""
    found = request_of_id(str(pk))
    if found is None:
        where = _("Look in the list: /api/v2/%(list)s.") % {"list": "written_requests"}
        raise not_found(_("There is no such report in writing."), where)
    return found


def answer_written_request(pk: int, *, fields: str = "", request: HttpRequest | None = None) -> HttpResponse:
    body = request_written(report_of_id(pk))
    return respond(body, etag=etag_of(body), fields=fields, request=request)


def decide_report(
    request: HttpRequest, pk: int, verb: Callable[[Doing[WrittenRequest]], str], fields: dict[str, str]
) -> HttpResponse:
    received = written.locked(report_of_id(pk).pk)
    must_match(request, etag_of(request_written(report_of_id(pk))))
    decide(request, received, verb, fields)
    return answer_written_request(pk)


@operation(
    router,
    "POST",
    "/written_requests/{id}/join",
    "written_requests.join",
    right=Right.TAKE_REQUESTS,
    answer=WrittenRequestAnswer,
    summary="Join a report in writing to a case that is open already",
    example={"case": "104-273-8"},
)
def join_report(request: HttpRequest, id: Id, body: OfCase) -> HttpResponse:
    return decide_report(request, id, report.join, {"case": body.case})


@operation(
    router,
    "POST",
    "/written_requests/{id}/dismiss",
    "written_requests.dismiss",
    right=Right.TAKE_REQUESTS,
    answer=WrittenRequestAnswer,
    summary="Say that nothing is owed for a report in writing",
    example={"reason": "no_report"},
)
def dismiss_report(request: HttpRequest, id: Id, body: Dismissal) -> HttpResponse:
    return decide_report(request, id, report.dismiss, {"reason": body.reason})
