"""The steps of a visit as the crew takes them: which are done, at what hour, and which is next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.event import CaseEvent
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.shown.clock import hour

FIELDS = {
    "agree": "agreed_at",
    "depart": "departed_at",
    "arrive": "arrived_at",
    "permit": "permit_cleared_at",
    "restore": "restored_at",
    "leave": "left_at",
}
WORDS: dict[str, Promise] = {
    "agree": _("Visit agreed"),
    "depart": _("I left for the site"),
    "arrive": _("I arrived at the site"),
    "permit": _("Work permit ready"),
    "restore": _("Service restored"),
    "leave": _("I leave the site"),
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
    changed = CaseEvent.objects.filter(case__in=cases, moment=Moment.CREW_CHANGED, data__visit__in=list(out))
    for pk, at in changed.values_list("data__visit", "occurred_at") if out else ():
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
