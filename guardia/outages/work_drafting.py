"""A planned work is written: what is done, when, and which services it touches. Nobody is told yet.

A step inside a transaction of its caller; hours are UTC.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need
from guardia.clocks.calendars import announced_at, lawful_days, newest_edition
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.config.languages import PUBLISHED_IN
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.values import fold
from guardia.network.element import Element
from guardia.network.reach import services_behind
from guardia.notices import recipients
from guardia.notices.announcing import contacts_of
from guardia.outages import planned_work
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, TurnKind, WorkState, again_hours, notice_hours
from guardia.outages.work_refusals import (
    ExpectedTooLong,
    NoSuchCircuit,
    NotADraft,
    NothingTouched,
    TooManyServices,
    WindowIsOver,
    WindowReversed,
    WindowTooFar,
    WindowTooLong,
)
from guardia.people.staff import Actor
from guardia.procedure import version as versions

LONGEST = timedelta(days=14)
FARTHEST = timedelta(days=366)
MOST_CIRCUITS = 500
MOST_NAMED = 5
AT_ONCE = 2000


@dataclass(frozen=True)
class Planned:
    """What whoever plans writes. ``public_name`` by language, ``es`` at least; ``services`` are ids beside those of
    the element. ``expected_minutes`` without service within the window; None: all of it.
    """

    name: str
    public_name: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    element: Element | None = None
    services: tuple[int, ...] = ()
    expected_minutes: int | None = None
    carrier: str = ""
    carrier_reference: str = ""
    needs_agreement: bool = False
    is_public: bool = False
    zone: str = field(default_factory=lambda: settings.TIME_ZONE)


def draft(what: Planned, *, by: Actor, at: datetime) -> PlannedWork:
    """A new draft, by a person of the operator. Raises Missing, WindowReversed and its like, NothingTouched."""
    assert by.id is not None, "a work is planned by a person"
    version = versions.in_force(at)
    must_be_a_window(what.starts_at, what.ends_at, at)
    work = PlannedWork(
        number=planned_work.next_number(),
        procedure_version=version,
        notice_hours=notice_hours(version.procedure),
        again_hours=again_hours(version.procedure),
        created_at=at,
        created_by_id=by.id,
    )
    _write(work, what)
    touched = touch(work, what, at)
    planned_work.write(work, TurnKind.DRAFTED, by=by, at=at, services=len(touched))
    return work


def change(work: PlannedWork, what: Planned, *, by: Actor, at: datetime) -> PlannedWork:
    """A draft is written anew; the work is locked by its caller. Raises NotADraft, and what ``draft`` raises."""
    if work.state != WorkState.DRAFT:
        raise NotADraft(number=work.display_number)
    must_be_a_window(what.starts_at, what.ends_at, at)
    _write(work, what)
    touched = touch(work, what, at)
    planned_work.write(work, TurnKind.CHANGED, by=by, at=at, services=len(touched))
    return work


def must_be_a_window(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raises WindowReversed, WindowIsOver, WindowTooFar, WindowTooLong."""
    if ends_at <= starts_at:
        raise WindowReversed()
    if starts_at <= at:
        raise WindowIsOver()
    if starts_at - at > FARTHEST:
        raise WindowTooFar()
    if ends_at - starts_at > LONGEST:
        raise WindowTooLong(days=LONGEST.days)


def _write(work: PlannedWork, what: Planned) -> None:
    minutes = round((what.ends_at - what.starts_at).total_seconds() / 60)
    if what.expected_minutes is not None and what.expected_minutes > minutes:
        raise ExpectedTooLong(minutes=minutes)
    work.name = need("", "name", what.name, _("a name for the desk"))
    spanish = need(
        "", "public_name_es", what.public_name.get(PUBLISHED_IN, ""), _("what is done, as customers read it")
    )
    others = {lang: words.strip() for lang, words in what.public_name.items() if words.strip()}
    work.public_name = {**others, PUBLISHED_IN: spanish}
    work.element, work.zone = what.element, what.zone
    work.starts_at, work.ends_at, work.expected_minutes = what.starts_at, what.ends_at, what.expected_minutes
    work.carrier, work.carrier_reference = what.carrier.strip(), what.carrier_reference.strip()
    work.needs_agreement, work.is_public = what.needs_agreement, what.is_public
    work.save()


def touch(work: PlannedWork, what: Planned, at: datetime) -> list[int]:
    """The services below the element that have no other way, and the named ones. Raises NothingTouched."""
    below = services_behind([what.element.pk]) if what.element else []
    wanted = Service.objects.filter(pk__in={*below, *what.services}, active=True, customer__active=True)
    found = dict(wanted.values_list("pk", "customer_id"))
    if not found:
        raise NothingTouched()
    rows = touched(work)
    rows.exclude(service__in=found).update(taken_out_at=at)
    PlannedWorkService.objects.filter(work=work, service__in=found).update(taken_out_at=None)
    PlannedWorkService.objects.bulk_create(
        (PlannedWorkService(work=work, service_id=pk, customer_id=customer) for pk, customer in found.items()),
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    return sorted(found)


def touched(work: PlannedWork) -> QuerySet[PlannedWorkService]:
    """The services that it touches as it stands."""
    return PlannedWorkService.objects.filter(work=work, taken_out_at=None)


def circuits_named(written: Sequence[str]) -> list[int]:
    """The ids of the services with these circuits. Raises NoSuchCircuit, which names those; TooManyServices."""
    names = {fold(name): name for name in (each.strip() for each in written) if name}
    if len(names) > MOST_CIRCUITS:
        raise TooManyServices(most=MOST_CIRCUITS)
    found = Service.objects.filter(folded_circuit__in=names, active=True).values_list("folded_circuit", "pk")
    if missing := unknown(names, {folded for folded, _pk in found}):
        raise NoSuchCircuit(circuits=", ".join(missing))
    return sorted(pk for _folded, pk in found)


def unknown(names: Mapping[str, str], found: Collection[str]) -> list[str]:
    missing = [name for folded, name in names.items() if folded not in found]
    return missing if len(missing) <= MOST_NAMED else [*missing[:MOST_NAMED], "…"]


# Whom a planned work touches, seen before anybody is told: companies, services, who has no way, what collides.


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
    marks = recipients.marked(people)
    reached: dict[int, int] = {}
    unreached: dict[int, list[Contact]] = {}
    for one in people:
        if any(way.channel == recipients.Channel.MAIL for way in recipients.addresses_of(one, down=False, marks=marks)):
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
    lawful = lawful_days(said.observed) if zone in ZONES else frozenset()
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
