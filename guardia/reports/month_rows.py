"""The rows of a month's report, each as it is frozen (`MonthFacts`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from guardia.cases.case import Case, Status
from guardia.cases.number import grouped
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.clock_state import broke_at
from guardia.customers.customer import Customer, Service, Site
from guardia.notices.month_facts import (
    BrokenPromiseFacts,
    CaseFacts,
    CountFacts,
    PromiseFacts,
    RequestFacts,
    ServiceFacts,
    SiteFacts,
    WaitFacts,
)
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.reports import promises as reports
from guardia.reports.availability import CaseShare, ServiceMonth
from guardia.reports.month import Month
from guardia.reports.promises import LateOfOwn, Line, ReportFilters
from guardia.reports.recurring import AgainAndAgain, ended_otherwise

Months = Mapping[int | None, ServiceMonth]


def promise(line: Line) -> PromiseFacts:
    median = None if line.median is None else round(line.median)
    kind = line.kind.value if line.kind else ""
    return PromiseFacts(kind, line.kept, line.breached, line.target_from, line.target_to, median, line.worst)


def late(one: LateOfOwn) -> BrokenPromiseFacts:
    taken = None if one.taken is None else round(one.taken.total_seconds())
    number = grouped(one.case_number) if one.case_number else ""
    return BrokenPromiseFacts(number, one.kind.value, round(one.target.total_seconds()), one.due_at.isoformat(), taken)


def services(customer: Customer, months: Months) -> dict[int, tuple[str, str, str]]:
    """Circuit, site and city by the id of the service: of those in use, and of what was affected though it no longer
    is.
    """
    wanted = Q(active=True) | Q(pk__in=[pk for pk in months if pk])
    rows = Service.objects.filter(wanted, customer=customer).values_list(
        "pk", "circuit", "site__name", "site__city__name"
    )
    return {pk: (circuit, site, city) for pk, circuit, site, city in rows}


def affected(months: Months, known: Mapping[int, tuple[str, str, str]]) -> list[ServiceFacts]:
    """The services that failed, the longest affected first; ``known``: of ``services``."""
    rows = []
    for pk, month in months.items():
        where = known.get(pk or 0, ("", "", ""))
        percent, down = str(month.figures.percent), month.figures.down
        rows.append(ServiceFacts(*where, percent, down, month.excluded, len(month.shares), month.in_work))
    return sorted(rows, key=lambda row: (-row.down, row.circuit))


def cases(found: QuerySet[Case], months: Months, escalated: Mapping[int, int], month: Month) -> list[CaseFacts]:
    """Every incident that was open at any time of the month, with what counts of it in this month."""
    shares = {share.case.pk: share for each in months.values() for share in each.shares}
    rows = found.values_list("pk", "number", "subject", "service__circuit", "opened_at", "closed_at")
    return [
        CaseFacts(
            number=grouped(number),
            subject=subject,
            circuit=circuit or "",
            opened_at=opened_at.isoformat(),
            closed_at=_before(closed_at, month.end),
            down=shares[pk].counted if pk in shares else 0,
            excluded=shares[pk].excluded if pk in shares else 0,
            escalations=escalated.get(pk, 0),
            in_work=shares[pk].in_work if pk in shares else 0,
        )
        for pk, number, subject, circuit, opened_at, closed_at in rows
    ]


def waits(customer_id: int, months: Months, month: Month) -> list[WaitFacts]:
    """The clocks that stood still within the month, for whom and why; and those contested or ruled on in it (P7 D)."""
    stood = Q(started_at__lt=month.end) & (Q(ended_at=None) | Q(ended_at__gte=month.start))
    contested = Q(contested_at__gte=month.start, contested_at__lt=month.end)
    ruled = Q(ruled_at__gte=month.start, ruled_at__lt=month.end)
    found = Wait.objects.filter(stood | contested | ruled, customer=customer_id, case__desk=TECHNICAL)
    found = found.exclude(case__status=Status.CANCELLED).exclude(case__in_rehearsal=True)
    found = found.select_related("case").defer("case__search")
    left_out = _left_out(share for each in months.values() for share in each.shares)
    return [
        WaitFacts(
            number=wait.case.display_number,
            cause=wait.cause,
            party=wait.party,
            reason=wait.reason,
            started_at=wait.started_at.isoformat(),
            ended_at=_before(wait.ended_at, month.end),
            excluded=left_out.get(wait.pk, 0),
            contested_at=wait.contested_at.isoformat() if wait.contested_at else "",
            ruling=wait.ruling,
            ruling_reasons=wait.ruling_reasons,
        )
        for wait in found.order_by("started_at", "pk")
    ]


def sites(again: Sequence[AgainAndAgain]) -> list[SiteFacts]:
    places = Site.objects.select_related("city").in_bulk([each.site_id for each in again])
    return [
        SiteFacts(
            site=places[each.site_id].name,
            city=places[each.site_id].city.name,
            times=len(each.cases),
            numbers=tuple(case.display_number for case in each.cases),
        )
        for each in again
    ]


def _left_out(shares: Iterable[CaseShare]) -> dict[int, int]:
    return {hole.wait.pk: hole.seconds for share in shares for hole in share.exclusions}


def _before(at: datetime | None, end: datetime) -> str:
    """The hour, where it belongs to the month; empty where it came later or not at all."""
    return at.isoformat() if at and at < end else ""


# The requests and formal complaints of a company in a month: first answer and solution, promised and real (A3).


SOLUTIONS = (ClockKind.SOLUTION, ClockKind.COMPLAINT)


def requests(month: Month) -> QuerySet[Case]:
    """Those that were open at any time of the month, the oldest first; what was withdrawn was none."""
    touched = Q(closed_at=None) | Q(closed_at__gte=month.start)
    found = Case.objects.filter(touched, opened_at__lt=month.end).exclude(desk=TECHNICAL)
    return found.exclude(status=Status.CANCELLED).exclude(in_rehearsal=True).order_by("opened_at", "pk")


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
    return tuple(promise(line) for line in lines)


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
