"""The availability of services day by day, from the intervals that the month's report counts (P7 D)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guardia.config.sql_rows import rows_of
from guardia.customers.customer import Service
from guardia.people.shifts import TECHNICAL
from guardia.reports.availability import ServiceMonth, cases_of_services, span_of_cases
from guardia.reports.panorama import DAYS, JUDGED, day_of, midnight

MOST_SERVICES = 10
_MOST_AFFECTED = f"""
WITH recent AS (
    SELECT service_id, affected_seconds, outages FROM "case"
    WHERE closed_at IS NULL AND desk = '{TECHNICAL}' AND status <> 'cancelled' AND {JUDGED}
    UNION ALL
    SELECT service_id, affected_seconds, outages FROM "case"
    WHERE closed_at >= %(start)s AND desk = '{TECHNICAL}' AND status <> 'cancelled' AND {JUDGED}
)
SELECT service_id, count(*) OVER () FROM recent WHERE service_id IS NOT NULL AND outages <> '[]'
GROUP BY service_id ORDER BY count(*) DESC, coalesce(sum(affected_seconds), 0) DESC, service_id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Day:
    """One day of the operator's zone, as a stretch of time in UTC."""

    day: date

    @property
    def start(self) -> datetime:
        return midnight(self.day)

    @property
    def end(self) -> datetime:
        return midnight(self.day + timedelta(days=1))


@dataclass(frozen=True)
class ServiceDays:
    """A service with each of its days in their order."""

    service: Service
    days: Sequence[ServiceMonth]


@dataclass(frozen=True)
class Calendar:
    """The services that failed most often in these days; ``affected`` is how many failed at all."""

    days: Sequence[Day]
    services: Sequence[ServiceDays]
    affected: int


def days_until(at: datetime, days: int = DAYS) -> list[Day]:
    return [Day(day_of(at) - timedelta(days=back)) for back in range(days - 1, -1, -1)]


def calendar(at: datetime, most: int = MOST_SERVICES) -> Calendar:
    """The last four weeks up to ``at`` (UTC). The cases of the services that are drawn are read once."""
    days = days_until(at)
    chosen = rows_of(_MOST_AFFECTED, {"start": days[0].start, "most": most})
    ids = [pk for pk, _count in chosen]
    services = Service.objects.select_related("site__city", "customer").in_bulk(ids)
    by_service = cases_of_services(ids, days[0].start, min(days[-1].end, at))
    rows = [ServiceDays(services[pk], span_of_cases(by_service.get(pk, []), days, at)) for pk in ids]
    return Calendar(days, rows, chosen[0][1] if chosen else 0)


def service_day(service_id: int, day: date, at: datetime) -> ServiceMonth:
    """One day of one service, as the calendar has it."""
    one = Day(day)
    cases = cases_of_services([service_id], one.start, min(one.end, at)).get(service_id, [])
    return span_of_cases(cases, [one], at)[0]
