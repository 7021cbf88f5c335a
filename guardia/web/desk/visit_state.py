"""Where a visit stands, in one word, and the queries of the dispatch board: cases, visits and crews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.cases.in_the_field import MOST_OF_A_CASE
from guardia.cases.labels import CONDITION_NAMES
from guardia.field.crew import Crew, Specialty
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import Condition
from guardia.web.desk.clock import hour

# --- queries ----------------------------------------------------------------------------------------------------------
# What the board reads: each question is of what it shows, and their number is always the same.


def visits_of(case: Case) -> list[Visit]:
    """The case's visits with their crews, the last one first."""
    return list(case.visits.select_related("crew").order_by("-pk")[:MOST_OF_A_CASE])


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
