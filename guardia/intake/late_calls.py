"""Calls that wait for nobody (P1) or whose caller has no number yet (P2), and reports in writing without one (L4 D).

No case can be escalated, so an alarm is. The matrix of the stage says which level is called after how long. One alarm
for all calls and reports of the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from guardia.calls import exchange_seen, journal
from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent, ExchangeKind
from guardia.calls.exchange_seen import PRUNED
from guardia.cases import alarms as pages
from guardia.cases import phone_owed, writes
from guardia.cases.stages import reception
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import broke_at, is_overdue
from guardia.clocks.quarantine import Quarantine
from guardia.config.sql_rows import rows_of, run
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.intake import phone
from guardia.notices.notice import Notice
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind

KIND = alarms.CALLS_OVERDUE
QUARANTINE = Quarantine("late call")
"""Of a call or a report whose level cannot be told: the others have their alarm."""

SOMETHING_OPEN = """
    SELECT EXISTS (SELECT FROM call WHERE settled_at IS NULL)
        OR EXISTS (SELECT FROM call WHERE waits_again_at IS NOT NULL)
        OR EXISTS (SELECT FROM written_request WHERE settled_at IS NULL)
        OR EXISTS (SELECT FROM alarm WHERE ended_at IS NULL AND kind = %s)
