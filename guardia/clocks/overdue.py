"""A promise is broken the moment its hour passes, whether or not the watch over the deadlines has marked it yet.

Whoever counts broken promises counts by this, so that a worker that is late, or dead, makes no two reports disagree.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from guardia.procedure.vocabulary import Comparison

if TYPE_CHECKING:
    from guardia.clocks.clock import Clock

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
