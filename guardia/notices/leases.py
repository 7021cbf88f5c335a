"""Whose a delivery is while it is being sent: a lease is known by its sender and its end.

A worker whose lease was given to another finds that its steps change no row.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from guardia.config.sql_rows import run
from guardia.notices.notice import Delivery, DeliveryState

OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)

# Written by hand, since this is what every mail costs; what is sent goes over as it is, not in hexadecimal digits.
COUNTED = """
    UPDATE delivery SET attempts = attempts + 1, leased_until = %(new)s, body = coalesce(%(body)b, body)
    WHERE id = %(delivery)s AND state = 'sending' AND sender_id = %(sender)s AND leased_until = %(until)s
"""


def of(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The row of this delivery, if our lease on it still stands."""
    return Delivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.SENDING,
        sender=delivery.sender_id,
        leased_until=delivery.leased_until,
    )


def counted(delivery: Delivery, body: bytes | None, until: datetime) -> bool:
    """Count an attempt, keep the ``body`` that it sends, and lease on ``until`` (UTC); False if the lease was lost."""
    return is_counted(delivery, until, run(COUNTED, counted_values(delivery, body, until)))


def counted_values(delivery: Delivery, body: bytes | None, until: datetime) -> dict[str, Any]:
    held_by = {"sender": delivery.sender_id, "until": delivery.leased_until}
    return {"delivery": delivery.pk, "body": body, "new": until, **held_by}


def is_counted(delivery: Delivery, until: datetime, rows: int) -> bool:
    if not rows:
        return False
    delivery.attempts, delivery.leased_until = delivery.attempts + 1, until
    return True
