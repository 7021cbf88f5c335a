"""When a desk is open or a clock counts, week by week. Dated exceptions (rest days, decrees) are live data."""

import re
from enum import StrEnum
from typing import Annotated, Any

from django.utils.translation import gettext
from pydantic import BeforeValidator, PlainSerializer, model_validator

from guardia.procedure.problems import refusal
from guardia.procedure.texts import Part, Text

DAY = 24 * 60
HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d) ?[-–] ?([01]\d|2[0-4]):([0-5]\d)")


class Weekday(StrEnum):
    """In the order of ``datetime.weekday()``: Monday is 0."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class RestDays(StrEnum):
    """What a rest day of the country does to these hours (A3 D, E5)."""

    AS_USUAL = "as_usual"
    CLOSED = "closed"
    OPEN_ALL_DAY = "open_all_day"


def read_opening(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = HOURS.fullmatch(value.strip())
    if match is None:
        raise refusal(gettext("“%s” is not a pair of hours") % value, gettext("Write them as 08:30-17:30"))
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if not opens < closes <= DAY:
        raise refusal(
            gettext("“%s” does not end after it begins within one day") % value,
            gettext("Split it at midnight: 18:00-24:00 on one day, 00:00-08:00 on the next"),
        )
    return opens, closes


def write_opening(opening: tuple[int, int]) -> str:
    return "-".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in opening)


Opening = Annotated[tuple[int, int], BeforeValidator(read_opening), PlainSerializer(write_opening, return_type=str)]
"""Opens, closes: minutes since midnight in the operator's zone; 24:00 is the end of the day."""


class WeeklyHours(Part):
    """Hours that repeat each week, in the operator's zone; ``always`` is 24×7 and knows no calendar at all (A1)."""

    name: Text
    always: bool = False
    days: dict[Weekday, tuple[Opening, ...]] = {}
    rest_days: RestDays = RestDays.AS_USUAL

    def on(self, weekday: int) -> tuple[tuple[int, int], ...]:
        """The openings of a day of the week (Monday is 0), in minutes since midnight."""
        return ((0, DAY),) if self.always else self.days.get(tuple(Weekday)[weekday], ())

    def minutes_of_a_day(self) -> int | None:
        """How long an open day is, when all open days are equally long; None otherwise. Needed for office days."""
        lengths = {sum(closes - opens for opens, closes in openings) for openings in self.days.values() if openings}
        return lengths.pop() if len(lengths) == 1 and not self.always else None

    @model_validator(mode="after")
    def says_when(self) -> "WeeklyHours":
        if self.always == any(self.days.values()):
            raise refusal(
                gettext("These hours say neither 24×7 nor an hour of the week, or both"),
                gettext("Write either “always: true” or the days with their hours"),
            )
        return self

    @model_validator(mode="after")
    def in_order(self) -> "WeeklyHours":
        for day, openings in self.days.items():
            edges = [edge for opening in openings for edge in opening]
            if edges != sorted(edges):
                raise refusal(
                    gettext("The hours of %s overlap or are in the wrong order") % day,
                    gettext("Write them from morning to night, none inside another"),
                )
        return self
