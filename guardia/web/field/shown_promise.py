"""The promise that the crew keeps next, with its clock: arrive, clear the permit, restore, decide again (P4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.field.visit import Visit
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.clock import ClockFace, hour, promised, stood
from guardia.web.desk.shown.clock_faces import face_of
from guardia.web.shared import about

ENDED_BY = {
    ClockKind.TRAVEL: "arrive",
    ClockKind.WORK_PERMIT: "permit",
    ClockKind.FIELD_SOLUTION: "restore",
    ClockKind.NEXT_DECISION: "resume",
}
"""The clocks that a crew answers for, each with the step that ends it."""


@dataclass(frozen=True, slots=True)
class PromiseShown:
    words: str
    clock: ClockFace
    of: str
    ended_by: str


def promise_of(
    case: Case, visit: Visit, clocks: Sequence[Clock], procedure: Procedure, at: datetime
) -> PromiseShown | None:
    """The one that breaks first; one that stands still only where no other runs."""
    theirs = [clock for clock in clocks if clock.kind in set(ENDED_BY)]
    if not theirs or visit.ended_at or not case.is_open:
        return None
    clock = min(theirs, key=lambda one: (one.due_at is None, one.due_at or one.started_at))
    kind = ClockKind(clock.kind)
    return PromiseShown(words_of(kind, clock, at), face_of(clock, at), target_words(case, clock), ENDED_BY[kind])


def words_of(kind: ClockKind, clock: Clock, at: datetime) -> str:
    if clock.due_at is None:
        name, owed = CLOCK_NAMES[kind]
        return f"{name}: {owed}"
    words = {
        ClockKind.TRAVEL: _("Arrive at the site before %(hour)s"),
        ClockKind.WORK_PERMIT: _("Clear the work permit before %(hour)s"),
        ClockKind.FIELD_SOLUTION: _("Restore the service before %(hour)s"),
        ClockKind.NEXT_DECISION: _("It is decided again at %(hour)s"),
    }
    return words[kind] % {"hour": hour(clock.due_at, at)}


def target_words(case: Case, clock: Clock) -> str:
    if not clock.target_seconds:
        return about.band(case)
    length = _("of %(length)s") % {"length": length_words(timedelta(seconds=clock.target_seconds))}
    return f"{length}, {about.band(case)}" if about.band(case) and clock.kind == ClockKind.TRAVEL else length


def hints_of(case: Case, visit: Visit, clocks: Sequence[Clock], procedure: Procedure, at: datetime) -> dict[str, str]:
    """What is promised for each step to come: an hour where its clock runs, else its length."""
    hints = {}
    for kind, step in ENDED_BY.items():
        running = next((clock for clock in clocks if clock.kind == kind and clock.due_at), None)
        target = procedure.clock(kind).target_for(about.band_of(case))
        if running and running.due_at:
            hints[step] = _("before %(hour)s") % {"hour": hour(running.due_at, at)}
        elif target:
            hints[step] = _("in %(length)s") % {"length": length_words(target)}
    return hints


def length_words(length: timedelta) -> str:
    return stood(length) if length < timedelta(hours=1) else promised(length)
