"""What those outside read of outages and planned work: everybody what was made public, a company what touches it.

Read behind the portal's policy: no more columns are asked for than it may read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from guardia.outages.outage import ACTIVE, Membership, Outage, OutageService, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.procedure import version as versions
from guardia.procedure.version import ProcedureVersion

HISTORY = timedelta(days=90)
AHEAD = timedelta(days=60)
MOST_NOW, MOST_AHEAD, MOST_BEFORE = 40, 40, 60

PLACE = ("element__kind", "element__public_name", "element__city__name", "element__city__province")
OUTAGE = ("number", "public_name", "state", "impact", "started_at", "forecast_at", "restored_at", "ended_at")
WORK = ("number", "public_name", "state", "starts_at", "ends_at", "expected_minutes", "announced_at", "started_at")
LAST = ("last_news_at", "is_public")


@dataclass(frozen=True)
class Public:
    """Outages under way, works that are ``running`` and ``coming``, and what is over; of these the newest first."""

    version: ProcedureVersion | None
    outages: Sequence[Outage]
    running: Sequence[PlannedWork]
    coming: Sequence[PlannedWork]
    past_outages: Sequence[Outage]
    past_works: Sequence[PlannedWork]


def public_at(now: datetime) -> Public:
    """Read in six questions, however much there is. ``now`` in UTC."""
    outages = Outage.objects.filter(is_public=True).select_related("element__city").only(*OUTAGE, *LAST, *PLACE)
    works = PlannedWork.objects.filter(is_public=True, announced_at__isnull=False)
    works = works.select_related("element__city").only(*WORK, "ended_at", "overran_at", "is_public", *PLACE)
    over = Q(ended_at__gte=now - HISTORY, ended_at__lte=now)
    coming = works.filter(state=WorkState.ANNOUNCED, ended_at=None, ends_at__gt=now, starts_at__lte=now + AHEAD)
    return Public(
        version=versions.version_at(now),
        outages=list(outages.filter(state__in=ACTIVE, ended_at=None).order_by("-started_at", "pk")[:MOST_NOW]),
        running=list(works.filter(state=WorkState.UNDER_WAY, ended_at=None).order_by("ends_at", "pk")[:MOST_NOW]),
        coming=list(coming.order_by("starts_at", "pk")[:MOST_AHEAD]),
        past_outages=list(outages.filter(over, state=OutageState.ENDED).order_by("-ended_at", "pk")[:MOST_BEFORE]),
        past_works=list(works.filter(over).order_by("-ended_at", "pk")[:MOST_BEFORE]),
    )


# --- what touches one company -----------------------------------------------------------------------------------------
COLUMNS = (
    *("id", "number", "public_name", "state", "zone", "starts_at", "ends_at", "expected_minutes", "needs_agreement"),
    *("announced_at", "started_at", "ended_at", "overran_at"),
)
"""What a company may read of a work; the rest is the operator's."""
MOST_SERVICES, MOST_WORKS = 200, 50
OF_A_CAUSE = ("id", "number", "public_name", "state", "started_at", "forecast_at", "restored_at", "ended_at")
"""What a company may read of an outage that one of its services is behind."""


def works_of(customer_id: int) -> QuerySet[PlannedWork]:
    """The announced works that touch the company and are not over, the first to begin first; under its row policies."""
    theirs = PlannedWorkService.objects.filter(customer=customer_id, taken_out_at=None)
    works = PlannedWork.objects.filter(pk__in=theirs.values("work"), announced_at__isnull=False, ended_at=None)
    return works.only(*COLUMNS).order_by("starts_at", "pk")[:MOST_WORKS]


def work_of(pk: int, customer_id: int) -> PlannedWork | None:
    """An announced work that touches, or touched, this company."""
    theirs = PlannedWorkService.objects.filter(customer=customer_id, work=pk)
    works = PlannedWork.objects.filter(pk=pk, announced_at__isnull=False, pk__in=theirs.values("work"))
    return works.only(*COLUMNS).first()


def services_by_work(works: Sequence[PlannedWork], customer_id: int) -> dict[int, list[PlannedWorkService]]:
    """The company's services that each touches, or touched, by the id of the work; of each two hundred at most."""
    rows = PlannedWorkService.objects.filter(work__in=[work.pk for work in works], customer=customer_id)
    place = Window(RowNumber(), partition_by=F("work"), order_by=F("service__circuit"))
    named = rows.annotate(place=place).filter(place__lte=MOST_SERVICES).select_related("service__site__city")
    found: dict[int, list[PlannedWorkService]] = {}
    for row in named.order_by("service__circuit"):
        found.setdefault(row.work_id, []).append(row)
    return found


TOUCHING = (*OF_A_CAUSE, "number", "impact", "declared_at", "last_news_at")


def outages_touching(
    customer_id: int, *, states: Collection[str] | None = None, number: int | None = None
) -> QuerySet[Outage]:
    """The declared outages that services of this company are behind; under its row policies. Proposals are the desk's
    alone, and a service that went apart was not behind it.
    """
    theirs = OutageService.objects.filter(customer=customer_id).exclude(state=Membership.LEFT)
    found = Outage.objects.filter(pk__in=theirs.values("outage"), declared_at__isnull=False)
    found = found.exclude(state=OutageState.DISMISSED)
    if states is not None:
        found = found.filter(state__in=states)
    if number is not None:
        found = found.filter(number=number)
    return found.only(*TOUCHING).order_by("-number")


def cause_of(outage_id: int) -> Outage | None:
    """The outage of this id, as a company whose service is behind it may read it."""
    return Outage.objects.only(*OF_A_CAUSE).filter(pk=outage_id).first()
