"""Which call a pushed message is about, where an exchange counts its ids anew (after a restart, or every so often).

Zammad's protocol says that an id names one call for ever. Exchanges keep to it for a while. So what comes more than a
day after that call's last word is another call: a call told twice would be seen at the desk, one taken for a repeat
would be lost. Its reference is the id and the day on which it began (UTC).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from guardia.calls.cti_words import EVENTS, HANGUP, NEW_CALL
from guardia.calls.exchange import Exchange, ExchangeEvent
from guardia.calls.snapshot_words import PRUNED

AGAIN = timedelta(hours=24)
LONGEST_ID = 140
"""Letters of an id that are left of one at most 150 long where the day stands behind it."""
ENDS = [*(name for name in ("hangup", "HungUp", "hungup", "Hangup") if EVENTS[name.lower()] == HANGUP), PRUNED]


@dataclass(frozen=True)
class Session:
    """One call under an id. Hours of its first and last word (UTC); whether it was told to be over."""

    reference: str
    first: datetime
    last: datetime
    is_over: bool

    def distance(self, at: datetime) -> timedelta:
        return max(self.first - at, at - self.last, timedelta())


def reference_of(exchange: Exchange, reference: str, name: str, at: datetime) -> str:
    """What the call is called that an event ``name`` of ``at`` (UTC) is about; mostly just ``reference``."""
    known = _sessions(exchange, _candidates(reference, at))
    if not known:
        return reference
    nearest = min(known, key=lambda one: (one.distance(at), one.reference))
    begins = EVENTS.get(name.lower()) == NEW_CALL
    if at > nearest.last + AGAIN and (begins or nearest.is_over):
        return _dated(reference, at)
    return nearest.reference


def _candidates(reference: str, at: datetime) -> list[str]:
    days = [at + timedelta(days=day) for day in (-2, -1, 0, 1)]
    return [reference, *(_dated(reference, day) for day in days)]


def _dated(reference: str, at: datetime) -> str:
    return f"{reference[:LONGEST_ID]}~{at:%Y%m%d}"


def _sessions(exchange: Exchange, references: Sequence[str]) -> Iterable[Session]:
    told = ExchangeEvent.objects.filter(exchange=exchange, reference__in=references).order_by()
    over = Count("pk", filter=Q(name__in=ENDS))
    found = told.values("reference").annotate(first=Min("happened_at"), last=Max("happened_at"), ends=over)
    return [Session(one["reference"], one["first"], one["last"], one["ends"] > 0) for one in found]
