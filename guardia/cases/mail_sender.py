"""Who sent a mail, and what it may do: proven, it counts as its sender's word; unproven, it is heard and no more.

An unproven mail opens or joins a case and is marked. It confirms nothing (P5), and no answer to it tells a number: that
goes to the contacts the company has configured. One that failed, or was marked as spam, waits for a person.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from guardia.cases.mail_refusals import SenderIsUnproven
from guardia.customers.contact import Contact
from guardia.mailroom.message import Message
from guardia.mailroom.raw_mail import Read, Receiver, SenderProof
from guardia.notices import reply_address
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

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
