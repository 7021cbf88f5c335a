"""The filters of the bench as its page shows them: a form that collapses, what is chosen, and which one hides all."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.cases import filters
from guardia.cases.case import Case
from guardia.cases.words import IMPACT_NAMES, REQUEST_STAGE_NAMES, STAGE_NAMES, name_of_stage
from guardia.config.kept import Kept
from guardia.customers.customer import Customer
from guardia.people.policy import handlers_of
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Impact


def names() -> dict[str, str]:
    return {
        filters.COMPANY: _("Company"),
        filters.PLACE: _("City or province"),
        filters.IMPACT: _("Impact"),
        filters.STAGE: _("Stage"),
        filters.ENGINEER: _("Engineer"),
        filters.VIP: "VIP",
        filters.OVERDUE: _("Overdue only"),
    }


def value_words(name: str, value: str) -> str:
    """The value as it is read; of an id whose row is gone, the id."""
    if name == filters.COMPANY and filters.is_id(value):
        return Customer.objects.filter(pk=int(value)).values_list("name", flat=True).first() or value
    if name == filters.ENGINEER:
        return Staff.objects.filter(pk=int(value)).values_list("name", flat=True).first() or value
    if name == filters.IMPACT:
        return str(IMPACT_NAMES[Impact(value)])
    return name_of_stage(value) if name == filters.STAGE else value


def chosen_words(asked: Mapping[str, str]) -> dict[str, str]:
    """Each filter that is on, in words: ``Company: Banco Austral``."""
    called, switches = names(), {filters.VIP, filters.OVERDUE}
    return {
        name: called[name] if name in switches else f"{called[name]}: {value_words(name, value)}"
        for name, value in asked.items()
    }


def stages_of(desk: str) -> list[tuple[str, str]]:
    """Those that a case of this desk can be in."""
    incident = [(stage.value, str(name)) for stage, name in STAGE_NAMES.items()][2:]
    request = [(stage.value, str(name)) for stage, name in REQUEST_STAGE_NAMES.items()]
    return [*incident, *request] if not desk else incident if desk == TECHNICAL else request


def engineers_of(desk: str) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in _engineers_of(desk or TECHNICAL).rows()]


@cache
def _engineers_of(desk: str) -> Kept:
    people = Staff.objects.filter(is_active=True, role__in=handlers_of(desk)).order_by("name")
    return Kept(lambda: people.values_list("pk", "name")[:200])


def without(asked: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in asked.items() if key != name}


def hiding(cases: QuerySet[Case], asked: Mapping[str, str], at: datetime) -> list[str]:
    """The filters without which something would be shown: one short question for each that is on."""
    return [name for name in asked if filters.narrowed(cases, without(asked, name), at).order_by().exists()]
