"""Asterisk's manager interface: what one packet says of a call. Hours are its ``Timestamp`` (UTC), else its arrival."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from guardia.calls.ami_says import SAYS, About
from guardia.calls.exchange_report import CallFact
from guardia.calls.packets import Packet, value

OWN_LEG = frozenset({"NewCallerid", "BridgeEnter", "HangupRequest", "Hangup"})
"""Of these only what concerns the leg that the call began with says anything of the call."""
HEARD = OWN_LEG | {
    "Newchannel",
    "UserEvent",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueCallerAbandon",
    "AgentCalled",
    "AgentRingNoAnswer",
    "AgentConnect",
    "AgentComplete",
    "DialBegin",
    "DialEnd",
    "BlindTransfer",
    "AttendedTransfer",
}
"""The events that are read; a filter at the exchange may leave out all others."""
SHOWN = frozenset({"QueueEntry", "CoreShowChannel", "GuardiaHungUp", "GuardiaSilent"})
"""What a snapshot says of calls, and what we say of one ourselves."""
EARLIEST, LATEST = 946_684_800, 4_102_444_800  # the years 2000 to 2100


def name_of(packet: Packet) -> str:
    return value(packet, "Event")


def reference_of(packet: Packet) -> str:
    """The call that the packet is about; empty where it says nothing of a call."""
    name = name_of(packet)
    if name in SHOWN:
        return value(packet, "Linkedid", "Uniqueid")
    if name not in HEARD:
        return ""
    if name in OWN_LEG and value(packet, "Uniqueid") != value(packet, "Linkedid"):
        return ""
    if name in ("BlindTransfer", "AttendedTransfer"):
        return value(packet, "TransfereeLinkedid", "OrigTransfererLinkedid", "TransfererLinkedid")
    return value(packet, "Linkedid")


def hour_of(packet: Packet, received_at: datetime) -> datetime:
    """When it happened, in UTC: by the exchange's clock where it says so."""
    return from_seconds(value(packet, "Timestamp")) or received_at


def from_seconds(words: str) -> datetime | None:
    """Seconds since 1970, with their fraction, as an hour in UTC; None for what is none."""
    try:
        seconds = Decimal(words)
    except InvalidOperation:
        return None
    if not seconds.is_finite() or not EARLIEST <= seconds < LATEST:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))


def key_of(packet: Packet, received_at: datetime) -> str:
    """What makes it this event and no other: all that it says. Only where it says no hour, the one when it came in."""
    said = [[name, text] for name, text in packet if name not in {"ActionID", "SequenceNumber"}]
    arrived = "" if value(packet, "Timestamp") else received_at.isoformat()
    return sha256(f"{arrived}|{said!r}".encode(errors="replace")).hexdigest()


def facts_in_packet(packet: Packet, received_at: datetime, contexts: Sequence[str] = ()) -> list[CallFact]:
    """What the packet says of its call; often nothing. ``contexts``: where calls come in from outside."""
    reference, say = reference_of(packet), SAYS.get(name_of(packet))
    if not (reference and say):
        return []
    return say(About(packet, reference, hour_of(packet, received_at), contexts))


def legs_of(packets: Sequence[Packet]) -> dict[str, str]:
    """Each leg → its call: the queue log names a call by the leg that waits, which may not be the first one."""
    pairs = ((value(packet, "Uniqueid"), reference_of(packet)) for packet in packets)
    return {leg: call for leg, call in pairs if leg and call and leg != call}
