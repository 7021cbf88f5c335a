"""Members of the staff, found by what the desk's pages know of them."""

from collections.abc import Iterable
from functools import cache

from django.db.models import QuerySet

from guardia.config.kept import CompiledQuery
from guardia.people.actor import Actor
from guardia.people.policy import handlers_of
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff


def staff_named(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these people by id."""
    return dict(Staff.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def case_handlers() -> list[Staff]:
    """Return who may answer for an incident, by name."""
    return list(Staff.objects.filter(is_active=True, role__in=handlers_of(TECHNICAL)).order_by("name", "pk"))


def engineers_of(desk: str) -> list[tuple[str, str]]:
    """Return the id and the name of each person who works on the cases of this desk; of the technical one for ""."""
    return [(str(pk), name) for pk, name in _engineers_of(desk or TECHNICAL).rows()]


@cache
def _engineers_of(desk: str) -> CompiledQuery:
    return CompiledQuery(lambda: handlers_at(desk).values_list("pk", "name")[:200])


def handlers_at(desk: str) -> QuerySet[Staff]:
    """Return who works on the cases of this desk, by name."""
    return Staff.objects.filter(is_active=True, role__in=handlers_of(desk)).order_by("name")


def staff_among(ids: Iterable[int]) -> QuerySet[Staff]:
    """Return the people with these ids, by name."""
    return Staff.objects.filter(pk__in=list(ids)).order_by("name")


def staff_by_id(ids: Iterable[int]) -> dict[int, Staff]:
    """Return the people with these ids, each by its id."""
    return Staff.objects.in_bulk(ids)


def staff_of_id(pk: int) -> Staff | None:
    """Return the person with this id, at work or not."""
    return Staff.objects.filter(pk=pk).first()


def name_of_staff(pk: int) -> str:
    """Return the name of the person with this id; "" where there is none."""
    return Staff.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def who_acts(by: Actor) -> Staff:
    """Return the member of the staff that this actor is. Raises Staff.DoesNotExist for any other actor."""
    return Staff.objects.get(pk=by.id or 0)
