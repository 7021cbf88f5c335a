"""What the status page reads, behind the portal's wall and of no company: what was made public, and no more columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from guardia.outages.outage import ACTIVE, Outage, OutageState
from guardia.outages.planned_work import PlannedWork, WorkState
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
