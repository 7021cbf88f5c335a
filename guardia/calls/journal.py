"""What exchanges said, kept as they said it; and translated anew whenever somebody asks what became of a call.

The same thing said twice is kept once, so whoever is in doubt may hand it over again. The caller opens the transaction.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.db.models import Count, Max, Min, Q, TextField
from django.db.models.functions import Cast

from guardia.calls import ami, cti_messages, exchange_seen, queue_log
from guardia.calls.ami import Packet
from guardia.calls.call import Call
from guardia.calls.course_model import Unheard
from guardia.calls.cti_messages import EVENTS, HANGUP, NEW_CALL
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap
from guardia.calls.exchange_report import CallFact
from guardia.calls.exchange_seen import PRUNED

LONGEST_CALL = timedelta(hours=24)
ASKEW = timedelta(seconds=2)
"""So much the clock of the exchange may be off against ours, by which a look around is dated."""
NEWS_IS_OFF = timedelta(hours=1)
INSERT = """
    INSERT INTO exchange_event (exchange_id, key, reference, source, name, happened_at, received_at, packet)
    SELECT %s, key, reference, %s, name, happened_at, %s, packet::jsonb
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[])
        AS said(key, reference, name, happened_at, packet)
    ON CONFLICT (exchange_id, key) DO NOTHING RETURNING reference, name, happened_at
