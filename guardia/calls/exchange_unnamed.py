"""Calls that an exchange told of and that nobody's screen shows: they came in by a context that nobody has named.

The journal keeps what the exchange said of them, so whoever names the context has them at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardia.calls.ami_says import SHORTEST_OUTSIDE, TRUNKS
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeKind
from guardia.calls.packets import Packet, known, value

LATELY = timedelta(days=7)
MOST_LOOKED_AT = 2000
MOST_SHOWN = 20
NOWHERE = ("", "s", "h")


@dataclass
class UnnamedContext:
    """A context by which calls came in that are none of ours so far. ``last_at`` in UTC, numbers as they came."""

    name: str
    last_at: datetime
    count: int = 0
    caller: str = ""
    dialled: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)


def is_outside(exchange: Exchange, context: str) -> bool:
    """Whether calls of this context count as coming in from outside."""
    return context in exchange.contexts if exchange.contexts else context.startswith(TRUNKS)


def unnamed_contexts(exchange: Exchange, now: datetime) -> list[UnnamedContext]:
    """By which contexts that nobody named calls came in within a week before ``now`` (UTC), the latest first."""
    found: dict[str, UnnamedContext] = {}
    for event in _beginnings(exchange, now):
        context = value(event.packet, "Context")
        if is_outside(exchange, context) or context in exchange.inside or not comes_from_outside(event.packet):
            continue
        one = found.setdefault(context, UnnamedContext(context, event.received_at))
        one.count += 1
        one.caller = one.caller or known(value(event.packet, "CallerIDNum"))
        dialled = value(event.packet, "Exten")
        if dialled not in (*NOWHERE, *one.dialled):
            one.dialled.append(dialled)
        one.references.append(event.reference)
    return list(found.values())[:MOST_SHOWN]


def contexts_in_use(exchange: Exchange, now: datetime) -> list[str]:
    """The contexts by which calls count as coming in, those that are taken for so without being named among them."""
    if exchange.contexts:
        return list(exchange.contexts)
    seen = (value(event.packet, "Context") for event in _beginnings(exchange, now))
    return list(dict.fromkeys([*TRUNKS, *sorted({name for name in seen if is_outside(exchange, name)})]))


def comes_from_outside(packet: Packet) -> bool:
    """Whether a call looks like one from outside: its caller has no telephone of the house, and it leads somewhere.

    A call that this house makes begins at a telephone with a short number, or (``Originate``) leads nowhere yet.
    """
    number, leads = known(value(packet, "CallerIDNum")), value(packet, "Exten") not in NOWHERE
    if not leads and value(packet, "ChannelState") == "0":
        return False
    digits = sum(sign.isdigit() for sign in number)
    return digits >= SHORTEST_OUTSIDE or (not digits and leads)


def _beginnings(exchange: Exchange, now: datetime) -> Iterable[ExchangeEvent]:
    """The first word of each call of the week, the latest first."""
    if exchange.kind != ExchangeKind.AMI:
        return
    lately = ExchangeEvent.objects.filter(exchange=exchange, received_at__gte=now - LATELY, source="ami")
    begun = lately.filter(name="Newchannel").order_by("-received_at", "-pk")
    for event in begun.only("reference", "packet", "received_at")[:MOST_LOOKED_AT]:
        if value(event.packet, "Uniqueid") == event.reference:
            yield event
