"""What the desk does with a ticket at the interface of a carrier (MEF 124): confirm, reject or cancel it, and say in
another way what the interface did not take.

Each function is given a ticket of the locked case; hours are UTC. Nothing here waits for the network.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.carriers.carrier_letter import Occasion, post_letter
from guardia.carriers.carrier_message import (
    CarrierMessage,
    MessageKind,
    MessageState,
    again,
    is_by_interface,
    leave,
    queue,
)
from guardia.carriers.ticket import CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import KINDS, Said, take_down
from guardia.cases.refusals import Refused
from guardia.cases.verbs import Event, need
from guardia.notices.secret_mail import language_of
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment

OCCASIONS = {kind: occasion for occasion, kind in KINDS.items()}


class NotResolvedThere(Refused):
    clause = "W1"
    field = "ticket"
    template = _("A ticket is confirmed, or rejected with a reason, while the third party says that it is resolved.")


class NotByInterface(Refused):
    clause = "W1"
    field = "ticket"
    template = _("This ticket is not at an interface. Write or call, and record what the third party says.")


class NotCancelledThereNow(Refused):
    clause = "W1"
    field = "ticket"
    template = _("Only an open ticket can be cancelled at the third party.")


def confirm(ticket: CarrierTicket, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """We have verified what the carrier solved: its interface may close the ticket, and says so once it has. Pressed
    twice it is once. Raises NotByInterface, NotResolvedThere.
    """
    if not is_by_interface(ticket):
        raise NotByInterface()
    if ticket.state != TicketState.RESOLVED:
        raise NotResolvedThere()
    event = _ask(ticket, "confirmed", MessageKind.CLOSE, "", by=by, at=at, now=now)
    CarrierTicket.objects.filter(pk=ticket.pk).update(unread_since=None)
    return event


def ask_to_cancel(ticket: CarrierTicket, words: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """We want the ticket cancelled, for the reason in ``words``; it is once the carrier's interface says so.

    Raises NotByInterface, NotCancelledThereNow, Missing.
    """
    if not is_by_interface(ticket):
        raise NotByInterface()
    if not ticket.is_open:
        raise NotCancelledThereNow()
    reason = need("W1", "words", words, _("why it is cancelled"))
    return _ask(ticket, "cancel", MessageKind.CANCEL, reason, by=by, at=at, now=now)


def reopen(ticket: CarrierTicket, words: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """What the carrier calls resolved is not: it works on it again, for the reason in ``words``.

    Raises NotResolvedThere, Missing.
    """
    if ticket.state != TicketState.RESOLVED:
        raise NotResolvedThere()
    return take_down(ticket, Said(TicketState.IN_PROGRESS, words=words), by=by, at=at, now=now)


def send_again(ticket: CarrierTicket, now: datetime) -> int:
    """What the interface did not take is sent to it once more; how many messages. ``now`` is UTC."""
    return again(ticket, now)


def send_by_mail(ticket: CarrierTicket, now: datetime) -> int:
    """What the interface did not take leaves by mail; how many mails. What a mail has no form for, a confirmation or a
    wish to cancel, goes as a question with its words. ``now`` is UTC. Raises BadAddress.
    """
    dead = CarrierMessage.objects.filter(ticket=ticket.pk, state=MessageState.DEAD).select_related("event")
    mails = list(dead.order_by("pk"))
    for message in mails:
        post_letter(ticket, OCCASIONS.get(MessageKind(message.kind), Occasion.ASKED), _words_of(ticket, message), now)
    leave(ticket, now)
    return len(mails)


def settle_by_telephone(ticket: CarrierTicket, now: datetime) -> None:
    """What the interface did not take was said on the telephone: it is sent no more. ``now`` is UTC."""
    leave(ticket, now)


def _ask(
    ticket: CarrierTicket,
    variant: str,
    kind: MessageKind,
    words: str,
    *,
    by: Actor,
    at: datetime,
    now: datetime | None,
) -> Event:
    """What we ask of the carrier besides news, on record and on its way to its interface."""
    case, texts = ticket.case, {"party": ticket.carrier.name, "text": words}
    moment, data = Moment.CARRIER_ASKED, {"ticket": ticket.pk}
    if same := case.said_already(moment, variant=variant, by=by, at=at, texts=texts, ticket=ticket.pk):
        return same
    event = case.write(moment, variant=variant, by=by, at=at, now=now, data=data, texts=texts)
    queue(ticket, kind, event.pk, now or at)
    return event


def _words_of(ticket: CarrierTicket, message: CarrierMessage) -> str:
    """What the mail says of it, besides the prepared words: in the language of the carrier what we ask, then ours."""
    with translation.override(language_of(ticket.carrier.language)):
        asked = {
            MessageKind.CLOSE: gettext("We have verified the service: it works. Please close the ticket."),
            MessageKind.CANCEL: gettext("Please cancel the ticket, for this reason:"),
        }.get(MessageKind(message.kind), "")
    return "\n".join(part for part in (asked, message.words()) if part)
