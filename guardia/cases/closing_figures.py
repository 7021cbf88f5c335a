"""The arithmetic of the closing report: pure, in UTC, in whole seconds, and every sum is the sum of its rows (P7)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from guardia.clocks.clock import Wait
from guardia.clocks.intervals import Interval, OpenInterval, length, union, utc, without
from guardia.config.sql_rows import columns_of, object_of, rows_of
from guardia.procedure.vocabulary import Moment


@dataclass(frozen=True)
class Outage:
    """A stretch without good service; ``excluded`` of its seconds are left out by visible exclusions (P7 D),
    ``in_work`` lie within planned work that was announced.
    """

    start: datetime
    end: datetime
    counted: int
    excluded: int
    in_work: int = 0

    @property
    def lasted(self) -> int:
        return self.counted + self.excluded + self.in_work


def outages_of(
    spans: Iterable[OpenInterval], exclusions: Iterable[Interval], until: datetime, work: Iterable[Interval] = ()
) -> list[Outage]:
    """The union of the intervals (one without an end lasts ``until``), each with what counts of it.

    ``work``: windows of planned work; what is excluded within one is excluded, and no more. Their ``counted`` add up to
    the affected time as it is stored: fractions are carried over from row to row, so that no row hides what the sum
    has.
    """
    excluded = union((utc(a), utc(b)) for a, b in exclusions)
    windows = union((utc(a), utc(b)) for a, b in work)
    rows, counts, holes, inside = [], Carried(), Carried(), Carried()
    for start, end in union((utc(a), utc(b or until)) for a, b in spans):
        stretches = list(without((start, end), excluded))
        left = length(piece for each in stretches for piece in without(each, windows))
        in_work = length(stretches) - left
        seconds = counts.seconds(left), holes.seconds(end - start - left - in_work), inside.seconds(in_work)
        rows.append(Outage(start, end, *seconds))
    return rows


class Carried:
    """Whole seconds of one length after the other, whose sum is the rounded sum of all."""

    def __init__(self) -> None:
        self.sum = timedelta()

    def seconds(self, more: timedelta) -> int:
        before, self.sum = round(self.sum.total_seconds()), self.sum + more
        return round(self.sum.total_seconds()) - before


@dataclass(frozen=True)
class Availability:
    """Of a service within ``start`` and ``end`` (UTC): ``down`` of its ``whole`` seconds it was affected."""

    start: datetime
    end: datetime
    down: int

    @property
    def whole(self) -> int:
        return max(0, round((self.end - self.start).total_seconds()))

    @property
    def up(self) -> int:
        return self.whole - self.down

    @property
    def percent(self) -> Decimal:
        """With three decimals, rounded down: what was interrupted is never shown as 100."""
        if not self.whole:
            return Decimal("100.000")
        return (Decimal(100 * self.up) / self.whole).quantize(Decimal("0.001"), rounding=ROUND_DOWN)


def availability(affected: Iterable[Interval], start: datetime, end: datetime) -> Availability:
    """``affected`` are the counted stretches of all cases of the service; two cases at once count once."""
    start, end = utc(start), max(utc(start), utc(end))
    inside = [(max(a, start), min(b, end)) for a, b in affected]
    return Availability(start, end, round(length(inside).total_seconds()))


def counted(spans: Iterable[OpenInterval], exclusions: Iterable[Interval], until: datetime) -> Iterator[Interval]:
    """The stretches of one case that count as affected."""
    excluded = union((utc(a), utc(b)) for a, b in exclusions)
    for span in union((utc(a), utc(b or until)) for a, b in spans):
        yield from without(span, excluded)


# What the affected time leaves out (P7 D): waits that were agreed as excluded, as they stand now.


UPHELD = "upheld"


# Whether it was agreed stands in the event that began it: read for the few cases that waited. PostgreSQL would read the
# events of all cases first (OFFSET 0 keeps it from that).
EXCLUDED = f"""
    SELECT {columns_of(Wait)} FROM wait
    WHERE case_id = ANY(%s) AND ruling <> '{UPHELD}' AND EXISTS (
        SELECT FROM case_event WHERE case_event.case_id = wait.case_id AND moment = '{Moment.WAIT_STARTED}'
        AND data @> jsonb_build_object('wait', wait.id, 'excluded', true) OFFSET 0)
    ORDER BY started_at, id
"""


def excluded_waits(case_ids: Collection[int]) -> dict[int, list[Wait]]:
    """By case, the waits that were agreed as left out of the affected time and that no ruling undid (P7 D)."""
    found: dict[int, list[Wait]] = {pk: [] for pk in case_ids}
    for row in rows_of(EXCLUDED, [list(case_ids)]):
        wait = object_of(Wait, iter(row))
        found[wait.case_id].append(wait)
    return found


def excluded_span(wait: Wait, at: datetime) -> Interval:
    """The time that such a wait leaves out, until ``at`` (UTC)."""
    return wait.started_at, min(wait.ended_at or at, at)


# The window of planned work that a case lies within: the time in it is a figure of its own, beside the affected time.
#
# Hours are UTC. From the window's end on, time counts as that of any fault, whether the work was over by then or not.


def windows_of(case_ids: Collection[int]) -> dict[int, list[Interval]]:
    """By case, the window that it lies within, at most one; none for a case that lies within no work."""
    from guardia.cases.case import Case

    found: dict[int, list[Interval]] = {pk: [] for pk in case_ids}
    linked = Case.objects.filter(pk__in=case_ids, within_work__isnull=False)
    columns = ("pk", "within_work__starts_at", "within_work__ends_at", "within_work__ended_at")
    for pk, starts_at, ends_at, ended_at in linked.values_list(*columns):
        end = min(ends_at, ended_at or ends_at)
        if end > starts_at:
            found[pk].append((starts_at, end))
    return found
