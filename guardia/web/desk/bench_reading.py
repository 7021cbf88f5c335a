"""What the bench reads: its lists as everybody looks at them, in words that are made once (``config.kept``)."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.counting import ANYBODY
from guardia.clocks.wait import Wait
from guardia.config.kept import ANY_ID, ANY_OF, ANY_TIME, Kept, one_of
from guardia.field.visit import Visit
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import reading
from guardia.web.desk.looking import Looking

ROWS = 50
WAITING_ROWS = 30


def promised_cases(looking: Looking, staff: Staff, at: datetime) -> tuple[list[Case], bool]:
    """The rows of one page in their order, and whether more follow; ``at`` in UTC."""
    if looking.asked or looking.start:
        cases = in_order(looking.of(queries.promised(at, looking.desk), staff, at), looking.order)
        found = list(reading.with_field_and_waits(cases)[looking.start : looking.start + ROWS + 1])
    else:
        found = with_field_and_waits(_promised(looking.desk, looking.view, looking.order), staff, at)
    return found[:ROWS], len(found) > ROWS


def waiting_cases(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """What stands still, at the foot of the first page; ``at`` in UTC."""
    if looking.asked:
        cases = looking.of(queries.waiting(at, looking.desk), staff, at)
        return list(reading.with_field_and_waits(cases)[:WAITING_ROWS])
    return with_field_and_waits(_waiting(looking.desk, looking.view), staff, at)


def closed_cases(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """The requests that wait for their desk to open (A3 D)."""
    if looking.desk == TECHNICAL:
        return []
    cases = looking.of(queries.not_open_yet(looking.desk), staff, at)
    return list(reading.with_field_and_waits(cases)[:WAITING_ROWS])


def in_order(cases: QuerySet[Case], order: str) -> QuerySet[Case]:
    return queries.by_impact_first(cases) if order == "impacto" else queries.next_first(cases)


@lru_cache(256)
def _promised(desk: str, view: str, order: str) -> Kept[Case]:
    return _of_view(lambda: in_order(queries.promised(ANY_TIME, desk), order), view, ROWS + 1)


@lru_cache(256)
def _waiting(desk: str, view: str) -> Kept[Case]:
    return _of_view(lambda: queries.waiting(ANY_TIME, desk), view, WAITING_ROWS)


def _of_view(cases: Callable[[], QuerySet[Case]], view: str, most: int) -> Kept[Case]:
    return Kept(lambda: queries.with_names(queries.in_view(cases(), view, ANYBODY))[:most])


def with_field_and_waits(cases: Kept[Case], staff: Staff, at: datetime) -> list[Case]:
    """As ``reading.with_field_and_waits``: each with its open visits and the waits that stand."""
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


_VISITS, _WAITS = Kept(_visits), Kept(_waits)
