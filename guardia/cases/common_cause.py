"""What a case has in common with others: the mass outage it is part of, the planned work it lies within (P D).

Rulings on outages stand above the cases; here are the events of a case about them.
The case is locked by the caller; hours are UTC.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.cases.ledger import Entry
from guardia.clocks.clock_state import Happening
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.outages.outage import Outage
    from guardia.outages.planned_work import PlannedWork

JOINS = ("declared", "caller", "gathered", "alert")
LEAVES = ("not_back", "mistaken", "by_hand")


def joined_entry(case: "Case", outage: "Outage", variant: str, by: Actor, at: datetime, **more: Any) -> Entry:
    """The case is part of the outage from ``at`` on; ``variant`` is one of ``JOINS``."""
    case.part_of = outage
    data = {"outage": outage.pk, "number": outage.display_number, **more}
    return Entry(case, Moment.OUTAGE_JOINED, by, at, variant, data)


def left_entry(case: "Case", outage: "Outage", variant: str, why: str, by: Actor, at: datetime) -> Entry:
    """The case goes on by itself from ``at`` on, with the reason; ``variant`` is one of ``LEAVES``.

    ``not_back`` says it already, to each reader in the own language: it has no words of ours.
    """
    case.part_of = None
    data = {"outage": outage.pk, "number": outage.display_number}
    return Entry(case, Moment.OUTAGE_LEFT, by, at, variant, data, {"reason": why} if why else {})


def within(case: "Case", work: "PlannedWork", variant: str, by: Actor, at: datetime) -> Entry:
    """The case lies within the window of planned work (``inside``), or that work went over its end (``overran``)."""
    case.within_work = work
    data = {
        "work": work.pk,
        "number": work.display_number,
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
    }
    return Entry(case, Moment.WORK_LINKED, by, at, variant, data)


def on_record(past: Iterable[Happening]) -> tuple[int | None, int | None]:
    """The ids of the outage and of the planned work that the case is of, as its events say it; None: of none."""
    outage = work = None
    for happening in past:
        if happening.moment == Moment.OUTAGE_JOINED:
            outage = happening.data["outage"]
        elif happening.moment == Moment.OUTAGE_LEFT:
            outage = None
        elif happening.moment == Moment.WORK_LINKED:
            work = happening.data["work"]
    return outage, work
