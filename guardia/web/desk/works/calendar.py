"""The month of planned work as a table of days, in the operator's zone."""

import calendar as days
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guardia.cases.month import Month
from guardia.outages.planned_work import PlannedWork
from guardia.web.desk.works import reading
from guardia.web.desk.works.words import state_words

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class InDay:
    href: str
    number: str
    hours: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    number: int
    words: str
    is_today: bool
    is_other: bool
    works: Sequence[InDay]


@dataclass(frozen=True, slots=True)
class Calendar:
    words: str
    weekdays: Sequence[str]
    weeks: Sequence[Sequence[Day]]
    before: str
    after: str


def month_in(written: str, at: datetime) -> Month:
    """The month asked for, else that of ``at``: what is no month is left aside."""
    try:
        return Month.parse(written.strip())
    except ValueError:
        return Month.of(at)


def calendar_of(month: Month, at: datetime) -> Calendar:
    works = reading.between(month.start, month.end)
    today = localtime(at).date()
    weeks = days.Calendar().monthdatescalendar(month.year, month.number)
    place = reverse("works")
    return Calendar(
        words=date_format(date(month.year, month.number, 1), "YEAR_MONTH_FORMAT"),
        weekdays=[str(WEEKDAYS[place]) for place in range(7)],
        weeks=[[day_of(day, month, today, works) for day in week] for week in weeks],
        before=f"{place}?mes={month.moved(-1)}#calendario",
        after=f"{place}?mes={month.moved(1)}#calendario",
    )


def day_of(day: date, month: Month, today: date, works: Sequence[PlannedWork]) -> Day:
    other = day.month != month.number
    of_day = [] if other else [in_day(work, day) for work in works if is_on(work, day)]
    return Day(day.day, date_format(day, "l j"), day == today, other, of_day)


def is_on(work: PlannedWork, day: date) -> bool:
    return localtime(work.starts_at).date() <= day <= localtime(work.ends_at - AN_INSTANT).date()


def in_day(work: PlannedWork, day: date) -> InDay:
    start, end = localtime(work.starts_at), localtime(work.ends_at)
    first = f"{start:%H:%M}" if start.date() == day else "00:00"
    last = f"{end:%H:%M}" if end.date() == day else "24:00"
    href = reverse("work", args=[work.display_number])
    return InDay(href, work.display_number, f"{first}–{last}", work.name, state_words(work))
