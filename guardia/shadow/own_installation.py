"""What a replay takes from the operator's own installation: a copy. Nothing is written there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from guardia.clocks.calendars import journal
from guardia.customers.customer import Service
from guardia.network.element import Element
from guardia.network.reach import elements_above
from guardia.people.shifts import TECHNICAL, hours_of
from guardia.procedure.version import ProcedureVersion, version_at
from guardia.shadow.level_holders import rotas_to_copy

AT_ONCE = 5000


@dataclass(frozen=True)
class OwnInstallation:
    """``procedure``: its document; ``title``: what it is called; ``calendar``: the days that were announced.

    ``rotas``: who holds the levels when, as ``level_holders`` copies it; ``network``: by folded circuit the name of the
    site and of the elements above it, the nearest first; ``shifts``: the hours at which the shifts of the desk change.
    """

    procedure: Mapping[str, Any]
    title: str
    calendar: tuple[Mapping[str, Any], ...] = ()
    rotas: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shifts: tuple[str, ...] = ()


def own_installation(at: datetime) -> OwnInstallation | None:
    """Of the database that this process is at; None where no procedure is in force at ``at`` (UTC)."""
    version = version_at(at)
    if version is None:
        return None
    document = ProcedureVersion.objects.values_list("document", flat=True).get(pk=version.pk)
    days = tuple(map(dict, announced_days()))
    return OwnInstallation(document, str(version), days, rotas_to_copy(), own_network(), tuple(hours_of(TECHNICAL)))


def own_network() -> dict[str, list[str]]:
    """What each circuit hangs on, where an element is known above it or where its site has another one."""
    services = Service.objects.filter(active=True).order_by("pk")
    rows = list(services.values_list("pk", "folded_circuit", "site", "site__name"))
    shared = Counter(site for _pk, _circuit, site, _name in rows)
    above: dict[int, list[int]] = {}
    for some in batched(rows, AT_ONCE):
        above |= elements_above([pk for pk, *_more in some])
    names = dict(Element.objects.values_list("pk", "name"))
    return {
        circuit: [name, *(names[each] for each in above.get(pk, ()))]
        for pk, circuit, site, name in rows
        if circuit and (pk in above or shared[site] > 1)
    }


def announced_days() -> list[dict[str, Any]]:
    """Rest days, decrees and withdrawals by their editions; who announced them stays where it is."""
    return [
        {
            "pk": change.pk,
            "kind": change.kind,
            "day": change.day.isoformat() if change.day else None,
            "canton": change.canton,
            "feast": change.feast,
            "withdraws_id": change.withdraws_id,
            "at": change.at.isoformat(),
        }
        for change in journal()
    ]
