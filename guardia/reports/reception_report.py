"""How the lines were answered (P1, L1 to L4): per line, hour of the day and day, by the calls of a span."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Q

from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeGap
from guardia.cases import phone_owed
from guardia.config.asking import connection
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Comparison
from guardia.reports.month import Month, zone

# --- reception report span --------------------------------------------------------------------------------------------
# A day, a week or a month in the operator's zone, over which the lines are reported.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class Length(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, order=True)
class Span:
    """``first`` is its first day; a week begins on Monday. Built by ``Span.of``, which finds that day."""

    length: Length
    first: date

    @classmethod
    def of(cls, length: Length, day: date) -> "Span":
        """The day, week or month that a day of the operator's calendar falls in. Raises ValueError when far away."""
        if not EARLIEST <= day <= LATEST:
            raise ValueError(f"too far away: {day}")
        match length:
            case Length.WEEK:
                return cls(length, max(EARLIEST, day - timedelta(days=day.weekday())))
            case Length.MONTH:
                return cls(length, day.replace(day=1))
        return cls(length, day)

    @classmethod
    def around(cls, length: Length, at: datetime) -> "Span":
        """The one that an instant falls in."""
        return cls.of(length, at.astimezone(zone()).date())

    def moved(self, by: int) -> "Span":
        """The span so many later, or earlier."""
        if self.length is Length.MONTH:
            month = Month(self.first.year, self.first.month).moved(by)
            return Span(self.length, date(month.year, month.number, 1))
        return Span(self.length, self.first + by * timedelta(days=7 if self.length is Length.WEEK else 1))

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return self.moved(1).first

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=step) for step in range((self.after - self.first).days)]

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return _midnight(self.after)

    def __str__(self) -> str:
        """``2026-11-25`` for a day, ``2026-11-23_week`` and ``2026-11`` for the longer ones: the name of its file."""
        match self.length:
            case Length.WEEK:
                return f"{self.first.isoformat()}_week"
            case Length.MONTH:
                return f"{self.first:%Y-%m}"
        return self.first.isoformat()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone()).astimezone(UTC)


# --- reception report question ----------------------------------------------------------------------------------------
# The question that the report of the lines asks the database: each call gets its part, then the parts are counted.
# One row per group: by line, by hour of the day, by day, by line and hour, and over all. What the columns are stands
# at ``reception_report.Lines``, in the same order.
# Nobody is owed a minute who never waited for a desk; who gave up in time was neither answered nor failed (P1 drops).
QUESTION = """
WITH promised AS (
    SELECT * FROM unnest(%(versions)s::bigint[], %(seconds)s::float8[], %(at_most)s::bool[])
        AS row(version_id, seconds, at_most)
), measured AS (
    SELECT c.id, c.line, c.desk, c.measure, c.after_hours, c.waiting_at, c.left_as, c.settled_at, c.settled_as,
        c.ended_at,
        extract(hour FROM c.arrived_at AT TIME ZONE %(zone)s)::int AS hour,
        (c.arrived_at AT TIME ZONE %(zone)s)::date AS day,
        make_interval(secs => p.seconds) AS target, p.at_most,
        c.abandoned_at IS NOT NULL OR c.left_as <> '' AS is_lost,
        CASE WHEN c.abandoned_at IS NOT NULL OR c.left_as <> '' THEN NULL ELSE c.answered_at END AS answered_at,
        coalesce(c.abandoned_at, c.answered_at, c.ended_at, c.settled_at, greatest(%(now)s, c.waiting_at))
            - c.waiting_at AS waited
    FROM call c LEFT JOIN promised p ON p.version_id = c.procedure_version_id
    WHERE c.arrived_at >= %(start)s AND c.arrived_at < %(end)s
      AND (%(desk)s::text IS NULL OR c.desk = %(desk)s) AND (%(line)s::text IS NULL OR c.line = %(line)s)
), parted AS (
    SELECT m.*, CASE
        WHEN measure = 'gap' THEN 'not_measured'
        WHEN is_lost AND left_as IN ('in_menu', 'timed_out', 'turned_away', 'restarted') THEN left_as
        WHEN is_lost THEN 'abandoned'
        WHEN answered_at IS NOT NULL AND waiting_at IS NULL THEN 'direct'
        WHEN answered_at IS NOT NULL AND (waited < target OR at_most AND waited = target) THEN 'kept'
        WHEN answered_at IS NOT NULL THEN 'late'
        WHEN settled_at IS NOT NULL OR ended_at IS NOT NULL THEN 'unanswered'
        ELSE 'waiting' END AS part
    FROM measured m
), judged AS (
    SELECT p.*, b.outcome AS back_outcome, b.ended_at AS back_ended_at, b.id AS back_id,
        b.ended_at IS NULL AND (b.breached_at IS NOT NULL OR coalesce(b.due_at < %(now)s, false)) AS is_back_late,
        waited > target OR NOT at_most AND waited = target AS is_past
    FROM parted p LEFT JOIN clock b ON b.call_id = p.id AND b.kind = 'call_back' AND b.ordinal = 1
        AND b.target_seconds IS NOT NULL AND NOT (b.outcome = 'dropped' AND p.settled_as = ANY(%(never_owed)s))
)
SELECT grouping(line), grouping(hour), grouping(day), line, desk, hour, day, count(*),
    count(*) FILTER (WHERE part = 'kept'), count(*) FILTER (WHERE part = 'late'),
    count(*) FILTER (WHERE part = 'direct'), count(*) FILTER (WHERE part = 'abandoned'),
    count(*) FILTER (WHERE part = 'in_menu'), count(*) FILTER (WHERE part = 'timed_out'),
    count(*) FILTER (WHERE part = 'turned_away'), count(*) FILTER (WHERE part = 'restarted'),
    count(*) FILTER (WHERE part = 'unanswered'), count(*) FILTER (WHERE part = 'waiting'),
    count(*) FILTER (WHERE part = 'not_measured'),
    count(*) FILTER (WHERE is_past AND part IN ('abandoned', 'timed_out', 'restarted')),
    count(*) FILTER (WHERE is_past AND part = 'unanswered'), count(*) FILTER (WHERE is_past AND part = 'waiting'),
    count(*) FILTER (WHERE after_hours),
    count(*) FILTER (WHERE measure = 'receipt'), count(*) FILTER (WHERE measure = 'log'),
    count(*) FILTER (WHERE measure = 'hand'),
    count(*) FILTER (WHERE measure = 'log' AND part IN ('kept', 'late') AND abs(extract(epoch FROM waited - target))
        < %(doubt)s),
    count(back_id), count(*) FILTER (WHERE back_outcome = 'kept'),
    count(*) FILTER (WHERE back_outcome = 'breached' OR is_back_late), count(*) FILTER (WHERE is_back_late),
    count(*) FILTER (WHERE back_id IS NOT NULL AND back_ended_at IS NULL AND NOT is_back_late),
    count(*) FILTER (WHERE back_outcome = 'dropped'),
    count(*) FILTER (WHERE settled_as = %(no_number)s AND desk = %(technical)s),
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) FILTER (WHERE part IN ('kept', 'late'))),
    extract(epoch FROM max(waited) FILTER (WHERE part NOT IN ('not_measured', 'in_menu', 'turned_away')))
FROM judged GROUP BY GROUPING SETS ((), (line, desk), (hour), (day), (line, desk, hour))
"""


