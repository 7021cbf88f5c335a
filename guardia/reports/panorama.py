"""The whole at a glance: how many cases are open by hour and by age, what was promised and kept by week, what fails
again, and who has how much to do.

Each question is bounded by what is open and what ended within its own weeks, and each is answered by an index: a case
that was open at some hour of these weeks is open still, or was closed in them. Hours are UTC, days and weeks those of
the operator's zone. What was promised to nobody (a former tool's history, a rehearsal) is counted nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from guardia.config.sql_rows import rows_of
from guardia.people import shifts
from guardia.people.shifts import TECHNICAL
from guardia.reports.month import zone
from guardia.reports.recurring import TIMES, WITHIN

WEEKS = 8
"""The weeks that a picture of weeks shows, the running one the last."""
DAYS = 28
MOST_ROWS = 8
AGES = (4, 24, 72, 168, 720)
"""Hours after which an open case is in the next group of age."""

JUDGED = "NOT in_rehearsal AND source <> 'former'"
_OPEN_AT = f"""
WITH recent AS (
    SELECT opened_at, closed_at FROM "case" WHERE closed_at IS NULL AND {JUDGED}
    UNION ALL
    SELECT opened_at, closed_at FROM "case" WHERE closed_at >= %(first)s AND {JUDGED}
)
SELECT hour, count(recent.opened_at) FROM unnest(%(hours)s::timestamptz[]) AS hour
LEFT JOIN recent ON recent.opened_at <= hour AND (recent.closed_at IS NULL OR recent.closed_at > hour)
GROUP BY hour ORDER BY hour
"""
_CALLS_FROM = """
SELECT floor(extract(epoch FROM arrived_at - %(start)s) / 3600)::int AS hour, count(*)
FROM call WHERE arrived_at >= %(start)s AND arrived_at < %(end)s GROUP BY hour
"""
_BY_AGE = f"""
SELECT width_bucket(extract(epoch FROM %(now)s - opened_at) / 3600, %(ages)s::numeric[]) AS age, count(*)
FROM "case" WHERE closed_at IS NULL AND {JUDGED} GROUP BY age
"""
CAUSE = "left(lower(btrim(coalesce(nullif(fault, ''), cause))), 80)"
OF_CLOSED_INCIDENTS = f"""closed_at >= %(start)s AND closed_at < %(end)s AND desk = '{TECHNICAL}'
    AND status <> 'cancelled' AND {JUDGED}"""
_CAUSES = f"""
SELECT {CAUSE} AS words, count(*), sum(count(*)) OVER ()::int, md5({CAUSE})
FROM "case" WHERE {OF_CLOSED_INCIDENTS} GROUP BY words ORDER BY count(*) DESC, words LIMIT {MOST_ROWS}
"""
_AGAIN = f"""
WITH recent AS (
    SELECT site_id, opened_at, status, source, desk FROM "case" WHERE closed_at IS NULL
    UNION ALL
    SELECT site_id, opened_at, status, source, desk FROM "case" WHERE closed_at >= %(start)s
), again AS (
    SELECT site_id, count(*) AS times FROM recent
    WHERE opened_at > %(start)s AND opened_at <= %(end)s AND desk = '{TECHNICAL}' AND site_id IS NOT NULL
        AND status <> 'cancelled' AND source <> 'taken_over'
    GROUP BY site_id HAVING count(*) >= {TIMES} ORDER BY times DESC, site_id LIMIT {MOST_ROWS}
)
SELECT site.id, site.name, city.name, customer.name, again.times FROM again
JOIN site ON site.id = again.site_id JOIN city ON city.id = site.city_id
JOIN customer ON customer.id = site.customer_id
ORDER BY again.times DESC, site.id
"""
_BY_ENGINEER = f"""
SELECT coalesce(assigned_id, 0), coalesce(staff.name, ''), count(*) FILTER (WHERE next_due_at <= %(now)s),
    count(*) FILTER (WHERE next_due_at IS NULL OR next_due_at > %(now)s)
FROM "case" LEFT JOIN staff ON staff.id = assigned_id WHERE closed_at IS NULL AND {JUDGED}
GROUP BY assigned_id, staff.name ORDER BY count(*) DESC, staff.name LIMIT {3 * MOST_ROWS}
"""
SHIFT_OF = """width_bucket(extract(hour FROM opened_at AT TIME ZONE %(zone)s) * 60
    + extract(minute FROM opened_at AT TIME ZONE %(zone)s), %(changes)s::numeric[])"""
_BY_SHIFT = f"""
WITH recent AS (
    SELECT opened_at FROM "case" WHERE closed_at IS NULL AND desk = '{TECHNICAL}' AND {JUDGED}
    UNION ALL
    SELECT opened_at FROM "case" WHERE closed_at >= %(start)s AND desk = '{TECHNICAL}' AND {JUDGED}
)
SELECT {SHIFT_OF} AS shift, count(*) FROM recent WHERE opened_at >= %(start)s AND opened_at < %(end)s GROUP BY shift
"""
_RESTORED = f"""
SELECT to_char(date_trunc('week', closed_at AT TIME ZONE %(zone)s), 'YYYY-MM-DD') AS week, count(*),
    avg(affected_seconds)::float
