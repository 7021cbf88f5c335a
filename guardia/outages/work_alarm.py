"""A work that overran calls for its supervisor: an alarm of its own, from level 1 up, until it is over (E2)."""

from datetime import datetime
from itertools import islice

from guardia.cases import alarms as pages
from guardia.clocks.set_aside import Aside
from guardia.escalation import alarms
from guardia.escalation.alarm import Alarm
from guardia.notices.notice import Notice
from guardia.outages.planned_work import PlannedWork
from guardia.people.actor import Actor
from guardia.people.staff import Staff

KIND = alarms.WORK_OVERRAN
MOST = 50
ASIDE = Aside("alarm")


def begin(work: PlannedWork, now: datetime) -> list[Notice]:
    """Since the end of its window; who is paged first. ``now`` in UTC."""
    alarm = alarms.begin(work.display_number, work.ends_at, KIND)
    return pages.page(alarm, now) if alarms.is_due(alarm, now) else []


def page_due(now: datetime) -> int:
    """The worker's step: the next level of each that nobody sees to; how many were paged for."""
    standing = Alarm.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = standing.filter(kind=KIND, ended_at=None).order_by("pk")
    free = found.exclude(pk__in=ASIDE.left_out(now))
    due = list(islice(ASIDE.only(free, lambda alarm: alarms.is_due(alarm, now), now), MOST))
    return ASIDE.each(due, lambda alarm: pages.page(alarm, now), now)


def end(work: PlannedWork, by: Actor, now: datetime) -> list[Notice]:
    """The work is over: those who were paged are told, each once."""
    alarm = alarms.open_alarm(work.display_number, KIND)
    if alarm is None or work.ended_at is None:
        return []
    alarms.end(alarm.desk, work.ended_at, KIND)
    paged = Staff.objects.filter(pages__alarm=alarm, is_active=True).distinct().order_by("pk")
    who = Staff.objects.filter(pk=by.id).first() if by.id else None
    facts = {"ended_at": work.ended_at.isoformat(), "by": who.name if who else ""}
    return pages.owe(alarm, pages.rounds_of(alarm) + 1, paged, pages.ALARM_ENDED, facts, now)
