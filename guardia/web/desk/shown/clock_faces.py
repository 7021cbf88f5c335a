"""Clock faces of the house's rows: a case's next promise, one of its clocks."""

from datetime import datetime

from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.web.desk.shown.clock import ClockFace


def next_of(case: Case, at: datetime, *, waiting: bool = False) -> ClockFace:
    """The promise of the case that breaks first; or, for a list of what waits, how long it has stood still."""
    if waiting or case.next_due_at is None:
        return ClockFace(at=at, due_at=None, waiting_since=case.waiting_since or at)
    return ClockFace(
        at=at,
        due_at=case.next_due_at,
        started_at=case.next_started_at,
        warn_at=case.next_warn_at,
        urgent_at=case.next_urgent_at,
    )


def face_of(clock: Clock, at: datetime) -> ClockFace:
    return ClockFace(
        at=at,
        due_at=clock.due_at,
        started_at=clock.started_at,
        warn_at=clock.warn_at,
        urgent_at=clock.urgent_at,
        waiting_since=clock.waiting_since,
    )
