"""What an event of a case says to the Buyer of its ticket (MEF 124): which notification it is, and of which ticket.

A hub of a Buyer is up to two subscriptions, since one event may be two notifications: that the status changed, and that
the Buyer is asked for something. Each is a format of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from django.conf import settings

from guardia.cases.buyer_ticket import MefStatus, Ticket, status_changes
from guardia.cases.buyer_ticket_rows import ticket_of
from guardia.cases.event import CaseEvent
from guardia.events.kinds import NOT_REPORTED
from guardia.people.staff import ActorKind
from guardia.webhooks.cloud_event import EventRow, hour, identity
from guardia.webhooks.subscription import WebhookSubscription

CONTENT_TYPE = "application/json;charset=utf-8"
LISTENER = "/mefApi/sonata/troubleTicketNotification/v4/listener/"
"""What stands behind the callback of a Buyer, before the type of the event."""
STATUS_CHANGED = "troubleTicketStatusChangeEvent"
CHANGED = "troubleTicketAttributeValueChangeEvent"
RESOLVED = "troubleTicketResolvedEvent"
INFORMATION_REQUIRED = "troubleTicketInformationRequiredEvent"
TELLS, ASKS = "mef124", "mef124asks"
"""The formats: what happened to a ticket, and what its Buyer is asked for."""
TYPES_OF = {TELLS: (STATUS_CHANGED, CHANGED), ASKS: (RESOLVED, INFORMATION_REQUIRED)}
EVENT_TYPES = (STATUS_CHANGED, CHANGED, RESOLVED, INFORMATION_REQUIRED)
OF_INCIDENTS = ("incidentCreateEvent", "incidentAttributeValueChangeEvent", "incidentStatusChangeEvent")
"""Types that may be asked for, and are not sent: a Buyer reads the incidents."""


# --- which events a hub wants -----------------------------------------------------------------------------------------
def event_types_in(query: str) -> list[str]:
    """The types that a hub's query names, with commas or again and again; none named: all. Raises ValueError."""
    if not query.strip():
        return list(EVENT_TYPES)
    given = parse_qs(query.replace(" ", ""), strict_parsing=True)
    wanted = [each for one in given.pop("eventType", []) for each in one.split(",") if each]
    if given or not wanted or set(wanted) - set(EVENT_TYPES) - set(OF_INCIDENTS):
        raise ValueError(query)
    return wanted


def stored_query(types: list[str], buyer_id: str) -> str:
    """What stands on the subscription: the types, and the buyerId that was sent with the hub (R7)."""
    return urlencode({"eventType": ",".join(types), **({"buyerId": buyer_id} if buyer_id else {})}, safe=",")


# --- what is sent -----------------------------------------------------------------------------------------------------
def event(row: EventRow, subscription: WebhookSubscription, _texts: Mapping[str, str]) -> dict[str, Any] | None:
    """The notification of this event in the format of the subscription, or None where it is none."""
    company = subscription.owner_id or subscription.company_id
    ticket = ticket_of(company, str(row.number)) if company and row.public else None
    if ticket is None:
        return None
    asked = parse_qs(subscription.query)
    type = type_of(ticket, row).get(subscription.format, "")
    if type not in asked.get("eventType", [",".join(EVENT_TYPES)])[0].split(","):
        return None
    about = {"id": ticket.id, "href": f"{settings.PUBLIC_URL.rstrip('/')}{ADDRESS}{ticket.id}"}
    if "buyerId" in asked:
        about["buyerId"] = asked["buyerId"][0]
    return {
        "eventId": identity(row.digest),
        "eventTime": hour(row.occurred_at),
        "eventType": type,
        "event": about,
    }


ADDRESS = "/mefApi/sonata/troubleTicket/v4/troubleTicket/"


def type_of(ticket: Ticket, row: EventRow) -> dict[str, str]:
    """By format, the type of the notification that this event is; what a Buyer changes itself is none (R61)."""
    assert ticket.case is not None
    events = list(CaseEvent.objects.filter(case=ticket.case.pk, public=True, seq__lte=row.seq).order_by("seq"))
    reached = [one.status for one in status_changes(ticket, events) if one.event and one.event.seq == row.seq]
    if not reached:
        is_ours = bool(events) and events[-1].seq == row.seq and events[-1].actor_kind != ActorKind.CONTACT
        return {TELLS: CHANGED} if is_ours and row.moment not in NOT_REPORTED else {}
    asks = {MefStatus.RESOLVED: RESOLVED, MefStatus.PENDING: INFORMATION_REQUIRED}.get(reached[-1], "")
    return {TELLS: STATUS_CHANGED, ASKS: asks}


def trial(subscription: WebhookSubscription, at: datetime) -> dict[str, Any]:
    """What a trial says: nothing of any ticket."""
    type = TYPES_OF[subscription.format][0]
    return {"eventId": f"trial_{uuid4().hex}", "eventTime": hour(at), "eventType": type, "event": {"id": "trial"}}


def path(body: Mapping[str, Any]) -> str:
    """Where a notification goes behind the callback."""
    return LISTENER + str(body["eventType"])
