"""What a company asks about all that is its own: open faults by site, requests, history, availability per service.

Read under the company's own row policies; every question is by its company first, so its cost grows with that company
alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case, Status
from guardia.cases.case_rows import events_for_machines
from guardia.cases.closing_figures import Availability, availability
from guardia.cases.event import CaseEvent
from guardia.cases.number import parse
from guardia.cases.queries import cases_with_place
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import services_matching
from guardia.customers.values import fold
from guardia.events.kinds import NOT_REPORTED
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Impact
from guardia.reports.availability import company_month
from guardia.reports.month import Month, zone

MOST_OPEN = 500
MOST_SERVICES = 300


@dataclass(frozen=True)
class ServiceMonth:
    """A service with its month so far: how long it was affected, and the case that is open, if any."""

    service: Service
    month: Availability
    open_case: Case | None


def of_company(customer_id: int) -> QuerySet[Case]:
    """Every case of the company with its place."""
    return cases_with_place().filter(customer=customer_id)


def faults(customer_id: int) -> list[Case]:
    """The open incidents, first what is down, then what has been out longest."""
    found = of_company(customer_id).filter(closed_at=None, desk=TECHNICAL)
    cases = list(found.order_by("outage_started_at", "pk")[:MOST_OPEN])
    weight = {impact.value: weight for weight, impact in enumerate(Impact)}
    return sorted(cases, key=lambda case: (case.restored_at is not None, weight.get(case.impact, len(weight))))


def requests(customer_id: int) -> list[Case]:
    """The open administrative requests, the oldest first (A3)."""
    found = of_company(customer_id).filter(closed_at=None).exclude(desk=TECHNICAL)
    return list(found.order_by("opened_at", "pk")[:MOST_OPEN])


def waiting(customer_id: int) -> list[WrittenRequest]:
    """What was reported in writing and has no number yet (P2)."""
    found = WrittenRequest.objects.filter(customer=customer_id, settled_at=None, way="portal")
    columns = ("id", "customer_id", "way", "desk", "subject", "received_at")
    return list(found.only(*columns).order_by("received_at", "pk")[:MOST_OPEN])


def history(customer_id: int, words: str = "") -> QuerySet[Case]:
    """All cases, the newest first; those that have the ``words``: a number (ours or the company's own), a circuit, a
    site, or what the case says.
    """
    cases = of_company(customer_id).order_by("-opened_at", "-pk")
    words = words.strip()
    if not words:
        return cases
    wanted = Q(customer_reference__iexact=words) | Q(search=SearchQuery(words, config="spanish"))
    wanted |= Q(service__folded_circuit__startswith=fold(words)) | Q(site__name__icontains=words)
    wanted |= Q(site__city__name__icontains=words)
    wanted |= Q(former_number__iexact=words)
    if number := parse(words):
        wanted |= Q(number=number)
    return cases.filter(wanted)


DISCLOSED = ("symptoms", "cause", "plan", "answer", "solution", "confirmed_by", "prevention")


def disclosed(case: Case) -> dict[str, str]:
    """What the company may read of what stands in its case, by column. Of what a former tool had written down, the
    report alone: the rest was not written for the customer.
    """
    return {name: getattr(case, name) if name == "symptoms" or not case.is_history else "" for name in DISCLOSED}


def events_of(case: Case) -> QuerySet[CaseEvent]:
    """The events of the case that the company may see, with their texts."""
    return events_for_machines(case, public=True).exclude(moment__in=NOT_REPORTED)


def months_of(
    customer: Customer, month: Month, at: datetime, words: str = "", first: int = 0, most: int = MOST_SERVICES
) -> list[ServiceMonth]:
    """The active services that ``words`` find, by circuit, site or city, ``most`` of them from ``first`` on.

    Each with its availability in this month, up to ``at`` (UTC) while the month lasts: the very figures that the desk
    and the closing report show.
    """
    start, end = month.start, max(month.start, min(month.end, at))
    affected = company_month(customer.pk, month, at)
    services = services_matching(customer, words)[first : first + most]
    open_cases = {case.service_id: case for case in faults(customer.pk)}
    whole = availability((), start, end)
    return [
        ServiceMonth(one, affected[one.pk].figures if one.pk in affected else whole, open_cases.get(one.pk))
        for one in services
    ]


def opened_by_month(customer_id: int, since: datetime) -> dict[Month, tuple[int, int]]:
    """How many incidents and how many requests were opened in each month; what was withdrawn was none."""
    cases = Case.objects.filter(customer=customer_id, opened_at__gte=since).exclude(status=Status.CANCELLED)
    by_month = cases.order_by().values(month=TruncMonth("opened_at", tzinfo=zone()))
    counts = by_month.annotate(incidents=Count("pk", filter=Q(desk=TECHNICAL)), every=Count("pk"))
    return {Month.of(row["month"]): (row["incidents"], row["every"] - row["incidents"]) for row in counts}