# --- reception report -------------------------------------------------------------------------------------------------
# How the lines were answered (P1, L1 to L4): per line, hour of the day and day, by the calls that arrived in a span.
# Each call stands in exactly one of the parts of ``Lines``; they sum to ``calls``. What was not measured is a part of
# its own and counts neither as kept nor as late. The minute is the target of the version the call came under, and is
# compared with hours to the microsecond, never with a wait in whole seconds. One question to the database, by the
# index of the arrivals.
MOST_GAPS = 100
NEVER_OWED = sorted({*phone_owed.OF_ONE, phone_owed.SAME_CALLER})
"""Settled so, a call never owed a call-back of its own: several calls of one number are owed one."""
DOUBT = timedelta(seconds=1)
"""A queue log says whole seconds: a wait so near to the target may lie on either side of it."""


@dataclass(frozen=True)
class ReceptionFilters:
    """A span of arrivals, and perhaps one desk or one line (its key)."""

    span: Span
    desk: str = ""
    line: str | None = None


@dataclass(frozen=True)
class Lines:
    """The calls of one group. ``kept`` to ``not_measured`` are its parts; the rest counts some of the same calls anew.

    Answered: ``kept`` within the minute, ``late``, or ``direct`` (no wait was seen). Lost: ``abandoned`` while it
    waited, ``in_menu``, ``timed_out``, ``turned_away``, ``restarted``. ``unanswered``: closed at the desk, no answer on
    record. ``lost_late``, ``unanswered_late``, ``waiting_late``: lost, closed or still waiting after the minute had run
    out. ``back_late_open``: late, and not made yet. ``no_number``: a call-back would be owed, and there is nothing to
    dial. Times are seconds of calls that waited and were measured; the longest counts those that still wait.
    """

    calls: int = 0
    kept: int = 0
    late: int = 0
    direct: int = 0
    abandoned: int = 0
    in_menu: int = 0
    timed_out: int = 0
    turned_away: int = 0
    restarted: int = 0
    unanswered: int = 0
    waiting: int = 0
    not_measured: int = 0
    lost_late: int = 0
    unanswered_late: int = 0
    waiting_late: int = 0
    after_hours: int = 0
    by_receipt: int = 0
    by_log: int = 0
    by_hand: int = 0
    doubtful: int = 0
    back_owed: int = 0
    back_kept: int = 0
    back_late: int = 0
    back_late_open: int = 0
    back_open: int = 0
    back_dropped: int = 0
    no_number: int = 0
    median: float | None = None
    longest: float | None = None

    @property
    def broken(self) -> int:
        """A call that waits past its minute is broken at once."""
        return self.late + self.lost_late + self.unanswered_late + self.waiting_late

    @property
    def judged(self) -> int:
        """Of how many it is known whether the minute was kept; as the clock of P1 judges: all that were offered but
        those who gave up (or were closed, or still wait) within it.
        """
        return self.kept + self.broken

    @property
    def ratio(self) -> float | None:
        """The level of service: answered within the minute, of ``judged``."""
        return self.kept / self.judged if self.judged else None

    @property
    def offered(self) -> int:
        """Those that waited for a desk: what answered, given up, closed and waiting add up to."""
        return self.answered + self.given_up + self.unanswered + self.waiting

    @property
    def answered(self) -> int:
        return self.kept + self.late

    @property
    def given_up(self) -> int:
        """Ended unanswered while they waited for a desk, by whomever: caller, queue, or a restart."""
        return self.abandoned + self.timed_out + self.restarted

    @property
    def given_up_within(self) -> int:
        return self.given_up - self.lost_late

    @property
    def settled(self) -> int:
        """What was offered but for those whose minute still runs: nobody can say yet."""
        return self.offered - (self.waiting - self.waiting_late)

    @property
    def ratio_of_offered(self) -> float | None:
        """The other level of service: answered within the minute, of all that were offered."""
        return self.kept / self.settled if self.settled else None

    @property
    def lost(self) -> int:
        return self.abandoned + self.in_menu + self.timed_out + self.turned_away + self.restarted

    @property
    def missed(self) -> int:
        """Answered late, or not at all although somebody waited or was let in nowhere."""
        return self.late + self.lost - self.in_menu + self.unanswered_late + self.waiting_late


