"""A mail of a carrier is put into the ticket that it answers, and never reaches a customer (W1).

Two things prove where it belongs, whoever sent it: it answers a mail of ours by its Message-ID, or went to the signed
address that our mail gave. A reference or a number in the subject can be read over a shoulder or made up: it counts for
a sender whose address is one of the carrier's. Everything else goes the way of all other mail.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from guardia.carriers.carrier import carriers_at
from guardia.carriers.ticket import OPEN, PREFIX, CarrierMail, CarrierTicket
from guardia.cases import mail_filing
from guardia.cases.case import Case
from guardia.customers.values import fold
from guardia.mail.automatic import Automatic
from guardia.mail.message import Message, MessageKind, MessageState
from guardia.mail.raw_mail import Read
from guardia.notices import reply_address
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Moment

REFERENCE = re.compile(rf"\b{PREFIX}0*([1-9]\d{{0,17}})\b", re.ASCII | re.IGNORECASE)
MOST_REFERENCES, MOST_NUMBERED = 100, 500
SHORTEST_NUMBER = 4
"""A number of the carrier that is shorter than this may be anything in a subject."""

AWAY = (Automatic.OUT_OF_OFFICE, Automatic.REPORT, Automatic.OWN)
"""Of what machines write, this says nothing of a ticket; what a carrier's ticket system writes is its answer."""


def ticket_answered(found: Read, address: str) -> CarrierTicket | None:
    """The ticket that this mail from ``address`` belongs to; None where nothing says so. Reads only."""
    if found.automatic in AWAY:
        return None
    proven = _by_our_mails(found) or _by_signed_address(found)
    if proven or not address:
        return proven
    carriers = carriers_at(address)
    return _by_subject(found.subject, carriers) if carriers else None


def file_reply(message: Message, found: Read, ticket: CarrierTicket, now: datetime) -> None:
    """The case says that the carrier has answered, and the ticket has the mail with its files. ``now`` is UTC.

    Filed twice it is once: a mail that was taken in again is known by its identity before it comes here.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=ticket.case_id)
    ticket = CarrierTicket.objects.select_for_update(of=("self",)).select_related("carrier").get(pk=ticket.pk)
    is_automatic = found.automatic is not Automatic.NO
    data: dict[str, Any] = {"ticket": ticket.pk, "message": message.pk, **mail_filing.sender_facts(message)}
    data |= {"automatic": True} if is_automatic else {}
    texts = {
        "party": ticket.carrier.name,
        "from": mail_filing.sender_of(message),
        "subject": message.subject,
        "text": message.text[: mail_filing.MOST_TEXT],
    }
    event = case.write(Moment.CARRIER_WROTE, by=SYSTEM, at=message.received_at, now=now, data=data, texts=texts)
    if not is_automatic:
        ticket.answered_at = ticket.answered_at or message.received_at
    ticket.unread_since = ticket.unread_since or message.received_at
    ticket.save(update_fields=["answered_at", "unread_since"])
    CarrierMail.objects.create(ticket=ticket, message=message, at=message.received_at)
    # It is of no company: the row stays out of what a company's people, or an archive of theirs, may read.
    more: dict[str, Any] = {"kind": MessageKind.REPLY, "reason": "carrier", "case_id": case.pk, "event_id": event.pk}
    mail_filing.settled(message, MessageState.FILED, now, **more)


def _by_our_mails(found: Read) -> CarrierTicket | None:
    """It answers a mail that we sent about the ticket."""
    references = list(dict.fromkeys(reversed(found.references)))[:MOST_REFERENCES]
    if not references:
        return None
    mails = CarrierMail.objects.select_related("ticket__carrier")
    ours = mails.filter(delivery__message_id__in=references).order_by("-pk").first()
    return ours.ticket if ours else None


def _by_signed_address(found: Read) -> CarrierTicket | None:
    ids = [pk for one in found.to_addresses if (pk := reply_address.read_ticket(one))]
    return CarrierTicket.objects.select_related("carrier").filter(pk__in=ids).order_by("-pk").first() if ids else None


def _by_subject(subject: str, carriers: Sequence[int]) -> CarrierTicket | None:
    """Of these carriers' tickets the one whose reference or number stands in the subject, the open and newest first."""
    named = [int(number) for number in REFERENCE.findall(subject)]
    theirs = CarrierTicket.objects.select_related("carrier").filter(carrier__in=carriers)
    if named and (ticket := theirs.filter(pk__in=named).order_by("-pk").first()):
        return ticket
    numbered = list(theirs.exclude(number="").order_by("-pk")[:MOST_NUMBERED])
    numbered.sort(key=lambda ticket: ticket.state not in OPEN)
    return next((ticket for ticket in numbered if _names(subject, ticket.number)), None)


def _names(subject: str, number: str) -> bool:
    """Whether the number stands in the subject by itself, not as a part of a longer one."""
    wanted = fold(number)
    if len(wanted) < SHORTEST_NUMBER:
        return False
    return re.search(rf"(?<![^\W_]){re.escape(wanted)}(?![^\W_])", fold(subject)) is not None
