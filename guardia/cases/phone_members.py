"""A1, P1: who of a desk's queues is free, talks or is paused, as the exchange said last; and who shows life by it.

What it said is true while a connection stands. A member that is in its queue for ever (static) says nothing of a
person: its telephone is registered at night too. See docs/adr/0059.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from guardia.calls import exchanges
from guardia.calls.ami import Packet, hour_of, name_of, value, whole
from guardia.calls.course_visits import Person
from guardia.calls.exchange import Exchange, ExchangeMember
from guardia.cases.phone_place import desk_of_queue, staff_of
from guardia.people.presence import COMES_BACK
from guardia.procedure import version
from guardia.procedure.version import NoProcedure

JOINED, LEFT, PAUSE, STATUS, LISTED = (
    "QueueMemberAdded",
    "QueueMemberRemoved",
    "QueueMemberPause",
    "QueueMemberStatus",
    "QueueMember",
)
EVENTS = frozenset({JOINED, LEFT, PAUSE, STATUS})
LOADING = timedelta(minutes=2)
"""So long after its start an exchange may put back the members that it had: nobody joined by that."""
FREE_STATUS, RINGS, TALKS, GONE = 1, 6, frozenset({2, 3, 7, 8}), frozenset({4, 5})
"""Asterisk's numbers of a telephone: not in use; rings; in use, busy, both, on hold; not to be reached. 0: unknown."""


class How(StrEnum):
    FREE = "free"
    RINGS = "rings"
    TALKS = "talks"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Manned:
    """One person of a desk's queues, or a telephone that is nobody's by the name it has at the exchange."""

    name: str
    how: How


# --- what the exchange said -------------------------------------------------------------------------------------------


def hear(exchange: Exchange, packets: Iterable[Packet], received_at: datetime) -> None:
    """What it said by itself, in its order. The caller opens the transaction; one process alone hears an exchange."""
    told = [packet for packet in packets if name_of(packet) in EVENTS]
    if not told:
        return
    known = members_of(exchange)
    for packet in told:
        if name_of(packet) == LEFT:
            if gone := known.pop(place_of(packet), None):
                gone.delete()
        else:
            put(exchange, packet, known, received_at, acted_at(exchange, packet, received_at))


def take_snapshot(exchange: Exchange, answers: Iterable[Packet], at: datetime) -> None:
    """All members that it has, by its answer to QueueStatus at ``at`` (UTC): who is not in it is in no queue.

    Persons are looked up anew, since names at the exchange are given and changed meanwhile.
    """
    known = members_of(exchange)
    listed = [packet for packet in answers if name_of(packet) == LISTED]
    for packet in listed:
        put(exchange, packet, known, at, is_anew=True)
    there = {place_of(packet) for packet in listed}
    ExchangeMember.objects.filter(pk__in=[one.pk for place, one in known.items() if place not in there]).delete()


def members_of(exchange: Exchange) -> dict[tuple[str, str], ExchangeMember]:
    return {(one.queue, one.interface): one for one in ExchangeMember.objects.filter(exchange=exchange)}


def place_of(packet: Packet) -> tuple[str, str]:
    return value(packet, "Queue")[:80], value(packet, "Interface", "Location")[:120]


def put(
    exchange: Exchange,
    packet: Packet,
    known: dict[tuple[str, str], ExchangeMember],
    at: datetime,
    acted: datetime | None = None,
    *,
    is_anew: bool = False,
) -> None:
    """Written where it differs; who it is, is looked up for a name that is new, or for all ``is_anew``."""
    queue, interface = place = place_of(packet)
    name = value(packet, "MemberName", "Name")[:120] or interface
    row = known.get(place) or ExchangeMember(exchange=exchange, queue=queue, interface=interface)
    before = facts(row) if row.pk else None
    if is_anew or row.member != name:
        staff = staff_of(Person(name, interface), exchange, at)
        row.staff_id = staff.pk if staff else None
    row.member, row.is_dynamic = name, value(packet, "Membership") == "dynamic"
    row.status, row.is_paused = whole(value(packet, "Status")) or 0, value(packet, "Paused") == "1"
    row.acted_at = acted or row.acted_at
    if before != facts(row):
        row.save()
    known[place] = row


