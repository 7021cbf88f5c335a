"""Cases of services that a planned work touches while it is under way: linked to it, so that its time is counted apart.

The worker's step links them; a case whose fault began before the window, or whose company objected to it, is its own.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from guardia.cases import common_cause, ledger
from guardia.cases.case import Case
from guardia.clocks.set_aside import Aside
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.people.actor import SYSTEM
from guardia.people.shifts import TECHNICAL

INSIDE, OVERRAN = "inside", "overran"
AT_ONCE = 200
ASIDE = Aside("case of a work")


def link_due(now: datetime) -> int:
    """The next open cases that began inside a running window are part of it; how many. ``now`` in UTC."""
    linked, without = 0, ASIDE.left_out(now)
    running = PlannedWork.objects.filter(ended_at=None, state=WorkState.UNDER_WAY).order_by("starts_at", "pk")
    for work in running:
        cases = to_link(work).exclude(pk__in=without)[: AT_ONCE - linked]
        linked += ASIDE.each(cases, lambda case, work=work: link(case, work, now), now)  # type: ignore[misc]
    return linked


def to_link(work: PlannedWork) -> QuerySet[Case]:
    """Open incidents of its services that began within the window, locked."""
    concerned = PlannedWorkService.objects.filter(work=work, taken_out_at=None).exclude(answer="objected")
    began = Coalesce("outage_started_at", "opened_at")
    found = Case.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(
        Q(opened_at__gte=work.starts_at, opened_at__lt=work.ends_at),
        service__in=concerned.values("service"),
        within_work=None,
        closed_at=None,
        desk=TECHNICAL,
    )
    related = found.select_related("customer", "site__city", "service")
    return related.annotate(began=began).filter(began__gte=work.starts_at).order_by("pk")


def link(case: Case, work: PlannedWork, now: datetime) -> None:
    """The case is held by its caller; the customer is told, and sees its window beside the affected time."""
    ledger.record([common_cause.within(case, work, INSIDE, SYSTEM, max(now, case.opened_at))], now)


def overran(work: PlannedWork, now: datetime) -> int:
    """The open cases of a work that is late know it: from the window's end on their time counts; how many."""
    held = Case.objects.select_for_update(of=("self",), no_key=True).filter(within_work=work, closed_at=None)
    related = held.select_related("customer", "site__city", "service")
    cases = list(related.order_by("pk"))
    if cases:
        ledger.record([common_cause.within(case, work, OVERRAN, SYSTEM, now) for case in cases], now)
    return len(cases)
