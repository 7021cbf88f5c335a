"""What an exchange has shown of itself lately: its last words, its queues, and members who are nobody yet."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from guardia.calls.call import Call
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap
from guardia.calls.queue_visit import QueueVisit, RingAttempt

LATELY = timedelta(days=30)
SAID_WITHIN = timedelta(days=7)
NOBODY = ("", "?")
"""Where the exchange did not say who answered."""
SAID, GAPS, MOST_NAMES, MOST_LOOKED_AT = 20, 20, 50, 5000


@dataclass(frozen=True, slots=True)
class SeenName:
    """A queue or a member as the exchange names it, and in how many of its latest calls it was seen."""

    name: str
    count: int


def latest_packets(exchange: Exchange, now: datetime) -> list[ExchangeEvent]:
    """The last things it said within a week before ``now`` (UTC), the latest first."""
    lately = ExchangeEvent.objects.filter(exchange=exchange, received_at__gte=now - SAID_WITHIN)
    return list(lately.order_by("-received_at", "-pk")[:SAID])


def delay_of(events: list[ExchangeEvent]) -> timedelta | None:
    """The middle one of how late the events came: received less happened, negative where its clock is ahead of ours.

    None where it says no hours of its own, or said nothing: then the two are the same to the microsecond.
    """
    late = sorted(each.received_at - each.happened_at for each in events if each.received_at != each.happened_at)
    return late[len(late) // 2] if late else None


def last_gaps(exchange: Exchange) -> list[ExchangeGap]:
    return list(exchange.gaps.order_by("-lost_at", "-pk")[:GAPS])


def queues_seen(exchange: Exchange, now: datetime) -> list[SeenName]:
    """The queues of its calls of a month, those with most calls first."""
    visits = QueueVisit.objects.filter(call__in=_latest(exchange, now))
    return _most_seen(Counter(visits.order_by("-pk").values_list("queue", flat=True)[:MOST_LOOKED_AT]))[:MOST_NAMES]


def members_unknown(exchange: Exchange, now: datetime) -> list[SeenName]:
    """Names that answered or rang in its calls of a month and that nobody stands behind yet; most seen first."""
    latest = _latest(exchange, now)
    answered = latest.filter(answered_by=None).exclude(answered_as__in=NOBODY).values_list("answered_as", flat=True)
    talked = QueueVisit.objects.filter(call__in=latest, staff=None).exclude(member__in=NOBODY).order_by("-pk")
    rang = RingAttempt.objects.filter(visit__call__in=latest, staff=None).exclude(member__in=NOBODY).order_by("-pk")
    spoke = talked.values_list("member", flat=True)[:MOST_LOOKED_AT]
    names = Counter[str]([*answered.order_by("-pk")[:MOST_LOOKED_AT], *spoke])
    for name in rang.values_list("member", flat=True)[:MOST_LOOKED_AT]:
        names.setdefault(name, 0)
    known = set(exchange.agents.filter(until=None).values_list("name", flat=True))
    return [seen for seen in _most_seen(names) if seen.name not in known][:MOST_NAMES]


def _latest(exchange: Exchange, now: datetime) -> QuerySet[Call]:
    return Call.objects.filter(exchange=exchange, arrived_at__gte=now - LATELY)


def _most_seen(names: Counter[str]) -> list[SeenName]:
    """Of those that were seen as often the alphabet decides."""
    return [SeenName(name, count) for name, count in sorted(names.items(), key=lambda one: (-one[1], one[0]))]
