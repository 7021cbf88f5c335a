"""What the pages of mass outages read: each question is of what it shows, and their number is always the same."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.customers.customer import Customer, Service
from guardia.customers.values import fold, listed, parted
from guardia.network import elements
from guardia.network.alert import Alert, AlertState
from guardia.network.element import Element
from guardia.outages.outage import Membership, Outage, OutageNews, OutageService, OutageState

MOST_OPEN, MOST_OVER, MOST_MEMBERS, MOST_NEWS, MOST_ALERTS = 60, 20, 50, 50, 20
LARGEST_NUMBER = 2**31 - 1
BACK = Q(case__restored_at__isnull=False)
FILTERS: dict[str, Q] = {
    "": Q(),
    "sin-servicio": Q(state=Membership.JOINED, case__restored_at=None, case__closed_at=None),
    "de-vuelta": Q(state=Membership.JOINED) & BACK,
    "sin-caso": Q(state=Membership.BEHIND),
    "aparte": Q(state=Membership.LEFT),
}
"""What is looked at of the services behind an outage, by the word of the address."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The services behind one outage: all, with a case that is part of it, of those back again, that went apart."""

    every: int = 0
    joined: int = 0
    back: int = 0
    apart: int = 0
    companies: int = 0

    @property
    def without_service(self) -> int:
        return self.joined - self.back

    @property
    def without_case(self) -> int:
        return self.every - self.joined - self.apart


def outages_for_machines(
    *,
    is_open: bool | None = None,
    state: str | None = None,
    element: str | None = None,
    customer_id: int | None = None,
    service_id: int | None = None,
    states: Collection[str] | None = None,
) -> QuerySet[Outage]:
    """Return the outages with their names; each filter that is given narrows them. ``element`` is a code."""
    found = Outage.objects.select_related("element__city", "site__customer", "answering", "declared_by", "work")
    if is_open is not None:
        found = found.filter(ended_at__isnull=is_open)
    if state is not None:
        found = found.filter(state=state)
    if states is not None:
        found = found.filter(state__in=states)
    if element is not None:
        found = found.filter(element__folded_code=fold(element))
    behind = {name: value for name, value in (("customer", customer_id), ("service", service_id)) if value is not None}
    if behind:
        found = found.filter(pk__in=OutageService.objects.filter(**behind).values("outage"))
    return found


def services_for_machines(outage: Outage, state: str | None) -> QuerySet[OutageService]:
    """Return the services behind the outage with their names, of one state where it is given."""
    rows = OutageService.objects.filter(outage=outage).select_related("customer", "service__site", "case")
    return (rows if state is None else rows.filter(state=state)).defer("case__search")


def companies_behind(outage: Outage) -> QuerySet[Customer]:
    """Return the companies with a service behind the outage."""
    return Customer.objects.filter(pk__in=OutageService.objects.filter(outage=outage).values("customer"))


def news_for_machines(outage: Outage) -> QuerySet[OutageNews]:
    """Return what was said of the outage."""
    return outage.news.select_related("by")


def services_by_outage(
    outages: Collection[Outage], most: int, customer_id: int | None = None
) -> dict[int, list[OutageService]]:
    """Return up to ``most`` services behind each outage, by its id, with their circuits and cases: those of a company
    where one is named. What went apart is not among them. One query.
    """
    rows = OutageService.objects.filter(outage__in=[one.pk for one in outages]).exclude(state=Membership.LEFT)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    place = Window(RowNumber(), partition_by=F("outage"), order_by=F("pk"))
    named = rows.annotate(place=place).filter(place__lte=most).select_related("service", "case").defer("case__search")
    found: dict[int, list[OutageService]] = {one.pk: [] for one in outages}
    for row in named.order_by("pk"):
        found[row.outage_id].append(row)
    return found


def services_counted(outages: Collection[Outage], customer_id: int | None = None) -> dict[int, int]:
    """Return how many services stand behind each outage, by its id: those of a company where one is named."""
    rows = OutageService.objects.filter(outage__in=[one.pk for one in outages]).exclude(state=Membership.LEFT)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    return dict(rows.order_by().values_list("outage").annotate(count=Count("pk")))


def news_by_outage(outages: Collection[Outage], *, with_names: bool) -> dict[int, list[OutageNews]]:
    """Return what was said of each outage, by its id, the oldest first; ``with_names``: by whom, and to how many."""
    rows = OutageNews.objects.filter(outage__in=[one.pk for one in outages]).order_by("at", "pk")
    columns = ("id", "outage", "at", "moment", "words", "forecast_at")
    found: dict[int, list[OutageNews]] = {one.pk: [] for one in outages}
    for row in rows.select_related("by") if with_names else rows.only(*columns):
        found[row.outage_id].append(row)
    return found


def alerts_by_outage(outages: Collection[Outage], most: int) -> dict[int, list[Alert]]:
    """Return up to ``most`` alerts that took part in each outage, by its id. One query."""
    place = Window(RowNumber(), partition_by=F("outage"), order_by=F("pk"))
    rows = Alert.objects.filter(outage__in=[one.pk for one in outages]).annotate(place=place).filter(place__lte=most)
    found: dict[int, list[Alert]] = {one.pk: [] for one in outages}
    for row in rows.order_by("pk"):
        found[row.outage_id or 0].append(row)
    return found


