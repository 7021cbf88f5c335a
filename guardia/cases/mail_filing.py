"""Mail put where it belongs: who sent it, what it may do, and what is refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import WrittenRequest
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import Refused
from guardia.customers.contact import Contact
from guardia.mail.message import Attachment, Message, MessageState, Original
from guardia.mail.raw_mail import Read, Receiver, SenderProof
from guardia.notices import reply_address
from guardia.people.staff import SYSTEM, Actor, ActorKind, Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.verbs import Event


# Messages put where they belong: into a case (with its event), or aside. Shared by the ruling and by the desk's verbs.
#
# The message is locked by its caller. All hours are UTC.


MOST_TEXT = 20_000
"""So much of a mail's words stands in the event; the whole of it stays with the message."""


def into_case(
    message: Message, case: "Case", now: datetime, *, by: Staff | None = None, request: WrittenRequest | None = None
) -> "Event":
    """The locked, open case says that this message came: the stage, the escalation and the next news stay as they are.

    A message that is in this case already gives its event back. Raises CaseIsClosed.
    """
    if message.event_id and message.case_id == case.pk:
        return CaseEvent.objects.get(pk=message.event_id)
    case.must_be_open()
    author = Actor(ActorKind.CONTACT, message.contact_id) if message.contact_id else SYSTEM
    data: dict[str, Any] = {
        "message": message.pk,
        **({"request": request.pk} if request else {}),
        **sender_facts(message),
    }
    texts = {"subject": message.subject, "text": message.text[:MOST_TEXT], "from": sender_of(message)}
    # It is not what was done to the case: an hour before its registration is the true one of its arrival.
    event = case.write(Moment.MESSAGE_RECEIVED, by=author, at=message.received_at, now=now, data=data, texts=texts)
    belongs(message, case.customer_id)
    settled(message, MessageState.FILED, now, by=by, case_id=case.pk, event_id=event.pk)
    return event


def of_request(request: WrittenRequest, case: "Case", event_id: int, *, at: datetime, by: Staff | None) -> None:
    """The messages of a request that became this case: its first event tells of them."""
    for message in Message.objects.filter(request=request).order_by("pk"):
        belongs(message, case.customer_id)
        settled(message, MessageState.FILED, at, by=by, case_id=case.pk, event_id=event_id)


def settled(message: Message, state: str, at: datetime | None, *, by: Staff | None = None, **more: Any) -> None:
    """Write what became of the message; ``at`` is None while it waits."""
    changed = {"state": state, "settled_at": at, "settled_by": by, **more}
    for name, value in changed.items():
        setattr(message, name, value)
    Message.objects.filter(pk=message.pk).update(**changed)


def belongs(message: Message, customer_id: int | None) -> None:
    """The message, its original and its files are this company's: nobody else's row policies let them through."""
    if message.customer_id != customer_id:
        message.customer_id = customer_id
        for rows in (Message.objects.filter(pk=message.pk), *parts_of(message)):
            rows.update(customer=customer_id)


def parts_of(message: Message) -> tuple:
    return Original.objects.filter(message=message.pk), Attachment.objects.filter(message=message.pk)


def sender_of(message: Message) -> str:
    """Who wrote it, in one line."""
    name, address = message.from_name.strip(), message.from_address
    return f"{name} <{address}>" if name and address else name or address


# What cannot be done with a mail or a report in writing now, as the engineer reads it.


class RequestIsSettled(Refused):
    clause = "P2"
    template = _("This report in writing is already settled. See what became of it.")


class MessageIsSettled(Refused):
    template = _("This email is already settled. See what became of it.")


class HasARequest(Refused):
    clause = "P2"
    template = _("This email is a report: register its case, attach it to an open one, or say why it is not a report.")


class SenderIsUnproven(Refused):
    clause = "P5"
    field = "channel"
    template = _(
        "Nothing proves who sent the email in this case. Ask for confirmation by telephone, or for a reply to "
        "one of our emails."
    )


class NotHeldBack(Refused):
    template = _("This email is not held back because of its sender. See what became of it.")


class ContactIsGone(Refused):
    field = "contact"
    template = _("%(who)s is no longer an active contact. Choose another person of the company.")


class WhoseIsIt(Refused):
    field = "contact"
    template = _("Nobody knows yet which company this comes from. Choose it first.")


class WrongCompany(Refused):
    field = "case"
    template = _("That case belongs to another company than the sender of this email. Choose one of %(company)s.")


class NoSuchReason(Refused):
    field = "reason"
    template = _("Choose why this email needs nothing more.")


class NoSuchOffice(Refused):
    clause = "A4"
    field = "office"
    template = _("The procedure names no such office. Choose one of: %(offices)s.")


class NoScan(Refused):
    clause = "A4"
    field = "scan"
    template = _("This file is neither a PDF nor a picture. Scan the paper again, or take a photograph of it.")


class ScanTooLarge(Refused):
    clause = "A4"
    field = "scan"
    template = _("This file is too large: at most %(most)d MB. Scan the paper with a lower resolution.")


# Who sent a mail, and what it may do: proven, it counts as its sender's word; unproven, it is heard and no more.
#
# An unproven mail opens or joins a case and is marked. It confirms nothing (P5), and no answer to it tells a number:
# that goes to the contacts the company has configured. One that failed, or was marked as spam, waits for a person.


SENDER = "sender"
"""In the data of an event that a mail made: how far its sender was proven, where that was not proven."""

HELD_BACK = frozenset({SenderProof.FAILED, SenderProof.SPAM})


def receiver() -> Receiver:
    """The operator's receiving mail server, as the settings name it."""
    return Receiver(frozenset(settings.MAIL_AUTHSERV_ID.split()), settings.MAIL_SENDER_PROOF)


def proof_of(found: Read, senders: Sequence[Contact]) -> SenderProof:
    """Who answers to our signed address holds a mail of ours, whatever the server says of the way it took."""
    return SenderProof.PROVEN if is_signed(found, senders) else found.sender_proof


def is_signed(found: Read, senders: Sequence[Contact]) -> bool:
    """Whether it went to the address that a mail of ours to this sender's company gave."""
    ids = {marked.contact for one in found.to_addresses if (marked := reply_address.read(one))}
    if not ids:
        return False
    companies = {sender.customer_id for sender in senders}
    if not companies:
        return True  # a mailbox that nobody knows: it speaks for no contact
    return Contact.objects.filter(pk__in=ids, customer__in=companies).exists()


def is_proven(message: Message) -> bool:
    return message.sender_proof == SenderProof.PROVEN


def sender_facts(message: Message | None) -> dict[str, str]:
    """What the event of this mail says of its sender; nothing where it is proven, or came before senders were read."""
    proof = message.sender_proof if message else ""
    return {SENDER: proof} if proof and proof != SenderProof.PROVEN else {}


def must_have_proven_mail(case: "Case", since: datetime | None) -> None:
    """P5: a confirmation by mail does not rest on a mail that anybody may have sent. Raises SenderIsUnproven.

    Only where mails have come into the case ``since`` (UTC) then, and none of them is proven: what an engineer has read
    in a mailbox of their own, Guardia cannot judge.
    """
    events = case.events.filter(moment=Moment.MESSAGE_RECEIVED, data__has_key="message")
    found = list(events.filter(occurred_at__gte=since).values_list("data", flat=True)) if since else []
    if found and all(SENDER in data for data in found):
        raise SenderIsUnproven()
