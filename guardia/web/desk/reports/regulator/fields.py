"""What may stand in a column of the regulator's form: each by its word in the file, with its label and its value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.interruptions import OPERATOR, Interruption
from guardia.cases.words import IMPACT_NAMES
from guardia.customers.city import City
from guardia.customers.tiers import rules_here
from guardia.notices.wording.ending import GRADES
from guardia.procedure.vocabulary import Impact, WaitCause

WHOSE: dict[str, Promise] = {
    OPERATOR: gettext_lazy("the operator"),
    WaitCause.CUSTOMER: gettext_lazy("the customer"),
    WaitCause.THIRD_PARTY: gettext_lazy("a third party"),
    WaitCause.FORCE_MAJEURE: gettext_lazy("force majeure"),
}
type Cell = str | int | float | datetime | object
Read = Callable[[Interruption, datetime], Cell]
"""From a row and the hour of asking (UTC); hours and lengths come as such, and are written as the form says."""


@dataclass(frozen=True)
class Field:
    """``codes``: the values that the form may call otherwise, each with our word; empty where it is free text."""

    label: str | Promise
    read: Read
    width: int = 18
    codes: Mapping[str, Promise] | None = None


@dataclass(frozen=True)
class Coded:
    """A value that the form may have a word of its own for."""

    code: str


def minutes(seconds: int) -> float:
    return round(seconds / 60, 2)


def _city(one: Interruption) -> City | None:
    return one.case.site.city if one.case.site else None


def _service_type(one: Interruption, at: datetime) -> Cell:
    service = one.case.service
    return " ".join(part for part in (service.type, service.capacity) if part) if service else ""


def _tests(one: Interruption, at: datetime) -> Cell:
    found, typed = one.tests
    return _("%(found)d, %(typed)d of them typed by hand") % {"found": found, "typed": typed} if typed else found


def _place(name: str) -> Read:
    return lambda one, at: getattr(_city(one), name, "") or ""


def _site(name: str) -> Read:
    return lambda one, at: getattr(one.case.site, name, "") if one.case.site else ""


def _share(whose: str) -> Read:
    return lambda one, at: minutes(one.shares.get(whose, 0))


def _words_of_this_country(ours: Promise, others: Promise) -> str:
    return str(ours if rules_here() else others)


_of_this_country = lazy(_words_of_this_country, str)
"""A heading in Ecuador's words, and in words of any other country."""

FIELDS: dict[str, Field] = {
    "customer": Field(gettext_lazy("Customer"), lambda one, at: one.case.customer.name, 30),
    "service_type": Field(gettext_lazy("Service"), _service_type, 20),
    "circuit": Field(gettext_lazy("Circuit"), lambda one, at: one.case.service.circuit if one.case.service else ""),
    "impact": Field(
        gettext_lazy("Impact"),
        lambda one, at: Coded(one.case.impact) if one.case.impact else "",
        14,
        {impact.value: IMPACT_NAMES[impact] for impact in Impact},
    ),
    "province": Field(gettext_lazy("Province"), _place("province")),
    "canton": Field(_of_this_country(gettext_lazy("Canton"), gettext_lazy("City")), _place("name")),
    "canton_code": Field(
        _of_this_country(gettext_lazy("Canton code (INEC)"), gettext_lazy("Code")), _place("code"), 12
    ),
    "site": Field(gettext_lazy("Site"), _site("name"), 26),
    "address": Field(gettext_lazy("Address"), _site("address"), 34),
    "start": Field(gettext_lazy("Start"), lambda one, at: one.start, 20),
    "end": Field(gettext_lazy("End"), lambda one, at: one.end or _("it lasts"), 20),
    "duration": Field(gettext_lazy("Duration"), lambda one, at: (one.end or at) - one.start, 12),
    "minutes_in_month": Field(gettext_lazy("Minutes in the month"), lambda one, at: minutes(one.seconds), 12),
    "minutes_left_out": Field(gettext_lazy("Minutes left out"), lambda one, at: minutes(one.excluded), 12),
    "minutes_in_planned_work": Field(
        gettext_lazy("Minutes within planned work"), lambda one, at: minutes(one.in_work), 12
    ),
    "minutes_affected": Field(gettext_lazy("Affected minutes"), lambda one, at: minutes(one.affected), 12),
    "cause": Field(gettext_lazy("Cause"), lambda one, at: one.case.fault or one.case.cause, 40),
    "solution": Field(gettext_lazy("Solution"), lambda one, at: one.case.solution, 40),
    "responsible": Field(gettext_lazy("Responsibility"), lambda one, at: Coded(one.responsible), 18, WHOSE),
    "minutes_operator": Field(gettext_lazy("Minutes: the operator"), _share(OPERATOR), 14),
    "minutes_customer": Field(gettext_lazy("Minutes: the customer"), _share(WaitCause.CUSTOMER), 14),
    "minutes_third_party": Field(gettext_lazy("Minutes: a third party"), _share(WaitCause.THIRD_PARTY), 14),
    "minutes_force_majeure": Field(gettext_lazy("Minutes: force majeure"), _share(WaitCause.FORCE_MAJEURE), 14),
    "case": Field(gettext_lazy("Case"), lambda one, at: one.case.display_number, 14),
    "customer_reference": Field(gettext_lazy("The customer's own number"), lambda one, at: one.case.customer_reference),
    "confirmed_by": Field(
        gettext_lazy("Confirmed by (position)"), lambda one, at: one.confirmed_by or _("not confirmed"), 24
    ),
    "tests": Field(gettext_lazy("Good tests since the restoration"), _tests, 24),
    "confirmation_proof": Field(
        gettext_lazy("How it is proven"), lambda one, at: Coded(one.grade) if one.grade else "", 30, GRADES
    ),
}
SAMPLE = (
    *("customer", "service_type", "circuit", "impact", "province", "canton", "canton_code", "start", "end", "duration"),
    *("minutes_in_month", "minutes_left_out", "minutes_in_planned_work", "minutes_affected", "cause", "responsible"),
    *("minutes_operator", "minutes_customer", "minutes_third_party", "minutes_force_majeure", "case", "confirmed_by"),
    *("confirmation_proof", "tests"),
)
"""The columns of the layout that stands where the operator has no form of its own."""
