"""What was promised against what was real, by stage, company and month, and what was late and why.

A promise belongs to the month in which it was decided: broken, when it fell due, even if it still runs, and whether or
not the watch has marked it yet (``OVERDUE``); else when it ended. So a month that has passed never changes, but for a
breach that a late fact lifts, and for a case that turns out to be the duplicate of another: what that promised counts
nowhere (``duplicates``). Times taken leave waits out; the worst of them counts what is broken and still runs.
What sales and billing promise (A3) is counted apart wherever promises of several kinds are added up. Everything is one
question to the database per table, answered by index over the month asked for.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.writes import RETIRED
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import OVERDUE, is_overdue
from guardia.config.sql_rows import rows_of
from guardia.procedure.vocabulary import CaseKind, ClockKind, WaitCause
from guardia.reports.month import Month
from guardia.reports.recurring import OF_A_DUPLICATE, OF_A_REHEARSAL, is_duplicate

_COLUMNS = "customer_id, case_id, call_id, id, kind, target_seconds, started_at, ended_at, taken_seconds, waits"
# Of a broken promise that still runs: how long past its hour, waits since then left out.
_OVERRUN = """greatest(0, extract(epoch FROM %(now)s - breached_at) - coalesce((
    SELECT sum(greatest(0, extract(epoch FROM
        least(coalesce((w ->> 1)::timestamptz, %(now)s), %(now)s) - greatest((w ->> 0)::timestamptz, breached_at))))
    FROM jsonb_array_elements(waits) AS w), 0))"""
# Several questions rather than one with OR: each is answered by its own index.
_DECIDED = f"""
WITH decided AS (
    SELECT {_COLUMNS}, 'breached' AS verdict, breached_at AS decided_at, breached_at
    FROM clock WHERE breached_at >= %(start)s AND breached_at < %(end)s
    UNION ALL
    SELECT {_COLUMNS}, 'breached', due_at, due_at
    FROM clock WHERE {OVERDUE} AND due_at >= %(start)s AND due_at < %(end)s
    UNION ALL
    SELECT {_COLUMNS}, outcome, ended_at, NULL
    FROM clock WHERE breached_at IS NULL AND ended_at >= %(start)s AND ended_at < %(end)s AND NOT ({RETIRED})
), asked AS (
    SELECT *, coalesce(taken_seconds, CASE WHEN verdict = 'breached' THEN target_seconds + {_OVERRUN} END) AS so_far
    FROM decided
    WHERE NOT {OF_A_DUPLICATE} AND NOT {OF_A_REHEARSAL}
      AND (%(customer)s::bigint IS NULL OR customer_id = %(customer)s)
      AND (%(kind)s::text IS NULL OR kind = %(kind)s)
      AND (%(of)s::text IS NULL OR (%(of)s = 'request') = (kind = ANY(%(of_requests)s::text[])))
)
"""
_COUNTS = """
    count(*) FILTER (WHERE verdict = 'kept'),
    count(*) FILTER (WHERE verdict = 'breached'),
    count(*) FILTER (WHERE verdict = 'dropped'),
    count(*) FILTER (WHERE verdict = 'breached' AND ended_at IS NULL)
"""
# Times say something of one kind of promise only, and cost a sort: where kinds are mixed they are not asked for.
_MEASURES = f"""{_COUNTS},
    min(target_seconds), max(target_seconds),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY taken_seconds) FILTER (WHERE verdict <> 'dropped'),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY taken_seconds) FILTER (WHERE verdict <> 'dropped'),
    floor(max(so_far) FILTER (WHERE verdict <> 'dropped'))::int