def facts(row: ExchangeMember) -> tuple[Any, ...]:
    return row.member, row.staff_id, row.is_dynamic, row.status, row.is_paused, row.acted_at


def acted_at(exchange: Exchange, packet: Packet, received_at: datetime) -> datetime | None:
    """When a person did something by what this event tells (UTC): joined a queue, or took a pause back.

    A pause is none: exchanges pause by themselves whoever does not pick up. Nor is what an exchange loads as it starts.
    """
    at = min(hour_of(packet, received_at), received_at)
    if name_of(packet) == PAUSE:
        return at if value(packet, "Paused") == "0" else None
    joined = name_of(packet) == JOINED and value(packet, "Membership") == "dynamic"
    loaded = exchange.started_at is not None and at < exchange.started_at + LOADING
    return at if joined and not loaded else None


# --- what is known by it ----------------------------------------------------------------------------------------------


def heard_now(at: datetime) -> dict[int, Exchange]:
    """The exchanges whose word is true at ``at`` (UTC): a connection stands, and it answered lately."""
    return {one.pk: one for one in exchanges.listened_to() if not exchanges.is_silent(one, at)}


def manned(desk: str, at: datetime) -> list[Manned]:
    """Everybody in the queues that lead to this desk, by name; empty where no exchange is heard or none has queues.

    A queue that nobody named a desk for is no desk's.
    """
    heard = heard_now(at)
    if not heard:
        return []
    try:
        procedure = version.in_force(at).procedure
    except NoProcedure:
        return []
    rows = ExchangeMember.objects.filter(exchange__in=list(heard)).select_related("staff").order_by("member", "pk")
    people: dict[Any, list[ExchangeMember]] = {}
    for row in rows:
        if desk_of_queue(row.queue, heard[row.exchange_id], procedure) == desk:
            people.setdefault(row.staff_id or (row.exchange_id, row.interface), []).append(row)
    found = [(theirs[0].staff.name if theirs[0].staff else theirs[0].member, how(theirs)) for theirs in people.values()]
    return sorted((Manned(name, as_) for name, as_ in found if as_), key=lambda one: one.name)


def how(rows: Sequence[ExchangeMember]) -> How | None:
    """Of one person in several queues; None where the exchange does not know. Paused in each of them is paused."""
    statuses = {row.status for row in rows}
    if statuses & TALKS:
        return How.TALKS
    if all(row.is_paused for row in rows):
        return How.PAUSED
    if RINGS in statuses:
        return How.RINGS
    if FREE_STATUS in statuses:
        return How.FREE
    return How.GONE if statuses <= GONE else None


def counted(people: Iterable[Manned]) -> Mapping[How, int]:
    return Counter(one.how for one in people)


@dataclass(frozen=True, slots=True)
class Life:
    """``is_member``: in a queue, not paused, with a telephone that can be reached. ``acted_at``: the last act (UTC)."""

    is_member: bool
    acted_at: datetime | None


def life_of(staff_ids: Sequence[int], at: datetime) -> dict[int, Life]:
    """By each of these people, as far as memberships say anything; nothing while the exchange is not heard.

    A member counts for whom that person's own act of the last hours is known: whoever forgot to leave a queue yesterday
    is in it still.
    """
    heard = heard_now(at) if staff_ids else {}
    if not heard:
        return {}
    found: dict[int, Life] = {}
    rows = ExchangeMember.objects.filter(exchange__in=list(heard), staff__in=staff_ids)
    for row in rows:
        known = found.get(row.staff_id or 0, Life(False, None))
        lately = row.is_dynamic and row.acted_at is not None and at - row.acted_at < COMES_BACK
        there = lately and not row.is_paused and row.status not in GONE and row.status != 0
        acts = [one for one in (known.acted_at, row.acted_at) if one and one <= at]
        found[row.staff_id or 0] = Life(known.is_member or there, max(acts, default=None))
    return found
