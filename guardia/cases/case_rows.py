"""Cases with what the desk's pages show of them: each question is of what one screen shows and no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.clocks.wait import Wait
from guardia.config.kept import ANY_ID, ANY_OF, ANY_TIME, CompiledQuery, one_of
from guardia.customers.customer import Customer
from guardia.customers.service import Service
from guardia.field.visit import Visit
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff

MOST_CASES = 9  # one key each
MOST_CLOSED = 5


def with_visits_and_waits(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return each case with its open visits (and crews) and the waits that stand, for the last column of a row."""
    visits = Visit.objects.filter(ended_at=None).select_related("crew").order_by("-pk")
    waits = Wait.objects.filter(ended_at=None).order_by("started_at")
    return queries.with_names(cases).prefetch_related(
        Prefetch("visits", visits, to_attr="open_visits"), Prefetch("waits", waits, to_attr="open_waits")
    )


def case_for_desk(number: str, *, locked: bool = False) -> Case | None:
    """Return the case an address names, with its names, open visits and waits."""
    cases = queries.of_number(number)
    if locked:
        cases = cases.select_for_update(of=("self",), no_key=True)
    there = Visit.objects.filter(arrived_at__isnull=False, left_at=None).select_related("crew").order_by("-pk")
    at_the_site = Prefetch("visits", there, to_attr="visits_there")
    return with_visits_and_waits(cases).prefetch_related(at_the_site).first()


def clocks_of(case: Case) -> list[Clock]:
    """Return every clock of the case, the first to start first."""
    return list(case.clocks.order_by("started_at", "pk"))


def next_promise_after(case: Case, at: datetime) -> Case | None:
    """Return the case of the same desk whose promise breaks next after this one's."""
    others = queries.promised(at, case.desk).exclude(pk=case.pk)
    if case.next_due_at:
        later = others.filter(Q(next_due_at__gt=case.next_due_at) | Q(next_due_at=case.next_due_at, pk__gt=case.pk))
        return queries.next_first(later).first()
    return queries.next_first(others).first()


def open_and_last_incidents(service_ids: list[int]) -> tuple[dict[int, int], dict[int, datetime]]:
    """Return how many incidents of each service are open, and when each had its last one."""
    incidents = Case.objects.filter(desk=TECHNICAL, service_id__in=service_ids)
    opened = incidents.filter(closed_at=None)
    counted = dict(opened.values_list("service_id").annotate(n=Count("pk")).values_list("service_id", "n"))
    last = incidents.order_by("service_id", "-opened_at").distinct("service_id")
    return counted, dict(last.values_list("service_id", "opened_at"))


def open_cases_by_company(company_ids: Iterable[int]) -> dict[int, list[Case]]:
    """Return the open cases of each company, newest first: those that one key attaches a call to, and one more."""
    opened = queries.with_names(queries.open_cases()).order_by("-opened_at")
    return {pk: list(opened.filter(customer=pk)[: MOST_CASES + 1]) for pk in dict.fromkeys(company_ids)}


def last_cases_of(company_id: int) -> list[Case]:
    """Return the last cases of the company that are closed."""
    closed = queries.with_names(Case.objects.filter(customer=company_id, closed_at__isnull=False))
    return list(closed.order_by("-opened_at")[:MOST_CLOSED])


def prepared_with_visits_and_waits(cases: CompiledQuery[Case], staff: Staff, at: datetime) -> list[Case]:
    """Return these cases, as ``with_visits_and_waits`` does, by statements that are prepared once."""
    found: dict[int, Any] = {case.pk: case for case in cases.rows({ANY_TIME: at, ANY_ID: staff.pk})}
    for case in found.values():
        case.open_visits, case.open_waits = [], []
    if found:
        for visit in _VISITS.rows({ANY_OF: list(found)}):
            found[visit.case_id].open_visits.append(visit)
        for wait in _WAITS.rows({ANY_OF: list(found)}):
            found[wait.case_id].open_waits.append(wait)
    return list(found.values())


def _visits() -> QuerySet[Visit]:
    return Visit.objects.filter(one_of("visit.case_id"), ended_at=None).select_related("crew").order_by("-pk")


def _waits() -> QuerySet[Wait]:
    return Wait.objects.filter(one_of("wait.case_id"), ended_at=None).order_by("started_at")


_VISITS, _WAITS = CompiledQuery(_visits), CompiledQuery(_waits)


def duplicates_with_counts(cases: Sequence[int]) -> dict[int, Case]:
    """Return these cases by id, with how many calls, messages and files each holds, in one question."""
    live = Q(files__withdrawn_at=None)
    counted = Case.objects.filter(pk__in=cases).annotate(
        calls_held=Count("calls", distinct=True),
        mails_held=Count("messages", distinct=True),
        files_held=Count("files", filter=live, distinct=True),
    )
    return {case.pk: case for case in counted.defer("search")}


def open_requests_of(company: Customer) -> QuerySet[Case]:
    """Return the open requests of the company, the newest first."""
    cases = queries.with_names(queries.open_cases().filter(customer=company)).exclude(desk=TECHNICAL)
    return cases.order_by("-opened_at")


def open_incident_locked(service: Service) -> Case | None:
    """Return the oldest open incident of the service, locked."""
    opened = queries.open_cases(TECHNICAL).filter(service=service).select_for_update(of=("self",), no_key=True)
    return opened.order_by("opened_at", "pk").first()


def case_of_company(number: str, company: Customer) -> Case | None:
    """Return the case of this company that an address names, with who reported it."""
    return queries.of_number(number).filter(customer=company).select_related("reporter").first()


def case_of_id(pk: int) -> Case | None:
    """Return the case with this id."""
    return Case.objects.filter(pk=pk).first()


def locked_with_service(pk: int) -> Case:
    """Return the case with this id, locked, with its service. Raises Case.DoesNotExist."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("service").get(pk=pk)
