"""What exchanges said, kept as they said it; and translated anew whenever somebody asks what became of a call.

The same thing said twice is kept once, so whoever is in doubt may hand it over again. The caller opens the transaction.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from guardia.calls import queue_log, snapshot
from guardia.calls.call import Call
from guardia.calls.course_model import Unheard
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap
from guardia.calls.exchange_report import CallFact
from guardia.calls.journal_entries import (
    LONGEST_REFERENCE,
    OF_ALL,
    by_their_calls,
    clean,
    entry_of,
    facts_in_entry,
    of_its_session,
)
from guardia.calls.packets import Packet

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


def keep(exchange: Exchange, packets: Sequence[Packet], source: str, received_at: datetime) -> set[str]:
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
    if any(event.name == snapshot.PRUNED for event in events):
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
        packet = snapshot.restarted() if event.name == queue_log.RESTART else event.packet
        said += snapshot.of_all(packet, reference, event.happened_at)
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
