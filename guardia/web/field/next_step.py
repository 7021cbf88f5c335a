"""The steps of a visit, and the promise that the crew keeps next, with its clock (P4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.cases.event import crew_changes
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.field.visit import Visit
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.clock import ClockFace, face_of, hour, promised, stood
from guardia.web.shared import about

# --- promise ----------------------------------------------------------------------------------------------------------
ENDED_BY = {
    ClockKind.TRAVEL: "arrive",
    ClockKind.WORK_PERMIT: "permit",
    ClockKind.FIELD_SOLUTION: "restore",
    ClockKind.NEXT_DECISION: "resume",
}
"""The clocks that a crew answers for, each with the step that ends it."""


@dataclass(frozen=True, slots=True)
class PromiseView:
    words: str
    clock: ClockFace
    of: str
    ended_by: str


def promise_of(
    case: Case, visit: Visit, clocks: Sequence[Clock], procedure: Procedure, at: datetime
) -> PromiseView | None:
    """The one that breaks first; one that stands still only where no other runs."""
    theirs = [clock for clock in clocks if clock.kind in set(ENDED_BY)]
    if not theirs or visit.ended_at or not case.is_open:
        return None
    clock = min(theirs, key=lambda one: (one.due_at is None, one.due_at or one.started_at))
    kind = ClockKind(clock.kind)
    return PromiseView(words_of(kind, clock, at), face_of(clock, at), target_words(case, clock), ENDED_BY[kind])


def words_of(kind: ClockKind, clock: Clock, at: datetime) -> str:
    if clock.due_at is None:
        name, owed = CLOCK_NAMES[kind]
        return f"{name}: {owed}"
    words = {
        ClockKind.TRAVEL: _("Arrive at the site before %(hour)s"),
        ClockKind.WORK_PERMIT: _("Clear the work permit before %(hour)s"),
        ClockKind.FIELD_SOLUTION: _("Restore the service before %(hour)s"),
        ClockKind.NEXT_DECISION: _("The next decision is at %(hour)s"),
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


# --- steps ------------------------------------------------------------------------------------------------------------
# The steps of a visit as the crew takes them: which are done, at what hour, and which is next.
FIELDS = {
    "agree": "agreed_at",
    "depart": "departed_at",
    "arrive": "arrived_at",
    "permit": "permit_cleared_at",
    "restore": "restored_at",
    "leave": "left_at",
}
WORDS: dict[str, Promise] = {
    "agree": gettext_lazy("Visit agreed"),
    "depart": gettext_lazy("I left for the site"),
    "arrive": gettext_lazy("I arrived at the site"),
    "permit": gettext_lazy("Work permit ready"),
    "restore": gettext_lazy("Service restored"),
    "leave": gettext_lazy("I am leaving the site"),
}
PRESSED = ("depart", "arrive", "permit", "restore", "leave")


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``hour`` where it is done, else ``hint``: what is promised for it."""

    kind: str
    words: str
    hour: str
    hint: str
    is_next: bool


def steps_of(visit: Visit, hints: Mapping[str, str], at: datetime) -> list[Step]:
    following = next_of(visit)
    return [step(kind, getattr(visit, field), hints, following, at) for kind, field in FIELDS.items()]


def step(kind: str, done: datetime | None, hints: Mapping[str, str], following: str, at: datetime) -> Step:
    said = hour(done, at) if done else ""
    return Step(kind, str(WORDS[kind]), said, "" if done else hints.get(kind, ""), kind == following)


def as_the_new_crew_has_it(visits: Iterable[Visit]) -> None:
    """That the crew before had left is no step of the one that took the visit over on the road: it leaves in its turn.

    The visits are only shown afterwards, never saved.
    """
    out = {visit.pk: visit for visit in visits if visit.departed_at and not visit.arrived_at}
    cases = [visit.case_id for visit in out.values()]
    for pk, at in crew_changes(cases, out).values_list("data__visit", "occurred_at") if out else ():
        visit = out[pk]
        if visit.departed_at and visit.departed_at <= at:
            visit.departed_at = None


def next_of(visit: Visit) -> str:
    """The step that the visit asks of its crew; nothing once it is over."""
    if visit.left_at or (visit.ended_at and not visit.restored_at):
        return ""
    if visit.restored_at:
        return "leave" if visit.arrived_at else ""
    if not visit.arrived_at:
        return "arrive" if visit.departed_at else "depart"
    return "restore" if visit.permit_cleared_at else "permit"
