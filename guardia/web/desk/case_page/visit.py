"""The visits of a case on its page, and where a visit stands, in one word (P4)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases import visit_link
from guardia.cases.case import Case
from guardia.cases.case_contents import summary_of
from guardia.cases.case_rows import events_of_visits
from guardia.cases.event import CaseEvent
from guardia.cases.in_the_field import last_visits_of
from guardia.cases.labels import CONDITION_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.events.kinds import TELLS_VISIT, name_of_kind
from guardia.field.crew import Crew, Specialty
from guardia.field.visit import FieldAct, Visit
from guardia.intake import field_kinds
from guardia.intake.field_arrivals import refused_of
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import ActorKind, Staff
from guardia.procedure.vocabulary import ClockKind, Condition, Moment
from guardia.web.desk.case_page.log import crews_named, names_at_the_desk
from guardia.web.desk.clock import ClockFace, face_of, hour
from guardia.web.desk.page import tag_of
from guardia.web.shared.reach import tel


# --- steps ------------------------------------------------------------------------------------------------------------
class Step(StrEnum):
    """The steps of a visit in the order of P4; blocked stands above whichever it was in."""

    TO_AGREE = "to_agree"
    AGREED = "agreed"
    ON_THE_WAY = "on_the_way"
    AT_THE_SITE = "at_the_site"
    AT_WORK = "at_work"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit stands: its step, that step in words, and since when."""

    step: Step
    words: str
    since: datetime | None


def step_of(visit: Visit | None) -> Step:
    if visit is None or visit.agreed_at is None:
        return Step.TO_AGREE
    if visit.blocked_at:
        return Step.BLOCKED
    if visit.permit_cleared_at:
        return Step.AT_WORK
    if visit.arrived_at:
        return Step.AT_THE_SITE
    return Step.ON_THE_WAY if visit.departed_at else Step.AGREED


def place_of(visit: Visit | None) -> Place:
    step = step_of(visit)
    if visit is None:
        return Place(step, words_of(step), None)
    since = visit.blocked_at if step is Step.BLOCKED else visit.last_step_at
    return Place(step, blocked_words(visit) if step is Step.BLOCKED else words_of(step), since)


def words_of(step: Step) -> str:
    return {
        Step.TO_AGREE: _("to be agreed"),
        Step.AGREED: pgettext("visit", "agreed, not left yet"),
        Step.ON_THE_WAY: _("on the way"),
        Step.AT_THE_SITE: _("at the site, permit pending"),
        Step.AT_WORK: pgettext("visit", "at work"),
        Step.BLOCKED: pgettext("visit", "blocked"),
    }[step]


def blocked_words(visit: Visit) -> str:
    return _("blocked: %(condition)s") % {"condition": condition_words(visit.condition)}


def condition_words(condition: str) -> str:
    """A condition that holds a visit up (P4.3), in words."""
    known = Condition(condition) if condition in set(Condition) else None
    return str(CONDITION_NAMES[known]) if known in CONDITION_NAMES else condition


def forecast_words(visit: Visit | None, at: datetime) -> str:
    """What comes next on its own: the decision of a blocked visit, or the range in which the crew arrives."""
    if visit is None or visit.arrived_at:
        return ""
    if visit.blocked_at and visit.next_decision_at:
        return _("decided again at %(hour)s") % {"hour": hour(visit.next_decision_at, at)}
    if visit.forecast_from is None or visit.forecast_to is None:
        return ""
    return _("arrives %(a)s to %(b)s") % {"a": hour(visit.forecast_from, at), "b": hour(visit.forecast_to, at)}


def specialty_name(specialty: str) -> str:
    return str(Specialty(specialty).label) if specialty in Specialty.values else ""


def specialty_words(specialties: Sequence[str]) -> str:
    """What a crew can do; one without specialties takes any fault."""
    return ", ".join(filter(None, map(specialty_name, specialties))) if specialties else _("any fault")


