"""The requests and formal complaints of a company in a month: first answer and solution, promised and real (A3)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from guardia.cases.case import Case, Status
from guardia.clocks.clock import Clock
from guardia.clocks.overdue import broke_at
from guardia.customers.customer import Customer
from guardia.notices.month_facts import PromiseFacts
from guardia.notices.month_requests import CountFacts, RequestFacts
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.reports import month_rows
from guardia.reports import promises as reports
from guardia.reports.duplicates import ended_otherwise
from guardia.reports.month import Month
from guardia.reports.promises import ReportFilters

SOLUTIONS = (ClockKind.SOLUTION, ClockKind.COMPLAINT)


def requests(month: Month) -> QuerySet[Case]:
    """Those that were open at any time of the month, the oldest first; what was withdrawn was none."""
    touched = Q(closed_at=None) | Q(closed_at__gte=month.start)
    found = Case.objects.filter(touched, opened_at__lt=month.end).exclude(desk=TECHNICAL)
    return found.exclude(status=Status.CANCELLED).order_by("opened_at", "pk")


def counted(customer: Customer, month: Month, *, complaints: bool) -> CountFacts:
    found = requests(month).filter(customer=customer, is_complaint=complaints)
    counts = found.aggregate(
        opened=Count("pk", filter=Q(opened_at__gte=month.start)),
        closed=Count("pk", filter=Q(closed_at__lt=month.end)),
        open_at_end=Count("pk", filter=Q(closed_at=None) | Q(closed_at__gte=month.end)),
    )
    otherwise = ended_otherwise(month, customer.pk, CaseKind.REQUEST, complaints)
    return CountFacts(**counts, duplicates=otherwise.duplicates, withdrawn=otherwise.withdrawn)


def promises(customer: Customer, month: Month, at: datetime) -> tuple[PromiseFacts, ...]:
    lines = reports.by_kind(ReportFilters(month, customer.pk, of=CaseKind.REQUEST), at)
    return tuple(month_rows.promise(line) for line in lines)


def rows(customer: Customer, month: Month, at: datetime) -> list[RequestFacts]:
    """Each with its last first answer and solution as they stand; one question for the cases, one for their clocks."""
    found = list(requests(month).filter(customer=customer).defer("search"))
    clocks: dict[tuple[int | None, str], Clock] = {}
    wanted = Clock.objects.filter(case__in=[case.pk for case in found], kind__in=reports.OF_REQUESTS)
    for clock in wanted.order_by("ordinal"):
        clocks[clock.case_id, ClockKind.SOLUTION if clock.kind in SOLUTIONS else clock.kind] = clock
    return [
        row(case, clocks.get((case.pk, ClockKind.FIRST_ANSWER)), clocks.get((case.pk, ClockKind.SOLUTION)), month, at)
        for case in found
    ]


def row(case: Case, answer: Clock | None, solution: Clock | None, month: Month, at: datetime) -> RequestFacts:
    return RequestFacts(
        case.display_number,
        case.subject,
        case.is_complaint,
        case.opened_at.isoformat(),
        case.closed_at.isoformat() if case.closed_at and case.closed_at < month.end else "",
        *owed(answer, at),
        *owed(solution, at),
    )


def owed(clock: Clock | None, at: datetime) -> Sequence:
    """Target, taken and state; what runs past its hour is late already, though it still runs."""
    if clock is None:
        return 0, None, ""
    state = "breached" if broke_at(clock, at) else clock.outcome
    return clock.target_seconds or 0, clock.taken_seconds, state
