"""How fast mail leaves for one domain, where its servers take only so many a minute: what is more waits its turn.

Each mail gets a slot, in order, under the lock of the domain's row, which all workers share. Slots are given for a
minute ahead: what has none by then is looked at again when the next minute begins, all of it at once, so that what is
urgent still comes before what was there earlier. A mail of another domain is not held up, and where there is no limit
nothing is written.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import Q

from guardia.config import sql_rows
from guardia.notices.notice import Delivery

AHEAD = timedelta(minutes=1)
SLOT_HOLDS = timedelta(seconds=10)
"""A slot that nobody used by then is lost: after an outage no heap of old slots leaves at once."""

MINUTE = timedelta(minutes=1)
SLOTS = {"id": "bigint", "paced_at": "timestamptz", "available_at": "timestamptz"}
LIMITS = {"id": "bigint", "next_at": "timestamptz"}

# What another worker holds is left to that worker, so that the two never wait for each other.
PUT_OFF = """
    UPDATE delivery SET available_at = %(later)s
    WHERE id IN (
        SELECT id FROM delivery
        WHERE state IN ('waiting', 'sending') AND state = 'waiting' AND NOT urgent AND channel = 'mail'
          AND domain = %(domain)s AND available_at <= %(now)s
          AND (paced_at IS NULL OR paced_at < %(lost)s)
        FOR UPDATE SKIP LOCKED
    )
"""


class DomainLimit(models.Model):
    """How many mails a minute the servers of one domain take from us."""

    domain = models.CharField(max_length=253, unique=True, help_text="in ASCII, lower case")
    per_minute = models.IntegerField()
    next_at = models.DateTimeField(null=True, help_text="when the next mail to it may leave")

    class Meta:
        app_label = "guardia"
        db_table = "domain_limit"
        constraints = [models.CheckConstraint(condition=Q(per_minute__gt=0), name="domain_limit_lets_some_leave")]

    def __str__(self) -> str:
        return f"{self.domain}: {self.per_minute}/min"


def domain_of(address: str) -> str:
    """The domain of a mail address, in ASCII and lower case; empty where it has none that can be written so."""
    host = address.rpartition("@")[2].strip().lower()
    try:
        return host.encode("idna").decode() if "@" in address else ""
    except UnicodeError:
        return ""


def next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + MINUTE


def may_leave(due: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Those of ``due``, in their order, that may leave at ``now`` (UTC). The others have been put off."""
    domains = {delivery.domain for delivery in due if delivery.domain and not delivery.urgent}
    if not domains:
        return list(due)
    held = DomainLimit.objects.select_for_update(no_key=True).filter(domain__in=domains).order_by("domain")
    limits = {limit.domain: limit for limit in held}
    return Turns(limits, now).of(due) if limits else list(due)


class Turns:
    """One look at what is due for limited domains, whose rows are held."""

    def __init__(self, limits: dict[str, DomainLimit], now: datetime) -> None:
        self.limits, self.now = limits, now
        self.slots: list[tuple[int, datetime, datetime]] = []
        self.full: set[str] = set()

    def of(self, due: Sequence[Delivery]) -> list[Delivery]:
        leaving = [delivery for delivery in due if self._leaves(delivery)]
        sql_rows.change("delivery", SLOTS, self.slots)
        sql_rows.change("domain_limit", LIMITS, [(limit.pk, limit.next_at) for limit in self.limits.values()])
        for domain in sorted(self.full):
            self._put_off(domain)
        return leaving

    def _leaves(self, delivery: Delivery) -> bool:
        limit = None if delivery.urgent else self.limits.get(delivery.domain)
        if limit is None or self._has_slot(delivery):
            return True
        slot = max(limit.next_at or self.now, self.now)
        if slot > self.now + AHEAD:
            self.full.add(delivery.domain)
            return False
        limit.next_at = slot + MINUTE / limit.per_minute
        self.slots.append((delivery.pk, slot, slot))
        return slot <= self.now

    def _has_slot(self, delivery: Delivery) -> bool:
        return bool(delivery.paced_at and self.now - SLOT_HOLDS <= delivery.paced_at <= self.now)

    def _put_off(self, domain: str) -> None:
        """All of them at once: none is looked at again before there are slots."""
        words: dict[str, str | datetime] = {
            "domain": domain,
            "now": self.now,
            "later": next_minute(self.now),
            "lost": self.now - SLOT_HOLDS,
        }
        with connection.cursor() as cursor:
            cursor.execute(PUT_OFF, words)
