"""What a visit is agreed with, and what may be written of it: forecast, people, parts (P4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import (
    BadQuantity,
    ForecastIsOver,
    ForecastReversed,
    HourOfAnotherYear,
    TooLong,
    TooMany,
)
from guardia.cases.verbs import need
from guardia.field.crew import Crew, Specialty

LINE, PLATE, DOCUMENT, PLACE, TOOLS = 160, 20, 40, 120, 2000
MOST_LINES, MOST_OF_ONE = 60, Decimal(100_000)
FARTHEST = timedelta(days=366)
"""A telephone may send any hour: one that no calendar of ours can show would stop every letter that says it."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Agreement:
    """P4 D: both persons who agree, the contact at the site, access and the forecast. Hours in UTC.

    ``people`` ([{name, document}]), ``plate`` and ``tools`` are those of the crew where they are None. A remote site
    has the hour of its next decision beside its forecast (P4.3 D).
    """

    operator: str
    customer: str
    site_contact: str
    access: str
    forecast_from: datetime
    forecast_to: datetime
    crew: Crew | None = None
    specialty: str = ""
    parts: Sequence[Mapping[str, Any]] = ()
    people: Sequence[Mapping[str, Any]] | None = None
    plate: str | None = None
    tools: str | None = None
    next_decision_at: datetime | None = None

    def whole(self) -> "Agreement":
        """As it is kept: nothing missing, blanks cut, what the crew has filled in. Raises Missing, TooLong, TooMany,
        ForecastReversed, BadQuantity.
        """
        said: dict[str, Any] = {
            "operator": text_of_clause("P4", "operator", self.operator, _("who agrees for the operator"), LINE),
            "customer": text_of_clause("P4", "customer", self.customer, _("who agrees for the customer"), LINE),
            "site_contact": text_of_clause("P4", "site_contact", self.site_contact, _("the contact at the site"), 200),
            "access": text_of_clause("P4", "access", self.access, _("the access hours"), 200),
        }
        in_order(self.forecast_from, self.forecast_to)
        return replace(
            self,
            **said,
            specialty=self.specialty if self.specialty in Specialty.values else "",
            parts=rows_of("parts", self.parts, "store"),
            people=people_of(self.people, self.crew),
            plate=short("plate", own(self.plate, self.crew, "plate"), _("the plate"), PLATE),
            tools=short("tools", own(self.tools, self.crew, "tools"), _("the tools"), TOOLS),
        )


def own(said: str | None, crew: Crew | None, name: str) -> str:
    return str(getattr(crew, name, "")) if said is None else said


def text_of_clause(clause: str, field: str, value: str, what: Promise, most: int) -> str:
    """What the clause asks for, without outer blanks. Raises Missing, TooLong."""
    return short(field, need(clause, field, value, what), what, most, clause)


def short(field: str, value: str, what: Promise, most: int, clause: str = "P4") -> str:
    """The value without outer blanks. Raises TooLong."""
    value = value.strip()
    if len(value) > most:
        raise TooLong(clause, field, what, most)
    return value


def in_order(forecast_from: datetime, forecast_to: datetime, at: datetime | None = None) -> None:
    """A forecast goes from an hour to a later one, and is not over when it is given. Raises ForecastReversed,
    ForecastIsOver, HourOfAnotherYear.
    """
    if forecast_to < forecast_from:
        raise ForecastReversed()
    if at and forecast_to < at:
        raise ForecastIsOver()
    if at and any(abs(hour - at) > FARTHEST for hour in (forecast_from, forecast_to)):
        raise HourOfAnotherYear()


def people_of(people: Sequence[Mapping[str, Any]] | None, crew: Crew | None) -> list[Row]:
    """Who enters: those named, or all of the crew. Raises Missing, TooLong, TooMany."""
    if people is None:
        members = crew.members.filter(active=True).order_by("pk") if crew else ()
        people = [{"name": each.name, "document": each.document} for each in members]
    if len(people) > MOST_LINES:
        raise TooMany("P4", "people", _("people"), MOST_LINES)
    return [
        {
            "name": text_of_clause("P4", "people", str(each.get("name") or ""), _("the name of each person"), LINE),
            "document": short("people", str(each.get("document") or ""), _("a document"), DOCUMENT),
        }
        for each in map(row, people)
    ]


def rows_of(field: str, parts: Sequence[Mapping[str, Any]], third: str) -> list[Row]:
    """Parts as they are kept: name, quantity and ``third`` (store, serial). Raises Missing, TooLong, TooMany,
    BadQuantity.
    """
    if len(parts) > MOST_LINES:
        raise TooMany("P4", field, _("parts"), MOST_LINES)
    return [
        {
            "name": text_of_clause("P4", field, str(each.get("name") or ""), _("the name of each part"), 120),
            "quantity": quantity_of(field, each.get("quantity")),
            third: short(field, str(each.get(third) or ""), _("store or serial number"), 120),
        }
        for each in map(row, parts)
    ]


def row(each: object) -> Mapping[str, Any]:
    """What a telephone sent may be anything: what is no row has no name, and that is what is missing."""
    return each if isinstance(each, Mapping) else {}


def quantity_of(field: str, said: object) -> int | float:
    """More than nothing: whole where it is whole, else with up to three decimals. Raises BadQuantity."""
    try:
        number = Decimal(str(said).strip().replace(",", ".")).quantize(Decimal("0.001"))
        is_some = 0 < number <= MOST_OF_ONE
    except InvalidOperation:
        raise BadQuantity(field) from None
    if not is_some:
        raise BadQuantity(field)
    return int(number) if number == number.to_integral_value() else float(number)
