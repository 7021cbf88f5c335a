"""The steps of a visit as its card shows them: each with its hour, by whom it is known and how, and where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.events.kinds import name_of_kind
from guardia.people.actor import ActorKind
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.dispatch.reading import events_of_visits
from guardia.web.desk.dispatch.steps import condition_words
from guardia.web.desk.reading import staff_named
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.crew_names import crews_named

COORDINATES = re.compile(r"^\s*(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)")
MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"
STEPS = (
    Moment.DISPATCH_DECIDED,
    Moment.DISPATCH_AGREED,
    Moment.DISPATCH_CHANGED,
    Moment.CREW_CHANGED,
    Moment.PERMIT_LETTER_SENT,
    Moment.DEPARTED,
    Moment.ARRIVED,
    Moment.PERMIT_CLEARED,
    Moment.BLOCKED,
    Moment.VISIT_RESUMED,
    Moment.RESTORED,
    Moment.PARTS_USED,
    Moment.VISIT_SIGNED,
    Moment.LEFT_SITE,
)


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with its hour, by whom it is known and how, and where it was taken."""

    name: str
    detail: str
    hour: str
    by: str
    place: str
    map_href: str


OnRecord = Sequence[tuple[CaseEvent, StepShown]]


def steps_of(case: Case, at: datetime) -> dict[int, list[tuple[CaseEvent, StepShown]]]:
    """The steps on record of each visit, as they happened."""
    events = events_of_visits(case, STEPS)
    names = staff_named(e.actor_id for e in events if e.actor_kind == ActorKind.STAFF and e.actor_id)
    crews = crews_named(events)
    found: dict[int, list[tuple[CaseEvent, StepShown]]] = {}
    for event in events:
        if visit := event.data.get("visit"):
            who = by_staff(event, names) or crews.get(event.pk, "")
            found.setdefault(visit, []).append((event, step_shown(event, who, at)))
    return found


def step_shown(event: CaseEvent, who: str, at: datetime) -> StepShown:
    place = texts_of(event).get("place", "")
    where = COORDINATES.match(place)
    return StepShown(
        name=name_of_kind(event.moment),
        detail=detail_of(event),
        hour=hour(event.occurred_at, at),
        by=by_words(event, who),
        place=place,
        map_href=MAP.format(*where.groups()) if where else "",
    )


def detail_of(event: CaseEvent) -> str:
    """What the step's name leaves open: by what it was held up, to whom it was handed over, how it was left."""
    if event.moment in {Moment.BLOCKED, Moment.VISIT_RESUMED}:
        return condition_words(event.variant or event.data.get("condition", ""))
    if event.moment == Moment.CREW_CHANGED:
        return texts_of(event).get("crew", "")
    if event.moment == Moment.LEFT_SITE:
        return _("unfinished") if event.variant == "unfinished" else ""
    return ""


def by_staff(event: CaseEvent, names: Mapping[int, str]) -> str:
    return names.get(event.actor_id or 0, "") if event.actor_kind == ActorKind.STAFF else ""


def by_words(event: CaseEvent, who: str) -> str:
    """By whom it is known, and how: at the desk, by radio, from the technician's own telephone."""
    how = {
        "radio": pgettext("reported", "by radio"),
        "field": pgettext("reported", "from the technician's telephone"),
    }.get(event.data.get("source", ""), "")
    return ", ".join(filter(None, (who, how)))


def texts_of(event: CaseEvent) -> dict[str, str]:
    return {text.name: text.text or "" for text in event.texts.all()}


def why_of(events: OnRecord) -> str:
    held = [event for event, _shown in events if event.moment == Moment.BLOCKED]
    return texts_of(held[-1]).get("why", "") if held else ""
