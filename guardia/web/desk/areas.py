"""Which desk's bench is looked at: the address says so, and where it says nothing, the person's own (A1 to A3)."""

from collections.abc import Mapping
from datetime import datetime

from django.core.cache import cache
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext

from guardia.people.policy import DESK_OF_ROLE
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure
from guardia.web.desk.page import View

NAME = "area"
"""How the address calls it."""
ALL = "todas"
KEPT_SECONDS = 60


def own(staff: Staff) -> str:
    """The key of the desk that this person works at."""
    return DESK_OF_ROLE.get(staff.role, TECHNICAL)


def desks(at: datetime) -> dict[str, str]:
    """The desks of the procedure in force, by key, with their names; asked by every poll, kept for a minute."""
    key = f"desk-names:{get_language()}"
    found: dict[str, str] | None = cache.get(key)
    if found is None:
        try:
            found = {desk.key: str(desk.name) for desk in versions.in_force(at).procedure.desks}
        except NoProcedure:
            return {}
        cache.set(key, found, KEPT_SECONDS)
    return found


def area_of(given: Mapping[str, str], staff: Staff, at: datetime) -> str:
    """The desk that the address names, ``ALL``, or the person's own where it names none that there is."""
    area = given.get(NAME, "")
    return area if area == ALL or area in desks(at) else own(staff)


def desk_of(area: str) -> str:
    """The desk to ask the database for; nothing for all of them."""
    return "" if area == ALL else area


def bench_href(staff: Staff, area: str, **more: str | int) -> str:
    """The address of a bench; what is as usual is left out of it."""
    given = {NAME: area if area != own(staff) else "", **more}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('bench')}?{query}" if query else reverse("bench")


def choices(staff: Staff, area: str, at: datetime) -> tuple[View, ...]:
    """The desks one can look at, and all of them together."""
    named = desks(at)
    if len(named) < 2:
        return ()
    every = {**named, ALL: pgettext("desks", "All desks")}
    return tuple(View(bench_href(staff, key), words, "", key == area) for key, words in every.items())


def name_of(area: str, technical: str, at: datetime) -> str:
    """The name of the desk being looked at; ``technical`` is that of the technical one, known already."""
    return pgettext("desks", "All desks") if area == ALL else desks(at).get(area, technical)