"""


def is_something_open() -> bool:
    """Whether there is anything that a look of this module can be about: mostly, at night, there is not."""
    return bool(rows_of(SOMETHING_OPEN, [KIND])[0][0])


@dataclass(frozen=True)
class Late:
    """A call past its promise: since when (UTC), and the level that its stage calls by now; 0: none yet."""

    since: datetime
    level: int


def watch_calls(now: datetime) -> list[Notice]:
    """One look at ``now`` (UTC): the alarm begins, pages or ends; returns the pages that this look made owed."""
    writes.take_turn("alarm of calls")
    late, alarm = late_calls(now), alarms.open_alarm(TECHNICAL, KIND)
    if not late:
        return end(alarm, now) if alarm else []
    level = max(call.level for call in late)
    if not level:
        return []
    alarm = alarm or alarms.begin(TECHNICAL, min(call.since for call in late), KIND)
    return page(alarm, level, len(late), now)


def late_calls(now: datetime) -> list[Late]:
    """The calls and the reports in writing of the desk, without a case, whose promise is broken at ``now``."""
    broken = Clock.objects.filter(Q(breached_at__lte=now) | is_overdue(now), case=None, ended_at=None)
    at_technical = Q(call__desk_now="", call__desk=TECHNICAL) | Q(call__desk_now=TECHNICAL)
    calls = broken.filter(at_technical, call__settled_at=None).select_related("call")
    calls = calls.exclude(kind=ClockKind.RECEPTION, call__ended_at__isnull=False)  # nobody waits there any more
    requests = broken.filter(request__settled_at=None, request__desk=TECHNICAL).select_related("request")
    without = QUARANTINE.left_out(now)
    first: dict[tuple[int | None, int | None], Late] = {}

    def look(clock: Clock) -> None:
        first.setdefault((clock.call_id, clock.request_id), _late(clock, now))

    since = Coalesce("breached_at", "due_at")
    both = (each.exclude(pk__in=without).order_by(since, "pk") for each in (calls, requests))
    QUARANTINE.each(chain.from_iterable(both), look, now)
    return list(first.values())


def _late(clock: Clock, now: datetime) -> Late:
    owner = clock.call or clock.request
    assert owner is not None
    since = broke_at(clock, now)
    assert since is not None
    procedure = versions.of(owner.procedure_version_id)
    stage = procedure.clock(ClockKind(clock.kind)).stage
    waited = now - since
    steps = procedure.steps_for(stage) if stage else ()
    return Late(since, max((step.level for step in steps if step.after <= waited), default=0))


def page(alarm: Alarm, level: int, count: int, now: datetime) -> list[Notice]:
    """The next round, if one is due: the levels up to ``level``, at once where a higher one is called by now."""
    if alarms.is_seen_to(alarm, now):
        return []
    held = levels_called(pages.holders(now), level)
    higher = any(each > alarm.level and persons for each, persons in held)
    if not (higher or alarms.is_due(alarm, now)):
        return []
    due = alarms.next_round(alarm, pages.rounds_of(alarm), _from_below(alarm, held))
    if due is None:
        return []
    alarms.paged(alarm, due, now)
    return pages.owe(alarm, due.number, due.persons, pages.ALARM, {"level": due.level, "count": count}, now)


def levels_called(levels: Sequence[tuple[int, list[Staff]]], level: int) -> list[tuple[int, list[Staff]]]:
    """The levels up to ``level`` that somebody holds; where nobody holds any of them, the next one that is held."""
    held = [(each, persons) for each, persons in levels if persons]
    return [(each, persons) for each, persons in held if each <= level] or held[:1]


def _from_below(alarm: Alarm, held: Sequence[tuple[int, list[Staff]]]) -> list[tuple[int, list[Staff]]]:
    """Everybody up to the level that is called, where the watch itself comes late and several are called at once."""
    above = [(level, persons) for level, persons in held if level > alarm.level]
    if len(above) < 2:
        return list(held)
    everybody = dict.fromkeys(person for _, persons in above for person in persons)
    return [(above[-1][0], list(everybody))]


def end(alarm: Alarm, now: datetime) -> list[Notice]:
    """No call is late any more: those who were paged are told, each once."""
    alarms.end(alarm.desk, now, KIND)
    paged = Staff.objects.filter(pages__alarm=alarm, is_active=True).distinct().order_by("pk")
    return pages.owe(alarm, pages.rounds_of(alarm) + 1, paged, pages.ALARM_ENDED, {"ended_at": now.isoformat()}, now)


# Calls whose end the exchange never sent (P1), and calls whose raw words are old enough to go.


# --- phone forgotten --------------------------------------------------------------------------------------------------
# What nobody settles is settled by itself: what two transactions at the same instant left to each other (call-back
# D), and what was said to sales and billing and asked for nothing (A3).
MOST = 100
FORGOTTEN_QUARANTINE = Quarantine("call to settle")
SPOKEN = "spoken"
"""Settled so: a desk that owes no number answered it, and no request came of it."""

SILENT = Quarantine("call without an end")
RINGS_AT_MOST, TALKS_AT_MOST = timedelta(minutes=30), timedelta(hours=4)
"""After so long without a word of it a call that rings, or is talked on, is over: its end was lost on the way."""

AFTERWARDS = timedelta(hours=2)
"""So long after a call a desk may still write its request down."""


def settle_forgotten(now: datetime) -> list[Call]:
    """Calls that are owed a call-back although their number was answered since, or is owed another one; now (UTC).

    A person who presses waits for nobody: a call that something else writes at that instant is passed over. Nor does
    this wait. Returns the calls that it changed.
    """
    is_lost = Q(abandoned_at__isnull=False) | Q(lost_again_at__isnull=False)
    owed = phone_owed.AT_TECHNICAL & is_lost & Q(settled_at=None, reached_at=None)
    answered = Q(abandoned_at=None, answered_at__gte=OuterRef("lost"))
    others = Call.objects.filter(answered | owed, from_number=OuterRef("from_number")).exclude(pk=OuterRef("pk"))
    found = Call.objects.annotate(lost=Coalesce("lost_again_at", "abandoned_at")).filter(owed).exclude(from_number="")
    found = found.filter(Exists(others)).order_by("lost")
    found = found.exclude(pk__in=FORGOTTEN_QUARANTINE.left_out(now))
    first: dict[str, int] = {}
    for pk, number in found.values_list("pk", "from_number")[:MOST]:
        first.setdefault(number, pk)
    changed: list[Call] = []

    def settle(number: str) -> None:
        changed.extend(phone_owed.settle_number(number, now, skip_locked=True))

    FORGOTTEN_QUARANTINE.each(first, settle, now, key=first.__getitem__)
    return changed


def end_silent(now: datetime) -> list[Call]:
    """Calls of an exchange that pushes of which nothing was heard for so long that their end was lost; ``now`` in UTC.

    Kept among its own words, so that whatever it says later goes before it. Returns the calls that it ended.
    """
    open_ones = Call.objects.filter(Q(settled_at=None) | Q(waits_again_at__isnull=False), ended_at=None)
    pushed = open_ones.filter(exchange__kind=ExchangeKind.CTI, arrived_at__lte=now - RINGS_AT_MOST)
    pushed = pushed.exclude(pk__in=SILENT.left_out(now)).select_related("exchange").order_by("arrived_at")
    ended: list[Call] = []

    def end(call: Call) -> None:
        if ended:  # one in a round: each takes its turns in their order
            return
        if now - _last_word(call) < (TALKS_AT_MOST if call.is_taken_up else RINGS_AT_MOST):
            return
        assert call.exchange
        packet = exchange_seen.silent(call.reference)
        ended.extend(phone.follow(call.exchange, journal.keep_packets(call.exchange, [packet], "snapshot", now), now))

    SILENT.each(list(pushed[:MOST]), end, now)
    return ended


def _last_word(call: Call) -> datetime:
    told = ExchangeEvent.objects.filter(exchange=call.exchange_id, reference=call.reference)
    return told.aggregate(last=Max("happened_at"))["last"] or call.arrived_at


def settle_spoken(now: datetime) -> int:
    """Calls that sales and billing answered and that were over two hours before ``now`` (UTC); returns how many.

    P2 owes a number to whoever rings the technical desk alone: such a call stays until somebody settles it.
    """
    over = Call.objects.exclude(phone_owed.AT_TECHNICAL).filter(settled_at=None, ended_at__lte=now - AFTERWARDS)
    spoken = over.filter(answered_at__isnull=False, waiting_at__isnull=False).order_by("waiting_at")
    spoken = spoken.exclude(pk__in=FORGOTTEN_QUARANTINE.left_out(now))
    found = list(spoken.select_for_update(of=("self",), skip_locked=True)[:MOST])
    return FORGOTTEN_QUARANTINE.each(found, lambda call: reception.settle(call, as_=SPOKEN, at=now), now)


# --- phone pruning ----------------------------------------------------------------------------------------------------
# What exchanges said is not kept for ever: after a while the calls' facts are enough, and the raw words go.
# In their place stands one mark per call, so that what is told again afterwards is known to be old news and changes
# nothing. Calls that are still owed something keep all that was said of them, however long ago.
AT_ONCE = 2000
"""Rows that one transaction looks at; the calls they are about go whole."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
type Told = tuple[int, str]
"""Exchange and reference of a call."""

