"""The rows of a month's report, each as it is frozen (`MonthFacts`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

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
from guardia.reports.promises import LateOfOwn, Line
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


class CaseRow(NamedTuple):
    """What the report says of a case; ``opened_at`` and ``closed_at`` are UTC, None while it is open."""

    pk: int
    number: int
    subject: str
    is_complaint: bool
    opened_at: datetime
    closed_at: datetime | None
    circuit: str | None


def opened_and_closed(rows: Collection[CaseRow], month: Month) -> dict[str, int]:
    """Of cases that were open at any time of the month, how many began in it, ended in it, and outlasted it."""
    closed = sum(row.closed_at is not None and row.closed_at < month.end for row in rows)
    opened = sum(row.opened_at >= month.start for row in rows)
    return {"opened": opened, "closed": closed, "open_at_end": len(rows) - closed}


def case_rows(found: QuerySet[Case]) -> list[CaseRow]:
    columns = ("pk", "number", "subject", "is_complaint", "opened_at", "closed_at", "service__circuit")
    return [CaseRow(*row) for row in found.values_list(*columns)]


def cases(rows: Iterable[CaseRow], months: Months, escalated: Mapping[int, int], month: Month) -> list[CaseFacts]:
    """Every incident that was open at any time of the month, with what counts of it in this month."""
    shares = {share.case.pk: share for each in months.values() for share in each.shares}
    return [
        CaseFacts(
            number=grouped(row.number),
            subject=row.subject,
            circuit=row.circuit or "",
            opened_at=row.opened_at.isoformat(),
            closed_at=_before(row.closed_at, month.end),
            down=shares[row.pk].counted if row.pk in shares else 0,
            excluded=shares[row.pk].excluded if row.pk in shares else 0,
            escalations=escalated.get(row.pk, 0),
            in_work=shares[row.pk].in_work if row.pk in shares else 0,
        )
        for row in rows
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
            times=len(each.numbers),
            numbers=tuple(map(grouped, each.numbers)),
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


def counted(rows: Iterable[CaseRow], customer: Customer, month: Month, *, complaints: bool) -> CountFacts:
    counts = opened_and_closed([row for row in rows if row.is_complaint == complaints], month)
    otherwise = ended_otherwise(month, customer.pk, CaseKind.REQUEST, complaints)
    return CountFacts(**counts, duplicates=otherwise.duplicates, withdrawn=otherwise.withdrawn)


def request_facts(rows: Collection[CaseRow], month: Month, at: datetime) -> list[RequestFacts]:
    """Each request with its last first answer and solution as they stand; one question for all of their clocks."""
    clocks: dict[tuple[int | None, str], Clock] = {}
    wanted = Clock.objects.filter(case__in=[row.pk for row in rows], kind__in=reports.OF_REQUESTS)
    for clock in wanted.order_by("ordinal"):
        clocks[clock.case_id, ClockKind.SOLUTION if clock.kind in SOLUTIONS else clock.kind] = clock
    return [
        RequestFacts(
            grouped(row.number),
            row.subject,
            row.is_complaint,
            row.opened_at.isoformat(),
            _before(row.closed_at, month.end),
            *owed(clocks.get((row.pk, ClockKind.FIRST_ANSWER)), at),
            *owed(clocks.get((row.pk, ClockKind.SOLUTION)), at),
        )
        for row in rows
    ]


def owed(clock: Clock | None, at: datetime) -> Sequence:
    """Target, taken and state; what runs past its hour is late already, though it still runs."""
    if clock is None:
        return 0, None, ""
    state = "breached" if broke_at(clock, at) else clock.outcome
    return clock.target_seconds or 0, clock.taken_seconds, state
