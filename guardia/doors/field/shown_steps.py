"""The steps of a visit as the crew takes them: which are done, at what hour, and which is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.doors.desk.shown.clock import hour
from guardia.field.visit import Visit

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


def next_of(visit: Visit) -> str:
    """The step that the visit asks of its crew; nothing once it is over."""
    if visit.left_at or (visit.ended_at and not visit.restored_at):
        return ""
    if visit.restored_at:
        return "leave" if visit.arrived_at else ""
    if not visit.arrived_at:
        return "arrive" if visit.departed_at else "depart"
    return "restore" if visit.permit_cleared_at else "permit"
