"""Which facts belong to which of a call's waits in queues; a wait whose beginning was not heard is reckoned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guardia.calls.call import Measure
from guardia.calls.exchange_report import PLAIN, CallFact, What

SECOND = timedelta(seconds=1)
LOG_IS_OFF = timedelta(milliseconds=1999)
"""The log says whole seconds, of a clock that may lag: it was seen 1.003 s behind the event it tells of."""
SAME_JOIN = {"log": LOG_IS_OFF, "snapshot": timedelta(seconds=2)}
"""A joining as the log or a snapshot tells it is the one that was heard, within this."""
RECKONED = timedelta(seconds=4)
"""Whole seconds of waiting and talking, added up, hit the joining within this."""
OF_A_VISIT = (
    What.CONNECTED,
    What.TALK_ENDED,
    What.GAVE_UP,
    What.TIMED_OUT,
    What.PRESSED_OUT,
    What.LEFT,
    What.RANG,
    What.RANG_OUT,
)
TELLS_A_VISIT = OF_A_VISIT[:5]
OUT_OF_A_QUEUE = frozenset({*TELLS_A_VISIT, What.LEFT, What.TRANSFERRED, What.ANSWERED_ELSEWHERE, What.TALKING})
"""After one of these the call is in that queue no more."""
TAKEN_UP = frozenset({What.CONNECTED, What.ANSWERED_ELSEWHERE, What.TALKING})


@dataclass
class Stay:
    """A visit while its facts are gathered."""

    joined: CallFact
    seen: bool = True  # its joining was told, not reckoned
    plain: bool = False  # telephones ring without a queue: a ring group, or whom the call was handed on to
    facts: list[CallFact] = field(default_factory=list)

    def of(self, *what: What) -> list[CallFact]:
        return [said for said in self.facts if said.what in what]


def stays_in(said: Sequence[CallFact]) -> list[Stay]:
    """The visits of a call, in order, each with its own facts. ``said`` is in the order of its hours."""
    joins = _joins(said)
    plain = [one for one in said if one.what == What.RANG and one.kind == PLAIN]
    stays = [*(Stay(joined) for joined in joins), *_without_a_queue(plain, joins, said)]
    stays.sort(key=lambda each: (each.joined.at, each.joined.queue))
    queued = {one.leg for one in said if one.what == What.RANG and one.kind != PLAIN}
    for one in (one for one in said if one.what in OF_A_VISIT):
        if one.kind == PLAIN:
            if one.leg not in queued and (ringing := [s for s in stays if s.plain and s.joined.at <= one.at]):
                ringing[-1].facts.append(one)
            continue
        stay = _stay_of(one, stays)
        if stay is None and one.what in TELLS_A_VISIT:
            stay = Stay(_reckoned(one), seen=False)
            stays.append(stay)
            stays.sort(key=lambda each: (each.joined.at, each.joined.queue))
        if stay:
            stay.facts.append(one)
    return stays


def _without_a_queue(rings: Sequence[CallFact], joins: Sequence[CallFact], said: Sequence[CallFact]) -> list[Stay]:
    """Telephones that ring for the call itself, one wait until somebody answers or a queue takes it over.

    Those of a queue ring likewise: they are told by the queue, or ring while the call is in it.
    """
    queued = {one.leg for one in said if one.what == What.RANG and one.kind != PLAIN}
    stays: list[Stay] = []
    for ring in rings:
        if ring.leg in queued or _is_in_a_queue(ring.at, joins, said):
            continue
        if not stays or _is_parted(stays[-1].joined.at, ring.at, joins, said):
            stays.append(Stay(replace(ring, what=What.JOINED, queue="", position=None), plain=True))
    return stays


def _is_in_a_queue(at: datetime, joins: Sequence[CallFact], said: Sequence[CallFact]) -> bool:
    joined = [one for one in joins if one.at <= at]
    if not joined:
        return False
    last = joined[-1]
    return not any(
        last.at <= one.at <= at and one.what in OUT_OF_A_QUEUE and one.queue in ("", last.queue) for one in said
    )


def _is_parted(since: datetime, until: datetime, joins: Sequence[CallFact], said: Sequence[CallFact]) -> bool:
    """Whether between the two hours a person took the call up, or it was in a queue: then it is another wait."""
    if any(since < one.at <= until for one in joins):
        return True
    return any(one.what in TAKEN_UP and since <= one.at <= until for one in said)


def _joins(said: Sequence[CallFact]) -> list[CallFact]:
    """Each joining once: what was heard as it happened, then what only the log or a snapshot tells."""
    found: list[CallFact] = []
    for source in (("ami", "cti"), ("log",), ("snapshot",)):
        for one in (one for one in said if one.what == What.JOINED and one.source in source):
            within = SAME_JOIN.get(one.source, timedelta())
            if not any(each.queue == one.queue and abs(each.at - one.at) <= within for each in found):
                found.append(one)
    return sorted(found, key=lambda one: (one.at, one.queue))


def _stay_of(one: CallFact, stays: Sequence[Stay]) -> Stay | None:
    """The last visit to that queue that had begun by then, and so long before as it says it waited."""
    begun = [s for s in stays if one.queue in ("", s.joined.queue) and s.joined.at <= one.at + _tolerance(one, s)]
    if one.what in TELLS_A_VISIT and one.wait_s is not None and begun:
        since = _since(one)
        fits = [stay for stay in begun if abs(stay.joined.at - since) <= RECKONED]
        return fits[-1] if fits else None
    return begun[-1] if begun else None


def _tolerance(one: CallFact, stay: Stay) -> timedelta:
    """Where one of the two is known to the second only, the end may seem to come before the beginning."""
    return LOG_IS_OFF if one.source == "log" or stay.joined.source in SAME_JOIN else timedelta()


def _since(one: CallFact) -> datetime:
    return one.at - timedelta(seconds=(one.wait_s or 0) + (one.talk_s or 0))


def _reckoned(one: CallFact) -> CallFact:
    """The joining that was not heard, as far back as the exchange says the wait and the talk took."""
    measure = Measure.LOG if one.wait_s is not None else Measure.GAP
    return replace(one, what=What.JOINED, at=_since(one), measure=measure, position=None)
