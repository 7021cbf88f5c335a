"""What a declaration would do, before it is done: by the same rules, holding nothing. Hours are UTC."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from guardia.cases.case import Case
from guardia.network.element import Element
from guardia.outages import gathering
from guardia.outages.outage import Outage
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.outage_rules import TellsSilent


@dataclass(frozen=True)
class Foreseen:
    """``services``: ids; ``joining``: open cases that would be part of it; ``silent``: services without a case."""

    services: list[int]
    joining: QuerySet[Case]
    silent: int
    tells_silent: TellsSilent


def foresee(
    proposal: Outage | None, element: Element | None, named: Collection[int], started_at: datetime, at: datetime
) -> Foreseen:
    """If it were declared at ``at``, felt since ``started_at``. Raises NoProcedure.

    ``named`` are ids of services; what is not named now is as the proposal says.
    """
    version = proposal.procedure_version_id if proposal else versions.in_force(at).pk
    proposed = proposal.services.values_list("service", flat=True) if proposal else ()
    above = element or (proposal.element if proposal else None)
    services = gathering.behind(above, proposal.site_id if proposal else None, {*named, *proposed})
    opened = Case.objects.filter(service__in=services, closed_at=None, desk=TECHNICAL)
    earliest = gathering.reaches_back(version, started_at, at)
    spoken_for = opened.values("service").distinct().count()
    joining = opened.filter(part_of=None, opened_at__gte=earliest)
    return Foreseen(services, joining, len(services) - spoken_for, versions.of(version).outages.tells_silent)