PARTS = tuple(each.name for each in fields(Lines))[1:12]
Place = tuple[str, str]
"""A line as calls name it, and the desk they went to."""


@dataclass(frozen=True)
class ReceptionReport:
    total: Lines
    by_line: dict[Place, Lines] = field(default_factory=dict)
    by_hour: dict[int, Lines] = field(default_factory=dict)
    by_day: dict[date, Lines] = field(default_factory=dict)
    by_line_and_hour: dict[tuple[Place, int], Lines] = field(default_factory=dict)


def reception_report(asked: ReceptionFilters, now: datetime) -> ReceptionReport:
    """What the report says at ``now`` (UTC) of the calls that arrived in the span, those that go on included."""
    report = ReceptionReport(Lines())
    total = report.total
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, {**_values(asked), "now": now})
        for of_all_lines, of_all_hours, of_all_days, line, desk, hour, day, *numbers in cursor.fetchall():
            found = Lines(*numbers[:-2], *(None if each is None else float(each) for each in numbers[-2:]))
            match (of_all_lines, of_all_hours, of_all_days):
                case (1, 1, 1):
                    total = found
                case (0, 1, 1):
                    report.by_line[line, desk] = found
                case (1, 0, 1):
                    report.by_hour[hour] = found
                case (1, 1, 0):
                    report.by_day[day] = found
                case _:
                    report.by_line_and_hour[(line, desk), hour] = found
    return ReceptionReport(total, report.by_line, report.by_hour, report.by_day, report.by_line_and_hour)


def gaps_in(span: Span) -> list[ExchangeGap]:
    """When an exchange was not heard within the span, the latest first; those that still last among them."""
    reach = Q(back_at=None) | Q(back_at__gt=span.start)
    found = ExchangeGap.objects.filter(reach, lost_at__lt=span.end).select_related("exchange")
    return list(found.order_by("-lost_at", "-pk")[: MOST_GAPS + 1])


def _values(asked: ReceptionFilters) -> dict[str, Any]:
    arrived = Call.objects.filter(arrived_at__gte=asked.span.start, arrived_at__lt=asked.span.end)
    ids = list(arrived.order_by().values_list("procedure_version_id", flat=True).distinct())
    seconds, at_most = _targets(ids)
    span = {"start": asked.span.start, "end": asked.span.end, "zone": settings.TIME_ZONE}
    promised = {"versions": ids, "seconds": seconds, "at_most": at_most, "doubt": DOUBT.total_seconds()}
    owed = {"never_owed": NEVER_OWED, "no_number": phone_owed.NO_NUMBER, "technical": TECHNICAL}
    return {**span, **promised, **owed, "desk": asked.desk or None, "line": asked.line}


def _targets(ids: Iterable[int]) -> tuple[list[float], list[bool]]:
    """P1 as each version promises it: its seconds, and whether exactly so many are still kept."""
    promises = [promise_of(each) for each in ids]
    return [seconds for seconds, _ in promises], [at_most for _, at_most in promises]


def promise_of(version_id: int) -> tuple[float, bool]:
    """P1 as one version promises it: its seconds, and whether exactly so many are still kept."""
    rule = versions.of(version_id).clock(ClockKind.RECEPTION)
    return (rule.target_for() or timedelta()).total_seconds(), rule.comparison == Comparison.AT_MOST


def target_at(at: datetime) -> timedelta | None:
    """The minute of P1 as the version in force promises it; None before any is published."""
    version = versions.version_at(at)
    return version.procedure.clock(ClockKind.RECEPTION).target_for() if version else None
