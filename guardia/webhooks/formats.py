"""The formats in which an event leaves, of which each subscription names one.

A further one is a module that writes an event, and its entry in ``FORMATS``: queueing, repeating and signing are alike.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from guardia.tmforum import ticket_event
from guardia.tmforum.ticket_versions import V4, V5, TicketVersion
from guardia.webhooks import cloud_event, mef124_event
from guardia.webhooks.cloud_event import EventRow
from guardia.webhooks.subscription import WebhookSubscription

Body = Mapping[str, Any]


@dataclass(frozen=True)
class EventFormat:
    """How an event is written for a subscription.

    ``event`` is given the event, the subscription, and the texts of the event that the customer may read; it returns
    the body as JSON has it, or None where the format has nothing to say of this event: then nothing is sent. ``trial``
    is given the subscription and the hour (UTC). ``id_field`` of the body is the id of the message, which is the same
    however often the event is sent.
    """

    name: str
    content_type: str
    id_field: str
    event: Callable[[EventRow, WebhookSubscription, Mapping[str, str]], Body | None]
    trial: Callable[[WebhookSubscription, datetime], Body]
    path: Callable[[Body], str] = lambda _body: ""
    """What stands behind the address of the subscription, where that depends on what is sent."""


def of_mef124(name: str) -> EventFormat:
    """The notifications of MEF 124, which of them by the code that it stands under."""
    one = mef124_event
    return EventFormat(name, one.CONTENT_TYPE, "eventId", one.event, one.trial, one.path)


def of_tickets(version: TicketVersion) -> EventFormat:
    """The events of TM Forum's hubs (TMF621)."""

    def event(row: EventRow, subscription: WebhookSubscription, _texts: Mapping[str, str]) -> Body | None:
        identity, with_texts = cloud_event.identity(row.digest), subscription.with_texts
        return ticket_event.body(version, row, identity, query=subscription.query, with_texts=with_texts)

    def trial(_subscription: WebhookSubscription, at: datetime) -> Body:
        return ticket_event.trial_body(version, at)

    return EventFormat(f"TM Forum TMF621 {version.name}", TICKET_JSON, "eventId", event, trial)


CLOUD_EVENTS = "cloudevents"
TICKET_JSON = "application/json; charset=utf-8"
FORMATS: dict[str, EventFormat] = {
    CLOUD_EVENTS: EventFormat(
        "CloudEvents 1.0", cloud_event.CONTENT_TYPE, "id", cloud_event.body, cloud_event.trial_body
    ),
    "tmf621v4": of_tickets(V4),
    "tmf621v5": of_tickets(V5),
    mef124_event.TELLS: of_mef124("MEF 124"),
    mef124_event.ASKS: of_mef124("MEF 124 (resolved, information required)"),
}
"""By the code that stands on the subscription."""


@dataclass(frozen=True)
class Message:
    """What one request sends: where to, and its headers and bytes."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    is_of_company: bool = False
    """A company chose the address: the operator's own networks are not reached by it."""


def format_of(subscription: WebhookSubscription) -> EventFormat:
    """How events are written for it. Raises ValueError where this version does not know its format."""
    found = FORMATS.get(subscription.format)
    if found is None:
        raise ValueError(f"this version does not know the format {subscription.format}")
    return found


def message(subscription: WebhookSubscription, body: Body, at: datetime) -> Message:
    """The request that sends this body, signed at ``at`` (UTC) by each secret that holds.

    Raises CannotBeUnsealed, ValueError where this version does not know its format.
    """
    written = format_of(subscription)
    identity, content = str(body[written.id_field]), json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    utc = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(identity, utc, content) for secret in subscription.secrets_at(at)]
    headers = {
        "Content-Type": written.content_type,
        "User-Agent": "Guardia",
        "Accept-Encoding": "identity",
        "webhook-id": identity,
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    address = subscription.url + written.path(body)
    return Message(address, headers, content.encode(), is_of_company=subscription.owner_id is not None)
