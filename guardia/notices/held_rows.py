"""What a rehearsal holds, as its page lists it: counts by kind, the newest messages, and one of them to read.

Counted by partial indexes, and no count goes beyond a bound.
"""

from dataclasses import dataclass
from email import message_from_bytes, policy

from django.db import connection
from django.db.models import Prefetch

from guardia.notices.notice import Delivery, DeliveryState, Notice

MOST_COUNTED = 50_000
LATEST = 50

COUNTS = """
    WITH held AS (SELECT moment, staff_id FROM notice WHERE state = 'held' LIMIT %(most)s)
    SELECT moment, staff_id IS NOT NULL, count(*) FROM held GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
MESSAGES = """
    WITH held AS (SELECT channel FROM delivery WHERE state = 'held' LIMIT %(most)s)
    SELECT channel, count(*) FROM held GROUP BY 1 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class HeldCount:
    """So many notices of one kind, to the customers' contacts or ``to_staff``."""

    moment: str
    to_staff: bool
    count: int


def counts() -> list[HeldCount]:
    """By kind of notice, the most first."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"most": MOST_COUNTED})
        return [HeldCount(*row) for row in cursor.fetchall()]


def by_channel() -> dict[str, int]:
    """How many messages by each channel, the most first."""
    with connection.cursor() as cursor:
        cursor.execute(MESSAGES, {"most": MOST_COUNTED})
        return dict(cursor.fetchall())


def latest() -> list[Delivery]:
    """The newest messages that were held, with the notices that they carry."""
    notices = Prefetch(
        "notices", Notice.objects.select_related("contact", "staff", "case").defer("facts").order_by("pk")
    )
    found = Delivery.objects.filter(state=DeliveryState.HELD).defer("body").prefetch_related(notices)
    return list(found.order_by("-settled_at", "-pk")[:LATEST])


def message(pk: int) -> Delivery | None:
    """The held message with this id."""
    return Delivery.objects.filter(pk=pk, state=DeliveryState.HELD).first()


def words_of(delivery: Delivery) -> tuple[str, str]:
    """Subject and text, as they would have gone; both empty of a secret, which is kept nowhere."""
    if not delivery.body:
        return "", ""
    parsed = message_from_bytes(bytes(delivery.body), policy=policy.default)
    part = parsed.get_body(("plain",))
    return str(parsed["Subject"] or ""), part.get_content() if part else ""
