"""Where a visit stands, in one word, and the queries of the dispatch board: cases, visits and crews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case as Choose
from django.db.models import Count, F, Prefetch, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.labels import CONDITION_NAMES
from guardia.clocks.clock import Clock
from guardia.config.kept import raw_condition
from guardia.field.crew import Crew, Specialty
from guardia.field.visit import FieldAct, Visit
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind, Condition, Moment, Stage
from guardia.web.desk.clock import hour

# --- queries ----------------------------------------------------------------------------------------------------------
# What the board reads: each question is of what it shows, and their number is always the same.
MOST_CASES, MOST_VISITS, MOST_CREWS = 60, 200, 60
MOST_OF_A_CASE, MOST_STEPS = 20, 200
FIELD_CLOCKS = frozenset(
    {
        ClockKind.DISPATCH_AGREED,
        ClockKind.TRAVEL,
        ClockKind.NEXT_DECISION,
        ClockKind.WORK_PERMIT,
        ClockKind.FIELD_SOLUTION,
    }
)
OPEN = Q(ended_at=None)
STANDS: dict[str, Q] = {
    "": Q(),
    "sin-cuadrilla": Q(agreed_at=None),
    "por-salir": Q(agreed_at__isnull=False, departed_at=None, arrived_at=None, blocked_at=None),
    "en-camino": Q(departed_at__isnull=False, arrived_at=None, blocked_at=None),
    "en-sede": Q(arrived_at__isnull=False, blocked_at=None),
    "bloqueadas": Q(blocked_at__isnull=False),
}
"""What is looked at, by the word of the address."""
TO_BE_SENT = Q(stage=Stage.EXECUTION, plan_kind="visit")


@dataclass(frozen=True, slots=True)
class Looking:
    """The filter of the board: where the visit stands, which specialty it asks for."""

    stands: str = ""
    specialty: str = ""


def cases_in_the_field(looking: Looking, at: datetime) -> tuple[list[Case], bool]:
    """Those with an open visit and those whose plan asks for one, first what breaks first; whether there are more.

    Each with its open visits and their crews, and the clocks of the field that run.
    """
    visits = Visit.objects.filter(OPEN, STANDS[looking.stands])
    if looking.specialty:
        visits = visits.filter(specialty=looking.specialty)
    ids = list(visits.order_by("-pk").values_list("case_id", flat=True)[:MOST_VISITS])
    asked = Q(pk__in=ids)
    if looking.stands in {"", "sin-cuadrilla"} and not looking.specialty:
        asked |= TO_BE_SENT & ~Q(pk__in=agreed_elsewhere()) if looking.stands else TO_BE_SENT
    cases = queries.open_cases(TECHNICAL).filter(asked).order_by(F("next_due_at").asc(nulls_last=True), "pk")
    found = list(with_visits_and_clocks(queries.with_names(cases))[: MOST_CASES + 1])
    return found[:MOST_CASES], len(found) > MOST_CASES


def agreed_elsewhere() -> QuerySet:
    return Visit.objects.filter(OPEN, agreed_at__isnull=False).values("case_id")


def with_visits_and_clocks(cases: QuerySet[Case]) -> QuerySet[Case]:
    visits = Visit.objects.filter(OPEN).select_related("crew").order_by("-pk")
    running = Clock.objects.filter(ended_at=None, kind__in=FIELD_CLOCKS).order_by(F("due_at").asc(nulls_last=True))
    return cases.prefetch_related(
        Prefetch("visits", visits, to_attr="open_visits"), Prefetch("clocks", running, to_attr="field_clocks")
    )


def counts(at: datetime) -> dict[str, int]:
    """How many open visits stand where; of the cases that wait for a crew also those without any visit."""
    open_visits = Visit.objects.filter(OPEN)
    found = open_visits.aggregate(
        **{f"n{n}": Count("pk", filter=q) for n, q in enumerate(STANDS.values()) if q}, every=Count("pk")
    )
    named = {name: found.get(f"n{n}", 0) for n, name in enumerate(STANDS)}
    without = queries.open_cases(TECHNICAL).filter(TO_BE_SENT).exclude(pk__in=open_visits.values("case_id"))
    waiting = queries.count_up_to_99(without)
    named["sin-cuadrilla"] += waiting
    named[""] = found["every"] + waiting
    return named


def crews_and_visits() -> tuple[list[Crew], dict[int, list[Visit]]]:
    """The crews by name, contractors last, those that are offered no more only while they are out; and what each one
    has in hand.
    """
    out = Visit.objects.filter(OPEN, crew__isnull=False)
    visits = out.select_related("case__customer", "case__site__city").order_by("pk")
    crews = Crew.objects.filter(Q(active=True) | Q(pk__in=out.values("crew_id")))
    own_first = Choose(When(contractor="", then=0), default=1)
    shown = list(crews.order_by(own_first, "name", "pk")[:MOST_CREWS])
    in_hand: dict[int, list[Visit]] = {}
    for visit in visits.filter(crew__in=shown)[:MOST_VISITS]:
        in_hand.setdefault(visit.crew_id or 0, []).append(visit)
    return shown, in_hand


def sent_in_vain() -> dict[Case, int]:
    """The cases with steps of telephones that no rule could take and nobody has settled, and how many; the one that has
    waited longest first. Also cases that are closed: nobody opens those by chance.
    """
    acts = FieldAct.objects.filter(raw_condition("field_act.refused <> ''"), settled_at=None).select_related("case")
    found: dict[Case, int] = {}
    for act in acts.defer("facts", "case__search").order_by("received_at")[:MOST_STEPS]:
        found[act.case] = found.get(act.case, 0) + 1
    return found


def visits_of(case: Case) -> list[Visit]:
    """The case's visits with their crews, the last one first."""
    return list(case.visits.select_related("crew").order_by("-pk")[:MOST_OF_A_CASE])


def events_of_visits(case: Case, moments: Iterable[Moment]) -> list[CaseEvent]:
    """What is on record of its visits, as it happened, with its texts."""
    events = case.events.filter(moment__in=list(moments)).order_by("-seq").prefetch_related("texts")
    return sorted(events[:MOST_STEPS], key=lambda event: (event.occurred_at, event.seq))


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
