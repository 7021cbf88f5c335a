"""A3: what a desk must know of a request, and the events by which it is taken: at once, or to wait for its desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.calls.call import Call
from guardia.calls.written import WrittenRequest
from guardia.cases import desk_hours, ledger
from guardia.cases.desks import desk_of, kind_of
from guardia.cases.refusals import Missing, NoSuchDesk, TooLong
from guardia.cases.stages.arrival import Came
from guardia.cases.stages.registration import PERSONAL
from guardia.people.actor import SYSTEM, Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

LONGEST_FIELD = 120
COMPLAINT = "complaint"
"""The variant of ADMIN_TAKEN of a formal complaint."""


def taken(
    case: "Case", by: Actor, at: datetime, since: datetime, came: Came = None, received_at: datetime | None = None
) -> list[ledger.Entry]:
    """ADMIN_TAKEN, and where its desk is open at ``since`` ADMIN_DESK_OPENED of that hour; else it waits (A3 D).

    ``received_at``: when a formal complaint reached us, where that was before ``since``. All hours are UTC.
    """
    case.opens_at = desk_hours.opens_at(case.procedure_version_id, case.desk, since)
    personal = {name: getattr(case, name) for name in PERSONAL}
    data = {
        "number": case.number,
        "desk": case.desk,
        "fields": case.fields,
        "reporter": case.reporter_id,
        "opens_at": ledger.stamp(case.opens_at) if case.opens_at else None,
    }
    if case.is_complaint:
        data["came_at"] = ledger.stamp(received_at or since)
    entry = ledger.Entry(
        case,
        Moment.ADMIN_TAKEN,
        by,
        at,
        COMPLAINT if case.is_complaint else "",
        data=data,
        texts={"symptoms": case.symptoms, "subject": case.subject, **personal},
        takes_clocks_of_call=came.pk if isinstance(came, Call) else None,
        takes_clocks_of_request=came.pk if isinstance(came, WrittenRequest) else None,
    )
    return [entry] if case.opens_at else [entry, ledger.Entry(case, Moment.ADMIN_DESK_OPENED, SYSTEM, since)]


def fields_for(version_id: int, key: str, given: Mapping[str, str]) -> dict[str, str]:
    """What this desk asks for, of what was given. Raises NoSuchDesk, Missing for a required one, TooLong."""
    desk = desk_of(version_id, key)
    if desk is None or kind_of(key) != CaseKind.REQUEST:
        others = [str(each.name) for each in versions.of(version_id).desks if kind_of(each.key) == CaseKind.REQUEST]
        raise NoSuchDesk(desks=", ".join(others))
    found = {}
    for each in desk.fields:
        value = " ".join(given.get(each.key, "").split())
        if each.required and not value:
            raise Missing("A3", f"field_{each.key}", str(each.name))
        if len(value) > LONGEST_FIELD:
            raise TooLong("A3", f"field_{each.key}", str(each.name), LONGEST_FIELD)
        if value:
            found[each.key] = value
    return found
