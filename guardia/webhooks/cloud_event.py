"""What an event says to whoever follows it from outside, and how it is written as a CloudEvent 1.0 in JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from guardia.cases.number import grouped
from guardia.config.sql_rows import rows_of
from guardia.events.kinds import KINDS
from guardia.procedure.vocabulary import Moment
from guardia.webhooks.subscription import WebhookSubscription

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE = "guardia.case."
TRIAL = "guardia.trial"


@dataclass(frozen=True)
class EventRow:
    """What is read of an event, its case and its company to say it outside; hours in UTC."""

    delivery_id: int
    stage: str
    impact: str
    event_id: int
    seq: int
    digest: bytes
    moment: str
    variant: str
    occurred_at: datetime
    recorded_at: datetime
    public: bool
    data: Mapping[str, Any]
    number: int
    in_rehearsal: bool
    company_code: str | None
    company_name: str
    circuit: str | None


ROWS = """
    SELECT d.id, d.stage, d.impact, e.id, e.seq, e.hash, e.moment, e.variant, e.occurred_at, e.recorded_at, e.public,
           e.data, c.number, c.in_rehearsal, o.external_id, o.name, s.circuit
    FROM webhook_delivery d JOIN case_event e ON e.id = d.event_id JOIN "case" c ON c.id = e.case_id
    JOIN customer o ON o.id = e.customer_id LEFT JOIN service s ON s.id = c.service_id
    WHERE d.id = ANY(%s)
"""
TEXTS = "SELECT event_id, name, text FROM event_text WHERE event_id = ANY(%s) AND text IS NOT NULL"


def rows(delivery_ids: Sequence[int]) -> dict[int, EventRow]:
    """By delivery, what its event says."""
    found = {}
    for values in rows_of(ROWS, [list(delivery_ids)]):
        row = EventRow(*values)
        found[row.delivery_id] = replace(row, digest=bytes(row.digest), data=json.loads(values[11]))
    return found


def texts_for_customer(events: Mapping[int, str]) -> dict[int, dict[str, str]]:
    """By event, its prose that the customer may read, as far as it was not erased. ``events``: public ones, by id with
    their kind.
    """
    found: dict[int, dict[str, str]] = {}
    for event_id, name, text in rows_of(TEXTS, [list(events)]) if events else ():
        if name in KINDS[Moment(events[event_id])].texts:
            found.setdefault(event_id, {})[name] = text
    return found


def identity(digest: bytes) -> str:
    """The id of an event, the same however often it is sent: from its hash, which is its own for good."""
    return f"evt_{digest.hex()[:32]}"


def hour(at: datetime) -> str:
    """ISO 8601 in UTC: ``2026-11-21T07:04:20.000000Z``."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def source() -> str:
    return settings.PUBLIC_URL.rstrip("/") or "/"


def body(row: EventRow, subscription: WebhookSubscription, texts: Mapping[str, str]) -> dict[str, Any]:
    """The CloudEvent, as this subscription may read it. An internal event has no prose, and one for a company has no
    codes of ours.
    """
    data: dict[str, Any] = {
        "case": grouped(row.number),
        "seq": row.seq,
        "hash": row.digest.hex(),
        "kind": row.moment,
        "variant": row.variant or None,
        "public": row.public,
        "stage": row.stage or None,
        "severity": row.impact or None,
        "company": row.company_code,
        "service": row.circuit,
        "occurred_at": hour(row.occurred_at),
        "recorded_at": hour(row.recorded_at),
    }
    if subscription.owner_id is None:
        data["codes"] = dict(row.data)
    if subscription.with_texts and row.public:
        data |= {"company_name": row.company_name, "texts": dict(texts)}
    return {
        "specversion": "1.0",
        "id": identity(row.digest),
        "source": source(),
        "type": TYPE + row.moment,
        "subject": grouped(row.number),
        "time": hour(row.occurred_at),
        "datacontenttype": "application/json",
        "seq": row.seq,
        "hash": row.digest.hex(),
        "data": data,
    }


def trial_body(subscription: WebhookSubscription, at: datetime) -> dict[str, Any]:
    """What a trial says: nothing of any case."""
    return {
        "specversion": "1.0",
        "id": f"trial_{uuid4().hex}",
        "source": source(),
        "type": TRIAL,
        "time": hour(at),
        "datacontenttype": "application/json",
        "data": {"subscription": subscription.name},
    }
