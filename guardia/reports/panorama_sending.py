"""The panorama leaves by itself, once a week or a month, to people of the operator; one letter each, whoever sends it.

A worker that was away at the hour does so when it is back. Hours are UTC; the operator says the hour, its zone and to
whom (``PANORAMA_MAIL``, ``PANORAMA_HOUR``, ``PANORAMA_ZONE``, ``PANORAMA_TO``).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guardia.cases import writes
from guardia.cases.alarms import owe
from guardia.clocks import watch
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Notice
from guardia.notices.wording.page_list import MORNING
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.reports import panorama, promises
from guardia.reports.by_word import supervisors

WATCH = "panorama letter"
"""Until when its letters have left."""
WEEKLY, MONTHLY = "weekly", "monthly"
DAY = timedelta(days=1)


def due_at(now: datetime) -> datetime | None:
    """The last hour of a letter that is not after ``now``: of a Monday, or of the first of a month; None: never."""
    if not settings.PANORAMA_MAIL:
        return None
    local = now.astimezone(ZoneInfo(settings.PANORAMA_ZONE))
    hour = time(settings.PANORAMA_HOUR)
    day = local.date()
    while True:
        is_day = day.weekday() == 0 if settings.PANORAMA_MAIL == WEEKLY else day.day == 1
        due = datetime.combine(day, hour, local.tzinfo)
        if is_day and due <= now:
            return due
        day -= DAY


def send_due(now: datetime) -> list[Notice]:
    """The letters of this run are owed, if they were not yet. Two workers take turns, and the second finds it done.

    Where it was never sent it begins with the next hour: nothing is sent of a time before somebody wanted it.
    """
    due = due_at(now)
    if due is None or not is_due(watch.last_seen_at(WATCH), due):
        return []
    writes.take_turn(WATCH)
    last = watch.last_seen_at(WATCH)
    if not is_due(last, due):
        return []
    watch.seen(WATCH, now)
    if last is None or versions.version_at(now) is None:
        return []
    return letters(recipients(), now)


def is_due(last: datetime | None, due: datetime) -> bool:
    return last is None or last < due


def send_trial(to: Staff, now: datetime) -> list[Notice]:
    """The same letter now, to whoever asks for it and to nobody else; what leaves by itself is not touched."""
    return letters([to], now, is_trial=True)


def recipients() -> list[Staff]:
    """The people whom ``PANORAMA_TO`` names by account or address; the supervisors where it names nobody."""
    wanted = {word.lower() for word in settings.PANORAMA_TO}
    if not wanted:
        return supervisors()
    people = Staff.objects.at_work().order_by("pk")
    return [one for one in people if {one.username.lower(), one.email.lower()} & wanted and one.is_reachable]


def letters(people: Sequence[Staff], now: datetime, *, is_trial: bool = False) -> list[Notice]:
    """One notice each, with the figures as they are at ``now``."""
    if not people:
        return []
    alarm = Alarm.objects.create(kind=alarms.PANORAMA, desk="", began_at=now, ended_at=now)
    return owe(alarm, 1, people, MORNING, {**facts_of(now), "trial": is_trial}, now)


def facts_of(now: datetime) -> dict[str, Any]:
    """What the letter says; it names nobody. The week is the last whole one."""
    start, end = panorama.week_span(panorama.weeks_until(now, 2)[0])
    lines = promises.by_kind_and_week(start, end, now)
    load = panorama.by_engineer(now)
    restored = panorama.mean_time_to_restore(now).get(panorama.day_of(start))
    return {
        "until": now.isoformat(),
        "week_from": start.isoformat(),
        "open": sum(panorama.by_age(now)),
        "late": sum(one.late for one in load),
        "kept": sum(line.kept for line in lines),
        "judged": sum(line.judged for line in lines),
        "restored": restored.cases if restored else 0,
        "restore_seconds": round(restored.seconds) if restored else 0,
        "sites": len(panorama.sites_again(now)),
    }