def open_outages() -> list[Outage]:
    """Return the outages under way, the newest first, and what is proposed above all: somebody must decide on it."""
    asked = Outage.objects.filter(ended_at=None).select_related("element__city", "site__customer", "answering")
    found = list(asked.order_by("-started_at", "-pk")[:MOST_OPEN])
    return sorted(found, key=lambda outage: outage.state != OutageState.PROPOSED)


def last_outages() -> list[Outage]:
    """Return the last outages that ended, the newest first."""
    over = Outage.objects.filter(ended_at__isnull=False)
    return list(over.select_related("element__city", "site__customer", "answering").order_by("-ended_at")[:MOST_OVER])


def counted(outages: Iterable[Outage]) -> dict[int, Counted]:
    """Return how many services stand how, by outage."""
    joined = Q(state=Membership.JOINED)
    rows = (
        OutageService.objects.filter(outage__in=[outage.pk for outage in outages])
        .values("outage_id")
        .annotate(
            every=Count("pk"),
            joined=Count("pk", filter=joined),
            back=Count("pk", filter=joined & BACK),
            apart=Count("pk", filter=Q(state=Membership.LEFT)),
            companies=Count("customer", distinct=True),
        )
    )
    return {
        row["outage_id"]: Counted(row["every"], row["joined"], row["back"], row["apart"], row["companies"])
        for row in rows.order_by()
    }


def outage_of(number: int, *, locked: bool = False) -> Outage | None:
    """Return the outage of this number with its names; ``locked`` first, as every verb needs it."""
    if not 0 < number <= LARGEST_NUMBER:
        return None
    if locked:
        Outage.objects.filter(number=number).select_for_update(no_key=True).first()
    named = Outage.objects.select_related("element__city", "site__customer", "answering", "declared_by", "work")
    return named.filter(number=number).first()


def members(outage: Outage, looked_at: str, after: int) -> tuple[list[OutageService], bool]:
    """Return the next services in the order they were found, and whether more follow."""
    asked = OutageService.objects.filter(FILTERS[looked_at], outage=outage, pk__gt=after)
    named = asked.select_related("customer", "service__site__city", "case").defer("case__search")
    found = list(named.order_by("pk")[: MOST_MEMBERS + 1])
    return found[:MOST_MEMBERS], len(found) > MOST_MEMBERS


def news_of(outage: Outage) -> list[OutageNews]:
    """Return the last news of the outage, the newest first."""
    return list(outage.news.select_related("by").order_by("-at", "-pk")[:MOST_NEWS])


def alerts_of(outage: Outage) -> list[Alert]:
    """Return the alerts that speak of the outage: what still fires first."""
    said = Q(outage=outage)
    if outage.element_id:
        said |= Q(element=outage.element_id) & ~Q(state=AlertState.RESOLVED)
    return list(Alert.objects.filter(said).select_related("source").order_by("resolved_at", "-since")[:MOST_ALERTS])


def signs_of(outages: Sequence[Outage]) -> dict[int, list[Case]]:
    """Return the cases that a proposal stands on."""
    wanted = {outage.pk: list(outage.signs.get("cases", ()))[:MOST_ALERTS] for outage in outages}
    every = Case.objects.filter(pk__in={pk for pks in wanted.values() for pk in pks}).select_related("customer", "site")
    by_id = {case.pk: case for case in every.defer("search")}
    return {key: [by_id[pk] for pk in pks if pk in by_id] for key, pks in wanted.items()}


def element_of(code: str) -> Element | None:
    """Return the element with this code, if it is in use."""
    found = elements.element_called(code) if code.strip() else None
    return found if found and found.active else None


def services_named(words: str) -> tuple[list[Service], list[str]]:
    """Return the services of these circuits, and the words that are none."""
    asked = listed(words)
    found = {s.folded_circuit: s for s in Service.objects.filter(folded_circuit__in=asked).select_related("customer")}
    return [found[word] for word in asked if word in found], [w for w in asked if w not in found]


def cases_named(words: str) -> tuple[QuerySet[Case], list[str]]:
    """Return the open incidents of these case numbers or circuits, and the words that lead to none."""
    cases, lost = set(), []
    for word in dict.fromkeys(parted(words)):
        asked = Q(number=parse(word) or 0) | Q(service__folded_circuit=fold(word))
        found = Case.objects.filter(asked, closed_at=None).order_by("-opened_at").values_list("pk", flat=True).first()
        if found:
            cases.add(found)
        else:
            lost.append(word)
    return Case.objects.filter(pk__in=cases), lost


def services_behind(outage: Outage, company: int) -> list[Service]:
    """Return the company's services behind the outage; first those that have no case yet."""
    asked = OutageService.objects.filter(outage=outage, customer=company).exclude(state=Membership.LEFT)
    rows = asked.select_related("service__site__city", "service__customer").order_by("pk")[:50]
    return [row.service for row in sorted(rows, key=lambda row: row.case_id is not None)]


def under_way_at(element: Element) -> Outage | None:
    """Return an outage of this element that has been declared and has not ended."""
    return Outage.objects.filter(element=element, ended_at=None).exclude(state="proposed").first()


def services_of_proposal(proposal: Outage) -> list[Service]:
    """Return the services that stand behind the outage, as they were found."""
    return [each.service for each in proposal.services.select_related("service").order_by("pk")[:500]]


def locked(cases: QuerySet[Case]) -> list[Case]:
    """Return these cases, locked in the order of their ids."""
    return list(cases.select_for_update(no_key=True).order_by("pk"))
