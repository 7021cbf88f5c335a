"""Trouble tickets: listed, opened, read, changed, cancelled, closed and reopened by their Buyer (MEF 124, UC 1 to 6).

A company's own key does what its people do in the portal, under its row policies; a key of the operator does it with
the forms and verbs of the desk, by the account that it acts for.
"""

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.buyer_ticket import MefStatus, Ticket
from guardia.cases.buyer_ticket_rows import Filters, cases_listed, expected_of, reports_listed, with_rows
from guardia.cases.buyer_ticket_rows import ticket_of as ticket_called
from guardia.cases.case_files import FileNotTaken, add_ready, ready
from guardia.cases.case_rows import case_for_desk
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import active_service, service_of_circuit
from guardia.evidence.files import Ready
from guardia.intake import buyer_acts, customer_acts
from guardia.intake.buyer_acts import Buyer
from guardia.people.policy import Right
from guardia.web.api.mef import schemas
from guardia.web.api.mef.by_the_desk import by_account, opened_at_the_desk
from guardia.web.api.mef.errors import pointer, refuse, unprocessable
from guardia.web.api.mef.operations import BuyerId, SellerId, buyer_of, operation, respond
from guardia.web.api.mef.ticket_answer import Around, around, found_answer, ticket_answer
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.company_cases import person_of, refused
from guardia.web.api.v2.desk_form import done
from guardia.web.api.v2.form_schema import Hour
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.shared.act import Refusal, attempt

router = Router()
TYPES = ("product", "service")
READ, OPEN, NOTE, CONFIRM = "cases.read", "cases.open", "cases.note", "cases.confirm"
MOST_LISTED = 200


# --- reading ----------------------------------------------------------------------------------------------------------
class TicketFilters(Schema):
    """What a list of tickets is narrowed by."""

    externalId: str | None = Field(None, max_length=200)
    priority: schemas.Priority | None = None
    sellerPriority: schemas.Priority | None = None
    severity: schemas.Severity | None = None
    sellerSeverity: schemas.Severity | None = None
    ticketType: schemas.TicketType | None = None
    status: MefStatus | None = None
    observedImpact: schemas.Impact | None = None
    relatedEntityId: str | None = Field(None, max_length=200)
    relatedEntityType: str | None = Field(None, max_length=200)
    made_after: Hour | None = Field(None, alias="creationDate.gt")
    made_before: Hour | None = Field(None, alias="creationDate.lt")
    expected_after: Hour | None = Field(None, alias="expectedResolutionDate.gt")
    expected_before: Hour | None = Field(None, alias="expectedResolutionDate.lt")
    resolved_after: Hour | None = Field(None, alias="resolutionDate.gt")
    resolved_before: Hour | None = Field(None, alias="resolutionDate.lt")


Offset = Annotated[int, Query(0, ge=0, le=LARGEST_ID)]
Limit = Annotated[int, Query(50, ge=0, description="More than 200 answers 200.")]


