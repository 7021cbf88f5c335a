"""Which telephones rang for one visit to a queue, how long, and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardia.calls.exchange_report import CallFact, What
from guardia.calls.queue_visit import RingResult

SAME_RING = timedelta(seconds=2)
"""A ringing as the log tells it (end and length, whole seconds) is the one that was heard, within this."""
OUT = {"busy": RingResult.REJECTED, "not_answered": RingResult.NOT_ANSWERED, "cancelled": RingResult.CANCELLED}
"""The same ringing may be told to have ended in several ways: the first here holds."""


@dataclass(frozen=True)
class Attempt:
    """One telephone that rang. Hours in UTC; ``leg`` is what the exchange calls its side of the call."""

    rang_at: datetime
    member: str = ""
    interface: str = ""
    leg: str = ""
    ended_at: datetime | None = None
    result: RingResult = RingResult.RINGING


def attempts_of(
    rang: Sequence[CallFact], out: Sequence[CallFact], connected: CallFact | None, left_at: datetime | None
) -> tuple[Attempt, ...]:
    """The attempts of a visit in the order of their hours. ``left_at``: nobody's telephone rings after it."""
    told = [Attempt(said.at, said.member, said.interface, said.leg) for said in rang]
    found = list({(one.leg, one.member, one.interface): one for one in reversed(told)}.values()) if rang else []
    for said in [*(one for one in out if one.member), *([connected] if connected else [])]:
        if _index(found, said) is None and (made := _attempt_from_its_end(said)):
            found.append(made)
    ends: dict[int, list[CallFact]] = {}
    for said in out:
        if (place := _index(found, said)) is not None:
            ends.setdefault(place, []).append(said)
    answered = _index(found, connected) if connected else None
    judged = [
        _answered(one, connected) if place == answered and connected else _judged(one, ends.get(place, ()), left_at)
        for place, one in enumerate(found)
    ]
    return tuple(sorted(judged, key=lambda one: (one.rang_at, one.member, one.interface, one.leg)))


def _index(found: Sequence[Attempt], said: CallFact) -> int | None:
    """Which of them is meant: by its leg, else by person and hour."""
    same = [place for place, one in enumerate(found) if said.leg and one.leg == said.leg and _fits(one, said)]
    if same:
        return same[0]
    if not said.member or (said.leg and said.source != "log"):
        return None
    begun = _begun(said)
    near = [
        (abs(one.rang_at - begun), place)
        for place, one in enumerate(found)
        if one.member == said.member and abs(one.rang_at - begun) <= SAME_RING
    ]
    return min(near)[1] if near else None


def _fits(one: Attempt, said: CallFact) -> bool:
    return not (one.member and said.member) or one.member == said.member


def _begun(said: CallFact) -> datetime:
    return said.at - timedelta(milliseconds=said.ring_ms or 0)


def _attempt_from_its_end(said: CallFact) -> Attempt | None:
    """A ringing of which only the end was heard: it began as long ago as it is said to have lasted."""
    if said.ring_ms is None or (said.what == What.CONNECTED and said.source != "log"):
        return None
    return Attempt(_begun(said), said.member, said.interface, said.leg)


def _answered(one: Attempt, connected: CallFact) -> Attempt:
    return replace(one, ended_at=max(connected.at, one.rang_at), result=RingResult.ANSWERED)


def _judged(one: Attempt, ends: Iterable[CallFact], left_at: datetime | None) -> Attempt:
    order = list(OUT)
    # The exchange's own events go before its log: they tell the hour more exactly.
    told = sorted(ends, key=lambda said: (order.index(said.reason), said.source == "log", said.at))
    if told:
        return replace(one, ended_at=max(told[0].at, one.rang_at), result=OUT[told[0].reason])
    if left_at is not None:
        return replace(one, ended_at=max(left_at, one.rang_at), result=RingResult.CANCELLED)
    return one
