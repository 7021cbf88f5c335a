"""Cases that pile up on one site, or behind one element, propose an outage by themselves (the procedure's rule).

Looked at are the newest cases alone, back to where the rule reaches: the cost is that of what is new. Hours are UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from guardia.cases.case import Case
from guardia.clocks.set_aside import Aside
from guardia.customers.site import Site
from guardia.network import reach
from guardia.network.element import Element
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact

MOST_LOOKED_AT = 500
SITES, ELEMENTS = Aside("site"), Aside("element")
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
    above = reach.elements_above({one.service for one in new})
    found, left = [], list(new)
    while pile := biggest(left, above, least):
        found.append(pile)
        left = [one for one in left if one not in pile.cases]
    return found


def biggest(left: Sequence[New], above: dict[int, list[int]], least: int) -> Pile | None:
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
    from guardia.outages.proposing import propose

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
