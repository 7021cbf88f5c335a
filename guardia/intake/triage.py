"""What the desk decides about a mail, or a report in writing, that waits: whose it is, if it is a fault, which case.

A report gets its case by ``Case.register(…, request=…)``; these are the other ways. Done again they change nothing. The
caller holds what it hands over: ``locked`` for a message, ``written.locked`` for a request, and the case. Hours in UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from guardia.calls.call import WrittenRequest
from guardia.cases import mail_filing, written
from guardia.cases.case import Case
from guardia.cases.mail_filing import (
    HELD_BACK,
    ContactIsGone,
    HasARequest,
    MessageIsSettled,
    NoSuchReason,
    NotHeldBack,
    RequestIsSettled,
    WrongCompany,
)
from guardia.cases.verbs import Event
from guardia.customers import contacts, editing
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.intake import automatic_answers
from guardia.mail.message import Message, MessageKind, MessageState
from guardia.mail.raw_mail import Unreadable, read
from guardia.mail.taking import limit
from guardia.people.staff import Actor, ActorKind, Staff
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import Moment

HELD_BACK_FOR = frozenset(f"sender_{proof}" for proof in HELD_BACK)
"""Why a mail waits although its sender is known: the proof failed, or it was marked as spam."""

REASONS = ("spam", "no_report", "answered", "twice", "other")
"""Why a mail needs nothing more: advertising, no fault, answered elsewhere, told twice, another reason."""


def locked(message_id: int) -> Message:
    """The message, locked until the transaction ends. Raises Message.DoesNotExist."""
    messages = Message.objects.select_for_update(of=("self",)).select_related("contact", "customer", "case")
    return messages.get(pk=message_id)


def join(case: Case, request: WrittenRequest, *, by: Staff, at: datetime) -> Event:
    """The report belongs to this open case of the same company: P2 is met, and who wrote is told the number.

    Raises CaseIsClosed, RequestIsSettled, WrongCompany.
    """
    if request.settled_as == written.JOINED and request.case_id == case.pk:
        return case.events.filter(moment=Moment.MESSAGE_RECEIVED, data__request=request.pk).order_by("seq")[0]
    if request.settled_at:
        raise RequestIsSettled()
    must_be_of(case, request.customer)
    case.must_be_open()
    messages = list(Message.objects.filter(request=request).select_related("contact").order_by("pk"))
    events = [mail_filing.into_case(one, case, at, by=by, request=request) for one in messages]
    written.settle(request, as_=written.JOINED, at=at, by=by, case_id=case.pk)
    if messages and request.contact:
        tell_the_number(messages[0], request.contact, case, at)
    return events[0] if events else _handed_in(case, request, at)


def is_held_back(message: Message) -> bool:
    """Whether a contact's mail waits for no other reason than that its sender failed, or that it was marked as spam."""
    return message.state == MessageState.WAITING and message.reason in HELD_BACK_FOR and message.request_id is not None


def take_in(message: Message, *, by: Staff, at: datetime) -> Event | None:
    """A mail that was held back for its sender is the contact's all the same: it joins the open case that it names, or
    is a report that needs its number. The mark stays on it. Raises NotHeldBack, and what ``join`` raises.
    """
    if message.request_id is None or not is_held_back(message):
        raise NotHeldBack()
    locked = Case.objects.select_for_update(of=("self",), no_key=True)
    case = locked.filter(pk=message.case_id).first() if message.case_id else None
    if case and case.is_open and case.customer_id == message.customer_id:
        return join(case, written.locked(message.request_id), by=by, at=at)
    mail_filing.settled(message, MessageState.WAITING, None, reason="report")
    return None


def tell_the_number(message: Message, contact: Contact, case: Case, at: datetime) -> None:
    try:
        found = read(bytes(message.original.content), limit())
    except Unreadable:
        return  # nobody knows where an answer would go
    automatic_answers.tell_the_number(message, found, contact, case, at)


def _handed_in(case: Case, request: WrittenRequest, at: datetime) -> Event:
    """A report that came by the portal or at an office has no mail of its own."""
    by = Actor(ActorKind.CONTACT, request.contact_id)
    texts = {"subject": request.subject, "text": request.text[: mail_filing.MOST_TEXT]}
    data = {"request": request.pk}
    return case.write(Moment.MESSAGE_RECEIVED, by=by, at=request.received_at, now=at, data=data, texts=texts)


