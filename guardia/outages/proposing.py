"""An outage is proposed to the desk: by alerts, by planned work that overran, by cases that pile up. Hours are UTC."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guardia.customers.site import Site
from guardia.network.element import Element
from guardia.outages import holding, memberships, naming
from guardia.outages.outage import Membership, Origin, Outage, OutageState
from guardia.outages.piling import propose_from_cases
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
    row = holding.held(found) if found else new(element, site, name, started_at, origin, impact, now)
    row.signs = merged(row.signs, signs)
    if row.state == OutageState.PROPOSED:
        row.started_at = min(row.started_at, started_at)
    row.save()
    if row.state == OutageState.PROPOSED and services:
        memberships.put(row, services)
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
