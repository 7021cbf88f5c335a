"""An outage is proposed to the desk: by alerts, by planned work that overran, by cases that pile up. Hours are UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from guardia.cases.case import Case
from guardia.clocks.quarantine import Quarantine
from guardia.customers.customer import Site
from guardia.network import reach
from guardia.network.element import Element
from guardia.outages import holding, memberships, naming
from guardia.outages.outage import Membership, Origin, Outage, OutageState
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact

__all__ = ["propose", "propose_from_cases"]

MOST_SIGNS = 500
"""Ids that a proposal keeps of each kind: a storm of alerts makes no endless row."""


def propose(
    *,
    element: Element | None,
    site: Site | None,
    services: Sequence[int] = (),
    name: str = "",
    signs: Mapping[str, Any],
    started_at: datetime,
    origin: Origin,
    impact: Impact = Impact.DOWN,
    now: datetime,
) -> Outage:
    """The open outage of that element or site, with these signs added; else a new proposal that the desk decides on.

    ``services`` are ids; ``signs`` holds ids of cases and alerts, and hours. Where neither element nor site is named it
    is the open one of the same origin that has one of the services. One that is declared gets the signs, no services.
    """
    holding.take_turn()
    found = open_one(element, site, services, origin)
    row = holding.locked_outage(found) if found else new(element, site, name, started_at, origin, impact, now)
    row.signs = merged(row.signs, signs)
    if row.state == OutageState.PROPOSED:
        row.started_at = min(row.started_at, started_at)
    row.save()
    if row.state == OutageState.PROPOSED and services:
        memberships.add_services(row, services)
    return row


def open_one(element: Element | None, site: Site | None, services: Sequence[int], origin: Origin) -> Outage | None:
    open_ones = Outage.objects.filter(ended_at=None).order_by("pk")
    if element:
        return open_ones.filter(element=element).first()
    if site:
        return open_ones.filter(site=site).first()
    theirs = open_ones.filter(element=None, site=None, origin=origin, services__service__in=services)
    return theirs.exclude(services__state=Membership.LEFT).first()


def new(
    element: Element | None,
    site: Site | None,
    name: str,
    started_at: datetime,
    origin: Origin,
    impact: Impact,
    now: datetime,
) -> Outage:
    """Raises NoProcedure."""
    return Outage(
        number=holding.next_number(),
        name=naming.desk_name(name, element, site),
        state=OutageState.PROPOSED,
        origin=origin.value,
        element=element,
        site=site,
        procedure_version=versions.in_force(now),
        impact=impact.value,
        started_at=started_at,
        proposed_at=now,
    )


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of ids grow, each id once, the newest kept; all else is as it was said last."""
    both = {**old, **new}
    for name, value in new.items():
        if isinstance(value, list | tuple):
            both[name] = list(dict.fromkeys([*(old.get(name) or ()), *value]))[-MOST_SIGNS:]
    return both


# Cases that pile up on one site, or behind one element, propose an outage by themselves (the procedure's rule).
#
# Looked at are the newest cases alone, back to where the rule reaches: the cost is that of what is new. Hours are UTC.


MOST_LOOKED_AT = 500
SITES, ELEMENTS = Quarantine("site"), Quarantine("element")
"""Causes for which nothing could be proposed."""


@dataclass(frozen=True)
class New:
    """An open incident of no outage."""

    case: int
    service: int
    site: int
    opened_at: datetime
    since: datetime
    impact: Impact


def propose_from_cases(now: datetime) -> int:
    """Cases that pile up propose an outage; how many proposals are new. A step of the worker's sweep."""
    version = versions.version_at(now)
    if version is None:
        return 0
    rule = versions.of(version.pk).outages.pile_up
    new = newest(now - rule.within)
    if len(new) < rule.cases:
        return 0
    before = set(Outage.objects.filter(ended_at=None).values_list("pk", flat=True))
    found, proposed = piles(new, rule.cases), set[int | None]()
    for aside, what in ((SITES, "site"), (ELEMENTS, "element")):
        without = aside.left_out(now)
        mine = [pile for pile in found if (pk := getattr(pile, what)) and pk not in without]
        aside.each(mine, lambda pile: proposed.add(proposed_for(pile, now)), now, key=attrgetter(what))
    return len(proposed - before - {None})


