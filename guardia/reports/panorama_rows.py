"""The rows behind each mark of the panorama: the same conditions as its figures, so that their numbers agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from guardia.config.sql_rows import rows_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind
from guardia.reports import panorama, promises, service_days
from guardia.reports.panorama import AGES, CAUSE, DAYS, JUDGED, OF_CLOSED_INCIDENTS, SHIFT_OF
from guardia.reports.recurring import WITHIN

MOST = 200
LONGEST = 40

_CASES = """
SELECT c.number, customer.name, c.subject, c.opened_at, c.closed_at, '', count(*) OVER ()
FROM ({which}) AS c JOIN customer ON customer.id = c.customer_id
ORDER BY c.opened_at DESC, c.id DESC LIMIT %(limit)s
"""
_COLUMNS = "id, number, customer_id, subject, opened_at, closed_at"
_OPEN_AT = f"""
    SELECT {_COLUMNS} FROM "case" WHERE closed_at IS NULL AND opened_at <= %(at)s AND {JUDGED}
    UNION ALL
    SELECT {_COLUMNS} FROM "case" WHERE closed_at > %(at)s AND opened_at <= %(at)s AND {JUDGED}
"""
_OF_AGE = f"""
    SELECT {_COLUMNS} FROM "case" WHERE closed_at IS NULL AND {JUDGED}
    AND width_bucket(extract(epoch FROM %(now)s - opened_at) / 3600, %(ages)s::numeric[]) = %(age)s
"""
_OF_CAUSE = f"""
    SELECT {_COLUMNS} FROM "case" WHERE {OF_CLOSED_INCIDENTS} AND md5({CAUSE}) = %(key)s
"""
_OF_SITE = f"""
    SELECT {_COLUMNS} FROM "case" WHERE site_id = %(site)s AND desk = '{TECHNICAL}' AND status <> 'cancelled'
    AND source <> 'taken_over' AND opened_at > %(start)s AND opened_at <= %(end)s
"""
_ENGINEER = f"""
    SELECT {_COLUMNS} FROM "case"
    WHERE closed_at IS NULL AND {JUDGED} AND coalesce(assigned_id, 0) = %(staff)s
"""
_OF_ENGINEER_LATE = _ENGINEER + " AND next_due_at <= %(now)s"
_OF_ENGINEER_REST = _ENGINEER + " AND (next_due_at IS NULL OR next_due_at > %(now)s)"
_OF_SHIFT = f"""
    SELECT {_COLUMNS} FROM (
        SELECT * FROM "case" WHERE closed_at IS NULL AND desk = '{TECHNICAL}' AND {JUDGED}
        UNION ALL
        SELECT * FROM "case" WHERE closed_at >= %(start)s AND desk = '{TECHNICAL}' AND {JUDGED}
    ) AS recent WHERE opened_at >= %(start)s AND opened_at < %(end)s
    AND ({SHIFT_OF} + %(shifts)s - 1) %% %(shifts)s = %(shift)s
"""
_OF_WEEK = f"""
    SELECT {_COLUMNS} FROM "case" WHERE {OF_CLOSED_INCIDENTS} AND affected_seconds > 0
"""
_CALLS = """
SELECT "case".number, coalesce(customer.name, ''), call.from_number, call.arrived_at, call.ended_at, '',
    count(*) OVER ()
