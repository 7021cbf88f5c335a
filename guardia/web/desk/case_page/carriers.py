"""The tickets of a case at carriers, on its page: their state and promise, the mails of each, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.carriers.ticket import CarrierMail, CarrierTicket, TicketState, tickets_of
from guardia.cases.case import Case
from guardia.notices.notice import DeliveryState
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.web.desk.clock import hour
from guardia.web.desk.page import tag_of
from guardia.web.shared.act import Button


@dataclass(frozen=True, slots=True)
class CarrierTickets:
    """``tag``: equal tags, equal panel."""

    rows: Sequence[dict[str, Any]]
    tag: str

    @property
    def is_empty(self) -> bool:
        return not self.rows


def carrier_tickets_of(case: Case, staff: Staff, at: datetime) -> CarrierTickets:
    """Those that are open first, then the newest; ``at`` is UTC."""
    acts = may_handle(staff, case.desk)
    rows = [ticket_row(case, ticket, at, acts=acts) for ticket in tickets_of(case.pk)]
    return CarrierTickets(rows, tag_of([[*row["states"], row["is_late"]] for row in rows]) if rows else "")


def ticket_row(case: Case, ticket: CarrierTicket, at: datetime, *, acts: bool) -> dict[str, Any]:
    mails: list[CarrierMail] = ticket.in_order  # type: ignore[attr-defined]
    late = ticket.is_late(at)
    return {
        "id": f"ticket-{ticket.pk}",
        "carrier": ticket.carrier.name,
        "carrier_href": reverse("carrier", args=[ticket.carrier_id]),
        "number": ticket.number or _("no number yet"),
        "reference": ticket.reference,
        "circuit": ticket.circuit,
        "symptoms": ticket.symptoms,
        "state": str(TicketState(ticket.state).label),
        "opened": hour(ticket.opened_at, at),
        "wanted": hour(ticket.wanted_at, at) if ticket.wanted_at else "",
        "promise": hour(ticket.promise_at, at) if ticket.promise_at and ticket.is_open else "",
        "restored": hour(ticket.restored_at, at) if ticket.restored_at else "",
        "unread": hour(ticket.unread_since, at) if ticket.unread_since else "",
        "unanswered": is_unanswered(ticket, at),
        "reopened": ticket.reopened,
        "waits": bool(ticket.wait and ticket.wait.ended_at is None),
        "is_late": late,
        "is_open": ticket.is_open,
        "mails": [mail_row(mail, at) for mail in mails],
        "acts": acts_of(case, ticket) if acts else (),
        "ask_href": reverse("act", args=[case.number, "tercero-novedades"]) if acts and case.is_open else "",
        "pk": ticket.pk,
        "states": [str(ticket.pk), ticket.state, ticket.unread_since, *(state_of(mail) for mail in mails)],
    }


def is_unanswered(ticket: CarrierTicket, at: datetime) -> bool:
    """Whether the time of the contract for an answer has passed without one."""
    due = ticket.answer_due_at
    return ticket.is_open and ticket.answered_at is None and due is not None and due <= at


def acts_of(case: Case, ticket: CarrierTicket) -> tuple[Button, ...]:
    if ticket.state == TicketState.CANCELLED:
        return ()
    words = _("Read and record what it says") if ticket.unread_since else _("What it says")
    return (Button(f"{reverse('act', args=[case.number, 'tercero-dice'])}?ticket={ticket.pk}", words, posts=False),)


def mail_row(mail: CarrierMail, at: datetime) -> dict[str, Any]:
    """One mail: what came leads to the mail itself with its files; what was sent says what became of it."""
    came = mail.message
    return {
        "came": came is not None,
        "at": hour(mail.at, at),
        "words": (came.subject or _("(no subject)")) if came else sent_words(mail),
        "who": (came.from_name or came.from_address) if came else "",
        "href": reverse("message", args=[came.pk]) if came else "",
    }


def sent_words(mail: CarrierMail) -> str:
    delivery = mail.delivery
    words = {
        DeliveryState.ACCEPTED: _("sent, its server took it"),
        DeliveryState.REFUSED: _("its server refused it"),
        DeliveryState.EXPIRED: _("not sent: no server took it"),
        DeliveryState.BOUNCED: _("it came back"),
        DeliveryState.HELD: _("held: a rehearsal is on"),
    }
    return str(words.get(DeliveryState(delivery.state), _("about to leave"))) if delivery else ""


def state_of(mail: CarrierMail) -> str:
    return f"{mail.pk}{mail.delivery.state if mail.delivery else ''}"
