"""How the lines were answered (P1, L1 to L4): per line, hour of the day and day, by the calls that arrived in a span.

Each call stands in exactly one of the parts of ``Lines``; they sum to ``calls``. What was not measured is a part of its
own and counts neither as kept nor as late. The minute is the target of the version the call came under, and is compared
with hours to the microsecond, never with a wait in whole seconds. One question to the database, by the index of the
arrivals.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeGap
from guardia.cases import phone_owed
from guardia.cases.reception_report_question import QUESTION
from guardia.cases.reception_report_span import Span
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Comparison

MOST_GAPS = 100
NEVER_OWED = sorted({*phone_owed.OF_ONE, phone_owed.SAME_CALLER})
"""Settled so, a call never owed a call-back of its own: several calls of one number are owed one."""
DOUBT = timedelta(seconds=1)
"""A queue log says whole seconds: a wait so near to the target may lie on either side of it."""


@dataclass(frozen=True)
class AskedLines:
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


def reception_report(asked: AskedLines, now: datetime) -> ReceptionReport:
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


def _values(asked: AskedLines) -> dict[str, Any]:
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
