"""The mass outages that touch the services of one company, as it may read them (P D)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from guardia.customers.values import fold
from guardia.outages.outage import Membership, Outage, OutageNews, OutageService, OutageState
from guardia.people.signed import LARGEST_ID

COLUMNS = (
    *("id", "number", "public_name", "state", "impact", "started_at", "declared_at", "forecast_at", "restored_at"),
    *("ended_at", "work_id"),
)
"""What a company may read of an outage."""
OF_NEWS = ("at", "forecast_at", "id", "moment", "outage_id", "words")
DECLARED = (OutageState.DECLARED, OutageState.RESTORED, OutageState.ENDED)


@dataclass(frozen=True)
class Bounds:
    """Exclusive bounds of an hour, each None where it narrows nothing (UTC)."""

    after: datetime | None = None
    before: datetime | None = None


def outages_of(customer_id: int, *, entity: str | None = None, **hours: Bounds) -> QuerySet[Outage]:
    """The outages that were declared with a service of the company behind them, the newest first. ``entity``: a
    circuit, or a service's id; ``hours``: bounds by the column.
    """
    behind = OutageService.objects.filter(customer=customer_id).exclude(state=Membership.LEFT)
    if entity is not None:
        is_id = entity.isascii() and entity.isdigit() and 0 < int(entity) < LARGEST_ID
        of_circuit = Q(service__folded_circuit=fold(entity))
        behind = behind.filter(of_circuit | Q(service=int(entity)) if is_id else of_circuit)
    found = Outage.objects.only(*COLUMNS).filter(pk__in=behind.values("outage"), state__in=DECLARED)
    for column, bounds in hours.items():
        narrowed = {f"{column}__gt": bounds.after, f"{column}__lt": bounds.before}
        found = found.filter(**{name: at for name, at in narrowed.items() if at is not None})
    return found.order_by("-started_at", "-pk")


def outage_of_company(customer_id: int, number: int) -> Outage | None:
    """The declared outage of this number, if a service of the company is behind it."""
    return outages_of(customer_id).filter(number=number).first()


def services_by_outage(customer_id: int, outages: Sequence[Outage]) -> dict[int, list[OutageService]]:
    """The services of the company behind each outage, by its id, with their cases."""
    rows = OutageService.objects.filter(customer=customer_id, outage__in=[one.pk for one in outages])
    named = rows.exclude(state=Membership.LEFT).select_related("service", "case").defer("case__search").order_by("pk")
    found: dict[int, list[OutageService]] = {}
    for row in named:
        found.setdefault(row.outage_id, []).append(row)
    return found


def news_for_company(outage: Outage) -> list[OutageNews]:
    """What was said of the outage to its customers, the first first."""
    return list(OutageNews.objects.only(*OF_NEWS).filter(outage=outage.pk).order_by("at", "pk"))
