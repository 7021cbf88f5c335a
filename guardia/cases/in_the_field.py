"""Cases in the field with their visits, crews and clocks, as the dispatch board lists them (P4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as Choose
from django.db.models import Count, F, Prefetch, Q, QuerySet, When

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.config.sql_rows import raw_condition
from guardia.field.crew import Crew
from guardia.field.visit import FieldAct, Visit
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind, Stage

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
    """Return the cases with a visit or a plan for one, first what breaks first; and whether there are more.

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
    """Return the ids of the cases with a visit that is agreed on."""
    return Visit.objects.filter(OPEN, agreed_at__isnull=False).values("case_id")


def with_visits_and_clocks(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return each case with its open visits and their crews, and the clocks of the field that run."""
    visits = Visit.objects.filter(OPEN).select_related("crew").order_by("-pk")
    running = Clock.objects.filter(ended_at=None, kind__in=FIELD_CLOCKS).order_by(F("due_at").asc(nulls_last=True))
    return cases.prefetch_related(
        Prefetch("visits", visits, to_attr="open_visits"), Prefetch("clocks", running, to_attr="field_clocks")
    )


def counts_by_stand(at: datetime) -> dict[str, int]:
    """Return how many open visits stand where; and of the cases that wait for a crew also those without any visit."""
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
    """Return the crews by name, contractors last, and by crew what each has in hand.

    Those that are offered no more are there only while they are out.
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


def acts_in_vain_for_machines() -> QuerySet[FieldAct]:
    """Return the steps of telephones that no rule took and nobody settled, with their cases."""
    acts = FieldAct.objects.filter(raw_condition("field_act.refused <> ''"), settled_at=None).select_related("case")
    return acts.defer("facts", "case__search")


def sent_in_vain() -> dict[Case, int]:
    """Return the cases with steps of telephones that no rule took and nobody settled, and how many; the one that has
    waited longest first. Also cases that are closed: nobody opens those by chance.
    """
    acts = FieldAct.objects.filter(raw_condition("field_act.refused <> ''"), settled_at=None).select_related("case")
    found: dict[Case, int] = {}
    for act in acts.defer("facts", "case__search").order_by("received_at")[:MOST_STEPS]:
        found[act.case] = found.get(act.case, 0) + 1
    return found


def act_of(case: Case, pk: int) -> FieldAct | None:
    """Return the step with this id that a telephone sent for the case."""
    return FieldAct.objects.filter(pk=pk, case=case).first()


def names_of_acts(visits: Iterable[int]) -> Iterable[tuple[int, datetime, str]]:
    """Return, for each step by link that was applied, the visit, its hour (UTC) and the name of who sent it."""
    acts = FieldAct.objects.filter(visit__in=visits, staff=None, refused="").exclude(applied_at=None)
    return acts.order_by("pk").values_list("visit", "happened_at", "by_name")


def last_visits_of(case: Case) -> list[Visit]:
    """Return the case's visits with their crews, the last one first."""
    return list(case.visits.select_related("crew").order_by("-pk")[:MOST_OF_A_CASE])


def visits_around(start: datetime) -> list[Visit]:
    """Return the visits of crews that are open or ended after ``start`` (UTC), for a line of time."""
    ended = Visit.objects.filter(crew__isnull=False, ended_at__gte=start)
    names = ("crew", "case__customer", "case__site__city")
    still = Visit.objects.filter(OPEN, crew__isnull=False)
    ids = [*still.values_list("pk", flat=True)[:MOST_VISITS], *ended.values_list("pk", flat=True)[:MOST_VISITS]]
    return list(Visit.objects.filter(pk__in=ids).select_related(*names).order_by("crew__name", "pk"))
