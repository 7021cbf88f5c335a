"""Planned works with what the desk's pages show of them: their services, their turns, who was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guardia.customers.values import fold
from guardia.notices.notice import Notice, NoticeState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn
from guardia.outages.work_announcing import letters
from guardia.outages.work_drafting import touched

MOST_OPEN, MOST_OVER, MOST_TURNS = 100, 30, 200


def with_counts(works: QuerySet[PlannedWork]) -> QuerySet[PlannedWork]:
    """Return each work with how many services and companies it touches, how many agreed and how many objected."""
    touched = PlannedWorkService.objects.filter(work=OuterRef("pk"), taken_out_at=None).order_by().values("work")

    def counts(rows: QuerySet[PlannedWorkService, Any], of: str) -> Coalesce:
        """Counted for the works that are shown, not for all there are."""
        return Coalesce(Subquery(rows.annotate(n=Count(of, distinct=True)).values("n")), 0)

    return works.select_related("element").annotate(
        service_count=counts(touched, "pk"),
        company_count=counts(touched, "customer"),
        agreed_count=counts(touched.filter(answer="agreed"), "customer"),
        objected_count=counts(touched.filter(answer="objected"), "customer"),
    )


def works_for_machines(
    *,
    is_open: bool | None = None,
    state: str | None = None,
    element: str | None = None,
    customer_id: int | None = None,
    service_id: int | None = None,
    ends_from: datetime | None = None,
    starts_before: datetime | None = None,
) -> QuerySet[PlannedWork]:
    """Return the works with their counts; each filter that is given narrows them. ``element`` is a code."""
    found = PlannedWork.objects.select_related("created_by")
    if is_open is not None:
        found = found.filter(ended_at__isnull=is_open)
    plain = {
        "state": state,
        "element__folded_code": None if element is None else fold(element),
        "ends_at__gte": ends_from,
        "starts_at__lt": starts_before,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    rows = {"customer": customer_id, "service": service_id}
    if touching := {name: value for name, value in rows.items() if value is not None}:
        services = PlannedWorkService.objects.filter(taken_out_at=None, **touching)
        found = found.filter(pk__in=services.values("work"))
    return with_counts(found)


def work_with_counts(number: int) -> PlannedWork | None:
    """Return the work that people know by this number, with its counts."""
    return works_for_machines().filter(number=number).first()


def services_for_machines(work: PlannedWork) -> QuerySet[PlannedWorkService]:
    """Return every service that the work touches or touched, with who answered for it."""
    rows = PlannedWorkService.objects.filter(work=work)
    return rows.select_related("customer", "service__site", "answered_by")


def open_works() -> list[PlannedWork]:
    """Return the works that have not ended, the first to begin first."""
    works = with_counts(PlannedWork.objects.filter(ended_at=None))
    return list(works.order_by("starts_at", "pk")[:MOST_OPEN])


def last_ended_works() -> list[PlannedWork]:
    """Return the works that ended last or were cancelled, the newest first."""
    works = with_counts(PlannedWork.objects.filter(ended_at__isnull=False))
    return list(works.order_by("-ended_at", "-pk")[:MOST_OVER])


def works_between(start: datetime, end: datetime) -> list[PlannedWork]:
    """Return the works whose window touches this time (UTC), drafts too, cancelled ones not."""
    works = PlannedWork.objects.filter(starts_at__lt=end, ends_at__gt=start).exclude(state="cancelled")
    return list(works.order_by("starts_at", "pk")[:MOST_OPEN])


def turns_of(work: PlannedWork) -> Sequence[PlannedWorkTurn]:
    """Return what happened to the work, the newest first."""
    return list(work.turns.select_related("by").order_by("-pk")[:MOST_TURNS])


def notice_states(work: PlannedWork) -> dict[int, dict[str, int]]:
    """Return, by company, how many of its notices of this work were sent, wait to be, and could not be."""
    waiting = Q(state__in=[NoticeState.OWED, NoticeState.PACKED])
    failed = Q(state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED])
    rows = Notice.objects.filter(announcement__in=letters(work).values("pk")).order_by().values("customer")
    counts = rows.annotate(
        sent=Count("pk", filter=Q(state=NoticeState.SENT)),
        waiting=Count("pk", filter=waiting),
        failed=Count("pk", filter=failed),
    )
    names = ("sent", "waiting", "failed")
    return {row["customer"] or 0: {name: row[name] for name in names} for row in counts.values("customer", *names)}


MOST_WORKS = 20


def overrunning_works() -> QuerySet[PlannedWork]:
    """Return what a banner names of the works that are not over though their window is; the oldest first."""
    late = PlannedWork.objects.filter(ended_at=None, overran_at__isnull=False).order_by("ends_at", "pk")
    return late.only("number", "name", "ends_at")[:MOST_WORKS]


def work_of_number(number: int) -> PlannedWork | None:
    """Return the work that people know by this number, with its element and who wrote it."""
    return PlannedWork.objects.select_related("element__city", "created_by").filter(number=number).first()


def services_of_work(work: PlannedWork) -> QuerySet[PlannedWorkService]:
    """Return every service that the work touches or touched, by company and circuit, with who answered for it."""
    rows = PlannedWorkService.objects.filter(work=work).order_by("customer__folded_name", "service__circuit")
    return rows.select_related("customer", "service__site__city", "answered_by")


def companies_of_work(work: PlannedWork) -> dict[int, str]:
    """Return the names, by id, of the companies that the work touches or touched."""
    return dict(PlannedWorkService.objects.filter(work=work).values_list("customer", "customer__name"))


def services_named(work: PlannedWork, below: set[int]) -> QuerySet[PlannedWorkService]:
    """Return the services that a draft names itself, by circuit; ``below``: those that its element brings with it."""
    return touched(work).exclude(service__in=below).select_related("service").order_by("service__circuit")


def turns_in_order(work: PlannedWork) -> QuerySet[PlannedWorkTurn]:
    """Return what happened to the work, the first first, with who did it."""
    return work.turns.select_related("by").order_by("pk")
