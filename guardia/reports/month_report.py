"""The report of a month to one company: promised against real, availability, waits, recurring sites, escalations, and
its requests and formal complaints, which are counted apart (A3).

Only what the company may see: it reads it under its own row policies. Read in a fixed number of questions, however many
services and cases there are. A month that is over stays as it was, but for what a ruling or a correction changes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from guardia.cases.case import UNJUDGED, Case, Status
from guardia.config.sql_rows import planned_for_its_values
from guardia.customers.customer import Customer
from guardia.escalation.escalation import Escalation
from guardia.notices.month_facts import NOT_SIGNED, LogFacts, MonthFacts
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.reports import month_rows, signed_log
from guardia.reports import promises as reports
from guardia.reports.availability import ServiceMonth, company_month
from guardia.reports.month import Month
from guardia.reports.month_courses import worst_courses
from guardia.reports.promises import ReportFilters
from guardia.reports.recurring import ended_otherwise, recurring_sites

OURS_ALONE = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.CALL_TASK})
"""What the operator's own people owe each other is no promise to a company."""

MOST = 500
"""Rows of one kind that a letter carries; the spreadsheet of the desk asks for more."""


def incidents(month: Month) -> QuerySet[Case]:
    """The incidents that were open at any time of the month, the oldest first; what was withdrawn was none, and what a
    former tool handled, or a rehearsal, is judged by nobody.
    """
    touched = Q(closed_at=None) | Q(closed_at__gte=month.start)
    found = Case.objects.filter(touched, opened_at__lt=month.end, desk=TECHNICAL)
    return found.exclude(status=Status.CANCELLED).exclude(UNJUDGED).order_by("opened_at", "pk")


@planned_for_its_values()
def month_report(customer: Customer, month: Month, at: datetime, most: int = MOST) -> MonthFacts:
    """The month as far as it has gone at ``at`` (UTC), with at most so many rows of each kind."""
    availability = company_month(customer.pk, month, at)
    of_incidents = month_rows.case_rows(incidents(month).filter(customer=customer))
    of_requests = month_rows.case_rows(month_rows.requests(month).filter(customer=customer))
    escalated = _escalations(customer, month)
    services = month_rows.services(customer, availability)
    asked = ReportFilters(month, customer.pk, of=CaseKind.INCIDENT)
    late = [each for each in reports.late_of_own(asked, at) if each.kind not in OURS_ALONE]
    lines = reports.by_kind(ReportFilters(month, customer.pk), at)
    promises = [month_rows.promise(line) for line in lines if line.kind not in OURS_ALONE]
    otherwise = ended_otherwise(month, customer.pk)
    requests = month_rows.request_facts(of_requests, month, at)
    affected = month_rows.affected(availability, services)
    cases = month_rows.cases(of_incidents, availability, escalated, month)
    waits = month_rows.waits(customer.pk, availability, month)
    sites = month_rows.sites(recurring_sites(customer.pk, month.start, month.end))
    rows: Sequence[Sequence] = (late, affected, cases, waits, sites, requests)
    return MonthFacts(
        month=str(month),
        company=customer.name,
        zone=settings.TIME_ZONE,
        until=min(month.end, max(month.start, at)).isoformat(),
        lasts=month.end > at,
        services=len(services),
        percent=str(_percent(availability.values(), len(services), month, at)),
        down=sum(each.figures.down for each in availability.values()),
        excluded=sum(each.excluded for each in availability.values()),
        in_work=sum(each.in_work for each in availability.values()),
        escalations=sum(escalated.values()),
        promises=tuple(each for each in promises if each.kind not in reports.OF_REQUESTS),
        late=tuple(month_rows.late(each) for each in late[:most]),
        affected=tuple(affected[:most]),
        cases=tuple(cases[:most]),
        waits=tuple(waits[:most]),
        sites=tuple(sites[:most]),
        left_off=sum(max(0, len(each) - most) for each in rows),
        operator=operator_at(at),
        duplicates=otherwise.duplicates,
        withdrawn=otherwise.withdrawn,
        asked=month_rows.counted(of_requests, customer, month, complaints=False),
        complained=month_rows.counted(of_requests, customer, month, complaints=True),
        requests=tuple(requests[:most]),
        request_promises=tuple(each for each in promises if each.kind in reports.OF_REQUESTS),
        log=newest_signature(),
        courses=worst_courses(cases, late, month, at),
        **month_rows.opened_and_closed(of_incidents, month),
    )


def newest_signature() -> LogFacts:
    found = signed_log.newest()
    if found is None or found.at is None:
        return NOT_SIGNED
    return LogFacts(found.address, found.size, found.root, found.note, found.at.isoformat())


def operator_at(at: datetime) -> str:
    """Whose report it is, as the procedure in force at ``at`` (UTC) names it; empty where none is."""
    published = version.version_at(at)
    return str(published.procedure.provider.name) if published else ""


def _escalations(customer: Customer, month: Month) -> dict[int, int]:
    """How often each case was escalated within the month (E)."""
    found = Escalation.objects.filter(customer=customer, began_at__gte=month.start, began_at__lt=month.end)
    found = found.filter(case__desk=TECHNICAL, case__in_rehearsal=False).exclude(case__status=Status.CANCELLED)
    return dict(found.order_by().values_list("case").annotate(Count("pk")))


def _percent(affected: Iterable[ServiceMonth], services: int, month: Month, at: datetime) -> Decimal:
    """Of all services together, rounded down: what was interrupted is never shown as 100."""
    whole = services * max(0, round((min(month.end, at) - month.start).total_seconds()))
    down = sum(each.figures.down for each in affected)
    if not whole:
        return Decimal("100.000")
    return max(Decimal(0), Decimal(100 * (whole - down)) / whole).quantize(Decimal("0.001"), rounding=ROUND_DOWN)


def incidents_counted(month: Month, companies: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return, by company, how many of its incidents began in the month and how many were open at any time of it."""
    counts = incidents(month).filter(customer__in=companies).order_by().values("customer")
    counts = counts.annotate(new=Count("pk", filter=Q(opened_at__gte=month.start)), every=Count("pk"))
    return {row["customer"]: (row["new"], row["every"]) for row in counts}
