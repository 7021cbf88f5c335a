"""Nobody is flooded: who got many letters in a short while gets what follows gathered into one, every few minutes.

Nothing is dropped: what waits for its turn stays owed. Asked of the newest deliveries alone, by the order of their ids.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

MOST_LETTERS = 10
"""A person reads no more than one letter a minute and still acts on it."""

WITHIN = timedelta(minutes=10)
GATHERED_EVERY = timedelta(minutes=3)
"""Short beside the shortest promise with news in it (P3, 20 minutes): nobody learns anything too late to act."""

STUCK_AFTER = timedelta(minutes=1)
"""A letter that could not leave for so long (no server, a limit, a long queue) takes in what is owed meanwhile."""

# Of the newest deliveries: the first older than the span ends the search. One delivery is to one person.
RECENT = """
    SELECT person.contact_id, count(*), max(d.created_at)
    FROM delivery d
    JOIN LATERAL (
        SELECT n.contact_id FROM delivered_notice o JOIN notice n ON n.id = o.notice_id
        WHERE o.delivery_id = d.id LIMIT 1
    ) person ON person.contact_id IS NOT NULL
    WHERE d.id > coalesce(
            (SELECT old.id FROM delivery old WHERE old.created_at < %(since)s ORDER BY old.id DESC LIMIT 1), 0)
      AND d.created_at >= %(since)s AND NOT d.urgent AND d.resend_of_id IS NULL AND d.state <> 'withdrawn'
    GROUP BY person.contact_id, d.channel
"""
STUCK = """
    SELECT d.id, person.contact_id, d.channel, d.address, d.urgency
    FROM delivery d
    JOIN LATERAL (
        SELECT n.contact_id, n.case_id FROM delivered_notice o JOIN notice n ON n.id = o.notice_id
        WHERE o.delivery_id = d.id LIMIT 1
    ) person ON person.case_id IS NOT NULL AND person.contact_id = ANY(%(contacts)s)
    WHERE d.state IN ('waiting', 'sending') AND d.state = 'waiting' AND d.attempts = 0 AND NOT d.urgent
      AND d.resend_of_id IS NULL AND d.answers_id IS NULL AND d.created_at <= %(before)s
    ORDER BY d.id DESC FOR UPDATE OF d SKIP LOCKED
"""


@dataclass(frozen=True)
class Letters:
    """How many letters a person got lately by one channel, and when the last was made (UTC)."""

    count: int
    last_at: datetime

    def is_enough(self, more: int = 0) -> bool:
        return self.count + more > MOST_LETTERS if more else self.count >= MOST_LETTERS

    def waits(self, now: datetime) -> bool:
        """True while what is owed to this person is gathered, and not packed yet."""
        return self.is_enough() and now < self.last_at + GATHERED_EVERY


def recent(now: datetime) -> dict[int, Letters]:
    """By contact: the letters made in the ten minutes before ``now`` (UTC), by the channel that had most."""
    found: dict[int, Letters] = {}
    with connection.cursor() as cursor:
        cursor.execute(RECENT, {"since": now - WITHIN})
        for contact, count, last_at in cursor.fetchall():
            if contact not in found or found[contact].count < count:
                found[contact] = Letters(count, last_at)
    return found


def stuck(contacts: Iterable[int], now: datetime) -> dict[tuple[int, str, str], tuple[int, int]]:
    """By contact, channel and address: a letter that nothing was tried with yet and that waits for long, and its
    urgency. Its row is held, so that nobody sends it while more is put into it; one that is being sent is not found.
    """
    with connection.cursor() as cursor:
        cursor.execute(STUCK, {"contacts": list(contacts), "before": now - STUCK_AFTER})
        rows = cursor.fetchall()
    return {(contact, channel, address): (pk, urgency) for pk, contact, channel, address, urgency in rows}