"""
_BY_KIND = f"{_DECIDED} SELECT kind, NULL::bigint, NULL::text, NULL::text, {_MEASURES} FROM asked GROUP BY kind"
_BY_CUSTOMER = f"""{_DECIDED}
SELECT NULL::text, customer_id, c.name, NULL::text, {_COUNTS}
FROM asked LEFT JOIN customer c ON c.id = customer_id GROUP BY customer_id, c.name
"""
_BY_CUSTOMER_AND_KIND = f"""{_DECIDED}
SELECT kind, customer_id, c.name, NULL::text, {_MEASURES}
FROM asked LEFT JOIN customer c ON c.id = customer_id GROUP BY kind, customer_id, c.name
"""
_BY_MONTH = f"""{_DECIDED}
SELECT NULL::text, NULL::bigint, NULL::text, to_char(decided_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, {_COUNTS}
FROM asked GROUP BY month
"""
_BY_KIND_AND_WEEK = f"""{_DECIDED}
SELECT kind, NULL::bigint, NULL::text,
    to_char(date_trunc('week', decided_at AT TIME ZONE %(zone)s), 'YYYY-MM-DD') AS week, {_COUNTS}
FROM asked GROUP BY kind, week
"""
_DECIDED_ONE_BY_ONE = f"""{_DECIDED}
SELECT "case".number, c.name, "case".subject, a.started_at, a.decided_at, a.verdict, count(*) OVER ()
FROM asked a LEFT JOIN customer c ON c.id = a.customer_id LEFT JOIN "case" ON "case".id = a.case_id
WHERE a.verdict <> 'dropped'
ORDER BY a.verdict, a.decided_at DESC, a.id LIMIT %(limit)s
"""
_LATE = f"""{_DECIDED}
SELECT a.kind, a.customer_id, c.name, "case".number, "case".subject, "case".cause, "case".late_reason,
    city.name, "case".band, staff.name,
    a.target_seconds, a.started_at, a.breached_at, a.ended_at, a.taken_seconds, a.so_far - a.target_seconds,
    call.from_number, waits.list
FROM asked a
LEFT JOIN customer c ON c.id = a.customer_id
LEFT JOIN "case" ON "case".id = a.case_id
LEFT JOIN site ON site.id = "case".site_id
LEFT JOIN city ON city.id = site.city_id
LEFT JOIN staff ON staff.id = "case".assigned_id
LEFT JOIN call ON call.id = a.call_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
        'cause', w.cause, 'reason', w.reason, 'party', w.party, 'start', w.started_at, 'end', w.ended_at
    ) ORDER BY w.started_at) AS list
    FROM wait w
    WHERE w.case_id = a.case_id AND w.clocks ? a.kind
      AND w.started_at < coalesce(a.ended_at, %(now)s) AND coalesce(w.ended_at, %(now)s) > a.started_at
) waits ON true
WHERE a.verdict = 'breached'
ORDER BY a.so_far - a.target_seconds DESC, a.id
LIMIT %(limit)s
"""
# What was late by why: of calls that never became a case nobody is asked. Each case is found by its key.
_WHY = f"""{_DECIDED}, late AS (
    SELECT case_id, (SELECT "case".late_reason FROM "case" WHERE "case".id = asked.case_id) AS reason
    FROM asked WHERE verdict = 'breached' AND case_id IS NOT NULL AND kind <> ALL(%(of_the_house)s::text[])
)
SELECT reason, count(*), count(DISTINCT case_id) FROM late
GROUP BY reason ORDER BY reason = '', count(*) DESC, reason
"""
# The same rows for the company itself, by what it may read under its own row policies: no person of ours, no number of
# a call.
_LATE_TOLD = f"""{_DECIDED}
SELECT a.kind, "case".number, a.target_seconds, a.breached_at, a.taken_seconds
FROM asked a LEFT JOIN "case" ON "case".id = a.case_id
WHERE a.verdict = 'breached'
ORDER BY a.so_far - a.target_seconds DESC, a.id
"""


OF_REQUESTS = (ClockKind.FIRST_ANSWER, ClockKind.SOLUTION, ClockKind.COMPLAINT)
"""The promises of sales and billing (A3)."""


@dataclass(frozen=True)
class ReportFilters:
    """The filters of a report: a month, and perhaps one company, one kind of promise, or those of one kind of case."""

    month: Month
    customer_id: int | None = None
    kind: ClockKind | None = None
    of: CaseKind | None = None

    def added_up(self) -> "ReportFilters":
        """Where promises of several kinds are added up: those of incidents, unless others are asked for (A3)."""
        return self if self.kind or self.of else replace(self, of=CaseKind.INCIDENT)

    def values(self, **more: Any) -> dict[str, Any]:
        kind = self.kind.value if self.kind else None
        span = {"start": self.month.start, "end": self.month.end}
        of = {"of": self.of.value if self.of else None, "of_requests": [kind.value for kind in OF_REQUESTS]}
        return {**span, **of, "customer": self.customer_id, "kind": kind, "zone": settings.TIME_ZONE, **more}


@dataclass(frozen=True)
class Line:
    """Promises of one group. ``dropped`` ones lost their object and are judged by nobody; times in seconds."""

    kind: ClockKind | None
    customer_id: int | None
    customer: str
    month: str
    kept: int = 0
    breached: int = 0
    dropped: int = 0
    running: int = 0
    target_from: int | None = None
    target_to: int | None = None
    median: float | None = None
    p90: float | None = None
    worst: int | None = None

    @property
    def judged(self) -> int:
        return self.kept + self.breached

    @property
    def ratio(self) -> float | None:
        """Kept of judged, 0 to 1; None where nothing was judged."""
        return self.kept / self.judged if self.judged else None


@dataclass(frozen=True)
class WaitOfClock:
    """A wait that stopped the clock (W1): why, and from when to when (UTC, None: it still stands)."""

    cause: WaitCause
    reason: str
    party: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class LateOfOwn:
    """One broken promise as its company is told of it; ``taken`` is None while it still runs."""

    kind: ClockKind
    case_number: int | None
    target: timedelta
    due_at: datetime
    taken: timedelta | None


@dataclass(frozen=True)
class Late:
    """One broken promise. ``ended_at`` is None while it still runs; ``overrun`` then counts on, without later waits."""

    kind: ClockKind
    customer_id: int | None
    customer: str
    case_number: int | None
    subject: str
    cause: str
    reason: str
    city: str
    band: str
    holder: str
    target: timedelta
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    taken: timedelta | None
    from_number: str
    overrun: timedelta
    waits: tuple[WaitOfClock, ...] = field(default=())


def by_kind(asked: ReportFilters, now: datetime) -> list[Line]:
    """A line per kind of promise, in the order of the procedure's table; at ``now`` (UTC), here and below."""
    return sorted(_lines(_BY_KIND, asked.values(now=now)), key=_place)


