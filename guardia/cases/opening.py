"""A3 D: a request that was taken down while its desk was closed; its time starts when the desk opens, told or not.

``Case.opens_at`` is set while it waits. Nothing is written here: the ledger and the verbs record ADMIN_DESK_OPENED.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases import desk_hours
from guardia.cases.desks import kind_of
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.procedure.vocabulary import CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

OVER = frozenset({Moment.ADMIN_DESK_OPENED, Moment.REGISTERED, Moment.ADMIN_SOLVED, Moment.CLOSED, Moment.CANCELLED})
"""After these a case waits for no desk."""


def waits(case: "Case") -> bool:
    """Whether it is an open request whose desk has not opened for it yet."""
    return case.opens_at is not None and case.is_open and kind_of(case.desk) == CaseKind.REQUEST


def opened_at(case: "Case", now: datetime) -> datetime | None:
    """The hour at which its desk truly opened, if that is not after ``now``; None while it waits, or never waited.

    A decree that closed the desk on that day puts it off (A3 D).
    """
    if case.opens_at is None or not waits(case) or case.opens_at > now:
        return None
    opened = true_hour(case, case.opens_at)
    return opened if opened <= now else None


def looked_at_again(case: "Case") -> datetime | None:
    """When the sweep must look at it: the hour at which its desk opens by the calendar as it is known now."""
    return true_hour(case, case.opens_at) if case.opens_at and waits(case) else None


def true_hour(case: "Case", hour: datetime) -> datetime:
    """This hour, if its desk is open then by the newest calendar; else when it opens next."""
    return desk_hours.opens_at(case.procedure_version_id, case.desk, hour) or hour


def to_come(case: "Case") -> frozenset[str]:
    """The kinds of the clocks that start when its desk opens; none where it waits for no desk."""
    if not waits(case):
        return frozenset()
    starts = effects_of(case.procedure_version_id, CaseKind.REQUEST).starts
    return frozenset(rule.kind.value for rule in starts.get(Moment.ADMIN_DESK_OPENED, ()))


def on_record(past: Iterable[Happening]) -> datetime | None:
    """The hour (UTC) that a case waits for, as its events say it; None where it waits for no desk."""
    hour = None
    for happening in past:
        if happening.moment in OVER:
            hour = None
        elif said := happening.data.get("opens_at"):
            hour = datetime.fromisoformat(said)
    return hour


def attended_at(case: "Case", at: datetime, now: datetime) -> datetime:
    """When its desk began to attend to it, where somebody of the desk acts at ``at``: at its opening, or before it."""
    return min(opened_at(case, now) or at, at)