PAGE = """
    WITH page AS MATERIALIZED (
        SELECT exchange_id, reference, received_at FROM exchange_event
        WHERE received_at > %(after)s AND received_at < %(before)s AND reference <> '' AND name <> %(pruned)s
        ORDER BY received_at FETCH FIRST %(most)s ROWS WITH TIES
    )
    SELECT exchange_id, reference, max(received_at) FROM page GROUP BY exchange_id, reference
"""
# Of a call that goes on, or was settled lately, everything stays; what is none of our calls goes by its age alone.
DONE_WITH = """
    SELECT told.exchange_id, told.reference
    FROM unnest(%(exchanges)s::bigint[], %(references)s::text[]) AS told(exchange_id, reference)
    WHERE NOT EXISTS (
        SELECT FROM exchange_event n WHERE n.exchange_id = told.exchange_id AND n.reference = told.reference
          AND n.received_at >= %(before)s AND n.name <> %(pruned)s)
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.exchange_id = told.exchange_id AND c.reference = told.reference
          AND (coalesce(c.settled_at, c.ended_at, c.arrived_at) >= %(before)s
            OR c.settled_at IS NULL AND (coalesce(nullif(c.desk_now, ''), c.desk) = %(technical)s
                OR c.answered_at IS NULL OR c.ended_at IS NULL)))
"""
PRUNE = """
    WITH gone AS (
        DELETE FROM exchange_event
        WHERE exchange_id = %(exchange)s AND reference = ANY(%(references)s) AND name <> %(pruned)s
        RETURNING reference, happened_at, received_at
    )
    INSERT INTO exchange_event (exchange_id, key, reference, source, name, happened_at, received_at, packet)
    SELECT %(exchange)s, encode(sha256(convert_to('pruned|' || reference, 'UTF8')), 'hex'), reference, 'snapshot',
        %(pruned)s, max(happened_at), max(received_at), '[]'
    FROM gone GROUP BY reference
    HAVING reference = ANY(SELECT c.reference FROM call c
        WHERE c.exchange_id = %(exchange)s AND c.reference = ANY(%(references)s))
    ON CONFLICT (exchange_id, key) DO NOTHING
"""
# What is about all calls is needed while the words of any call of its time are there.
OF_ALL = """
    WITH oldest AS (
        SELECT exchange_id, min(received_at) AS at FROM exchange_event
        WHERE received_at < %(before)s AND reference <> '' AND name <> %(pruned)s GROUP BY exchange_id
    )
    DELETE FROM exchange_event e USING exchange x LEFT JOIN oldest o ON o.exchange_id = x.id
    WHERE e.exchange_id = x.id AND e.reference = '' AND e.received_at < least(o.at, %(before)s)
"""


def prune(before: datetime, after: datetime = BEGINNING, most: int = AT_ONCE) -> datetime | None:
    """Let go of the raw words of calls of which nothing was told since ``before`` (UTC), in the caller's transaction.

    ``after``: up to where the last step has looked; returns how far this one has, None once everything is done.
    """
    about = {"before": before, "pruned": PRUNED, "technical": TECHNICAL}
    page = rows_of(PAGE, about | {"after": after, "most": most})
    if not page:
        run(OF_ALL, about)
        return None
    # Whoever folds one of these calls now goes first; what that one learnt makes it news again.
    for exchange in sorted({each for each, _reference, _at in page}):
        phone_owed.take_calls(exchange, [reference for each, reference, _at in page if each == exchange])
    done = rows_of(DONE_WITH, about | _columns([(exchange, reference) for exchange, reference, _at in page]))
    for exchange in sorted({each for each, _reference in done}):
        of_it = [reference for each, reference in done if each == exchange]
        run(PRUNE, about | {"exchange": exchange, "references": of_it})
    return max(at for _exchange, _reference, at in page)


def _columns(told: Sequence[Told]) -> dict[str, list[Any]]:
    exchanges, references = zip(*told, strict=True)
    return {"exchanges": list(exchanges), "references": list(references)}
