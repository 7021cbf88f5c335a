"""How long each resolver group held cases in a month, and how often past its target: for the operator alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.cases.resolver_group import ResolverGroup
from guardia.config.sql_rows import rows_of
from guardia.reports.month import Month

# A hold that nobody ended ends with its case; what is open still lasts. Of each hold what lies in the month counts.
# OFFSET 0: each case is looked up by its id; a month has fewer holds than there are cases.
HELD = """
    SELECT group_id, count(*), count(DISTINCT case_id), sum(within),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM within)),
        count(*) FILTER (WHERE due_at IS NOT NULL), count(*) FILTER (WHERE due_at < ended)
    FROM (SELECT *, least(ended, %(end)s) - greatest(since, %(start)s) AS within FROM (
        SELECT h.group_id, h.case_id, h.since, h.due_at,
            greatest(h.since, coalesce(h.until, least(c.closed_at, %(now)s), %(now)s)) AS ended
        FROM (
            SELECT * FROM group_hold WHERE until >= %(start)s AND since < %(end)s
            UNION ALL SELECT * FROM group_hold WHERE until IS NULL AND since < %(end)s
        ) AS h
        CROSS JOIN LATERAL (SELECT closed_at, in_rehearsal FROM "case" WHERE id = h.case_id OFFSET 0) AS c
        WHERE NOT c.in_rehearsal
    ) AS had WHERE ended >= %(start)s) AS held
    GROUP BY group_id
"""


@dataclass(frozen=True, slots=True)
class GroupMonth:
    """``holds``: how often it had a case; ``median`` of how long; ``late`` of those ``with_target``."""

    group: ResolverGroup
    holds: int = 0
    cases: int = 0
    total: timedelta = timedelta()
    median: timedelta = timedelta()
    with_target: int = 0
    late: int = 0


def group_months(month: Month, now: datetime) -> list[GroupMonth]:
    """Each group that is in use or held a case in the month; what lasts is counted up to ``now`` (UTC)."""
    found = {pk: row for pk, *row in rows_of(HELD, {"start": month.start, "end": month.end, "now": now})}
    months = []
    for group in ResolverGroup.objects.order_by("pk"):
        if row := found.get(group.pk):
            holds, cases, total, median, with_target, late = row
            months.append(GroupMonth(group, holds, cases, total, timedelta(seconds=float(median)), with_target, late))
        elif group.active:
            months.append(GroupMonth(group))
    return months
