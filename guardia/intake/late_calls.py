"""Calls that wait for nobody (P1) or whose caller has no number yet (P2), and reports in writing without one (L4 D).

No case can be escalated, so an alarm is. The matrix of the stage says which level is called after how long. One alarm
for all calls and reports of the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Q
from django.db.models.functions import Coalesce

from guardia.cases import alarms as pages
from guardia.cases import writes
from guardia.clocks.clock import Clock
from guardia.clocks.overdue import broke_at, is_overdue
from guardia.clocks.set_aside import Aside
from guardia.escalation import alarms
from guardia.escalation.alarm import Alarm
from guardia.notices.notice import Notice
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind

KIND = alarms.CALLS_OVERDUE
ASIDE = Aside("late call")
"""Of a call or a report whose level cannot be told: the others have their alarm."""


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
    without = ASIDE.left_out(now)
    first: dict[tuple[int | None, int | None], Late] = {}

    def look(clock: Clock) -> None:
        first.setdefault((clock.call_id, clock.request_id), _late(clock, now))

    since = Coalesce("breached_at", "due_at")
    both = (each.exclude(pk__in=without).order_by(since, "pk") for each in (calls, requests))
    ASIDE.each(chain.from_iterable(both), look, now)
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
    held = called(pages.holders(now), level)
    higher = any(each > alarm.level and persons for each, persons in held)
    if not (higher or alarms.is_due(alarm, now)):
        return []
    due = alarms.next_round(alarm, pages.rounds_of(alarm), _from_below(alarm, held))
    if due is None:
        return []
    alarms.paged(alarm, due, now)
    return pages.owe(alarm, due.number, due.persons, pages.ALARM, {"level": due.level, "count": count}, now)


def called(levels: Sequence[tuple[int, list[Staff]]], level: int) -> list[tuple[int, list[Staff]]]:
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
