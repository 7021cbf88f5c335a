"""The services behind an outage and the cases that speak for them: what joins, what is opened, what stays as it is.

The outage is held by the caller. Everything is set-based: the same statements for three services and for ten thousand.
Hours are UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from guardia.cases import common_cause, ledger, together
from guardia.cases.case import Case
from guardia.customers.service import Service
from guardia.network import reach
from guardia.network.element import Element
from guardia.outages import holding, memberships, naming, older_cases
from guardia.outages.outage import Outage, OutageState
from guardia.outages.refusals import NoSuchService
from guardia.people.actor import Actor
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.outage_rules import TellsSilent
from guardia.procedure.vocabulary import Impact

SOURCE = "outage"


@dataclass
class Gathered:
    """What became of the services: the cases that joined, those that were opened, the services that were only told."""

    joined: list[Case] = field(default_factory=list)
    opened: list[Case] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)
    entries: list[ledger.Entry] = field(default_factory=list)

    @property
    def cases(self) -> list[Case]:
        return [*self.joined, *self.opened]


def behind(element: Element | None, site_id: int | None, named: Collection[int]) -> list[int]:
    """The ids of the services behind it: below the element, at the site, and those that were named.

    Behind it is also whose other way is that of an outage under way: a ring that is cut twice.
    """
    found = set(reach.services_cut_off(element.pk, down_beside(element))) if element else set()
    if site_id:
        found |= set(in_use().filter(site=site_id).values_list("pk", flat=True))
    return sorted(found | set(named))


def down_beside(element: Element) -> list[int]:
    """The ids of the other elements with an outage that is declared and not restored."""
    down = Outage.objects.filter(state=OutageState.DECLARED, element__isnull=False).exclude(element=element)
    return list(down.order_by("element").values_list("element", flat=True))


def in_use() -> QuerySet[Service]:
    """The services that a company has: nobody is told of one that was given up, nor a company that has left."""
    return Service.objects.filter(active=True, customer__active=True)


def must_exist(service_ids: Collection[int]) -> None:
    """Raises NoSuchService."""
    if in_use().filter(pk__in=service_ids).count() != len(set(service_ids)):
        raise NoSuchService()


def gather(
    outage: Outage,
    service_ids: Sequence[int],
    variant: str,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
    since: datetime | None = None,
) -> Gathered:
    """The rows of these services, their open cases that join, and by the rule new cases for those without; written.

    ``variant``: how a case that is open already joins (``gathered``, ``alert`` …); ``since``: from when on those who
    have not called are affected, where that is not since the outage began.
    """
    since = since or outage.started_at
    found = Gathered()
    open_ones = open_incidents(service_ids)
    join_open(outage, joining(outage, open_ones, at), variant, found, by=by, at=at)
    joined = {case.pk for case in found.joined}
    older = [case for case in open_ones if case.pk not in joined and case.part_of_id != outage.pk]
    gets_a_case = tells_silent(outage) is TellsSilent.CASE
    # A case whose service had come back speaks for what was, not for the new cut.
    spoken_for = {case.service_id for case in open_ones if case not in older or not case.restored_at}
    silent = [pk for pk in service_ids if pk not in spoken_for]
    if silent and gets_a_case:
        open_for(outage, silent, found, min(since, at), by=by, at=at)
    else:
        found.silent = silent
    found.entries += older_cases.reached(outage, older, min(since, at), by=by, at=at, own_case=gets_a_case)
    found.entries += known_already(outage, found.cases, by=by, at=at)
    together.written(found.entries, now)
    memberships.joined(outage, found.cases, at)
    speaking = {case.service_id for case in found.cases}
    memberships.put(outage, [pk for pk in service_ids if pk not in speaking])
    return found


def tells_silent(outage: Outage) -> TellsSilent:
    return versions.of(outage.procedure_version_id).outages.tells_silent


def open_incidents(service_ids: Collection[int]) -> list[Case]:
    """The open incidents of these services, held, in the order of the ids."""
    ids = Case.objects.filter(service__in=service_ids, closed_at=None, desk=TECHNICAL).values_list("pk", flat=True)
    return holding.held_cases(ids)


def joining(outage: Outage, cases: Iterable[Case], at: datetime) -> list[Case]:
    """Those that belong to it: of no other outage, and begun no earlier than the rule reaches back."""
    earliest = reaches_back(outage.procedure_version_id, outage.started_at, at)
    return [case for case in cases if case.part_of_id is None and case.opened_at >= earliest]


def reaches_back(version_id: int, started_at: datetime, at: datetime) -> datetime:
    """Which hour (UTC) an open case must not have begun before, to join what is declared at ``at``.

    What was broken long before has a cause of its own.
    """
    return min(started_at, at - versions.of(version_id).outages.gather_back)


def join_open(outage: Outage, cases: Iterable[Case], variant: str, found: Gathered, *, by: Actor, at: datetime) -> None:
    for case in cases:
        when = max(at, case.opened_at)
        found.joined.append(case)
        found.entries.append(common_cause.joined(case, outage, variant, by, when))


def open_for(
    outage: Outage, service_ids: Sequence[int], found: Gathered, since: datetime, *, by: Actor, at: datetime
) -> None:
    """A case of its own for each customer who has not called (the procedure's rule)."""
    # Companies and cities are shared by many of them: each is read once.
    services = list(in_use().filter(pk__in=service_ids).prefetch_related("customer", "site__city").order_by("pk"))
    made = together.opened(
        services,
        naming.symptoms_of(outage),
        version_id=versions.in_force(at).pk,
        impact=Impact(outage.impact),
        since=since,
        source=SOURCE,
        by=by,
        at=at,
        outage=outage.pk,
    )
    for case, entry in made:
        found.opened.append(case)
        found.entries += [entry, common_cause.joined(case, outage, "declared", by, at)]


def known_already(outage: Outage, cases: Iterable[Case], *, by: Actor, at: datetime) -> list[ledger.Entry]:
    """Who joins after the cause was found has it at once (P3)."""
    if not (outage.cause and outage.plan) or outage.state != OutageState.DECLARED:
        return []
    return together.diagnosed(cases, outage.cause, outage.plan, by=by, at=at, outage=outage.pk)
