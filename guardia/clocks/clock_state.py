"""One promise at a moment of its life: its waits, its due hour, and whether it is broken.

The arithmetic of hours and calendars is in ``arithmetic``; how events bring a clock from one state to the next, in
``fold``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from guardia.clocks.arithmetic import OpenInterval, add, between, utc
from guardia.clocks.calendar import ALWAYS, Hours, NoAnswer
from guardia.procedure.vocabulary import Comparison

if TYPE_CHECKING:
    from guardia.clocks.clock import Clock

Key = tuple[str, int]


@dataclass(frozen=True)
class Happening:
    """An event as the clocks see it. ``at`` is when it happened, ``recorded_at`` when it was written down, and who is
    owed news of it told, where that was later (UTC); ``data`` holds codes, ids and hours; ``seq`` is its number in its
    case, where others may be left out between.
    """

    moment: str
    variant: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    recorded_at: datetime | None = None
    seq: int | None = None

    @property
    def told_at(self) -> datetime:
        return max(self.at, self.recorded_at) if self.recorded_at else self.at

    @property
    def triggers(self) -> tuple[str, ...]:
        return (self.moment, f"{self.moment}/{self.variant}") if self.variant else (self.moment,)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time a clock stood still, and for which wait."""

    start: datetime
    end: datetime | None
    wait: str


@dataclass(frozen=True)
class ClockState:
    """One running or ended promise. ``due_at`` and the warning points follow from the rest."""

    kind: str
    ordinal: int
    calendar: str
    edition: int
    comparison: str
    target: timedelta | None
    warnings: tuple[int, int]
    started_at: datetime
    stretches: tuple[Stretch, ...] = ()
    ended_at: datetime | None = None
    outcome: str = "running"
    breached_at: datetime | None = None
    dropped: bool = False
    hours: Hours = field(default=ALWAYS, compare=False, repr=False)

    @property
    def key(self) -> Key:
        return self.kind, self.ordinal

    @property
    def waits(self) -> list[OpenInterval]:
        return [(stretch.start, stretch.end) for stretch in self.stretches]

    @property
    def waiting_since(self) -> datetime | None:
        open_ones = [stretch.start for stretch in self.stretches if stretch.end is None]
        return min(open_ones) if open_ones and self.ended_at is None else None

    def after(self, percent: int) -> datetime | None:
        """The hour at which this share of the target has run; None while waiting or where no hour is promised."""
        return None if self.target is None else self._add(self.target * percent / 100, self.waits)

    def _add(self, target: timedelta, waits: Sequence[OpenInterval]) -> datetime | None:
        if self.hours is ALWAYS and not waits:
            return utc(self.started_at) + max(target, timedelta())
        try:
            return add(self.started_at, target, waits, self.hours)
        except NoAnswer:  # hours that never open again promise nothing: nobody is judged by them
            return None

    @cached_property
    def due_at(self) -> datetime | None:
        return self.after(100)

    @property
    def taken(self) -> timedelta | None:
        return between(self.started_at, self.ended_at, self.waits, self.hours) if self.ended_at else None

    def is_broken_by(self, at: datetime) -> bool:
        """True if the promise is not kept at that hour: past the target for ≤, at the target already for <."""
        if self.target is None:
            return False
        taken = between(self.started_at, at, self.waits, self.hours)
        return taken >= self.target if self.comparison == Comparison.UNDER else taken > self.target

    @property
    def fell_due_at(self) -> datetime | None:
        """When the target had run, waits that began later left aside: the date of its breach."""
        if self.target is None:
            return None
        return self._add(self.target, [(a, b) for a, b in self.waits if b is not None])


def unmarked_breaches(clocks: Iterable[ClockState], now: datetime) -> list[ClockState]:
    """The clocks whose promise is broken at ``now`` (or was when they ended) and bear no breach yet."""
    return [c for c in clocks if c.breached_at is None and is_broken(c, now)]


def breaches_to_lift(clocks: Iterable[ClockState], now: datetime) -> list[ClockState]:
    """The clocks that bear a breach which a fact that arrived late has undone."""
    return [c for c in clocks if c.breached_at is not None and not is_broken(c, now)]


def breaches_to_redate(clocks: Iterable[ClockState]) -> list[ClockState]:
    """The clocks whose promise is broken still, but at another hour than the breach is dated: a wait was ruled void or
    corrected since.
    """
    return [c for c in clocks if c.breached_at is not None and c.fell_due_at not in (None, c.breached_at)]


def is_broken(clock: ClockState, now: datetime) -> bool:
    """Whether the promise was broken when it ended or, while it runs, is at ``now`` (UTC)."""
    return clock.outcome == "breached" if clock.ended_at else clock.is_broken_by(now)


# A promise is broken the moment its hour passes, whether or not the watch over the deadlines has marked it yet.
#
# Whoever counts broken promises counts by this, so that a worker that is late, or dead, makes no two reports disagree.


OVERDUE = f"""ended_at IS NULL AND breached_at IS NULL
    AND (due_at < %(now)s OR due_at = %(now)s AND comparison = '{Comparison.UNDER.value}')"""
"""Of a row of ``clock``, in SQL: past its hour at ``now`` (UTC), and not marked."""


def is_overdue(now: datetime) -> Q:
    """The same for a queryset of clocks."""
    past = Q(due_at__lt=now) | Q(due_at=now, comparison=Comparison.UNDER)
    return Q(ended_at=None, breached_at=None) & past


def broke_at(clock: "Clock", now: datetime) -> datetime | None:
    """When the promise of one row was broken, marked or not; None where it is not at ``now`` (UTC)."""
    if clock.breached_at or clock.ended_at or clock.due_at is None:
        return clock.breached_at
    is_past = clock.due_at <= now if clock.comparison == Comparison.UNDER else clock.due_at < now
    return clock.due_at if is_past else None
