"""Which call a pushed message is about, where an exchange counts its ids anew (after a restart, or every so often).

Zammad's protocol says that an id names one call for ever. Exchanges keep to it for a while. So what comes more than a
day after that call's last word is another call: a call told twice would be seen at the desk, one taken for a repeat
would be lost. Its reference is the id and the day on which it began (UTC).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from guardia.calls import cti_messages
from guardia.calls.ami import Packet
from guardia.calls.cti_messages import EVENTS, HANGUP, NEW_CALL
from guardia.calls.exchange import Exchange, ExchangeEvent
from guardia.calls.exchange_seen import PRUNED

AGAIN = timedelta(hours=24)
JUST_NOW = timedelta(seconds=30)
"""Between the leg that is let go as forwarded and the one that goes on."""
MOST_EVENTS = 50
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


def handed_on_from(exchange: Exchange, packet: Packet, name: str, at: datetime) -> str:
    """The call that a message under a new id is about, where an exchange names no first id (``origCallId``).

    A call that is forwarded begins anew with the number that forwarded it (``diversion``) and the same caller; all
    that is told under the new id afterwards belongs to it. Empty: it is a call of its own.
    """
    leg = cti_messages.leg_of(packet)
    if cti_messages.is_handed_on(packet) or not leg:
        return ""
    told = ExchangeEvent.objects.filter(exchange=exchange, source=cti_messages.SOURCE, received_at__gte=at - AGAIN)
    told = told.filter(received_at__lte=at + AGAIN).exclude(reference="")
    if EVENTS.get(name.lower()) != NEW_CALL:
        if ExchangeEvent.objects.filter(exchange=exchange, reference=leg).exists():
            return ""
        began = told.filter(packet__contains=[["callId", leg]]).exclude(reference=leg)
        return began.order_by("-pk").values_list("reference", flat=True).first() or ""
    diverted, number = _digits(cti_messages.value(packet, "diversion")), cti_messages.value(packet, "from")
    if not (diverted and cti_messages.number_in(packet, "from")) or cti_messages.direction_of(packet) == "out":
        return ""
    earlier = told.filter(packet__contains=[["from", number]]).exclude(reference=leg).order_by("-pk")
    for reference in list(dict.fromkeys(earlier.values_list("reference", flat=True)[:MOST_EVENTS])):
        if _is_forwarded(list(told.filter(reference=reference).order_by("happened_at")), diverted, at):
            return reference
    return ""


def _is_forwarded(events: Sequence[ExchangeEvent], diverted: str, at: datetime) -> bool:
    """Whether it was let go as forwarded just now, or is held still by the number that forwards."""
    ends = [event for event in events if EVENTS.get(event.name.lower()) == HANGUP]
    if any(cti_messages.value(event.packet, "cause").lower() == cti_messages.HANDED_ON for event in ends):
        return abs(at - ends[-1].happened_at) <= JUST_NOW
    numbers = {_digits(cti_messages.value(event.packet, "answeringNumber")) for event in events}
    numbers |= {_digits(cti_messages.value(event.packet, "to")) for event in events}
    return not ends and any(one and (one.endswith(diverted) or diverted.endswith(one)) for one in numbers)


def _digits(written: str) -> str:
    return "".join(sign for sign in written.partition("@")[0] if sign.isdecimal())


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
