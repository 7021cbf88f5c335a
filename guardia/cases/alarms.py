"""Whether somebody is at the technical desk (A1), looked at every few seconds; and the pages that are owed if not."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Q

from guardia.calls.call import Call, Measure
from guardia.cases import mail_tray, phone_members, queries
from guardia.clocks import watch
from guardia.escalation import alarms, roster
from guardia.escalation.alarms import Alarm
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice
from guardia.people import presence, shifts
from guardia.people.shifts import EndedAs, Handover, Shift
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
    alarms.PANORAMA: "P7",
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


# A1: the worker's look at who is on shift: signs of life are read, silence is asked about, who is gone is off shift.
#
# The rule is ``people.presence``; here stands what it is told: the calls somebody answered, the queues somebody
# joined, and whether something waits.


WATCH = "presence"
LONGEST_CALL = timedelta(hours=4)
"""A call that has not ended by then has lost its hang-up: it is no sign of life any more."""


class Desk:
    """What the rule asks of the desk at ``at`` (UTC), read where it is asked and no sooner."""

    def __init__(self, desk: str, at: datetime) -> None:
        self.desk, self.at = desk, at

    @cached_property
    def quiet(self) -> timedelta:
        return shifts.quiet_of(self.desk)

    @cached_property
    def waits(self) -> bool:
        return something_waits(self.at, self.desk)


def look_at_shifts(now: datetime, desk: str = shifts.TECHNICAL) -> list[Shift]:
    """One look at ``now`` (UTC); returns the shifts that it ended. Who is asked sees it with the next poll.

    Nobody is absent for a time in which nobody looked. Two workers take turns.
    """
    shifts.take_turn()
    there = shifts.on_shift(desk, now)
    looked = watch.Watch.objects.filter(pk=WATCH, seen_at__gte=now - watch.SILENT_AFTER).exists()
    watch.seen(WATCH, now)
    if not looked:
        presence.begin_anew(there, now)
    at_desk = Desk(desk, now)
    quiet_ones = [s for s in there if s.asked_at or presence.judged(s, now, waits=True, quiet=at_desk.quiet)]
    asked_of = [shift.staff_id for shift in quiet_ones]
    by_calls, by_queues = calls_answered(asked_of, now), phone_members.life_of(asked_of, now)
    for shift in quiet_ones:
        life = by_queues.get(shift.staff_id)
        note(shift, by_calls.get(shift.staff_id))
        note(shift, life.acted_at if life else None)
        is_member = life is not None and life.is_member
        what = presence.judged(shift, now, waits=at_desk.waits, quiet=at_desk.quiet, is_member=is_member)
        if what == presence.ASK:
            shift.asked_at = now
            shift.save(update_fields=["asked_at"])
        elif what:
            shifts.end(shift, now, EndedAs(what))
    for shift in there:
        if presence.outlived(shift, over_at(shift), now):
            shifts.end(shift, now, EndedAs.SILENT)
    return [shift for shift in there if shift.ended_at]


def over_at(shift: Shift) -> datetime:
    """When the shift that somebody entered is to change (UTC)."""
    hours, zone = shifts.hours_of(shift.desk), ZoneInfo(settings.TIME_ZONE)
    return shifts.next_change(hours, zone, shifts.change_of(hours, zone, shift.started_at))


def note(shift: Shift, acted_at: datetime | None) -> None:
    """A call that was answered since, or a queue that was joined, is a sign of life; it answers an open question."""
    if acted_at and shift.seen_at and acted_at > shift.seen_at:
        shift.seen_at, shift.asked_at = acted_at, None
        shift.save(update_fields=["seen_at", "asked_at"])


def calls_answered(staff_ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When each of these people answered a call last (UTC); ``now`` for who is on the line still.

    Whoever handed a call on was there until then, and whoever took it is from then on.
    """
    if not staff_ids:
        return {}
    theirs = Q(answered_by__in=staff_ids) | Q(held_by__in=staff_ids)
    lately = Call.objects.filter(theirs, arrived_at__gte=now - LONGEST_CALL, answered_at__lte=now)
    found: dict[int, datetime] = {}

    def alive(staff_id: int | None, at: datetime | None) -> None:
        if staff_id is not None and at is not None and staff_id in staff_ids:
            found[staff_id] = max(at, found.get(staff_id, at))

    for call in lately.only("answered_by", "answered_at", "held_by", "held_as", "later", "ended_at", "measure"):
        handed_on_at = datetime.fromisoformat(call.later[0]["at"]) if call.later else None
        # Of a call taken by hand nobody knows that it has ended: it is a sign of the hour at which it was answered.
        goes_on = min(call.ended_at, now) if call.ended_at else now if call.measure == Measure.EXCHANGE else None
        alive(call.answered_by_id, handed_on_at or goes_on or call.answered_at)
        alive(call.held_by_id, goes_on or handed_on_at)
    return found


def something_waits(at: datetime, desk: str = shifts.TECHNICAL) -> bool:
    """Whether anything of this desk waits for a person at ``at`` (UTC): a call or a call-back, a report in writing, a
    call that is owed, a promise that has come close.
    """
    waiting = Q(waiting_at__isnull=False, answered_at=None, ended_at=None) | Q(waits_again_at__isnull=False)
    owed = Q(reached_at=None) & (Q(abandoned_at__isnull=False) | Q(lost_again_at__isnull=False))
    here = Q(desk_now="", desk=desk) | Q(desk_now=desk)
    return (
        Call.objects.filter(here, waiting | owed, settled_at=None).exists()
        or mail_tray.waiting(desk).exists()
        or mail_tray.handed_in(desk).exists()
        or CallTask.objects.filter(settled_at=None, case__closed_at=None, case__desk=desk).exists()
        or queries.open_cases(desk).filter(next_warn_at__lte=at, waiting_since=None).exists()
    )
