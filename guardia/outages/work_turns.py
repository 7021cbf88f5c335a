"""What happened to a planned work, turn by turn. A turn is never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from guardia.config.asking import connection
from guardia.outages.planned_work import PlannedWork, PlannedWorkTurn, WorkState
from guardia.outages.work_refusals import WorkIsOver
from guardia.people.actor import Actor, ActorKind

OVER = (WorkState.ENDED, WorkState.CANCELLED)


class TurnKind(StrEnum):
    DRAFTED = "drafted"
    CHANGED = "changed"
    ANNOUNCED = "announced"
    REMINDED = "reminded"
    AGREED = "agreed"
    OBJECTED = "objected"
    REPLIED = "replied"
    TAKEN_OUT = "taken_out"
    PASSED_ON = "passed_on"
    MOVED = "moved"
    CANCELLED = "cancelled"
    STARTED = "started"
    OVERRAN = "overran"
    OVERRUN_LIFTED = "overrun_lifted"
    ENDED = "ended"


def write(
    work: PlannedWork, kind: TurnKind, *, by: Actor, at: datetime, now: datetime | None = None, **data: Any
) -> PlannedWorkTurn:
    """``at`` is when it was so, ``now`` when it is written down (UTC). ``data`` is plain: ids, hours, words."""
    return PlannedWorkTurn.objects.create(
        work=work,
        at=at,
        recorded_at=now or at,
        by_id=by.id if by.kind is ActorKind.STAFF else None,
        moment=kind,
        data=data,
    )


def held(pk: int) -> PlannedWork:
    """The work, locked: whoever acts on it goes one by one. Raises PlannedWork.DoesNotExist."""
    return PlannedWork.objects.select_for_update(of=("self",), no_key=True).select_related("element").get(pk=pk)


def must_not_be_over(work: PlannedWork) -> None:
    """Raises WorkIsOver."""
    if work.state in OVER:
        raise WorkIsOver(number=work.display_number)


def next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('planned_work_number')")
        return cursor.fetchone()[0]