def fits(crew: Crew, specialty: str) -> bool:
    """Whether the crew can do what the fault asks for."""
    return not specialty or not crew.specialties or specialty in crew.specialties


def foremost(visits: Iterable[Visit]) -> Visit | None:
    """Of several visits of one crew the one that goes on now: at the site before on the way, that before agreed."""
    order = (Step.AT_WORK, Step.AT_THE_SITE, Step.ON_THE_WAY, Step.BLOCKED, Step.AGREED, Step.TO_AGREE)
    return min(visits, key=lambda visit: (order.index(step_of(visit)), visit.pk), default=None)


# --- visit steps ------------------------------------------------------------------------------------------------------
# The steps of a visit as its card shows them: each with its hour, by whom it is known and how, and where.
COORDINATES = re.compile(r"^\s*(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)")
MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"
STEPS = tuple(TELLS_VISIT - {Moment.DECISION_SET})
"""The hour of the next decision stands above the steps, by itself."""


OnRecord = Sequence[tuple[CaseEvent, dict[str, Any]]]


def steps_of(case: Case, at: datetime) -> dict[int, list[tuple[CaseEvent, dict[str, Any]]]]:
    """The steps on record of each visit, as they happened."""
    events = events_of_visits(case, STEPS)
    names = names_at_the_desk() if events else {}
    crews = crews_named(events)
    found: dict[int, list[tuple[CaseEvent, dict[str, Any]]]] = {}
    for event in events:
        if visit := event.data.get("visit"):
            who = by_staff(event, names) or crews.get(event.pk, "")
            found.setdefault(visit, []).append((event, step_row(event, who, at)))
    return found


def step_row(event: CaseEvent, who: str, at: datetime) -> dict[str, Any]:
    """A step with its hour, by whom it is known and how, and where it was taken."""
    place = texts_of(event).get("place", "")
    where = COORDINATES.match(place)
    return {
        "name": name_of_kind(event.moment),
        "detail": detail_of(event),
        "hour": hour(event.occurred_at, at),
        "by": by_words(event, who),
        "place": place,
        "map_href": MAP.format(*where.groups()) if where else "",
    }


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


# --- visit ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visits:
    now: Sequence[dict[str, Any]]
    before: Sequence[dict[str, Any]]
    refused: Sequence[dict[str, Any]]
    tag: str

    @property
    def is_empty(self) -> bool:
        return not (self.now or self.before or self.refused)


def visits_of(case: Case, staff: Staff, clocks: Sequence[Clock], at: datetime) -> Visits:
    """Those that go on first, then those that are over, the last one first; nothing is read where nobody was sent."""
    visits = case.contents.visits if case.contents else last_visits_of(case)
    if not visits:
        return Visits((), (), (), "")
    steps = steps_of(case, at)
    handles, reads = may_handle(staff, case.desk), may(staff, Right.HANDLE_CASES)
    decision = decision_of(clocks, at)
    cards = [(visit, card_of(case, visit, steps.get(visit.pk, []), handles, reads, decision, at)) for visit in visits]
    acts = refused_of(case) if summary_of(case).refused_acts else []
    refused = [refused_row(case, act, handles, at) for act in acts]
    goes_on = [card for visit, card in cards if is_current(visit)]
    over = [card for visit, card in cards if not is_current(visit)]
    decided = [card["decision"].state for card in goes_on if card["decision"]]
    return Visits(
        goes_on,
        over,
        refused,
        tag_of([*((c["id"], c["crew"], c["letter"], c["state"]) for _v, c in cards), *refused, *decided]),
    )


def is_current(visit: Visit) -> bool:
    """Open, or its crew is still at the site."""
    return visit.ended_at is None or (visit.arrived_at is not None and visit.left_at is None)


