"""What a letter of a case may tell of what it has in common with others: its mass outage, its planned work."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardia.cases.case import Case


def outage_facts(case: "Case") -> Mapping[str, Any] | None:
    """What a letter may say of the outage that the case is part of; None if it is of none."""
    outage = case.part_of if case.part_of_id else None
    if outage is None:
        return None
    return {
        "number": outage.display_number,
        "names": outage.public_name,
        "forecast_at": outage.forecast_at.isoformat() if outage.forecast_at else None,
    }


def work_facts(case: "Case") -> Mapping[str, Any] | None:
    """What a letter may say of the planned work that the case lies within; None if there is none."""
    work = case.within_work if case.within_work_id else None
    if work is None:
        return None
    return {"number": work.display_number, "names": work.public_name, "ends_at": work.ends_at.isoformat()}