@operation(
    router,
    "GET",
    "/troubleTicket",
    "mef124.list",
    right=Right.SEE_DESK,
    scope=READ,
    answer=list[schemas.TroubleTicketFound],
    summary="List trouble tickets",
)
def list_tickets(
    request: HttpRequest,
    filters: Annotated[TicketFilters, Query(...)],
    offset: Offset,
    limit: Limit,
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    company = buyer_of(request, buyerId, sellerId)
    limit = min(limit, MOST_LISTED)
    if filters.relatedEntityType and filters.relatedEntityType.casefold() not in TYPES:
        return page_of([], 0)
    wanted = Filters(
        external_id=filters.externalId,
        priority=filters.priority,
        seller_priority=filters.sellerPriority,
        severity=filters.severity,
        seller_severity=filters.sellerSeverity,
        ticket_type=filters.ticketType,
        status=filters.status,
        observed_impact=filters.observedImpact,
        entity=filters.relatedEntityId,
        made=(filters.made_after, filters.made_before),
        expected=(filters.expected_after, filters.expected_before),
        resolved=(filters.resolved_after, filters.resolved_before),
    )
    reports = reports_listed(company.pk, wanted)
    cases = cases_listed(company.pk, wanted)
    first = reports[offset : offset + limit]
    start = max(0, offset - len(reports))
    of_cases = with_rows(list(cases[start : start + limit - len(first)]))
    tickets = [*first, *of_cases]
    expected = expected_of([one.case.pk for one in tickets if one.case])
    items = [found_answer(one, expected.get(one.case.pk) if one.case else None) for one in tickets]
    return page_of(items, len(reports) + cases.count())


def page_of(items: list[dict[str, Any]], total: int) -> HttpResponse:
    return respond(items, headers={"X-Total-Count": str(total), "X-Result-Count": str(len(items))})


def found(company: Customer, id: str) -> Ticket:
    """The ticket of this id. Raises MefRefused (404)."""
    ticket = ticket_called(company.pk, id)
    if ticket is None:
        raise refuse(404, "notFound", _("There is no ticket with this id."), _("Look in the list: /troubleTicket."))
    return ticket


@operation(
    router,
    "GET",
    "/troubleTicket/{id}",
    "mef124.read",
    right=Right.SEE_DESK,
    scope=READ,
    answer=schemas.TroubleTicket,
    summary="Read a trouble ticket",
    refusals=(404,),
)
def read_ticket(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    ticket = found(buyer_of(request, buyerId, sellerId), id)
    return respond(ticket_answer(ticket, around(ticket)))


# --- opening ----------------------------------------------------------------------------------------------------------
def as_sent(body: Schema) -> dict[str, Any]:
    """What was sent, by the standard's names; what was left out is left out here too."""
    return body.model_dump(mode="json", by_alias=True, exclude_none=True)


def service_in(company: Customer, sent: Mapping[str, Any]) -> Service:
    """The active service that the ticket is about, by its circuit or its id. Raises MefRefused (422)."""
    entity = sent["relatedEntity"][0]
    if entity["@referredType"].casefold() not in TYPES:
        raise unprocessable("/relatedEntity/0/@referredType", _("Send one of: %(values)s.") % {"values": "Product"})
    service = service_of_circuit(company, entity["id"]) or active_service(entity["id"])
    if service is None or service.customer_id != company.pk:
        reason = _("Your company has no active service with this circuit.")
        raise unprocessable("/relatedEntity/0/id", reason, code="referenceNotFound")
    return service


def must_fit(sent: Mapping[str, Any], known: Ticket | None = None) -> None:
    """R9, R10 and R17 of the standard. Raises MefRefused (422)."""
    roles = [one["role"] for one in sent.get("relatedContactInformation", ())]
    if "relatedContactInformation" in sent and buyer_acts.REPORTER not in roles:
        reason = _("Name who reports: a contact with the role reporterContact.")
        raise unprocessable("/relatedContactInformation", reason, code="missingProperty")
    for place, one in enumerate(sent.get("attachment", ())):
        if not one.get("url") and not (one.get("content") and one.get("mimeType")):
            reason = _("Send the address of the attachment, or its content and mimeType.")
            raise unprocessable(pointer(("attachment", place)), reason, code="missingProperty")
    if known is not None:
        return
    for name in ("note", "attachment", "relatedIssue"):
        for place, one in enumerate(sent.get(name, ())):
            if one["source"] != buyer_acts.BUYER:
                raise unprocessable(pointer((name, place, "source")), _("What a Buyer adds has the source “buyer”."))
            if one.get("content"):
                reason = _("Files are taken once the ticket has its number.")
                raise unprocessable(pointer((name, place, "content")), reason, message=_("Send it then by PATCH."))


@operation(
    router,
    "POST",
    "/troubleTicket",
    "mef124.open",
    right=Right.HANDLE_CASES,
    scope=OPEN,
    answer=schemas.TroubleTicket,
    status=201,
    summary="Open a trouble ticket",
    refusals=(413, 415, 422),
)
def open_ticket(
    request: HttpRequest,
    body: Annotated[schemas.TroubleTicketCreate, BodyOf(...)],
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    caller, company, sent = caller_of(request), buyer_of(request, buyerId, sellerId), as_sent(body)
    must_fit(sent)
    service = service_in(company, sent)
    if caller.customer_id is None:
        ticket = opened_at_the_desk(caller.staff, service, sent)
        return opened(ticket, around(ticket))
    contact, beside = person_of(caller), around()
    with caller.acting():
        at = now()
        received = attempt(lambda: buyer_acts.open_report(contact, sent, service, at=at))
        if isinstance(received, Refusal):
            raise refused(received)
        return opened(received, beside)


def opened(ticket: Ticket, beside: Around) -> HttpResponse:
    answer = ticket_answer(ticket, beside)
    return respond(answer, status=201, headers={"Location": answer["href"]})


# --- acting -----------------------------------------------------------------------------------------------------------
type Deed = Callable[[Ticket, Buyer, datetime], object]


def nothing_more(_ticket: Ticket) -> HttpResponse:
    return respond(None, status=204)


def act(
    request: HttpRequest,
    company: Customer,
    id: str,
    name: str,
    deed: Deed,
    answer: Callable[[Ticket], HttpResponse] = nothing_more,
) -> HttpResponse:
    """Lock the case, read the hour, and do it as whoever the key acts for; ``answer`` writes the ticket as it is then,
    by the role that has done it, since no other sees it yet.
    """
    caller, known = caller_of(request), found(company, id)
    if caller.customer_id is None:
        return answer(act_at_the_desk(caller, company, known, deed))
    contact = person_of(caller)
    with caller.acting():
        case = customer_acts.locked(known.case.pk) if known.case else None
        at = now()
        ticket = found(company, known.id)
        ticket = buyer_acts.with_case(ticket, case) if case else ticket
        result = attempt(lambda: counted(ticket, contact, name, at, deed))
        if isinstance(result, Refusal):
            raise refused(result)
        return answer(found(company, known.id))


def counted(ticket: Ticket, contact: Contact, name: str, at: datetime, deed: Deed) -> object:
    """The deed, which counts as one of those that a company may do in ten minutes."""
    if ticket.case:
        customer_acts.count(ticket.case, contact, secrets.randbelow(LARGEST_ID), name, at)
    return deed(ticket, buyer_acts.by_contact(contact), at)


def act_at_the_desk(caller: Caller, company: Customer, known: Ticket, deed: Deed) -> Ticket:
    case = case_for_desk(str(known.case.number), locked=True) if known.case else None
    at = now()
    ticket = buyer_acts.with_case(found(company, known.id), case) if case else known
    done(lambda: deed(ticket, by_account(caller.staff), at))
    return found(company, known.id)


@operation(
    router,
    "PATCH",
    "/troubleTicket/{id}",
    "mef124.change",
    right=Right.HANDLE_CASES,
    scope=NOTE,
    answer=schemas.TroubleTicket,
    summary="Change a trouble ticket, or add notes and attachments to it",
    refusals=(404, 413, 415, 422),
)
def change_ticket(
    request: HttpRequest,
    id: str,
    body: Annotated[schemas.TroubleTicketUpdate, BodyOf(...)],
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    company, sent = buyer_of(request, buyerId, sellerId), as_sent(body)
    known = found(company, id)
    if not sent:
        raise unprocessable("", _("Send what changes."), code="missingProperty")
    must_fit(sent, known)
    notes = new_ones(known, sent, "note", "id")
    attachments = new_ones(known, sent, "attachment", "attachmentId")
    files = [(one, file_in(one, place)) for place, one in enumerate(attachments) if one.get("content")]
    for one in attachments:
        one.pop("content", None)
    changes = {name: value for name, value in sent.items() if name not in ("note", "attachment")}
    linked = [one for one in attachments if one.get("url")]

    def deed(ticket: Ticket, buyer: Buyer, at: datetime) -> None:
        buyer_acts.change(ticket, changes, notes, linked, buyer, at=at)
        for attached, made in files:
            case = buyer_acts.case_of(ticket, at)
            about = {"caption": attached.get("description", ""), "by_name": attached["author"]}
            add_ready(case, made, by=caller_of(request).by, now=at, shown=True, **about)

    beside = around(known)
    return act(request, company, id, "escribir", deed, lambda ticket: respond(ticket_answer(ticket, beside)))


def new_ones(known: Ticket, sent: Mapping[str, Any], name: str, key: str) -> list[dict[str, Any]]:
    """What is new in one of the lists that only grow. Raises MefRefused (422) at what was changed (R20)."""
    if name not in sent:
        return []
    there: Sequence[Mapping[str, Any]] = ticket_answer(known, around(known))[name]
    result = attempt(lambda: buyer_acts.added(there, sent[name], key))
    if isinstance(result, Refusal):
        raise unprocessable(f"/{name}/{next(iter(result.fields))}", result.sentence)
    return result


def file_in(attached: Mapping[str, Any], place: int) -> Ready:
    """The bytes of an attachment, looked at. Raises MefRefused (422)."""
    path = pointer(("attachment", place, "content"))
    try:
        return ready(base64.b64decode(attached["content"], validate=True), attached["name"])
    except (binascii.Error, ValueError) as wrong:
        raise unprocessable(path, _("Send the content as Base64."), code="invalidFormat") from wrong
    except FileNotTaken as wrong:
        raise unprocessable(path, str(wrong)) from wrong


@operation(
    router,
    "POST",
    "/troubleTicket/{id}/cancel",
    "mef124.cancel",
    right=Right.HANDLE_CASES,
    scope=NOTE,
    status=204,
    summary="Ask to cancel a trouble ticket",
    refusals=(404, 422),
)
def cancel_ticket(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    company = buyer_of(request, buyerId, sellerId)
    return act(
        request, company, id, "escribir", lambda ticket, buyer, at: buyer_acts.ask_to_cancel(ticket, buyer, at=at)
    )


@operation(
    router,
    "POST",
    "/troubleTicket/{id}/close",
    "mef124.close",
    right=Right.HANDLE_CASES,
    scope=CONFIRM,
    status=204,
    summary="Confirm that a trouble ticket is resolved",
    refusals=(404, 422),
)
def close_ticket(request: HttpRequest, id: str, buyerId: BuyerId, sellerId: SellerId) -> HttpResponse:
    company = buyer_of(request, buyerId, sellerId)
    return act(request, company, id, "funciona", lambda ticket, buyer, at: buyer_acts.close(ticket, buyer, at=at))


@operation(
    router,
    "POST",
    "/troubleTicket/{id}/reopen",
    "mef124.reopen",
    right=Right.HANDLE_CASES,
    scope=CONFIRM,
    status=204,
    summary="Say that a trouble ticket is not resolved, and why",
    refusals=(404, 413, 415, 422),
)
def reopen_ticket(
    request: HttpRequest,
    id: str,
    body: Annotated[schemas.Reason, BodyOf(...)],
    buyerId: BuyerId,
    sellerId: SellerId,
) -> HttpResponse:
    company, reason = buyer_of(request, buyerId, sellerId), body.reason

    def deed(ticket: Ticket, buyer: Buyer, at: datetime) -> None:
        buyer_acts.reopen(ticket, buyer, reason, at=at)

    return act(request, company, id, "no-funciona", deed)
