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
from guardia.people.shift import EndedAs, Handover, Shift
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure

CLAUSES = {
    alarms.NOBODY_ON_SHIFT: "A1",
    alarms.HANDOVER_LATE: "A1",
    alarms.CALLS_OVERDUE: "P1",
    alarms.DRILL: "E",
    alarms.WORK_OVERRAN: "E2",
    alarms.MORNING: "P5",
}
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


def watch_hand_over(now: datetime, desk: str = shifts.TECHNICAL) -> list[Notice]:
    """One look at ``now`` (UTC): a shift that runs on beyond its change is an alarm, which level 1 is told of once.

    It asks nobody higher: somebody is at the desk. It ends when nobody is there from before any more.
    """
    shifts.take_turn()
    changed_at = shifts.last_change(shifts.hours_of(desk), ZoneInfo(settings.TIME_ZONE), now)
    alarm = alarms.open_alarm(desk, alarms.HANDOVER_LATE)
    late = shifts.beyond(shifts.on_shift(desk, now), changed_at)
    if not late:
        return end_hand_over(alarm, now) if alarm else []
    if alarm is None:
        if now - changed_at <= shifts.GRACE:
            return []
        alarm = alarms.begin(desk, changed_at, alarms.HANDOVER_LATE)
    due = None if alarm.paged_at else alarms.next_round(alarm, 0, holders(now))
    if due is None:
        return []
    alarms.paged(alarm, due, now)
    facts = {"level": due.level, "who": ", ".join(shift.staff.name for shift in late)}
    return owe(alarm, due.number, due.persons, ALARM, facts, now)


def end_hand_over(alarm: Alarm, now: datetime) -> list[Notice]:
    """Nobody is on shift from before any more: those who were paged are told, each once, and who signed."""
    alarms.end(alarm.desk, now, alarms.HANDOVER_LATE)
    paged = Staff.objects.filter(pages__alarm=alarm, is_active=True).distinct().order_by("pk")
    signed = Handover.objects.filter(desk=alarm.desk, signed_at__gte=alarm.began_at).order_by("signed_at").first()
    facts = {"ended_at": (signed.signed_at if signed else now).isoformat()}
    return owe(
        alarm, rounds_of(alarm) + 1, paged, ALARM_ENDED, facts | ({"by": signed.incoming.name} if signed else {}), now
    )


def page(alarm: Alarm, now: datetime) -> list[Notice]:
    """The next round of pages, each owed by the outbox like any notice. Nobody to be reached: asked again soon."""
    due = alarms.next_round(alarm, rounds_of(alarm), holders(now))
    if due is None:
        return []
    alarms.paged(alarm, due, now)
    return owe(alarm, due.number, due.persons, ALARM, {"level": due.level, **who_was_last(alarm)}, now)


def who_was_last(alarm: Alarm) -> dict[str, Any]:
    """Whom to ask first: who was there last, where that person did not say that the shift was over."""
    last = shifts.last_of(alarm.desk)
    if last is None or last.ended_as not in (EndedAs.SIGNED_OUT, EndedAs.SILENT, EndedAs.LOST):
        return {}
    return {
        "last": last.staff.name,
        "how": last.ended_as,
        **({"seen_at": last.seen_at.isoformat()} if last.seen_at else {}),
    }


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
