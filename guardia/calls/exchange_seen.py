"""What an exchange has shown of itself lately: its last words, its queues, and members who are nobody yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from guardia.calls.ami import Packet, known, name_of, reference_of, value, values, whole
from guardia.calls.call import Call, Measure, QueueVisit, RingAttempt
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap
from guardia.calls.exchange_report import HAND, CallFact, What

LATELY = timedelta(days=30)
SAID_WITHIN = timedelta(days=7)
NOBODY = ("", "?")
"""Where the exchange did not say who answered."""
SAID, GAPS, MOST_NAMES, MOST_LOOKED_AT = 20, 20, 50, 5000


@dataclass(frozen=True, slots=True)
class SeenName:
    """A queue or a member as the exchange names it, and in how many of its latest calls it was seen."""

    name: str
    count: int


def latest_packets(exchange: Exchange, now: datetime) -> list[ExchangeEvent]:
    """The last things it said within a week before ``now`` (UTC), the latest first."""
    lately = ExchangeEvent.objects.filter(exchange=exchange, received_at__gte=now - SAID_WITHIN)
    return list(lately.order_by("-received_at", "-pk")[:SAID])


def delay_of(events: list[ExchangeEvent]) -> timedelta | None:
    """The middle one of how late the events came: received less happened, negative where its clock is ahead of ours.

    None where it says no hours of its own, or said nothing: then the two are the same to the microsecond.
    """
    late = sorted(each.received_at - each.happened_at for each in events if each.received_at != each.happened_at)
    return late[len(late) // 2] if late else None


def last_gaps(exchange: Exchange) -> list[ExchangeGap]:
    return list(exchange.gaps.order_by("-lost_at", "-pk")[:GAPS])


def queues_seen(exchange: Exchange, now: datetime) -> list[SeenName]:
    """The queues of its calls of a month, those with most calls first."""
    visits = QueueVisit.objects.filter(call__in=_latest(exchange, now))
    return _most_seen(Counter(visits.order_by("-pk").values_list("queue", flat=True)[:MOST_LOOKED_AT]))[:MOST_NAMES]


def members_unknown(exchange: Exchange, now: datetime) -> list[SeenName]:
    """Names that answered or rang in its calls of a month and that nobody stands behind yet; most seen first."""
    latest = _latest(exchange, now)
    answered = latest.filter(answered_by=None).exclude(answered_as__in=NOBODY).values_list("answered_as", flat=True)
    talked = QueueVisit.objects.filter(call__in=latest, staff=None).exclude(member__in=NOBODY).order_by("-pk")
    rang = RingAttempt.objects.filter(visit__call__in=latest, staff=None).exclude(member__in=NOBODY).order_by("-pk")
    spoke = talked.values_list("member", flat=True)[:MOST_LOOKED_AT]
    names = Counter[str]([*answered.order_by("-pk")[:MOST_LOOKED_AT], *spoke])
    for name in rang.values_list("member", flat=True)[:MOST_LOOKED_AT]:
        names.setdefault(name, 0)
    known = set(exchange.agents.filter(until=None).values_list("name", flat=True))
    return [seen for seen in _most_seen(names) if seen.name not in known][:MOST_NAMES]


def _latest(exchange: Exchange, now: datetime) -> QuerySet[Call]:
    return Call.objects.filter(exchange=exchange, arrived_at__gte=now - LATELY)


def _most_seen(names: Counter[str]) -> list[SeenName]:
    """Of those that were seen as often the alphabet decides."""
    return [SeenName(name, count) for name, count in sorted(names.items(), key=lambda one: (-one[1], one[0]))]


# Written down of an exchange that is listened to: its last word, the connection that stands, and what is wrong.


LONGEST_TROUBLE = 300


def is_heard(exchange: Exchange, at: datetime) -> None:
    """A word of it came in at ``at`` (UTC). Never moves backwards."""
    Exchange.objects.filter(pk=exchange.pk).exclude(seen_at__gte=at).update(seen_at=at)


def is_connected(exchange: Exchange, at: datetime, started_at: datetime | None) -> None:
    """A connection stands since ``at``. ``started_at``: when the exchange itself was started, where it says so."""
    known = {"started_at": started_at} if started_at else {}
    Exchange.objects.filter(pk=exchange.pk).update(connected_at=at, trouble="", **known)
    is_heard(exchange, at)


def is_lost(exchange: Exchange, trouble: str) -> None:
    """No connection stands any more, and why."""
    Exchange.objects.filter(pk=exchange.pk).update(connected_at=None, trouble=_one_line(trouble))


def is_troubled(exchange: Exchange, trouble: str) -> None:
    """What is wrong although it is heard; empty: nothing is."""
    Exchange.objects.filter(pk=exchange.pk).update(trouble=_one_line(trouble))


def _one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST_TROUBLE]


def oldest_gap(exchange: Exchange) -> ExchangeGap | None:
    """The first time that it was not heard and that has not been read again from its log."""
    return exchange.gaps.filter(read_again_at=None).order_by("lost_at").first()


def is_gap_left(exchange: Exchange, until: datetime, lost_before: datetime) -> bool:
    """Whether a gap that was over by ``until`` began before the other hour and has not been read again (UTC)."""
    unread = exchange.gaps.filter(read_again_at=None, back_at__lte=until)
    return unread.filter(lost_at__lt=lost_before).exists()


def remember_position(exchange: Exchange, position: dict[str, Any]) -> None:
    """How far its log was read."""
    Exchange.objects.filter(pk=exchange.pk).update(log_position=position)


# What an exchange shows when it is asked what is there now, after a time in which it was not heard.
#
# The facts of such packets are of the hour at which they came in; a wait is known to the second.


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
