"""The tickets of a case at carriers, on its page: their state and promise, the mails of each, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.carriers.carrier_message import (
    CarrierMessage,
    CarrierMirror,
    MessageKind,
    MessageState,
    messages_of,
    mirrors_of,
)
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
    tickets = tickets_of(case.pk)
    ids = [ticket.pk for ticket in tickets]
    messages, mirrors = (messages_of(ids), mirrors_of(ids)) if ids else ({}, {})
    rows = [
        ticket_row(case, one, at, acts=acts)
        | interface_row(one, mirrors.get(one.pk), messages.get(one.pk, []), at, acts=acts)
        for one in tickets
    ]
    return CarrierTickets(
        rows, tag_of([[*row["states"], *row["message_states"], row["is_late"]] for row in rows]) if rows else ""
    )


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


# --- at an interface --------------------------------------------------------------------------------------------------
KIND_WORDS = {
    MessageKind.OPEN: gettext_lazy("opening"),
    MessageKind.NOTE: gettext_lazy("asked for news"),
    MessageKind.REOPEN: gettext_lazy("reopened"),
    MessageKind.CLOSE: gettext_lazy("confirmed"),
    MessageKind.CANCEL: gettext_lazy("asked to cancel"),
}
STATE_WORDS = {
    MessageState.WAITING: gettext_lazy("about to leave"),
    MessageState.SENDING: gettext_lazy("under way"),
    MessageState.DONE: gettext_lazy("taken"),
    MessageState.DEAD: gettext_lazy("not taken"),
    MessageState.INSTEAD: gettext_lazy("said in another way"),
    MessageState.HELD: gettext_lazy("held: a rehearsal is on"),
}


def interface_row(
    ticket: CarrierTicket, mirror: CarrierMirror | None, messages: Sequence[CarrierMessage], at: datetime, *, acts: bool
) -> dict[str, Any]:
    """What was said to the interface, what it did not take, and what can be done; nothing where there is none."""
    if mirror is None:
        return {
            "messages": (),
            "message_states": (),
            "not_taken": "",
            "steps": (),
            "reasons": (),
            "is_by_interface": False,
        }
    dead = next((one for one in messages if one.state == MessageState.DEAD), None)
    resolved = ticket.state == TicketState.RESOLVED and mirror.is_followed
    confirmed = any(one.kind == MessageKind.CLOSE and one.state in UNTIL_CLOSED for one in messages[-1:])
    steps, reasons = [], []
    if dead:
        steps += [("de-nuevo", _("Send it again")), ("por-correo", _("Send it by email"))]
        steps += [("por-telefono", _("Said by telephone"))]
    if resolved and not confirmed:
        steps.append(("confirmar", _("Confirm that it works")))
    if resolved:
        reasons.append(("reabrir", _("Reopen"), _("Why it is not solved")))
    if ticket.is_open and mirror.is_followed and mirror.remote_id:
        reasons.append(("anular", _("Ask to cancel"), _("Why it is cancelled")))
    return {
        "messages": [message_row(one, at) for one in messages],
        "message_states": [*(f"{one.pk}{one.state}{one.attempts}" for one in messages), mirror.trouble],
        "not_taken": refusal_words(dead) if dead else mirror.trouble,
        "verify": resolved and not confirmed,
        "steps": [(step_href(ticket, word), words) for word, words in steps] if acts else (),
        "reasons": [(step_href(ticket, word), words, label) for word, words, label in reasons] if acts else (),
        "is_by_interface": mirror.is_followed,
    }


UNTIL_CLOSED = (MessageState.WAITING, MessageState.SENDING, MessageState.DONE)


def step_href(ticket: CarrierTicket, word: str) -> str:
    return reverse("carrier_ticket_step", args=[ticket.pk, word])


def message_row(message: CarrierMessage, at: datetime) -> dict[str, str]:
    state = MessageState(message.state)
    words = f"{KIND_WORDS[MessageKind(message.kind)]}: {STATE_WORDS[state]}"
    if state == MessageState.WAITING and message.attempts:
        facts = {"hour": hour(message.available_at, at), "why": message.answer or message.status}
        words = f"{words} ({_('tried, and again at %(hour)s: %(why)s') % facts})"
    return {"at": hour(message.created_at, at), "words": str(words)}


def refusal_words(message: CarrierMessage) -> str:
    """What the interface did not take, why, and what to do."""
    facts = {"what": KIND_WORDS[MessageKind(message.kind)], "why": message.answer or f"HTTP {message.status}"}
    if message.status in (401, 403):
        return _("Its interface does not accept our key (%(what)s): %(why)s. Correct it, then send it again.") % facts
    if message.status is None or message.status >= 500:
        return _("Its interface was not there for 48 h (%(what)s): %(why)s. Write or call, or send it again.") % facts
    return _("Its interface refused it (%(what)s): %(why)s. Send it by email, or call.") % facts


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
