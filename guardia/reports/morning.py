"""The supervisors have the night's list in the morning (P5 D): a mail with what was confirmed by word since the last
morning, and what was late meanwhile and nobody has explained. Where there is neither, no mail.

Once a day from an hour of the operator's on (``MORNING_HOUR``); a worker that was away then does so when it is back,
and what happened until then is in it. Hours are UTC.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guardia.cases import writes
from guardia.cases.alarms import owe
from guardia.cases.case import Case
from guardia.clocks import watch
from guardia.escalation import alarms
from guardia.escalation.alarm import Alarm
from guardia.notices.notice import Notice
from guardia.notices.wording.page_morning import MORNING
from guardia.people.staff import Role, Staff
from guardia.reports import by_word, lateness

WATCH = "morning list"
"""Until when the supervisors have been told of what happened."""
DAY = timedelta(days=1)
LISTED = 20
MOST_COUNTED = 500


def due_at(now: datetime) -> datetime:
    """The last morning's hour that is not after ``now``."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = datetime.combine(local.date(), time(settings.MORNING_HOUR), local.tzinfo)
    return today if today <= local else datetime.combine(local.date() - DAY, time(settings.MORNING_HOUR), local.tzinfo)


def bring(now: datetime) -> list[Notice]:
    """The list of this morning is owed to every supervisor, if it was not yet. Two workers take turns."""
    if not is_due(last_list_at(), now):
        return []
    writes.take_turn(WATCH)
    last = last_list_at()
    if not is_due(last, now):
        return []
    watch.seen(WATCH, now)
    since = last or due_at(now) - DAY
    facts = facts_of(since, now)
    if not facts["by_word"] and not facts["late"]:
        return []
    day = by_word.night_of(since).isoformat()
    alarm = Alarm.objects.create(kind=alarms.MORNING, desk=day, began_at=since, ended_at=now)
    return owe(alarm, 1, supervisors(), MORNING, facts, now)


def is_due(last: datetime | None, now: datetime) -> bool:
    return last is None or last < due_at(now)


def last_list_at() -> datetime | None:
    return watch.Watch.objects.filter(pk=WATCH).values_list("seen_at", flat=True).first()


def supervisors() -> list[Staff]:
    """Whom a mail reaches; where nobody supervises, the administrators."""
    people = [one for one in Staff.objects.filter(is_active=True).order_by("pk") if one.is_reachable]
    named = [one for one in people if one.role == Role.SUPERVISOR]
    return named or [one for one in people if one.role == Role.ADMINISTRATOR]


def facts_of(since: datetime, now: datetime) -> dict[str, Any]:
    """What the mail says; it names cases, companies and our own people. Who confirmed stands in the list alone."""
    rows = by_word.between(since, now, now, MOST_COUNTED)
    late = [case for case in lateness.blanks(now, MOST_COUNTED) if case.broke_at >= since]  # type: ignore[attr-defined]
    confirmed = [
        {**named(row.case, row.at), "engineer": row.engineer, "denied": row.denied_at is not None}
        for row in rows[:LISTED]
    ]
    unexplained = [named(case, case.broke_at) for case in late[:LISTED]]  # type: ignore[attr-defined]
    return {
        "by_word": len(rows),
        "late": len(late),
        "confirmed": confirmed,
        "unexplained": unexplained,
        "numbers": numbers([*confirmed, *unexplained]),
    }


def named(case: Case, at: datetime) -> dict[str, Any]:
    return {"number": case.display_number, "company": case.customer.name, "at": at.isoformat()}


def numbers(rows: Sequence[dict[str, Any]]) -> list[str]:
    """For whoever has no mailbox and reads it on a telephone."""
    return list(dict.fromkeys(f"{row['number']} {row['company']}" for row in rows))
