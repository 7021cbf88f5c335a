"""The letters of a planned work: one for each company, with its own services alone, for each turn that is told."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.announcing_each import ToEach, announce_each
from guardia.notices.work_facts import AffectedServiceFacts, Telling, WorkFacts
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn
from guardia.outages.work_drafting import touched
from guardia.people.actor import Actor, ActorKind


def tell(
    work: PlannedWork,
    telling: Telling,
    turn: PlannedWorkTurn,
    *,
    by: Actor,
    at: datetime,
    rows: Iterable[PlannedWorkService] | None = None,
    only: Collection[int] | None = None,
    **more: Any,
) -> int:
    """Every company that is touched, or those of ``only`` by id; how many contacts are written to. ``at`` is UTC.

    ``rows``: the services that it is about, where these are not those that are touched. ``more`` are facts of WorkTold.
    """
    found = list(rows) if rows is not None else list(read(work, only))
    sequence = PlannedWorkTurn.objects.filter(work=work, pk__lte=turn.pk).count()
    facts = {**facts_of(work), "sequence": sequence, **more}
    by_company: dict[int, list[AffectedServiceFacts]] = {}
    for row in found:
        by_company.setdefault(row.customer_id, []).append(affected_service_facts(row))
    told = [
        ToEach(pk, f"{turn.pk}/{pk}", WorkFacts(telling=telling.value, services=tuple(services), **facts).facts())
        for pk, services in by_company.items()
    ]
    person = by.id if by.kind is ActorKind.STAFF else None
    return announce_each(AnnouncementKind.WORK, work.procedure_version, told, by=person, at=at)


def read(work: PlannedWork, only: Collection[int] | None = None) -> Iterable[PlannedWorkService]:
    found = touched(work).select_related("service__site__city").order_by("service__circuit")
    return found if only is None else found.filter(customer__in=only)


def affected_service_facts(row: PlannedWorkService) -> AffectedServiceFacts:
    site = row.service.site
    return AffectedServiceFacts(row.service.circuit, f"{site.name}, {site.city.name}", site.zone)


def facts_of(work: PlannedWork) -> Mapping[str, Any]:
    return {
        "work": work.pk,
        "number": work.display_number,
        "names": dict(work.public_name),
        "zone": work.zone,
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
        "expected_minutes": work.expected_minutes,
        "carrier": work.carrier,
    }


def letters(work: PlannedWork) -> QuerySet[Announcement]:
    """What was told of this work, the first letter first: by the turns that they are keyed under."""
    turns = PlannedWorkTurn.objects.filter(work=work).order_by("pk").values_list("pk", flat=True)
    companies = PlannedWorkService.objects.filter(work=work).values_list("customer", flat=True).distinct()
    keys = [f"{turn}/{company}" for turn in turns for company in companies]
    return Announcement.objects.filter(kind=AnnouncementKind.WORK, key__in=keys).order_by("pk")