def card_of(
    case: Case, visit: Visit, events: OnRecord, handles: bool, reads: bool, decision: ClockFace | None, at: datetime
) -> dict[str, Any]:
    """``handles``: acts on this case; ``reads``: may read documents of identity, as in the letter itself."""
    crew, place = visit.crew, place_of(visit)
    blocked = visit.blocked_at is not None
    letter, warns = letter_of(visit, at)
    link = visit_link.address(visit) if handles and crew and visit.ended_at is None and visit.agreed_at else ""
    return {
        "id": f"visit-{visit.pk}",
        "crew": crew.name if crew else _("crew to be named"),
        "contractor": crew.contractor if crew else "",
        "phone": spoken(crew.phone) if crew else "",
        "dials": tel(crew.phone) if crew and crew.phone else "",
        "asks": specialty_name(visit.specialty),
        "state": place.words if visit.ended_at is None else ended_words(visit),
        "forecast": forecast_words(visit, at) if visit.ended_at is None and not blocked else "",
        "blocked": condition_words(visit.condition) if blocked else "",
        "why": why_of(events) if blocked else "",
        "decision": decision if visit.ended_at is None else None,
        "steps": [shown for _event, shown in events],
        "carried": [carried(part, "store") for part in visit.parts],
        "used": [carried(part, "serial") for part in visit.parts_used],
        "people": [person_words(one, reads) for one in visit.people],
        "plate": visit.plate,
        "tools": visit.tools.splitlines(),
        "letter": letter,
        "letter_warns": warns,
        "letter_href": reverse("permit_letter_pdf", args=[case.number, visit.pk]) if visit.agreed_at and reads else "",
        "link": link,
        "mail_href": mail_of(case, visit, link) if link and crew and crew.email else "",
        "signed": signed_words(visit, at),
        "is_open": visit.ended_at is None,
    }


def person_words(person: Mapping[str, str], reads: bool) -> str:
    return " · ".join(filter(None, (person["name"], person.get("document", "") if reads else "")))


def ended_words(visit: Visit) -> str:
    if visit.left_at is None and visit.arrived_at:
        return _("the service is back; the crew is still at the site")
    return str(visit.get_outcome_display()) or _("ended")


def decision_of(clocks: Sequence[Clock], at: datetime) -> ClockFace | None:
    """The promise to decide again, while it runs (P4.3)."""
    running = [clock for clock in clocks if clock.kind == ClockKind.NEXT_DECISION and clock.ended_at is None]
    return face_of(running[-1], at) if running else None


def letter_of(visit: Visit, at: datetime) -> tuple[str, bool]:
    """What is known of the letter for the guard, and whether it is missing before the crew is at the gate."""
    if visit.permit_letter_at:
        return _("sent at %(hour)s") % {"hour": hour(visit.permit_letter_at, at)}, False
    if visit.ended_at or not visit.agreed_at:
        return "", False
    return _("the permit letter has not been sent"), visit.arrived_at is None


def signed_words(visit: Visit, at: datetime) -> str:
    if visit.signed_at is None:
        return ""
    who = ", ".join(filter(None, (visit.signed_by, visit.signed_position)))
    return f"{who} · {hour(visit.signed_at, at)}"


def carried(part: Mapping[str, object], third: str) -> str:
    words = f"{part['quantity']} × {part['name']}"
    return f"{words} · {part[third]}" if part.get(third) else words


def mail_of(case: Case, visit: Visit, link: str) -> str:
    """A mail to a crew without an account, with its link in it, in the desk's own mail program."""
    subject = _("Visit %(number)s") % {"number": case.display_number}
    to = visit.crew.email if visit.crew else ""
    return f"mailto:{quote(to, safe='@')}?subject={quote(subject)}&body={quote(link)}"


def refused_row(case: Case, act: FieldAct, handles: bool, at: datetime) -> dict[str, Any]:
    """What a telephone sent and no rule could take; ``settle_href``: the desk has seen to it."""
    return {
        "what": field_kinds.words_of(act),
        "by": act.by_name,
        "hour": hour(act.happened_at, at),
        "sentence": act.refused,
        "settle_href": reverse("field_act_settle", args=[case.number, act.pk]) if handles else "",
    }
