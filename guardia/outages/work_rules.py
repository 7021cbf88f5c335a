"""What the procedure promises of planned work, as a work is stamped with it."""

from datetime import timedelta

from guardia.procedure.outage_rules import OnOverrun
from guardia.procedure.schema import Procedure


def notice_hours(procedure: Procedure) -> int:
    """So long before the start the companies must have been told."""
    return hours(procedure.planned_work.notice)


def again_hours(procedure: Procedure) -> int:
    """So long before the start they are told once more; 0: they are not."""
    return hours(procedure.planned_work.again)


def declares(procedure: Procedure) -> bool:
    """Whether an overrun is an outage at once, or the proposal of one."""
    return procedure.planned_work.on_overrun is OnOverrun.DECLARE


def hours(length: timedelta) -> int:
    return round(length.total_seconds() / 3600)