def by_customer(asked: ReportFilters, now: datetime) -> list[Line]:
    """A line per company, those with most broken promises first; calls of nobody known stand under no company."""
    lines = _lines(_BY_CUSTOMER, asked.added_up().values(now=now))
    return sorted(lines, key=lambda line: (-line.breached, -line.judged, line.customer))


def by_customer_and_kind(asked: ReportFilters, now: datetime) -> list[Line]:
    """A line per company and kind, by company."""
    lines = _lines(_BY_CUSTOMER_AND_KIND, asked.values(now=now))
    return sorted(lines, key=lambda line: (line.customer == "", line.customer, line.customer_id or 0, _place(line)))


def by_month(asked: ReportFilters, months: int, now: datetime) -> list[Line]:
    """The month asked for and those before it, oldest first; a month without promises is an empty line."""
    first = asked.month.moved(1 - months)
    values = asked.added_up().values(start=first.start, now=now)
    found = {line.month: line for line in _lines(_BY_MONTH, values)}
    names = [str(first.moved(step)) for step in range(months)]
    return [found.get(name, Line(None, None, "", name)) for name in names]


def by_kind_and_week(start: datetime, end: datetime, now: datetime) -> list[Line]:
    """A line per kind and week of what was decided from ``start`` until before ``end`` (UTC); its ``month`` is the
    Monday on which the week begins in the operator's zone.
    """
    return _lines(_BY_KIND_AND_WEEK, ReportFilters(Month.of(start)).values(start=start, end=end, now=now))


def decided_one_by_one(kind: ClockKind, start: datetime, end: datetime, now: datetime, limit: int) -> list[tuple]:
    """The judged promises of a kind, broken ones first: number, company and subject of the case, begun, decided, the
    verdict, and how many there are in all.
    """
    values = ReportFilters(Month.of(start), kind=kind).values(start=start, end=end, now=now, limit=limit)
    return rows_of(_DECIDED_ONE_BY_ONE, values)