FROM call LEFT JOIN customer ON customer.id = call.customer_id LEFT JOIN "case" ON "case".id = call.case_id
WHERE arrived_at >= %(start)s AND arrived_at < %(end)s ORDER BY arrived_at DESC, call.id DESC LIMIT %(limit)s
"""

type Asked = Mapping[str, str]


class NoSuchMark(ValueError):
    """The address names no mark of the panorama."""


@dataclass(frozen=True)
class Line:
    """A case (or a call that became none: no number), from when to when (UTC), and how a promise ended."""

    number: int | None
    company: str
    subject: str
    began_at: datetime
    ended_at: datetime | None
    verdict: str = ""


@dataclass(frozen=True)
class Lines:
    """The first rows behind a mark, and how many there are in all."""

    lines: Sequence[Line]
    count: int


def rows_behind(asked: Asked, at: datetime) -> Lines:
    """What stands behind the mark that ``asked`` names, as it is at ``at`` (UTC). Raises NoSuchMark."""
    find = FINDERS.get(asked.get("que", ""))
    if find is None:
        raise NoSuchMark(asked.get("que", ""))
    try:
        return find(asked, at)
    except (KeyError, ValueError, OverflowError, OSError) as wrong:
        raise NoSuchMark(str(wrong)) from wrong


def counted(rows: Sequence[tuple]) -> Lines:
    return Lines([Line(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def cases(which: str, **values: object) -> Lines:
    return counted(rows_of(_CASES.replace("{which}", which), {**values, "limit": MOST}))


def instant(asked: Asked, name: str) -> datetime:
    """An instant as whole seconds since 1970."""
    return datetime.fromtimestamp(whole(asked, name), UTC)


def whole(asked: Asked, name: str) -> int:
    written = asked[name]
    if not (written.isascii() and written.isdigit() and len(written) <= 12):
        raise ValueError(written)
    return int(written)


def day_in(asked: Asked, name: str) -> date:
    found = date.fromisoformat(asked[name][:LONGEST])
    if not 2000 <= found.year <= 2999:
        raise ValueError(found)
    return found


def open_at(asked: Asked, at: datetime) -> Lines:
    return cases(_OPEN_AT, at=min(instant(asked, "en"), at))


def calls_from(asked: Asked, at: datetime) -> Lines:
    start = instant(asked, "en")
    return counted(rows_of(_CALLS, {"start": start, "end": min(start + timedelta(hours=1), at), "limit": MOST}))


def of_age(asked: Asked, at: datetime) -> Lines:
    return cases(_OF_AGE, now=at, ages=list(AGES), age=whole(asked, "tramo"))


def of_promise(asked: Asked, at: datetime) -> Lines:
    start, end = panorama.week_span(day_in(asked, "semana"))
    return counted(promises.decided_one_by_one(ClockKind(asked["plazo"]), start, min(end, at), at, MOST))


def of_service(asked: Asked, at: datetime) -> Lines:
    shares = service_days.service_day(whole(asked, "servicio"), day_in(asked, "dia"), at).shares
    found = [share.case for share in shares]
    named = [
        Line(case.number, case.customer.name, case.subject, case.opened_at, case.closed_at) for case in found[:MOST]
    ]
    return Lines(named, len(found))


def of_cause(asked: Asked, at: datetime) -> Lines:
    return cases(_OF_CAUSE, key=asked["causa"][:LONGEST], start=at - timedelta(days=DAYS), end=at)


def of_site(asked: Asked, at: datetime) -> Lines:
    return cases(_OF_SITE, site=whole(asked, "sede"), start=at - WITHIN, end=at)


def of_engineer(asked: Asked, at: datetime) -> Lines:
    late = asked.get("vencidos") == "1"
    return cases(_OF_ENGINEER_LATE if late else _OF_ENGINEER_REST, staff=whole(asked, "ingeniero"), now=at)


def of_shift(asked: Asked, at: datetime) -> Lines:
    changes = panorama.minutes_of_changes()
    values = {"start": at - timedelta(days=DAYS), "end": at, "zone": settings.TIME_ZONE, "changes": changes}
    return cases(_OF_SHIFT, **values, shifts=len(changes), shift=whole(asked, "turno"))


def of_week(asked: Asked, at: datetime) -> Lines:
    start, end = panorama.week_span(day_in(asked, "semana"))
    return cases(_OF_WEEK, start=start, end=min(end, at))


FINDERS: dict[str, Callable[[Asked, datetime], Lines]] = {
    "abiertos": open_at,
    "llamadas": calls_from,
    "edad": of_age,
    "plazo": of_promise,
    "servicio": of_service,
    "causa": of_cause,
    "sede": of_site,
    "carga": of_engineer,
    "turno": of_shift,
    "reposicion": of_week,
}
