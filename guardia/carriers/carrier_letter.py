"""The mails to a carrier: a ticket is opened, asked after, opened again. They leave by the outbox like all others.

A person has pressed for each of them, and the desks of carriers drop what calls itself automatic: so none does. Our
reference stands in the subject, in the address to reply to, and in the conversation that all mails of a ticket share.
"""

import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import Enum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.carriers.ticket import CarrierMail, CarrierTicket
from guardia.notices import reply_address
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery
from guardia.notices.secret_mail import language_of, operator_at
from guardia.notices.wire import WIRE, one_line, wire_address
from guardia.people.connections import setting

URGENCY = 2
"""Somebody waits for the answer; what tells a customer that a service is out or back leaves before it."""

LONGEST_SUBJECT = 160


class Occasion(Enum):
    """Why the carrier is written to."""

    OPENED = "opened"
    ASKED = "asked"
    REOPENED = "reopened"


def post_letter(ticket: CarrierTicket, occasion: Occasion, words: str, now: datetime) -> Delivery:
    """The mail in the outbox, written once and kept as it leaves; ``words`` are of whoever sends it. ``now`` is UTC.

    Raises BadAddress. In a rehearsal it is held like every other mail.
    """
    address = wire_address(ticket.carrier.mailbox)
    message_id = f"<{uuid.uuid4().hex}@{domain()}>"
    delivery = Delivery.objects.create(
        channel=Channel.MAIL,
        address=address,
        domain=address.rpartition("@")[2].lower(),
        urgency=URGENCY,
        message_id=message_id,
        body=written(ticket, occasion, words, message_id, now),
        available_at=now,
        created_at=now,
    )
    CarrierMail.objects.create(ticket=ticket, delivery=delivery, at=now)
    return delivery


def written(ticket: CarrierTicket, occasion: Occasion, words: str, message_id: str, now: datetime) -> bytes:
    """The mail's bytes, in the language of the carrier. Raises BadAddress."""
    with translation.override(language_of(ticket.carrier.language)):
        operator = operator_at(now)
        message = EmailMessage(policy=WIRE)
        message["Subject"] = one_line(subject_of(ticket))[:LONGEST_SUBJECT]
        message["From"] = Address(one_line(operator), addr_spec=setting("MAIL_FROM"))
        message["To"] = Address(one_line(ticket.carrier.name), addr_spec=wire_address(ticket.carrier.mailbox))
        message["Reply-To"] = Address(one_line(operator), addr_spec=reply_address.ticket_address(ticket.pk))
        message["Message-ID"] = message_id
        message["In-Reply-To"] = message["References"] = conversation(ticket)
        message["Date"] = format_datetime(now)
        message["X-Guardia-Moment"] = f"carrier_ticket_{occasion.value}"
        paragraphs = (first_words(ticket, occasion, operator), words, facts_of(ticket), last_words(ticket))
        message.set_content("\n\n".join(part for part in paragraphs if part) + "\n", cte="quoted-printable")
        message["Content-Language"] = translation.get_language()
        return message.as_bytes()


def conversation(ticket: CarrierTicket) -> str:
    """What all mails of one ticket answer; it is never sent itself, so that no order can break the conversation."""
    return f"<carrier-ticket-{ticket.pk}@{domain()}>"


def subject_of(ticket: CarrierTicket) -> str:
    """``[TK-0012] Fault in circuit ABC-1 (INC-88)``: alike in every mail, so that programs keep them together."""
    fault = _("Fault in circuit %(circuit)s") % {"circuit": ticket.circuit} if ticket.circuit else _("Fault report")
    return f"[{ticket.reference}] {fault}"


def first_words(ticket: CarrierTicket, occasion: Occasion, operator: str) -> str:
    named = {"operator": operator, "carrier": ticket.carrier.name, "number": ticket.number or ticket.reference}
    match occasion:
        case Occasion.OPENED:
            return _("To %(carrier)s: %(operator)s opens a ticket with you for the fault below.") % named
        case Occasion.REOPENED:
            return _("To %(carrier)s: the fault is there still or again. Please reopen ticket %(number)s.") % named
    return _("To %(carrier)s: we ask for news of ticket %(number)s.") % named


def facts_of(ticket: CarrierTicket) -> str:
    """What the carrier needs to know, a line each; of the customer nothing is named."""
    rows = [
        (_("Our reference"), ticket.reference),
        (_("Your ticket"), ticket.number),
        (_("Circuit"), ticket.circuit),
        (_("Opened"), hour_there(ticket.opened_at)),
        (_("Your last promise"), hour_there(ticket.promise_at)),
        (_("Restoration requested by"), hour_there(ticket.wanted_at)),
        (_("What we see"), ticket.symptoms),
    ]
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def last_words(ticket: CarrierTicket) -> str:
    words = _(
        "Please reply to this email with your ticket number, what you have found, and by what time you restore the "
        "service. Keep %(reference)s in the subject."
    )
    return words % {"reference": f"[{ticket.reference}]"}


def hour_there(at: datetime | None) -> str:
    """``28/11/2026 10:15 (UTC-05:00)``, in the operator's zone; empty where there is none."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    offset = local.strftime("%z")
    return f"{local:%d/%m/%Y %H:%M} (UTC{offset[:3]}:{offset[3:]})"
