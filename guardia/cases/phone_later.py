"""A call that is handed on: which desk has it now, for whom it waits, who took it, and what its clocks make of it (P1).

Each wait has its own minute and its own desk, and whoever takes the call has it from then on.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from guardia.calls.call import Call
from guardia.calls.course_model import Course, Later
from guardia.calls.exchange import Exchange
from guardia.cases import writes
from guardia.cases.desk_hours import kind_of
from guardia.cases.phone_place import desk_of_queue, staff_of
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.people.policy import DESK_OF_ROLE
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment

LONGEST_NAME = 120
OF_A_CLOCK = list(writes.CLOCK_COLUMNS)[4:]


def hand_on(call: Call, exchange: Exchange, course: Course) -> None:
    """What followed the first answer, on the object only."""
    desk, found = call.desk, []
    call.held_by, call.held_as = None, ""
    for later in course.later:
        staff = staff_of(later.taken_by, exchange, later.taken_at or later.at)
        desk = _desk_after(later, desk, staff, call, exchange)
        found.append(_row(later, desk, staff))
        if later.taken_by:
            call.held_by, call.held_as = staff, later.taken_by.name[:LONGEST_NAME]
    last = course.later[-1] if course.later else None
    call.later, call.desk_now = found, desk if desk != call.desk else ""
    call.waits_again_at = last.at if last and last.is_open and call.ended_at is None else None
    call.lost_again_at = last.lost_at if last else None


def minute_of(call: Call) -> Clock | None:
    """P1 for a caller who has a number already and was handed on: shown, not judged, since the case's log is written.

    A row that is kept nowhere.
    """
    if call.waits_again_at is None or not (call.later and call.later[-1]["counts"]):
        return None
    fold = Fold(effects_of(call.procedure_version_id, kind_of(call.at_desk)))
    fold.apply(Happening(Moment.CALL_WAITING, "", call.waits_again_at))
    running = fold.running.get(ClockKind.RECEPTION)
    return Clock(**dict(zip(OF_A_CLOCK, writes.clock_row(running), strict=True))) if running else None


def _row(later: Later, desk: str, staff: Staff | None) -> dict[str, Any]:
    return {
        "at": _stamp(later.at),
        "counts": later.counts,
        "unseen": later.unseen,
        "desk": desk,
        "taken_at": _stamp(later.taken_at),
        "staff": staff.pk if staff else None,
        "name": later.taken_by.name[:LONGEST_NAME] if later.taken_by else "",
        "lost_at": _stamp(later.lost_at),
    }


def _desk_after(later: Later, desk: str, staff: Staff | None, call: Call, exchange: Exchange) -> str:
    """By the queue; else by the person who took it, or whose telephone rings; else the desk that had it keeps it."""
    if found := desk_of_queue(later.queue, exchange, versions.of(call.procedure_version_id)):
        return found
    people = [staff] if staff else [staff_of(person, exchange, later.at) for person in later.rung]
    desks = [DESK_OF_ROLE.get(person.role, TECHNICAL) for person in people if person]
    return desk if not desks or desk in desks else desks[0]


def happenings(call: Call) -> Iterator[Happening]:
    """What followed the first answer, in order, as the clocks see it.

    Handed on to another desk it is a request: the promises of the technical one lose their object (A2, A3). What came
    after the call was settled is no part of what was settled.
    """
    is_passed_on = any(desk != TECHNICAL for desk in (call.desk, *(row["desk"] for row in call.later)))
    for row in call.later:
        at, taken_at = _hour(row["at"]), _hour(row["taken_at"])
        if at is None or (call.settled_at and at > call.settled_at):
            return
        data: dict[str, Any] = {"case_kind": kind_of(row["desk"]).value} if is_passed_on else {}
        if row["counts"]:
            unseen = {"not_measured": [ClockKind.RECEPTION.value]} if row["unseen"] else {}
            yield Happening(Moment.CALL_WAITING, "", at, {**data, **unseen})
        if taken_at:
            yield Happening(Moment.CALL_ANSWERED, "", taken_at, {**data, **_whom(row)})


def _whom(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"answered_by": row["staff"]} if row["staff"] else {}


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _hour(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None
