"""Whether somebody is at the technical desk (A1), looked at every few seconds; and the pages that are owed if not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from guardia.escalation import alarms, roster
from guardia.escalation.alarm import Alarm
from guardia.notices.notice import Notice
from guardia.people import shifts
from guardia.people.shift import Shift
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure

CLAUSES = {alarms.NOBODY_ON_SHIFT: "A1", alarms.CALLS_OVERDUE: "P1", alarms.DRILL: "E", alarms.WORK_OVERRAN: "E2"}
ALARM, ALARM_ENDED = "alarm", "alarm_ended"


def watch_shifts(now: datetime, desk: str = shifts.TECHNICAL) -> list[Notice]:
    """One look at ``now`` (UTC): the alarm begins, pages or ends; returns the pages that this look made owed.

    Where nobody has ever entered a shift there is no alarm: the desk does not use them. A take-over that is a little
    late is none either (people.shifts.GRACE). Two workers take turns.
    """
    shifts.take_turn()
    if not shifts.was_ever_entered(desk):
        return []
    alarm = alarms.open_alarm(desk)
    if there := shifts.on_shift(desk, now):
        return end(alarm, there[0], now) if alarm else []
    if alarm is None:
        since = shifts.last_left_at(desk) or now
        if shifts.awaited_until(shifts.hours_of(desk), ZoneInfo(settings.TIME_ZONE), since, now):
            return []
        alarm = alarms.begin(desk, since)
    return page(alarm, now) if alarms.is_due(alarm, now) else []


def page(alarm: Alarm, now: datetime) -> list[Notice]:
    """The next round of pages, each owed by the outbox like any notice. Nobody to be reached: asked again soon."""
    due = alarms.next_round(alarm, rounds_of(alarm), holders(now))
    if due is None:
        return []
    alarms.paged(alarm, due, now)
    return owe(alarm, due.number, due.persons, ALARM, {"level": due.level}, now)


def end(alarm: Alarm, taken: Shift, now: datetime) -> list[Notice]:
    """Somebody has taken the shift: the alarm is over since then, and those who were paged are told, each once."""
    alarms.end(alarm.desk, taken.started_at)
    paged = Staff.objects.filter(pages__alarm=alarm, is_active=True).distinct().order_by("pk")
    facts = {"ended_at": taken.started_at.isoformat(), "by": taken.staff.name}
    return owe(alarm, rounds_of(alarm) + 1, paged, ALARM_ENDED, facts, now)


def rounds_of(alarm: Alarm) -> int:
    return Notice.objects.filter(alarm=alarm).aggregate(last=Max("round"))["last"] or 0


def owe(
    alarm: Alarm,
    number: int,
    persons: Iterable[Staff],
    moment: str,
    facts: dict[str, Any],
    now: datetime,
    variant: str = "",
) -> list[Notice]:
    """One notice to each of these people, in the round of this number; ``now`` is UTC."""
    clause = CLAUSES[alarm.kind]
    told = {"kind": alarm.kind, "desk": alarm.desk, "since": alarm.began_at.isoformat(), "round": number, **facts}
    return Notice.objects.bulk_create(
        Notice(
            alarm=alarm,
            round=number,
            staff=person,
            moment=moment,
            variant=variant,
            clause=clause,
            language=person.language,
            facts=told,
            owed_at=now,
        )
        for person in persons
    )


def holders(now: datetime) -> list[tuple[int, list[Staff]]]:
    """The levels of the procedure in force with who holds each at ``now`` and can be paged (E2 to E4), lowest first."""
    try:
        rules = versions.in_force(now).procedure.escalation.levels
    except NoProcedure:
        return []
    levels = sorted(rule.level for rule in rules)
    found = roster.Roster.between(now, now, levels)
    return [(level, [one for one in found.on_duty(level, now) if one.is_reachable]) for level in levels]
