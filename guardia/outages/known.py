"""What is known of a service while its telephone rings: an outage under way, planned work now or soon."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from guardia.cases.case import Case
from guardia.outages.outage import ACTIVE, BEHIND, CUSTOMER_HAS_ONE, SAME_SITE, Known, Membership, OutageService
from guardia.outages.planned_work import PlannedWorkService, WorkState

__all__ = ["Known", "known_for", "known_of"]

SOON = timedelta(days=1)
type About = tuple[int | None, Collection[int], Collection[int]]
NEAREST = (BEHIND, SAME_SITE, CUSTOMER_HAS_ONE)
OF_AN_OUTAGE = (
    *("id", "number", "public_name", "state", "impact", "element_id", "started_at", "declared_at", "forecast_at"),
    *("restored_at", "ended_at", "last_news_at", "is_public", "work_id"),
)
OF_A_WORK = (
    *("id", "number", "public_name", "state", "element_id", "zone", "starts_at", "ends_at", "expected_minutes"),
    *("needs_agreement", "announced_at", "started_at", "ended_at", "overran_at", "is_public"),
)
"""What a company may read of them."""

MOST = 2000
"""Rows of one company that are read: it may have hundreds of services behind one cause."""


def known_for(
    *,
    customer_id: int | None = None,
    service_ids: Collection[int] = (),
    site_ids: Collection[int] = (),
    now: datetime | None = None,
    for_the_company: bool = False,
) -> list[Known]:
    """Active outages and planned work under way, or about to begin, that may explain what is reported. One query each.

    The nearest reason first: behind, same_site, customer_has_one. With a company alone, or its services, what is behind
    is what that company has. ``now`` (UTC): works that begin within a day of it are told too; without it only those
    under way. ``for_the_company``: only the columns that the portal may read are asked for.
    """
    asked = _condition(customer_id, service_ids, site_ids)
    if asked is None:
        return []
    about = (customer_id, service_ids, site_ids)
    found = [*_outages(asked, about, for_the_company), *_works(asked, about, now, for_the_company)]
    return sorted(found, key=lambda known: (NEAREST.index(known.why), known.outage is None))


def _condition(customer_id: int | None, service_ids: Collection[int], site_ids: Collection[int]) -> Q | None:
    parts = [Q(customer=customer_id)] if customer_id else []
    parts += [Q(service__in=service_ids)] if service_ids else []
    parts += [Q(service__site__in=site_ids)] if site_ids else []
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole |= part
    return whole


def known_of(customer_ids: Collection[int], *, now: datetime) -> dict[int, list[Known]]:
    """The same for several companies that are all on the line, each with what is behind of its own; one query each."""
    if not customer_ids:
        return {}
    asked, found = Q(customer__in=customer_ids), dict[int, list[Known]]()
    for known, customer in (*_outages_by_company(asked), *_works_by_company(asked, now)):
        found.setdefault(customer, []).append(known)
    return found


def _outages_by_company(asked: Q) -> Iterable[tuple[Known, int]]:
    rows, open_ones = _outage_rows(asked, False)
    for group in _grouped(rows, lambda row: (row.customer_id, row.outage_id)):
        yield _known_outage(group, BEHIND, group, open_ones), group[0].customer_id


def _works_by_company(asked: Q, now: datetime) -> Iterable[tuple[Known, int]]:
    for group in _grouped(_work_rows(asked, now, False), lambda row: (row.customer_id, row.work_id)):
        yield Known(None, group[0].work, tuple(row.service_id for row in group), BEHIND), group[0].customer_id


def _outages(asked: Q, about: About, for_the_company: bool) -> Iterable[Known]:
    rows, open_ones = _outage_rows(asked, for_the_company)
    for group in _grouped(rows, lambda row: row.outage_id):
        why, nearest = _nearest(group, *about)
        yield _known_outage(group, why, nearest, open_ones)


def _outage_rows(asked: Q, for_the_company: bool) -> tuple[list[OutageService], set[int]]:
    """The rows with their outage and service, and which of their cases are open."""
    rows = OutageService.objects.filter(asked, outage__state__in=ACTIVE).exclude(state=Membership.LEFT)
    related = rows.select_related("outage", "service").order_by("-outage__started_at", "pk")
    if for_the_company:
        own = ("outage", "service", "case", "state", "service__site")
        related = related.only(*own, *(f"outage__{name}" for name in OF_AN_OUTAGE))
    found = list(related[:MOST])
    return found, _open({row.case_id for row in found if row.case_id})


def _known_outage(group: list[OutageService], why: str, nearest: list[OutageService], open_ones: set[int]) -> Known:
    cases = tuple(row.case_id for row in nearest if row.case_id in open_ones)
    return Known(group[0].outage, None, tuple(row.service_id for row in nearest), why, cases)


def _works(asked: Q, about: About, now: datetime | None, for_the_company: bool) -> Iterable[Known]:
    for group in _grouped(_work_rows(asked, now, for_the_company), lambda row: row.work_id):
        why, nearest = _nearest(group, *about)
        yield Known(None, group[0].work, tuple(row.service_id for row in nearest), why)


def _work_rows(asked: Q, now: datetime | None, for_the_company: bool) -> list[PlannedWorkService]:
    when = Q(work__state=WorkState.UNDER_WAY)
    if now:
        when |= Q(work__state=WorkState.ANNOUNCED, work__starts_at__lte=now + SOON, work__ended_at=None)
    rows = PlannedWorkService.objects.filter(asked, when, taken_out_at=None)
    related = rows.select_related("work", "service").order_by("work__starts_at", "pk")
    if for_the_company:
        related = related.only("work", "service", "service__site", *(f"work__{name}" for name in OF_A_WORK))
    return list(related[:MOST])


def _grouped[Row: (OutageService, PlannedWorkService)](
    rows: Iterable[Row], key: Callable[[Row], object]
) -> Iterable[list[Row]]:
    """In the order in which each group begins."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups.values()


def _nearest[Row: (OutageService, PlannedWorkService)](
    group: list[Row], customer_id: int | None, service_ids: Collection[int], site_ids: Collection[int]
) -> tuple[str, list[Row]]:
    """The nearest reason, and the rows it stands on."""
    asked_for = [row for row in group if row.service_id in service_ids]
    if asked_for:
        return BEHIND, asked_for
    at_the_site = [row for row in group if row.service.site_id in site_ids]
    if at_the_site:
        return (SAME_SITE if service_ids else BEHIND), at_the_site
    return (CUSTOMER_HAS_ONE if service_ids or site_ids else BEHIND), group


def _open(case_ids: Collection[int]) -> set[int]:
    return set(Case.objects.filter(pk__in=case_ids, closed_at=None).values_list("pk", flat=True)) if case_ids else set()