def of_requests(asked: ReportFilters, now: datetime) -> Line:
    """What the desks of requests promised in the month, in one line (A3); empty where they promised nothing."""
    return by_month(replace(asked, of=CaseKind.REQUEST), 1, now)[0]


def late(asked: ReportFilters, now: datetime, limit: int | None = None) -> list[Late]:
    """The broken promises, the longest overrun first, each with the waits that stopped its clock. ``now`` in UTC."""
    return [_late(row) for row in rows_of(_LATE, asked.values(now=now, limit=limit))]


@dataclass(frozen=True)
class Why:
    """A reason (empty: nobody said) with how many broken promises, and of how many cases, have it."""

    reason: str
    promises: int
    cases: int


def why_late(asked: ReportFilters, now: datetime) -> list[Why]:
    """The broken promises of cases by the reason that was said, most first; what nobody explained comes last."""
    values = asked.values(now=now, of_the_house=[str(kind) for kind in OF_THE_ESCALATION])
    return [Why(*row) for row in rows_of(_WHY, values)]


def late_of_own(asked: ReportFilters, now: datetime) -> list[LateOfOwn]:
    """What ``late`` says to the company itself: the same promises in the same order. ``now`` in UTC."""
    return [
        LateOfOwn(ClockKind(kind), number, timedelta(seconds=target or 0), due_at, _length(taken))
        for kind, number, target, due_at, taken in rows_of(_LATE_TOLD, asked.values(now=now))
    ]


def _length(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _place(line: Line) -> int:
    """Where its kind stands in the procedure's table."""
    return list(ClockKind).index(line.kind) if line.kind else -1


def _lines(sql: str, values: dict[str, Any]) -> list[Line]:
    return [
        Line(ClockKind(kind) if kind else None, customer_id, name or "", month or "", *measures)
        for kind, customer_id, name, month, *measures in rows_of(sql, values)
    ]


def _late(row: tuple) -> Late:
    kind, customer_id, name, number, subject, cause, reason, city, band, holder, *rest = row
    target, started_at, due_at, ended_at, taken, overrun, from_number, waits = rest
    return Late(
        kind=ClockKind(kind),
        customer_id=customer_id,
        customer=name or "",
        case_number=number,
        subject=subject or "",
        cause=cause or "",
        reason=reason or "",
        city=city or "",
        band=band or "",
        holder=holder or "",
        target=timedelta(seconds=target or 0),
        started_at=started_at,
        due_at=due_at,
        ended_at=ended_at,
        taken=_length(taken),
        from_number=from_number or "",
        overrun=timedelta(seconds=float(overrun or 0)),
        waits=tuple(_wait(wait) for wait in json.loads(waits or "[]")),
    )


def _wait(wait: dict[str, Any]) -> WaitOfClock:
    start, end = datetime.fromisoformat(wait["start"]), wait["end"]
    until = datetime.fromisoformat(end) if end else None
    return WaitOfClock(WaitCause(wait["cause"]), wait["reason"], wait["party"], start, until)


DECIDED_TODAY_SECONDS = 5


def decided_today(at: datetime) -> dict[str, tuple[int, int]]:
    """Of the promises decided today, by kind of clock, how many were kept and how many broken; every five
    seconds.

    A broken one was decided when it fell due, even if it still runs, and a duplicate's count not at all: as the report
    counts them.
    """
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"decided-today:{midnight.isoformat()}"
    found = cache.get(key)
    if found is None:
        kept = Q(ended_at__gte=midnight, outcome="kept")
        broken = Q(breached_at__gte=midnight) | Q(is_overdue(at), due_at__gte=midnight)
        kinds = Clock.objects.filter(kept | broken).exclude(is_duplicate("case")).values("kind")
        rows = kinds.annotate(kept=Count("pk", filter=kept), broken=Count("pk", filter=broken))
        found = {row["kind"]: (row["kept"], row["broken"]) for row in rows}
        cache.set(key, found, DECIDED_TODAY_SECONDS)
    return found


def promises_met_today(at: datetime) -> tuple[int, int]:
    """How many of the promises decided today were kept, of how many."""
    numbers = decided_today(at).values()
    kept = sum(kept for kept, _broken in numbers)
    return kept, kept + sum(broken for _kept, broken in numbers)
