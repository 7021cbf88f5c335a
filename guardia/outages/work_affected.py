"""Whom a planned work touches, seen before anybody is told: companies, services, who has no way, what collides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guardia.clocks.calendars import announced_at, lawful_days, newest_edition
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.network.reach import services_behind
from guardia.notices import ways
from guardia.notices.announcing_each import contacts_of
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.work_drafting import touched

MOST_COLLIDING = 20


class Touched(NamedTuple):
    """A service of the company, by id and circuit, with the company's answer (hours in UTC)."""

    service: int
    circuit: str
    answer: str
    answered_at: datetime | None
    answer_words: str


@dataclass(frozen=True)
class Company:
    """One company that is touched. ``told`` contacts have a mailbox that takes mail, ``without`` have none."""

    customer: Customer
    services: Sequence[Touched]
    told: int
    without: Sequence[Contact]

    @property
    def is_unreachable(self) -> bool:
        return not self.told


@dataclass(frozen=True)
class RestingDay:
    """A day of rest within the window, with its name where the law has one."""

    day: date
    name: str


@dataclass(frozen=True)
class Affected:
    """``colliding``: works at the same time on the same services; ``missing``: services behind the element by now that
    the work does not have.
    """

    companies: Sequence[Company]
    colliding: Sequence[PlannedWork]
    resting: Sequence[RestingDay]
    missing: int

    @property
    def services(self) -> int:
        return sum(len(each.services) for each in self.companies)

    @property
    def vip(self) -> list[Company]:
        return [each for each in self.companies if each.customer.vip]

    @property
    def unreachable(self) -> list[Company]:
        return [each for each in self.companies if each.is_unreachable]


def affected(work: PlannedWork) -> Affected:
    """Read in a fixed number of questions; companies with VIP first, then by name."""
    columns = ("customer", "service", "service__circuit", "answer", "answered_at", "answer_words")
    by_company: dict[int, list[Touched]] = {}
    for company, *row in touched(work).order_by("service__circuit").values_list(*columns):
        by_company.setdefault(company, []).append(Touched(*row))
    customers = Customer.objects.in_bulk(list(by_company))
    reached, unreached = whom_mail_reaches(list(by_company))
    companies = [
        Company(customers[pk], rows, reached.get(pk, 0), unreached.get(pk, ())) for pk, rows in by_company.items()
    ]
    companies.sort(key=lambda each: (not each.customer.vip, each.customer.folded_name))
    resting_days = resting(work.starts_at, work.ends_at, work.zone)
    return Affected(companies, colliding(work), resting_days, missing(work, by_company.values()))


def whom_mail_reaches(companies: Sequence[int]) -> tuple[dict[int, int], dict[int, list[Contact]]]:
    """By company, how many of the contacts that are written to have a mailbox that takes mail, and which have none."""
    people = list(contacts_of(companies).prefetch_related("ways"))
    marks = ways.marked(people)
    reached: dict[int, int] = {}
    unreached: dict[int, list[Contact]] = {}
    for one in people:
        if any(way.channel == ways.Channel.MAIL for way in ways.addresses_of(one, down=False, marks=marks)):
            reached[one.customer_id] = reached.get(one.customer_id, 0) + 1
        else:
            unreached.setdefault(one.customer_id, []).append(one)
    return reached, unreached


def colliding(work: PlannedWork) -> list[PlannedWork]:
    """Other works that are not over, at the same time, on one of the same services."""
    services = touched(work).values("service")
    others = PlannedWork.objects.filter(ended_at=None, starts_at__lt=work.ends_at, ends_at__gt=work.starts_at)
    same = PlannedWorkService.objects.filter(service__in=services, taken_out_at=None).values("work")
    return list(others.exclude(pk=work.pk).filter(pk__in=same).order_by("starts_at", "pk")[:MOST_COLLIDING])


def resting(starts_at: datetime, ends_at: datetime, zone: str) -> list[RestingDay]:
    """The days of rest that the window touches, by its own zone: of the law where it is Ecuador's, and as announced."""
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (starts_at, ends_at))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    said = announced_at(newest_edition())
    lawful = lawful_days(said.cantons) if zone in ZONES else frozenset()
    rests = [day for day in days if (day in lawful or day in said.rests) and day not in said.works]
    return [RestingDay(day, name_of(day, said.cantons)) for day in rests]


def name_of(day: date, cantons: Sequence[str]) -> str:
    if not FIRST <= day.year <= LAST:
        return ""
    named = (rest for canton in ("", *cantons) for rest in rest_days([day.year], canton) if rest.day == day)
    return next((str(rest) for rest in named), "")


def missing(work: PlannedWork, companies: Iterable[Sequence[Touched]]) -> int:
    """How many services have come behind the element since the draft was written."""
    if work.state != WorkState.DRAFT or work.element_id is None:
        return 0
    return len({*services_behind([work.element_id])} - {row.service for rows in companies for row in rows})