def newest(since: datetime) -> list[New]:
    """The open incidents of no outage that were opened since then; of a storm the newest ones."""
    names = ("service", "site", "opened_at", "outage_started_at", "impact", "part_of", "desk", "closed_at")
    cases = list(Case.objects.order_by("-pk").only(*names)[:MOST_LOOKED_AT])
    return [
        New(
            case.pk,
            case.service_id,
            case.site_id,
            case.opened_at,
            case.outage_started_at or case.opened_at,
            Impact(case.impact or Impact.REPORTED),
        )
        for case in cases
        if case.opened_at >= since and case.part_of_id is None and case.desk == TECHNICAL and case.is_open
        if case.service_id and case.site_id
    ]


@dataclass(frozen=True)
class Pile:
    element: int | None
    site: int | None
    cases: Sequence[New]


def piles(new: Sequence[New], least: int) -> list[Pile]:
    """The causes that explain the most cases, the nearest one first; a case explains itself once."""
    return piles_among(new, reach.elements_above({one.service for one in new}), least)


def piles_among(new: Sequence[New], above: Mapping[int, Sequence[int]], least: int) -> list[Pile]:
    """The same, where by service the ids of the elements above it are known, the nearest first."""
    found, left = [], list(new)
    while pile := biggest(left, above, least):
        found.append(pile)
        left = [one for one in left if one not in pile.cases]
    return found


def biggest(left: Sequence[New], above: Mapping[int, Sequence[int]], least: int) -> Pile | None:
    """Of services, not of calls about one: a customer who rings three times piles up nothing."""
    by_cause: dict[tuple[str, int], list[New]] = {}
    distance: dict[tuple[str, int], int] = {}
    for one in left:
        causes = [("site", one.site), *(("element", pk) for pk in above.get(one.service, ()))]
        for steps, cause in enumerate(causes):
            by_cause.setdefault(cause, []).append(one)
            distance[cause] = max(steps, distance.get(cause, 0))
    counted = {cause: len({one.service for one in cases}) for cause, cases in by_cause.items()}
    enough = [cause for cause, count in counted.items() if count >= least]
    if not enough:
        return None
    what, pk = max(enough, key=lambda cause: (counted[cause], -distance[cause]))
    cases = by_cause[what, pk]
    return Pile(pk if what == "element" else None, pk if what == "site" else None, cases)


def proposed_for(pile: Pile, now: datetime) -> int | None:
    """The id of the open outage of that cause; None where the desk has said that these very cases are none."""

    element = Element.objects.filter(pk=pile.element).select_related("city").first() if pile.element else None
    site = Site.objects.filter(pk=pile.site).select_related("city").first() if pile.site else None
    fresh = not_dismissed(pile, now)
    if not fresh:
        return None
    began = min(one.since for one in fresh)
    return propose(
        element=element,
        site=site,
        services=sorted({one.service for one in fresh}) if site else (),
        signs={"cases": sorted(one.case for one in fresh), "since": began.isoformat()},
        started_at=began,
        origin=Origin.CASES,
        impact=felt(fresh),
        now=now,
    ).pk


def felt(cases: Sequence[New]) -> Impact:
    """The worst that any of them says; where none says anything the desk does, as it declares."""
    said = {one.impact for one in cases} - {Impact.REPORTED}
    return next((impact for impact in Impact if impact in said), Impact.REPORTED)


def not_dismissed(pile: Pile, now: datetime) -> Sequence[New]:
    """Its cases, but none while the desk's last word on that cause was that they are no outage."""
    dismissed = Outage.objects.filter(
        state=OutageState.DISMISSED, element=pile.element, site=pile.site, ended_at__isnull=False
    )
    last = dismissed.order_by("-ended_at").values_list("ended_at", "signs").first()
    if last is None:
        return pile.cases
    known = set(last[1].get("cases") or ())
    return pile.cases if any(one.case not in known for one in pile.cases) else ()
