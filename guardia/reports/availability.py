"""The availability of a service, month by month (P7 D): from the very intervals that the affected time of cases counts.

A month is one of the operator's calendar; figures are whole seconds. Two cases at once count once; what a visible
exclusion leaves out of one case still counts where another case counts it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Q, QuerySet

from guardia.cases.case import UNJUDGED, Case, Status
from guardia.cases.closing_figures import (
    Availability,
    Outage,
    availability,
    counted,
    excluded_span,
    excluded_waits,
    outages_of,
    windows_of,
)
from guardia.clocks.clock import Wait
from guardia.clocks.intervals import Interval, OpenInterval, length, union
from guardia.people.shifts import TECHNICAL
from guardia.reports.month import Month


@dataclass(frozen=True)
class Excluded:
    """A wait that leaves time of a case out, with the seconds of the month's outages that it does."""

    wait: Wait
    start: datetime
    end: datetime
    seconds: int


@dataclass(frozen=True)
class LeftOut:
    """By case, the waits that leave time out as agreed, and the window of planned work that it lies within."""

    waits: Mapping[int, Sequence[Wait]]
    work: Mapping[int, Sequence[Interval]]


@dataclass(frozen=True)
class CaseShare:
    """One case within the month: its outages there, and what was left out of them and why."""

    case: Case
    outages: Sequence[Outage]
    exclusions: Sequence[Excluded]

    @property
    def counted(self) -> int:
        return sum(outage.counted for outage in self.outages)

    @property
    def excluded(self) -> int:
        return sum(outage.excluded for outage in self.outages)

    @property
    def in_work(self) -> int:
        return sum(outage.in_work for outage in self.outages)


@dataclass(frozen=True)
class ServiceMonth:
    """``figures`` reach to the end of the month, or to now while it lasts; ``shares`` are its cases, the oldest first.

    The shares add up to more than ``figures.down`` where two cases were affected at once.
    """

    month: "Stretch"
    figures: Availability
    shares: Sequence[CaseShare]

    @property
    def excluded(self) -> int:
        return sum(share.excluded for share in self.shares)

    @property
    def in_work(self) -> int:
        """Within planned work that was announced: no part of ``figures.down``."""
        return sum(share.in_work for share in self.shares)

    @property
    def overlapping(self) -> int:
        """The seconds that more than one case counts, and that count once."""
        return max(0, sum(share.counted for share in self.shares) - self.figures.down)


def service_month(service_id: int, month: Month, at: datetime) -> ServiceMonth:
    """The month of one service, as far as it has gone at ``at`` (UTC)."""
    return service_months(service_id, [month], at)[0]


def service_months(service_id: int, months: Sequence[Month], at: datetime) -> list[ServiceMonth]:
    """Several months in the given order, their cases read once."""
    if not months:
        return []
    start, end = min(month.start for month in months), max(month.end for month in months)
    cases = list(_cases(service_id, start, min(end, at)))
    left_out = _left_out([case.pk for case in cases])
    return [_month(month, cases, left_out, at) for month in months]


class Stretch(Protocol):
    """A month, or a day: its first instant and the first that is no longer in it (UTC)."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...


def cases_of_services(service_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Case]]:
    """By service, the incidents whose intervals may touch this time (UTC); read in one question."""
    found: dict[int, list[Case]] = {}
    for case in _touching(start, end).filter(service__in=service_ids).exclude(outages=[]).select_related("customer"):
        found.setdefault(case.service_id or 0, []).append(case)
    return found


def span_of_cases(cases: Sequence[Case], stretches: Sequence[Stretch], at: datetime) -> list[ServiceMonth]:
    """These cases of one service in each of the stretches, as far as it has gone at ``at`` (UTC)."""
    left_out = _left_out([case.pk for case in cases])
    return [_month(stretch, cases, left_out, at) for stretch in stretches]


def company_month(customer_id: int, month: Month, at: datetime) -> dict[int | None, ServiceMonth]:
    """The month of each service of a company that was affected, by its id; read in as many questions as for one.

    What was affected without a service known stands under None. Its cases come with their numbers and hours alone.
    """
    end = min(month.end, at)
    touching = _touching(month.start, end).filter(customer=customer_id).exclude(outages=[])
    cases = list(touching.only("number", "service", "outages", "opened_at", "closed_at"))
    left_out = _left_out([case.pk for case in cases])
    by_service: dict[int | None, list[Case]] = {}
    for case in cases:
        by_service.setdefault(case.service_id, []).append(case)
    months = {service: _month(month, theirs, left_out, at) for service, theirs in by_service.items()}
    return {service: each for service, each in months.items() if each.shares}


def spans_of(case: Case) -> list[OpenInterval]:
    """The intervals in which the case was without good service; one that lasts has no end."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in case.outages]


def cases_of_service(service_id: int, month: Month, at: datetime) -> list[Case]:
    """The incidents whose intervals count for this service in this month, as far as it has gone at ``at`` (UTC)."""
    return list(_cases(service_id, month.start, min(month.end, at)))


def _cases(service_id: int, start: datetime, end: datetime) -> Iterable[Case]:
    return _touching(start, end).filter(service=service_id)


def _touching(start: datetime, end: datetime) -> QuerySet[Case]:
    """The incidents whose intervals may touch this time; one may have been opened after its outage began."""
    touched = Q(closed_at=None) | Q(closed_at__gte=start)
    began = Q(opened_at__lt=end) | Q(outage_started_at__lt=end)
    found = Case.objects.filter(touched, began, desk=TECHNICAL).exclude(status=Status.CANCELLED).exclude(UNJUDGED)
    return found.defer("search").order_by("opened_at", "pk")


def _left_out(case_ids: Sequence[int]) -> LeftOut:
    return LeftOut(excluded_waits(case_ids), windows_of(case_ids))


def _month(month: Stretch, cases: Sequence[Case], left_out: LeftOut, at: datetime) -> ServiceMonth:
    start, end = month.start, max(month.start, min(month.end, at))
    affected: list[Interval] = []
    shares = []
    for case in cases:
        until = min(case.closed_at or at, at)
        spans = _clipped(((a, b or until) for a, b in spans_of(case)), start, end)
        if not spans:
            continue
        holes, work = [(wait, excluded_span(wait, until)) for wait in left_out.waits[case.pk]], left_out.work[case.pk]
        affected += counted(spans, [*(span for _wait, span in holes), *work], end)
        outages = outages_of(spans, [span for _wait, span in holes], end, work)
        excluded = [_excluded(wait, span, spans) for wait, span in holes]
        shares.append(CaseShare(case, outages, [each for each in excluded if each.seconds]))
    return ServiceMonth(month, availability(affected, start, end), shares)


def _clipped(spans: Iterable[Interval], start: datetime, end: datetime) -> list[OpenInterval]:
    return [(a, b) for a, b in union((max(a, start), min(b, end)) for a, b in spans)]


def _excluded(wait: Wait, span: Interval, spans: Sequence[OpenInterval]) -> Excluded:
    inside = union((max(a, span[0]), min(b or span[1], span[1])) for a, b in spans)
    first, last = (inside[0][0], inside[-1][1]) if inside else span
    return Excluded(wait, first, last, round(length(inside).total_seconds()))
