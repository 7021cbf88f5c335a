"""A1: the worker's look at who is on shift: signs of life are read, silence is asked about, who is gone is off shift.

The rule is ``people.presence``; here stands what it is told: the calls somebody answered, the queues somebody joined,
and whether something waits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from guardia.calls.call import Call, Measure
from guardia.cases import mail_tray, phone_members, queries
from guardia.clocks import watch
from guardia.escalation.call_task import CallTask
from guardia.people import presence, shifts
from guardia.people.shift import EndedAs, Shift

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


def look(now: datetime, desk: str = shifts.TECHNICAL) -> list[Shift]:
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
