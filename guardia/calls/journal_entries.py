"""One packet of an exchange as the journal keeps it: what makes it this one, which call it is about, and its hour."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from guardia.calls import ami_packets, cti_messages, cti_sessions, queue_log, snapshot
from guardia.calls.exchange import Exchange, ExchangeEvent
from guardia.calls.exchange_report import CallFact
from guardia.calls.packets import Packet

OF_ALL = (snapshot.LISTED, snapshot.RESTARTED, queue_log.RESTART)
"""Names of packets that are about every call that is open by then."""
LONGEST_REFERENCE, LONGEST_NAME = 150, 60


@dataclass(frozen=True)
class Entry:
    """A packet as it is kept. ``happened_at`` in UTC; an empty reference: about no call, or about all of them."""

    key: str
    reference: str
    name: str
    happened_at: datetime
    packet: Packet


def entry_of(packet: Packet, source: str, received_at: datetime) -> Entry | None:
    """The packet as it is kept; None where it says nothing of a call."""
    if source == "ami":
        reference, name = ami_packets.reference_of(packet), ami_packets.name_of(packet)
        key, at = ami_packets.key_of(packet, received_at), ami_packets.hour_of(packet, received_at)
    elif source == "log":
        reference, name = queue_log.reference_of(packet), queue_log.name_of(packet)
        key, at = queue_log.key_of(packet), queue_log.hour_of(packet, received_at)
    elif source == "cti":
        reference, name, key = (
            cti_messages.reference_of(packet),
            cti_messages.name_of(packet),
            cti_messages.key_of(packet),
        )
        at = _hour_in_packet(packet) or received_at
    else:
        reference, name, at = ami_packets.reference_of(packet), ami_packets.name_of(packet), received_at
        key = ami_packets.key_of(packet, received_at)
    if not reference and name not in OF_ALL:
        return None
    return Entry(key, reference[:LONGEST_REFERENCE], name[:LONGEST_NAME], at, packet)


def _hour_in_packet(packet: Packet) -> datetime | None:
    try:
        return cti_messages.hour_of(packet)
    except cti_messages.UnreadableHour:
        return None


def clean(packet: Packet) -> Packet:
    """What PostgreSQL can keep: no NUL, no half a letter."""
    return [(_text(name), _text(said)) for name, said in packet]


def _text(words: str) -> str:
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def by_their_calls(exchange: Exchange, entries: Sequence[Entry]) -> list[Entry]:
    """The log names the leg that waits; where that is not what the call is called, the call's own name is put."""
    hours = [entry.happened_at for entry in entries]
    if not hours:
        return []
    near = (min(hours) - timedelta(minutes=10), max(hours) + timedelta(minutes=10))
    joins = ExchangeEvent.objects.filter(exchange=exchange, source="ami", name="QueueCallerJoin")
    packets = joins.filter(received_at__range=near).order_by("received_at", "pk").values_list("packet", flat=True)
    legs = ami_packets.legs_of(list(packets))
    return [replace(entry, reference=legs.get(entry.reference, entry.reference)) for entry in entries]


def of_its_session(exchange: Exchange, entry: Entry) -> Entry:
    """An id that is used anew names another call, and the same words of it are not the same event."""
    if first := cti_sessions.handed_on_from(exchange, entry.packet, entry.name, entry.happened_at):
        return replace(entry, reference=first)
    reference = cti_sessions.reference_of(exchange, entry.reference, entry.name, entry.happened_at)
    if reference == entry.reference:
        return entry
    return replace(entry, reference=reference, key=sha256(f"{reference}|{entry.key}".encode()).hexdigest())


def facts_in_entry(event: ExchangeEvent, exchange: Exchange) -> list[CallFact]:
    """What a packet that was kept says, in the one vocabulary."""
    if event.source == "ami":
        return ami_packets.facts_in_packet(event.packet, event.received_at, exchange.contexts)
    if event.source == "log":
        return queue_log.facts_in_line(event.packet, event.received_at, event.reference)
    if event.source == "cti":
        first = event.reference.partition("~")[0]
        return cti_messages.facts_in_message(event.packet, event.happened_at, first)
    return snapshot.facts_in_snapshot(event.packet, event.received_at)