FROM "case" WHERE {OF_CLOSED_INCIDENTS} AND affected_seconds > 0 GROUP BY week
"""


def midnight(day: date) -> datetime:
    """The first instant of a day of the operator's zone, in UTC."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def day_of(at: datetime) -> date:
    return at.astimezone(zone()).date()


def weeks_until(at: datetime, weeks: int = WEEKS) -> list[date]:
    """The Mondays of so many weeks, the oldest first, the last one that of the running week."""
    monday = day_of(at) - timedelta(days=day_of(at).weekday())
    return [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def week_span(monday: date) -> tuple[datetime, datetime]:
    return midnight(monday), midnight(monday + timedelta(weeks=1))


@dataclass(frozen=True)
class Hour:
    """One hour of the day from ``start`` (UTC): how many cases were open at its end and how many calls came in; None
    where it has not come yet.
    """

    start: datetime
    open: int | None
    calls: int | None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(hours=1)


def by_hour(day: date, at: datetime) -> list[Hour]:
    """The 24 hours of a day; of the running hour what there is by ``at``."""
    first, until = midnight(day), min(midnight(day + timedelta(days=1)), at)
    starts = [first + timedelta(hours=hour) for hour in range(24)]
    began = [start for start in starts if start < at]
    looked = [min(start + timedelta(hours=1), at) for start in began]
    stock = dict(rows_of(_OPEN_AT, {"first": first, "hours": looked}))
    calls = dict(rows_of(_CALLS_FROM, {"start": first, "end": until}))
    known: dict[datetime, tuple[int, int]] = {}
    for hour, (start, end) in enumerate(zip(began, looked, strict=True)):
        known[start] = (stock.get(end, 0), calls.get(hour, 0))
    return [Hour(start, *known.get(start, (None, None))) for start in starts]


def by_age(at: datetime) -> list[int]:
    """How many cases are open in each group of ``AGES``, the youngest first."""
    found = dict(rows_of(_BY_AGE, {"now": at, "ages": list(AGES)}))
    return [found.get(group, 0) for group in range(len(AGES) + 1)]


@dataclass(frozen=True)
class Cause:
    """What engineers wrote as the fault, in small letters; ``key`` names it in an address, ``of`` is all there are."""

    words: str
    cases: int
    of: int
    key: str


def causes(at: datetime) -> list[Cause]:
    """Of the incidents closed in the last four weeks, the faults that were written most often."""
    return [Cause(*row) for row in rows_of(_CAUSES, {"start": at - timedelta(days=DAYS), "end": at})]


@dataclass(frozen=True)
class SiteAgain:
    site_id: int
    site: str
    city: str
    company: str
    cases: int


def sites_again(at: datetime) -> list[SiteAgain]:
    """The sites with three incidents or more in the last thirty days (P7), those with most first."""
    return [SiteAgain(*row) for row in rows_of(_AGAIN, {"start": at - WITHIN, "end": at})]


@dataclass(frozen=True)
class Load:
    """What somebody has in hand now (id 0: nobody has it): past its promise, and the rest."""

    staff_id: int
    name: str
    late: int
    rest: int


def by_engineer(at: datetime) -> list[Load]:
    return [Load(*row) for row in rows_of(_BY_ENGINEER, {"now": at})]


def changes_of_shift() -> Sequence[str]:
    """The hours at which the technical desk's shifts change, in their order within the day."""
    return sorted(shifts.hours_of(TECHNICAL))


def minutes_of_changes() -> list[int]:
    return [int(hour[:2]) * 60 + int(hour[3:5]) for hour in changes_of_shift()]


def by_shift(at: datetime) -> dict[int, int]:
    """Incidents opened in the last four weeks, by the shift in which they were: its place in ``changes_of_shift``."""
    changes = minutes_of_changes()
    values = {"start": at - timedelta(days=DAYS), "end": at, "zone": settings.TIME_ZONE, "changes": changes}
    found: dict[int, int] = dict.fromkeys(range(len(changes)), 0)
    for bucket, count in rows_of(_BY_SHIFT, values):  # before the first change it is the last shift's
        found[(bucket - 1) % len(changes)] += count
    return found


@dataclass(frozen=True)
class Restored:
    """A week of closed incidents that had affected somebody: how many, and their mean affected time in seconds."""

    cases: int
    seconds: float


def mean_time_to_restore(at: datetime) -> dict[date, Restored]:
    """By the Monday of the week: the affected time of a case is that of its closing report (P7), waits left out."""
    start = midnight(weeks_until(at)[0])
    rows = rows_of(_RESTORED, {"start": start, "end": at, "zone": settings.TIME_ZONE})
    return {date.fromisoformat(week): Restored(count, mean) for week, count, mean in rows}
