"""An event of a case as the hubs of TM Forum send it (TMF621): which of the standard's events it is, and its body."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import uuid4

from guardia.cases.queries import of_number, with_names
from guardia.events.kinds import KINDS, TicketStatus
from guardia.procedure.vocabulary import Moment
from guardia.tmforum.ticket import Ticket, tickets_of
from guardia.tmforum.ticket_versions import TicketVersion

CREATE = "TroubleTicketCreateEvent"
CHANGE = "TroubleTicketAttributeValueChangeEvent"
STATUS = "TroubleTicketStatusChangeEvent"
RESOLVED = "TroubleTicketResolvedEvent"
REQUIRED = "TroubleTicketInformationRequiredEvent"
DELETE = "TroubleTicketDeleteEvent"
EVENT_TYPES = (CREATE, CHANGE, STATUS, RESOLVED, REQUIRED, DELETE)
"""What may be asked for. ``DELETE`` is never sent: no case is ever deleted."""
OPENS = (Moment.REGISTERED, Moment.ADMIN_TAKEN)


class Event(Protocol):
    """What is read here of an event (``webhooks/cloud_event.py``)."""

    @property
    def number(self) -> int: ...

    @property
    def seq(self) -> int: ...

    @property
    def moment(self) -> str: ...

    @property
    def public(self) -> bool: ...

    @property
    def occurred_at(self) -> datetime: ...

    @property
    def recorded_at(self) -> datetime: ...


def body(version: TicketVersion, event: Event, identity: str, *, query: str, with_texts: bool) -> dict[str, Any] | None:
    """The event with the ticket as it stands; its status and the history of it as the event left them.

    ``query`` is that of the hub, ``identity`` the id of the event. None where the event stays within the operator,
    or is none of those that the hub wants. Without ``with_texts`` there are no names, notes or descriptions.
    """
    case = with_names(of_number(str(event.number))).first() if event.public else None
    if case is None:
        return None
    ticket = tickets_of([case], internal=False)[0].as_of(event.seq)
    kind = wanted(query, kinds_of(event, ticket))
    if not kind:
        return None
    written = version.written(ticket)
    if not with_texts:
        written = {name: value for name, value in written.items() if name not in PROSE}
    root, moment = version.root, Moment(event.moment)
    found: dict[str, Any] = {
        "eventId": identity,
        "eventTime": ticket.hour(event.recorded_at),
        "eventType": kind,
        "correlationId": ticket.id,
        "domain": "TroubleTicket",
        "title": str(KINDS[moment].name),
        version.occurred: ticket.hour(event.occurred_at),
        "event": {"troubleTicket": written},
    }
    if version.number == 5:
        found = {"@type": kind, **found, "href": f"{root}/troubleTicket/{ticket.id}"}
    if version.number == 4 and kind in (CHANGE, REQUIRED):
        found["fieldPath"] = "note" if kind == REQUIRED or moment in NEWS else "troubleTicketCharacteristic"
    return found


PROSE = ("name", "description", "note", "relatedParty", "attachment", "troubleTicketCharacteristic")
NEWS = (Moment.MESSAGE_RECEIVED, Moment.NEWS_SENT)


def kinds_of(event: Event, ticket: Ticket) -> list[str]:
    """Which events of the standard this one is, the most particular first."""
    if event.moment in OPENS:
        return [CREATE]
    if not (ticket.changes and ticket.changes[-1].seq == event.seq):
        return [CHANGE]
    particular = {TicketStatus.RESOLVED: [RESOLVED], TicketStatus.PENDING: [REQUIRED]}
    return [*particular.get(TicketStatus(ticket.status), []), STATUS]


def wanted(query: str, kinds: list[str]) -> str:
    """The first of these that the query asks for, all where it asks for none; empty where it wants others.

    A query is ``eventType=…``, several with commas or with ``&``, as TMF630 has it.
    """
    asked = event_types_in(query)
    return next((kind for kind in kinds if not asked or kind in asked), "")


def event_types_in(query: str) -> set[str]:
    """The event types that a query names. Raises ValueError where it asks for anything else."""
    found = parse_qs(query.lstrip("?"), keep_blank_values=True, strict_parsing=bool(query.strip()))
    if set(found) - {"eventType"}:
        raise ValueError(query)
    asked = {one.strip() for value in found.get("eventType", ()) for one in value.split(",")}
    if asked - set(EVENT_TYPES):
        raise ValueError(query)
    return asked


def trial_body(version: TicketVersion, at: datetime) -> Mapping[str, Any]:
    """A change of a ticket that there is not: a trial says nothing of any case. ``at`` is UTC."""
    ticket: dict[str, Any] = {"id": "trial", "href": f"{version.root}/troubleTicket/trial", "@type": "TroubleTicket"}
    hour = at.isoformat()
    found = {
        "eventId": f"trial_{uuid4().hex}",
        "eventTime": hour,
        "eventType": CHANGE,
        "domain": "TroubleTicket",
        "title": "Trial",
        version.occurred: hour,
        "event": {"troubleTicket": ticket},
    }
    return found if version.number == 4 else {"@type": CHANGE, **found}
