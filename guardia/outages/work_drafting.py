"""A planned work is written: what is done, when, and which services it touches. Nobody is told yet.

A step inside a transaction of its caller; hours are UTC.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need
from guardia.config.languages import PUBLISHED_IN
from guardia.customers.folding import fold
from guardia.customers.service import Service
from guardia.network.element import Element
from guardia.network.reach import services_behind
from guardia.outages import work_turns
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
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
from guardia.outages.work_rules import again_hours, notice_hours
from guardia.outages.work_turns import TurnKind
from guardia.people.actor import Actor
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
    """A new draft, by a person of the house. Raises Missing, WindowReversed and its like, NothingTouched."""
    assert by.id is not None, "a work is planned by a person"
    version = versions.in_force(at)
    must_be_a_window(what.starts_at, what.ends_at, at)
    work = PlannedWork(
        number=work_turns.next_number(),
        procedure_version=version,
        notice_hours=notice_hours(version.procedure),
        again_hours=again_hours(version.procedure),
        created_at=at,
        created_by_id=by.id,
    )
    _write(work, what)
    touched = touch(work, what, at)
    work_turns.write(work, TurnKind.DRAFTED, by=by, at=at, services=len(touched))
    return work


def change(work: PlannedWork, what: Planned, *, by: Actor, at: datetime) -> PlannedWork:
    """A draft is written anew; the work is locked by its caller. Raises NotADraft, and what ``draft`` raises."""
    if work.state != WorkState.DRAFT:
        raise NotADraft(number=work.display_number)
    must_be_a_window(what.starts_at, what.ends_at, at)
    _write(work, what)
    touched = touch(work, what, at)
    work_turns.write(work, TurnKind.CHANGED, by=by, at=at, services=len(touched))
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
