"""What is done with a ticket at a carrier: opened, asked after, and what the carrier says of it taken down (W1).

Each function is given the locked case; hours are UTC. All of it is on record in the case, and internal: the customer
reads only the wait, with its third party, as the procedure says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from guardia.carriers.carrier import Carrier
from guardia.carriers.carrier_letter import Occasion, post_letter
from guardia.carriers.carrier_message import MessageKind, begin_to_follow, goes_by_interface, is_by_interface, queue
from guardia.carriers.ticket import OPEN, CarrierTicket, TicketState
from guardia.cases.case import Case
from guardia.cases.desk_hours import desk_name
from guardia.cases.refusals import NotOfThisCase, PromiseInThePast, Refused
from guardia.cases.verbs import Event, need
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.customers.values import fold
from guardia.events.history import stamp
from guardia.people.staff import Actor, ActorKind
from guardia.procedure.vocabulary import Moment, WaitCause


class CarrierOutOfUse(Refused):
    clause = "W1"
    field = "carrier"
    template = _("%(carrier)s is no longer in use. Choose another third party.")


class TicketIsCancelled(Refused):
    clause = "W1"
    field = "ticket"
    template = _("This ticket was cancelled. Open a new one if the fault is there still.")


class NothingMorePromised(Refused):
    clause = "W1"
    field = "promise_at"
    template = _("A ticket that is resolved or over promises nothing more. Leave the next promise empty.")


class CircuitNeeded(Refused):
    clause = "W1"
    field = "circuit"
    template = _("The interface of %(carrier)s takes a ticket for a circuit. Write it as they call it.")


class WantedTooEarly(Refused):
    clause = "W1"
    field = "wanted_at"
    template = _("Restoration can only be asked for at an hour that is still to come. Correct it, or leave it empty.")


@dataclass(frozen=True)
class Opening:
    """What is asked of the carrier. ``waits``: the customer's clock stands still for it, for this ``reason``, which
    the customer reads, with this ``proof``; ``again_at`` is when we ask again where nothing is promised yet (UTC).

    ``number``: the carrier's own, where it was given on the telephone already. ``wanted_at``: restoration until then.
    """

    carrier: Carrier
    symptoms: str
    circuit: str = ""
    number: str = ""
    wanted_at: datetime | None = None
    waits: bool = False
    reason: str = ""
    proof: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """What the carrier says of a ticket. ``words`` are needed where it waits for us, is over, or works on it again.

    ``waits``, ``reason``, ``proof``: as of an ``Opening``, where it works on it again and the clock stands still again.
    """

    state: TicketState
    number: str = ""
    promise_at: datetime | None = None
    words: str = ""
    waits: bool = False
    reason: str = ""
    proof: str = ""


def open_ticket(case: Case, opening: Opening, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """The ticket, the wait that it may begin, and the mail to the carrier with our reference; or what is said to its
    interface instead.

    While one is open there for the same circuit, that one is given back. Raises CaseIsClosed, NotAnIncident, Missing,
    CarrierOutOfUse, CircuitNeeded, WantedTooEarly, and what a wait raises.
    """
    case.must_be_open()
    case.must_be_an_incident()
    case.must_not_precede(at, case.opened_at)
    symptoms = need("W1", "symptoms", opening.symptoms, _("what we see"))
    if there := _same_ticket(case, opening):
        return case.events.get(moment=Moment.CARRIER_TICKET_OPENED, data__ticket=there.pk)
    carrier = opening.carrier
    if not carrier.active:
        raise CarrierOutOfUse(carrier=carrier.name)
    by_interface = goes_by_interface(carrier) and not opening.number.strip()
    if by_interface and not opening.circuit.strip():
        raise CircuitNeeded(carrier=carrier.name)
    if opening.wanted_at and opening.wanted_at <= at:
        raise WantedTooEarly()
    ticket = CarrierTicket.objects.create(
        customer_id=case.customer_id,
        case_id=case.pk,
        carrier=carrier,
        number=opening.number.strip(),
        circuit=opening.circuit.strip(),
        symptoms=symptoms,
        opened_at=at,
        wanted_at=opening.wanted_at,
        answer_due_at=carrier.answer_due(at),
        restore_due_at=carrier.restore_due(at),
    )
    if opening.waits:
        asks_again = opening.again_at or ticket.answer_due_at or opening.wanted_at
        ticket.wait = _held(case, ticket, opening.reason, opening.proof, asks_again, by=by, at=at, now=now)
        ticket.save(update_fields=["wait"])
    hours = ("wanted_at", "answer_due_at", "restore_due_at")
    data: dict[str, Any] = {"ticket": ticket.pk, "carrier": carrier.pk, "wait": ticket.wait_id}
    data |= {name: stamp(value) for name in hours if (value := getattr(ticket, name))}
    texts = {"party": carrier.name, "number": ticket.number, "circuit": ticket.circuit, "symptoms": symptoms}
    event = case.write(Moment.CARRIER_TICKET_OPENED, by=by, at=at, now=now, data=data, texts=texts)
    if by_interface:
        begin_to_follow(ticket, now or at)
    _tell(ticket, Occasion.OPENED, "", event, now or at)
    return event


def ask_for_news(ticket: CarrierTicket, words: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """The carrier is chased, by mail or a note to its interface; ``words`` of our own may follow the prepared ones.
    Pressed twice it is once.

    Raises TicketIsCancelled, CaseIsClosed.
    """
    case = ticket.case
    case.must_be_open()
    if ticket.state == TicketState.CANCELLED:
        raise TicketIsCancelled()
    texts = {"party": ticket.carrier.name, "text": words.strip()}
    if same := case.said_already(Moment.CARRIER_ASKED, by=by, at=at, texts=texts, ticket=ticket.pk):
        return same
    event = case.write(Moment.CARRIER_ASKED, by=by, at=at, now=now, data={"ticket": ticket.pk}, texts=texts)
    _tell(ticket, Occasion.ASKED, words.strip(), event, now or at)
    return event


def take_down(ticket: CarrierTicket, said: Said, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """Its state, its number and its next promise, as the carrier says them at ``at``; the wait follows.

    A promise moves the clock that chases it. Resolved, closed or cancelled, the wait of the ticket ends then, unless
    another open ticket of the case needs it. Also of a closed case, since the carrier closes later than we do; then no
    wait begins or ends. Said twice it is one. The system is the actor of what an interface says, which leaves it to a
    person to look at. Raises TicketIsCancelled, NothingMorePromised, PromiseInThePast, Missing.
    """
    case = ticket.case
    case.must_not_precede(at, ticket.opened_at)
    reopened = said.state in OPEN and not ticket.is_open
    words = said.words.strip()
    variant = "reopened" if reopened else said.state.value
    texts = {"party": ticket.carrier.name, "number": said.number.strip(), "word": words}
    promised = {"due_at": stamp(said.promise_at)} if said.promise_at else {}
    moment = Moment.CARRIER_TICKET_CHANGED
    is_mirrored = by.kind == ActorKind.SYSTEM  # its interface is read: what it says twice in a minute are two things
    for told in () if is_mirrored else dict.fromkeys((variant, said.state.value, "reopened")):
        about: dict[str, Any] = {"ticket": ticket.pk, "state": said.state.value, **promised}
        if same := case.said_already(moment, variant=told, by=by, at=at, texts=texts, **about):
            return same
    _must_be_possible(ticket, said, reopened, words, at)
    _change_row(ticket, said, reopened, at, is_mirrored=is_mirrored)
    if case.is_open and reopened and said.waits:
        asks_again = said.promise_at or ticket.carrier.answer_due(at)
        ticket.wait = _held(case, ticket, said.reason, said.proof, asks_again, by=by, at=at, now=now)
    ticket.save()
    data = {"ticket": ticket.pk, "state": said.state.value, "wait": ticket.wait_id, **promised}
    data |= {"mirrored": True} if is_mirrored else {}
    event = case.write(moment, variant=variant, by=by, at=at, now=now, data=data, texts=texts)
    if reopened and not is_mirrored:
        _tell(ticket, Occasion.REOPENED, words, event, now or at)
    if case.is_open:
        _move_wait(ticket, said, by=by, at=at, now=now)
    return event


def ticket_in(case: Case, ticket: CarrierTicket) -> CarrierTicket:
    """The ticket as it is now, of this locked case. Raises NotOfThisCase."""
    found = CarrierTicket.objects.select_related("carrier", "wait").get(pk=ticket.pk)
    if found.case_id != case.pk:
        raise NotOfThisCase()
    found.case = case
    return found


KINDS = {
    Occasion.OPENED: MessageKind.OPEN,
    Occasion.ASKED: MessageKind.NOTE,
    Occasion.REOPENED: MessageKind.REOPEN,
}


def _tell(ticket: CarrierTicket, occasion: Occasion, words: str, event: Event, now: datetime) -> None:
    """By its interface where the ticket is there, else by mail."""
    if is_by_interface(ticket):
        queue(ticket, KINDS[occasion], event.pk, now)
    else:
        post_letter(ticket, occasion, words, now)


def _same_ticket(case: Case, opening: Opening) -> CarrierTicket | None:
    open_there = CarrierTicket.objects.filter(case=case.pk, carrier=opening.carrier, state__in=OPEN)
    circuit = fold(opening.circuit)
    return next((one for one in open_there.order_by("pk") if fold(one.circuit) == circuit), None)


def _held(
    case: Case,
    ticket: CarrierTicket,
    reason: str,
    proof: str,
    asks_again: datetime | None,
    *,
    by: Actor,
    at: datetime,
    now: datetime | None,
) -> Wait:
    """The wait for this third party (W1): a new one, or the one that stands. Until the carrier gives its number the
    customer reads ours.
    """
    why = WaitReason(
        cause=WaitCause.THIRD_PARTY,
        asked_by=desk_name(case.procedure_version_id, case.desk),
        reason=reason,
        proof=proof,
        party=ticket.carrier.name,
        party_ticket=ticket.number or ticket.reference,
        party_promise_at=asks_again,
    )
    begun = case.wait(why, by=by, at=at, now=now)
    return Wait.objects.get(pk=begun.data["wait"])


def _must_be_possible(ticket: CarrierTicket, said: Said, reopened: bool, words: str, at: datetime) -> None:
    """MEF 124: what waits says for what (R63), what is resolved how (R28), and what is opened again why (R43)."""
    if ticket.state == TicketState.CANCELLED:
        raise TicketIsCancelled()
    if said.promise_at and said.state not in OPEN:
        raise NothingMorePromised()
    if said.promise_at and said.promise_at <= at:
        raise PromiseInThePast()
    if reopened:
        need("W1", "words", words, _("why it is opened again"))
    elif said.state == TicketState.PENDING:
        need("W1", "words", words, _("what the third party needs from us"))
    elif said.state == TicketState.CANCELLED:
        need("W1", "words", words, _("why it is cancelled"))
    elif said.state not in OPEN and ticket.is_open:
        need("W1", "words", words, _("how it was solved"))


def _change_row(ticket: CarrierTicket, said: Said, reopened: bool, at: datetime, *, is_mirrored: bool) -> None:
    """The columns as ``CARRIER_TICKET`` in ``cases/event_columns.py`` derives them from the event."""
    ticket.state = said.state
    ticket.number = said.number.strip() or ticket.number
    if not (is_mirrored and said.state == TicketState.ACKNOWLEDGED):
        ticket.answered_at = ticket.answered_at or at
    if not is_mirrored or said.state == TicketState.CANCELLED:
        ticket.unread_since = None
    elif said.state in (TicketState.PENDING, TicketState.RESOLVED) and not reopened:
        ticket.unread_since = ticket.unread_since or at
    if said.promise_at:
        ticket.promise_at = said.promise_at
        ticket.first_promise_at = ticket.first_promise_at or said.promise_at
    if reopened:
        ticket.reopened += 1
        ticket.restored_at = ticket.closed_at = None
    if said.state in (TicketState.RESOLVED, TicketState.CLOSED):
        ticket.restored_at = ticket.restored_at or at
    if said.state in (TicketState.CLOSED, TicketState.CANCELLED):
        ticket.closed_at = at


def _move_wait(ticket: CarrierTicket, said: Said, *, by: Actor, at: datetime, now: datetime | None) -> None:
    """W1: the wait that the ticket holds follows what the carrier says. What it says in words stays internal."""
    wait = Wait.objects.filter(pk=ticket.wait_id, ended_at=None).first() if ticket.wait_id else None
    if wait is None:
        return
    if said.promise_at:
        number = ticket.number if ticket.number != wait.party_ticket else ""
        ticket.case.third_party_promised(wait, said.promise_at, ticket=number, by=by, at=at, now=now)
    elif said.state not in OPEN and not _another_needs(ticket, wait):
        ticket.case.go_on(wait, by=by, at=at, now=now)


def _another_needs(ticket: CarrierTicket, wait: Wait) -> bool:
    return CarrierTicket.objects.filter(wait=wait, state__in=OPEN).exclude(pk=ticket.pk).exists()
