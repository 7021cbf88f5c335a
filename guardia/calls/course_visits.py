"""A call's waits in queues: how each ended, and who answered it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardia.calls.call import Measure, RingResult, VisitResult
from guardia.calls.course_stays import SECOND, Stay
from guardia.calls.exchange_report import HAND, CallFact, What

# Which telephones rang for one visit to a queue, how long, and what became of each.


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


CALLER_HUNG_UP = "0"
"""Cause of hanging up that stands where the caller gives up and the exchange did nothing."""
BY_THE_EXCHANGE = frozenset({"busy", "congestion", "notfound", "blocked", "rejected", "forwarded"})
"""Causes of hanging up, as one that pushes says them, that are not the caller's."""


def extension_in(interface: str) -> str:
    """``PJSIP/101`` → ``101``, ``Local/102@from-queue/n`` → ``102``."""
    return interface.partition("/")[2].partition("@")[0].partition("/")[0]


@dataclass(frozen=True)
class Person:
    """Who answered, by all that the exchange says of that person."""

    member: str = ""
    interface: str = ""
    extension: str = ""
    user_ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the exchange names that person; never empty."""
        return self.member or self.extension or self.interface or "?"


@dataclass(frozen=True)
class Visit:
    """One wait in one queue. Hours in UTC."""

    queue: str
    joined_at: datetime
    joined_by: Measure = Measure.EXCHANGE
    position: int | None = None
    left_at: datetime | None = None
    left_by: Measure = Measure.EXCHANGE
    result: VisitResult = VisitResult.WAITING
    person: Person | None = None
    talk_ended_at: datetime | None = None
    ended_by: str = ""
    by_the_caller: bool = False
    talk_ended_by_log: bool = False
    attempts: tuple[Attempt, ...] = ()


def visit_of(stay: Stay, after: "After") -> Visit:
    """What became of the visit. ``after``: what the rest of the call says about it."""
    visit = Visit(stay.joined.queue, stay.joined.at, stay.joined.measure, stay.joined.position)
    connected = _connected(stay, after)
    ended = _exact(stay.of(What.TALK_ENDED))
    visit = _answer(visit, connected) if connected else _unanswered(visit, stay, after)
    if ended and visit.result == VisitResult.ANSWERED:
        by_log = ended.source == "log"
        visit = replace(visit, talk_ended_at=ended.at, ended_by=ended.reason[:10], talk_ended_by_log=by_log)
    elif visit.result == VisitResult.ANSWERED and after.over_at:
        visit = replace(visit, talk_ended_at=max(after.over_at, visit.left_at or after.over_at))
    is_told = connected and (connected.what == What.CONNECTED or (stay.plain and connected.leg))
    heard = connected if is_told else None
    rung = attempts_of(stay.of(What.RANG), stay.of(What.RANG_OUT), heard, visit.left_at)
    return replace(visit, attempts=rung)


@dataclass(frozen=True)
class After:
    """What the rest of the call says about a visit. Hours in UTC."""

    next_join: datetime | None = None  # the call went on to another queue
    goes_on_until: datetime | None = None  # the last hour at which the call was certainly alive
    caller_left: datetime | None = None
    over: CallFact | None = None  # hung up, restarted, or no longer listed
    talks: tuple[CallFact, ...] = ()  # answers and talks heard outside any queue, since the visit began

    @property
    def over_at(self) -> datetime | None:
        return self.over.at if self.over else None


def _exact(said: Iterable[CallFact]) -> CallFact | None:
    """The one that was heard as it happened before the one that the log tells; of several the first."""
    return min(said, key=lambda one: (one.source in ("log", "snapshot"), one.at), default=None)


def _connected(stay: Stay, after: After) -> CallFact | None:
    """The answer: told by the queue; reckoned from the talk that ended; or heard of the caller's own leg."""
    if told := _exact(stay.of(What.CONNECTED)):
        return told
    ended = _exact(stay.of(What.TALK_ENDED))
    if ended and ended.talk_s is not None:
        at = ended.at - timedelta(seconds=ended.talk_s)
        return replace(ended, what=What.TALKING, at=max(at, stay.joined.at), measure=Measure.LOG)
    if stay.of(What.GAVE_UP, What.TIMED_OUT, What.PRESSED_OUT):
        return None
    # What a queue's own telephone says, the queue says better; outside a queue nothing else is said.
    rung = set() if stay.plain else {said.leg for said in stay.of(What.RANG)}
    gone = _exact(stay.of(What.LEFT))
    until = min((at for at in (after.next_join, gone.at + SECOND if gone else None) if at), default=None)
    talks = [one for one in after.talks if one.leg not in rung and (until is None or one.at < until)]
    talk = _exact(talks)
    # That somebody talks by now does not tell since when.
    return replace(talk, measure=Measure.GAP) if talk and talk.source == "snapshot" else talk


