"""The supervisor's list of a night: what was confirmed by word alone (P5 D), and what became of it. Hours are UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guardia.cases import writes
from guardia.cases.alarms import owe
from guardia.cases.case import Case
from guardia.cases.case_proofs import DENIES, until_of
from guardia.cases.event import CaseEvent
from guardia.clocks import watch
from guardia.config.sql_rows import rows_of
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Notice
from guardia.notices.wording.page_list import MORNING
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Moment
from guardia.reports import lateness

EVENING = time(18)
"""In the operator's zone: one list reaches from here to the next evening, so that nothing falls between two."""
MOST = 200
# The condition is written out, since the index holds these rows alone.
WRITTEN_DOWN = """
    SELECT id FROM case_event WHERE moment = 'confirmed' AND recorded_at >= %s AND recorded_at < %s
    AND data ->> 'grade' = 'word' ORDER BY recorded_at, id LIMIT %s
"""
UNSEEN = """
    SELECT recorded_at FROM case_event WHERE moment = 'confirmed' AND recorded_at >= %s AND recorded_at <= %s
    AND data ->> 'grade' = 'word' ORDER BY recorded_at LIMIT %s
"""
NEWS_FOR, MOST_UNSEEN = timedelta(days=31), 100


@dataclass(frozen=True)
class ByWord:
    """``denied_at``: a contact said that it is not so; ``stands_until``: until when one may; None: no longer."""

    case: Case
    at: datetime
    recorded_at: datetime
    name: str
    position: str
    phone: str
    engineer: str
    denied_at: datetime | None
    stands_until: datetime | None


def night_of(at: datetime) -> date:
    """The day in whose list a confirmation of ``at`` stands: the one after the evening before it."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.date() + timedelta(days=local.time() >= EVENING)


def hours_of_night(day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return tuple(datetime.combine(day - timedelta(days=back), EVENING, zone) for back in (1, 0))  # type: ignore[return-value]


def of_night(day: date, at: datetime) -> list[ByWord]:
    """In the order in which they were written down, at most ``MOST``; as it stands at ``at``."""
    return between(*hours_of_night(day), at)


def between(start: datetime, end: datetime, at: datetime, most: int = MOST) -> list[ByWord]:
    """Those that were written down from ``start`` on and before ``end``, as they stand at ``at``."""
    ids = [pk for (pk,) in rows_of(WRITTEN_DOWN, [start, end, most])]
    found = CaseEvent.objects.filter(pk__in=ids).select_related("case__customer").prefetch_related("texts")
    events = list(found.order_by("recorded_at", "pk"))
    after = _after(events)
    engineers = dict(Staff.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    return [_row(event, after.get(event.case_id, []), engineers, at) for event in events]


def unseen_by(supervisor: Staff, at: datetime) -> list[datetime]:
    """When those were written down that this person has not looked at, the oldest first, a hundred at most.

    Whoever has never looked begins with the night before the last, as the first mail of a morning does; what is older
    than a month is no news to anybody.
    """
    since = max(supervisor.by_word_seen_at or hours_of_night(night_of(at) - timedelta(days=1))[0], at - NEWS_FOR)
    return [hour for (hour,) in rows_of(UNSEEN, [since, at, MOST_UNSEEN])]


def looked_at(supervisor: Staff, until: datetime) -> None:
    """This person has seen all that was written down before ``until``."""
    if supervisor.by_word_seen_at is None or supervisor.by_word_seen_at < until:
        supervisor.by_word_seen_at = until
        supervisor.save(update_fields=["by_word_seen_at"])


def _after(events: list[CaseEvent]) -> Mapping[int, list[CaseEvent]]:
    """By case, its confirmations and relapses in their order."""
    found: dict[int, list[CaseEvent]] = {}
    moments = (Moment.CONFIRMED, Moment.RELAPSED)
    cases = {event.case_id for event in events}
    for event in CaseEvent.objects.filter(case__in=cases, moment__in=moments).order_by("case", "seq"):
        found.setdefault(event.case_id, []).append(event)
    return found


def _row(event: CaseEvent, of_case: list[CaseEvent], engineers: Mapping[int, str], at: datetime) -> ByWord:
    texts = {text.name: text.text or "" for text in event.texts.all()}
    denial = next((each for each in of_case if each.data.get(DENIES) == event.seq), None)
    is_last = of_case[-1].pk == event.pk and event.case.status != "cancelled"
    until = until_of(event)
    return ByWord(
        case=event.case,
        at=event.occurred_at,
        recorded_at=event.recorded_at,
        name=texts.get("name", ""),
        position=texts.get("position", ""),
        phone=texts.get("phone", ""),
        engineer=engineers.get(event.actor_id or 0, ""),
        denied_at=denial.occurred_at if denial else None,
        stands_until=until if is_last and until > at else None,
    )


# The supervisors have the night's list in the morning (P5 D): a mail with what was confirmed by word since the last
# morning, and what was late meanwhile and nobody has explained. Where there is neither, no mail.
#
# Once a day from an hour of the operator's on (``MORNING_HOUR``); a worker that was away then does so when it is back,
# and what happened until then is in it. Hours are UTC.


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
    day = night_of(since).isoformat()
    alarm = Alarm.objects.create(kind=alarms.MORNING, desk=day, began_at=since, ended_at=now)
    return owe(alarm, 1, supervisors(), MORNING, facts, now)


def is_due(last: datetime | None, now: datetime) -> bool:
    return last is None or last < due_at(now)


def last_list_at() -> datetime | None:
    return watch.Watch.objects.filter(pk=WATCH).values_list("seen_at", flat=True).first()


def supervisors() -> list[Staff]:
    """Whom a mail reaches; where nobody supervises, the administrators."""
    people = [one for one in Staff.objects.at_work().order_by("pk") if one.is_reachable]
    named = [one for one in people if one.role == Role.SUPERVISOR]
    return named or [one for one in people if one.role == Role.ADMINISTRATOR]


def facts_of(since: datetime, now: datetime) -> dict[str, Any]:
    """What the mail says; it names cases, companies and our own people. Who confirmed stands in the list alone."""
    rows = between(since, now, now, MOST_COUNTED)
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