def dismiss(message: Message, reason: str, *, by: Staff, at: datetime) -> None:
    """Nothing more is owed for this mail (``REASONS``): the report that it opened goes with it, and all its mails.

    Raises NoSuchReason, MessageIsSettled where a case has it.
    """
    if reason not in REASONS:
        raise NoSuchReason()
    if message.state == MessageState.DONE:
        return
    if message.state != MessageState.WAITING:
        raise MessageIsSettled()
    if message.request_id:
        dismiss_request(written.locked(message.request_id), reason, by=by, at=at)
    else:
        mail_filing.settled(message, MessageState.DONE, at, by=by, reason=reason)


def dismiss_request(request: WrittenRequest, reason: str, *, by: Staff, at: datetime) -> None:
    """The report is none. Raises NoSuchReason, RequestIsSettled where a case has it."""
    if reason not in REASONS:
        raise NoSuchReason()
    if request.settled_as == written.DISMISSED:
        return
    if request.settled_at:
        raise RequestIsSettled()
    written.settle(request, as_=written.DISMISSED, at=at, by=by)
    for message in Message.objects.filter(request=request, state=MessageState.WAITING).order_by("pk"):
        mail_filing.settled(message, MessageState.DONE, at, by=by, reason=reason)


def assign(message: Message, contact: Contact, *, by: Staff, at: datetime, remember: bool = True) -> WrittenRequest:
    """This contact wrote it: it is a report of the company, and P2 counts since the mail came in, not since now.

    ``remember``: the address is the contact's from now on. Raises ContactIsGone, MessageIsSettled, HasARequest where
    it is another contact's report already, NoProcedure.
    """
    if message.request_id and message.contact_id == contact.pk:
        return WrittenRequest.objects.get(pk=message.request_id)
    must_wait(message)
    undecided = written.locked(message.request_id) if message.request_id and not message.contact_id else None
    if message.request_id and (undecided is None or undecided.contact_id or undecided.settled_at):
        raise HasARequest()
    if not (contact.active and contact.customer.active):
        raise ContactIsGone(who=str(contact))
    if remember and message.from_address:
        contacts.add_address(contact, message.from_address)
    mail_filing.belongs(message, contact.customer_id)
    request = undecided or written.of_message(message, contact, at)
    if request is None:
        raise NoProcedure()
    if undecided:
        written.is_of(undecided, contact, at)
    case = message.case_id if message.case and message.case.customer_id == contact.customer_id else None
    more: dict[str, Any] = {"contact": contact, "request": request, "kind": MessageKind.REPORT, "case_id": case}
    mail_filing.settled(message, MessageState.WAITING, None, reason="assigned", **more)
    return request


def assign_to_new(
    message: Message, customer: Customer, fields: Mapping[str, Any], *, by: Staff, at: datetime
) -> WrittenRequest:
    """Somebody of this company wrote it who was not known: a new contact, with the address of the mail.

    Where a contact of the company has the address already, it is that one's. Raises Unfit, and what ``assign`` raises.
    """
    known = [one for one in contacts.contacts_at(message.from_address) if one.customer_id == customer.pk]
    address = {"email": message.from_address} if message.from_address else {}
    contact = known[0] if known else editing.save_contact(Contact(customer=customer), {**fields, **address})
    return assign(message, contact, by=by, at=at)


def file(message: Message, case: Case, *, by: Staff, at: datetime) -> Event | None:
    """It belongs to this case. An open one says so; a closed one only keeps it, and None is given back.

    Raises MessageIsSettled, WrongCompany, HasARequest (a report is joined, so that its promise is met).
    """
    if message.state == MessageState.FILED and message.case_id == case.pk:
        return mail_filing.into_case(message, case, at) if message.event_id else None
    must_wait(message)
    if message.request_id:
        raise HasARequest()
    must_be_of(case, message.customer)
    if case.is_open:
        return mail_filing.into_case(message, case, at, by=by)
    mail_filing.belongs(message, case.customer_id)
    mail_filing.settled(message, MessageState.FILED, at, by=by, case_id=case.pk)
    return None


def must_wait(message: Message) -> None:
    if message.state != MessageState.WAITING:
        raise MessageIsSettled()


def must_be_of(case: Case, customer: Customer | None) -> None:
    """Raises WrongCompany."""
    if customer and case.customer_id != customer.pk:
        raise WrongCompany(company=customer.name.rstrip("."))