def _answer(visit: Visit, connected: CallFact) -> Visit:
    person = Person(connected.member, connected.interface, connected.extension, connected.user_ids)
    return replace(_left(visit, connected, VisitResult.ANSWERED), person=person)


def _unanswered(visit: Visit, stay: Stay, after: After) -> Visit:
    timed_out, gave_up = _exact(stay.of(What.TIMED_OUT)), _exact(stay.of(What.GAVE_UP))
    if timed_out:
        return _left(visit, gave_up or timed_out, VisitResult.TIMED_OUT)
    if gave_up:
        by_caller = any(said.reason == "caller" for said in stay.of(What.GAVE_UP))
        result = VisitResult.ABANDONED if by_caller else how_given_up(gave_up.at, after)
        return _left(visit, gave_up, result, by_the_caller=result == VisitResult.ABANDONED)
    if pressed := _exact(stay.of(What.PRESSED_OUT)):
        return _left(visit, pressed, VisitResult.ABANDONED)
    over = after.over
    if over and over.what == What.RESTARTED:
        return _left(visit, over, VisitResult.RESTARTED)
    if over and over.what == What.HUNG_UP and over.source == HAND:
        return _left(visit, over, VisitResult.ABANDONED, by_the_caller=True)
    if over and over.what == What.HUNG_UP and stay.plain:
        by_the_caller = _caller_gave_up(stay, after, over)
        result = VisitResult.ABANDONED if by_the_caller else VisitResult.TIMED_OUT
        return _left(visit, over, result, by_the_caller=by_the_caller)
    if over and over.what == What.HUNG_UP and over.source == "cti":
        if over.reason.casefold() in BY_THE_EXCHANGE:
            return _left(visit, over, VisitResult.TIMED_OUT)
        return _left(visit, over, VisitResult.ABANDONED, by_the_caller=True)
    gone = _exact(stay.of(What.LEFT))
    ends = [at for at in (gone.at if gone else None, after.next_join, after.over_at) if at]
    if not ends:
        return visit
    left_at = max(min(ends), visit.joined_at)
    return replace(visit, left_at=left_at, left_by=Measure.GAP, result=VisitResult.UNKNOWN)


def _caller_gave_up(stay: Stay, after: "After", over: CallFact) -> bool:
    """Of a ringing outside a queue: the caller's leg says so, or the telephones ring until the very end."""
    if after.caller_left and after.caller_left <= over.at + SECOND:
        return True
    out = stay.of(What.RANG_OUT)
    silent = {one.leg for one in out if one.reason != "cancelled"}
    return over.reason == CALLER_HUNG_UP or any(
        one.leg not in silent and over.at - one.at <= SECOND for one in out if one.reason == "cancelled"
    )


def _left(visit: Visit, said: CallFact, result: VisitResult, by_the_caller: bool = False) -> Visit:
    at = max(said.at, visit.joined_at)
    return replace(visit, left_at=at, left_by=said.measure, result=result, by_the_caller=by_the_caller)


def how_given_up(at: datetime, after: After) -> VisitResult:
    """The queue says in one word that the caller gave up and that it gave up itself: the caller's leg tells which."""
    if after.caller_left and after.caller_left <= at + SECOND:
        return VisitResult.ABANDONED
    if after.next_join or (after.goes_on_until and after.goes_on_until > at + SECOND):
        return VisitResult.TIMED_OUT
    if after.over and after.over.what == What.HUNG_UP:
        return VisitResult.ABANDONED if after.over.at <= at + SECOND else VisitResult.TIMED_OUT
    return VisitResult.UNKNOWN
