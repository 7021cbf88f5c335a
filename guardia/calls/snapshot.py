"""What an exchange shows when it is asked what is there now, after a time in which it was not heard.

The facts of such packets are of the hour at which they came in; a wait is known to the second.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guardia.calls.ami_packets import name_of, reference_of
from guardia.calls.call import Measure
from guardia.calls.exchange_report import HAND, CallFact, What
from guardia.calls.packets import Packet, known, value, values, whole

LISTED, RESTARTED = "GuardiaListed", "GuardiaRestarted"
"""Our own packets, about all calls of an exchange: which calls it named, and that it was started anew."""
PRUNED = "GuardiaPruned"
"""Our own packet, about one call: what was said of it stood here once, and changes it no more."""


HUNG_UP, SILENT = "GuardiaHungUp", "GuardiaSilent"
"""Our own packets, about one call: a person says that it is over; nothing was heard of it for so long that it is."""


def facts_in_snapshot(packet: Packet, at: datetime) -> list[CallFact]:
    """``QueueEntry``: waits since so many seconds. ``CoreShowChannel``: is there; in a bridge, a person talks to it."""
    reference = reference_of(packet)
    if not reference:
        return []
    if name_of(packet) == HUNG_UP:
        return [CallFact(What.HUNG_UP, reference, at, HAND, Measure.HAND)]
    if name_of(packet) == SILENT:
        return [CallFact(What.NOT_LISTED, reference, at, "snapshot", Measure.LOG)]
    number, name = known(value(packet, "CallerIDNum")), known(value(packet, "CallerIDName"))
    if name_of(packet) == "QueueEntry":
        wait = whole(value(packet, "Wait")) or 0
        joined, place = at - timedelta(seconds=wait), whole(value(packet, "Position"))
        waits = CallFact(What.JOINED, reference, joined, "snapshot", Measure.LOG, value(packet, "Queue"))
        return [replace(waits, position=place, number=number, name=name)]
    if value(packet, "Uniqueid") != reference:
        return []
    if value(packet, "BridgeId"):
        other, who = known(value(packet, "ConnectedLineNum")), known(value(packet, "ConnectedLineName"))
        return [CallFact(What.TALKING, reference, at, "snapshot", Measure.LOG, extension=other, member=who)]
    return [CallFact(What.PRESENT, reference, at, "snapshot", Measure.LOG, number=number, name=name)]


def listed(references: Sequence[str]) -> Packet:
    return [("Event", LISTED), *(("Listed", reference) for reference in sorted(references))]


def hung_up(reference: str) -> Packet:
    return [("Event", HUNG_UP), ("Linkedid", reference)]


def silent(reference: str) -> Packet:
    return [("Event", SILENT), ("Linkedid", reference)]


def restarted() -> Packet:
    return [("Event", RESTARTED)]


def of_all(packet: Packet, reference: str, at: datetime) -> list[CallFact]:
    """What a packet about all calls says of this one."""
    if name_of(packet) == RESTARTED:
        return [CallFact(What.RESTARTED, reference, at, "snapshot", Measure.LOG)]
    if name_of(packet) == LISTED:
        what = What.PRESENT if reference in values(packet, "Listed") else What.NOT_LISTED
        return [CallFact(what, reference, at, "snapshot", Measure.LOG)]
    return []
