"""Whose a delivery is while it is being sent: a lease is known by its sender and its end.

A worker whose lease was given to another finds that its steps change no row.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
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


# A process that sends: what it holds is given to another as soon as it is no longer seen.


SILENT_AFTER = timedelta(seconds=45)
"""A living process is seen every five seconds; one not seen for so long is dead, or as good as dead."""

FORGOTTEN_AFTER = timedelta(hours=1)


class Sender(models.Model):
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "sender"

    def __str__(self) -> str:
        return f"sender {self.pk}"


def seen(now: datetime, sender_id: int | None = None) -> int:
    """Write down that this sender lives at ``now`` (UTC), as a new one where it has no number yet; its number.

    A row that was forgotten meanwhile, because the machine slept, is made again under the same number.
    """
    sender = Sender(pk=sender_id, started_at=now, seen_at=now)
    if sender_id is None:
        sender.save(force_insert=True)
    else:
        Sender.objects.bulk_create([sender], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at"])
    return sender.pk


def is_known(sender_id: int) -> bool:
    return Sender.objects.filter(pk=sender_id).exists()


def forget_the_dead(now: datetime) -> int:
    """Drop the rows of senders not seen for an hour; what they held was given to others long before."""
    return Sender.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()[1].get("guardia.Sender", 0)


# How long a delivery is tried, and at what intervals: a letter for two days, a page for as long as it is of use.


LETTER_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
LETTER_GIVES_UP_AFTER = timedelta(hours=48)
PAGE_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60))
PAGE_GIVES_UP_AFTER = timedelta(minutes=15)
"""By then the escalation has gone on to others; a page that still came would call to a fire that is out."""

SMTP_STEPS = 8  # connect, greeting, STARTTLS, login, MAIL, RCPT, DATA and its end: each may take the whole timeout


def gives_up_at(delivery: Delivery) -> datetime:
    """From when on a failed attempt is the last (UTC)."""
    return delivery.created_at + (PAGE_GIVES_UP_AFTER if delivery.urgent else LETTER_GIVES_UP_AFTER)


def next_attempt(delivery: Delivery, now: datetime, asked_to_wait: timedelta | None = None) -> datetime:
    """When it is tried again after ``attempts`` failures (UTC): never later than when it is given up, and not before
    the pause that the service asked for.
    """
    pauses = PAGE_PAUSES if delivery.urgent else LETTER_PAUSES
    pause = max(pauses[min(max(delivery.attempts, 1), len(pauses)) - 1], asked_to_wait or timedelta())
    return min(now + pause, max(now, gives_up_at(delivery)))


def lease() -> timedelta:
    """Longer than the slowest mail can take."""
    return timedelta(seconds=60 + SMTP_STEPS * settings.SMTP_TIMEOUT_SECONDS)