"""


def keep_packets(exchange: Exchange, packets: Sequence[Packet], source: str, received_at: datetime) -> set[str]:
    """Keep what says something of a call; returns the references of the calls that learnt something new.

    ``source``: ``ami``, ``cti``, ``log`` (packets of ``queue_log.packet_of``), or ``snapshot``: the answers to
    QueueStatus and CoreShowChannels, and ``snapshot.listed(…)`` or ``restarted()``, which concern every call
    that is open by then. ``received_at`` (UTC): when they came in.
    """
    entries = [entry for packet in packets if (entry := entry_of(clean(packet), source, received_at))]
    if source == "log":
        entries = by_their_calls(exchange, entries)
    elif source == "cti":
        entries = [of_its_session(exchange, entry) for entry in entries]
    if not entries:
        return set()
    # In the order of their keys: two who hand over the same at once wait for each other, never in a circle.
    entries.sort(key=lambda entry: entry.key)
    rows = [(e.key, e.reference, e.name, e.happened_at, json.dumps([list(pair) for pair in e.packet])) for e in entries]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [exchange.pk, source, received_at, *(list(c) for c in zip(*rows, strict=True))])
        new = cursor.fetchall()
    references = {reference for reference, _name, _at in new if reference}
    for _reference, name, at in new:
        if name in OF_ALL:
            references |= _open_at(exchange, at)
    return references


def facts_about_call(exchange: Exchange, reference: str) -> list[CallFact]:
    """Everything that was said about this call, in the vocabulary of ``said``; order and repeats mean nothing.

    Nothing, where the beginning of it is kept no more: what is told again then gives no whole call.
    """
    reference = reference[:LONGEST_REFERENCE]
    told = ExchangeEvent.objects.filter(exchange=exchange, reference=reference)
    events = list(told.order_by("pk")) if reference else []
    if any(event.name == exchange_seen.PRUNED for event in events):
        return []
    said = [one for event in events for one in facts_in_entry(event, exchange)]
    said = [one if one.reference == reference else replace(one, reference=reference) for one in said]
    if not said:
        return []
    first = min(one.at for one in said)
    # Nothing is told before it happens, but for the clocks: so the newest are looked at, not all there ever were.
    about_all = ExchangeEvent.objects.filter(exchange=exchange, reference="", received_at__gte=first - NEWS_IS_OFF)
    about_all = about_all.filter(name__in=OF_ALL)
    for event in about_all.filter(happened_at__range=(first + ASKEW, first + LONGEST_CALL)).order_by("pk"):
        packet = exchange_seen.restarted() if event.name == queue_log.RESTART else event.packet
        said += exchange_seen.of_all(packet, reference, event.happened_at)
    return said


def unheard(exchange: Exchange, since: datetime) -> list[Unheard]:
    """The times after ``since`` (UTC) of which nothing is known: not heard, and the log not read since."""
    lately = Q(back_at=None) | Q(back_at__gt=since)
    gaps = ExchangeGap.objects.filter(lately, exchange=exchange, read_again_at=None).order_by("lost_at")
    return [Unheard(gap.lost_at, gap.back_at) for gap in gaps]


# --- gaps -------------------------------------------------------------------------------------------------------------


def lost(exchange: Exchange, at: datetime) -> ExchangeGap:
    """The exchange is not heard since its last word at ``at`` (UTC). While a gap stands open it is the same gap."""
    ExchangeGap.objects.bulk_create([ExchangeGap(exchange=exchange, lost_at=at)], ignore_conflicts=True)
    return ExchangeGap.objects.get(exchange=exchange, back_at=None)


def back(exchange: Exchange, at: datetime) -> set[str]:
    """It is heard again from ``at`` (UTC) on; returns the calls that were open meanwhile."""
    gap = ExchangeGap.objects.filter(exchange=exchange, back_at=None).first()
    if gap is None:
        return set()
    gap.back_at = max(at, gap.lost_at)
    gap.save(update_fields=["back_at"])
    return _during(exchange, [gap])


def read_again(exchange: Exchange, until: datetime) -> set[str]:
    """Its log is read up to ``until`` (UTC): what it does not tell of a gap before that did not happen in a queue.

    Returns the calls of those gaps, for they may be known better now.
    """
    unread = ExchangeGap.objects.filter(exchange=exchange, read_again_at=None, back_at__lte=until)
    gaps = list(unread.order_by("pk"))
    ExchangeGap.objects.filter(pk__in=[gap.pk for gap in gaps]).update(read_again_at=until)
    return _during(exchange, gaps)


def _during(exchange: Exchange, gaps: Iterable[ExchangeGap]) -> set[str]:
    found: set[str] = set()
    for gap in gaps:
        calls = Call.objects.filter(exchange=exchange, arrived_at__gt=gap.lost_at - LONGEST_CALL)
        still = Q(ended_at=None) | Q(ended_at__gt=gap.lost_at)
        calls = calls.filter(still, arrived_at__lt=gap.back_at) if gap.back_at else calls.filter(still)
        found.update(calls.values_list("reference", flat=True))
    return found


def _open_at(exchange: Exchange, at: datetime) -> set[str]:
    calls = Call.objects.filter(exchange=exchange, ended_at=None, arrived_at__range=(at - LONGEST_CALL, at))
    return set(calls.values_list("reference", flat=True))


# One packet of an exchange as the journal keeps it: what makes it this one, which call it is about, and its hour.


OF_ALL = (exchange_seen.LISTED, exchange_seen.RESTARTED, queue_log.RESTART)
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
        reference, name = ami.reference_of(packet), ami.name_of(packet)
        key, at = ami.key_of(packet, received_at), ami.hour_of(packet, received_at)
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
        reference, name, at = ami.reference_of(packet), ami.name_of(packet), received_at
        key = ami.key_of(packet, received_at)
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
    legs = ami.legs_of(list(packets))
    return [replace(entry, reference=legs.get(entry.reference, entry.reference)) for entry in entries]


def of_its_session(exchange: Exchange, entry: Entry) -> Entry:
    """An id that is used anew names another call, and the same words of it are not the same event."""
    if first := handed_on_from(exchange, entry.packet, entry.name, entry.happened_at):
        return replace(entry, reference=first)
    reference = reference_of(exchange, entry.reference, entry.name, entry.happened_at)
    if reference == entry.reference:
        return entry
    return replace(entry, reference=reference, key=sha256(f"{reference}|{entry.key}".encode()).hexdigest())


def facts_in_entry(event: ExchangeEvent, exchange: Exchange) -> list[CallFact]:
    """What a packet that was kept says, in the one vocabulary."""
    if event.source == "ami":
        return ami.facts_in_packet(event.packet, event.received_at, exchange.contexts)
    if event.source == "log":
        return queue_log.facts_in_line(event.packet, event.received_at, event.reference)
    if event.source == "cti":
        first = event.reference.partition("~")[0]
        return cti_messages.facts_in_message(event.packet, event.happened_at, first)
    return exchange_seen.facts_in_snapshot(event.packet, event.received_at)


# Found in the journal by what the exchange said, not by the call: of a short time only, since no index helps.


FEWEST_DIGITS = 6
MOST = 20
BEGINNINGS = ("Newchannel", "DialEnd")
"""Of the manager interface: a number is dialled, and how that ended."""


def numbers_rung(digits: str, since: datetime, until: datetime) -> list[tuple[int, str]]:
    """Exchange and reference of calls, told between the two hours (UTC), whose packets hold these digits.

    Whether they went out, and were answered, their courses tell. Fewer than six digits name nobody.
    """
    if len(digits) < FEWEST_DIGITS:
        return []
    told = ExchangeEvent.objects.filter(received_at__range=(since, until), source__in=("ami", "cti"))
    told = told.exclude(reference="").annotate(words=Cast("packet", TextField())).filter(words__contains=digits)
    named = told.filter(name__in=[*BEGINNINGS, *_spellings()])
    return list(named.order_by().values_list("exchange_id", "reference").distinct()[:MOST])


def _spellings() -> list[str]:
    """The webhook's events as their exchanges write them; only its first message and the answer tell a number."""
    return ["newCall", "OutgoingCall", "answer", "CallAccepted", *EVENTS]


AGAIN = timedelta(hours=24)
"""Zammad's protocol says that an id names one call for ever. Exchanges keep to it for a while: they count anew after a
restart, or every so often. So what comes more than a day after that call's last word is another call, whose reference
is the id and the day on which it began (UTC). A call told twice would be seen at the desk, one taken for a repeat would
be lost.
"""
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
