"""What no single row shows: a circuit that is another's, a site that ends while services still end there."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.editing import circuit_taken, site_in_use
from guardia.customers.folding import fold
from guardia.customers.importing.columns import SERVICES, SITES, Kind
from guardia.customers.importing.header import Header
from guardia.customers.importing.outcome import Problem
from guardia.customers.importing.rows import Row
from guardia.customers.service import Service


def conflicts(kind: Kind, header: Header, rows: list[Row], things: list[Any]) -> list[Problem]:
    if kind is SERVICES:
        return [*circuits_twice(header, rows), *circuits_of_others(header, things)]
    return list(sites_in_use(header, things)) if kind is SITES else []


def circuits_twice(header: Header, rows: Iterable[Row]) -> Iterable[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        circuit = fold(row.fields["circuit"])
        if circuit in first:
            words = {"circuit": row.fields["circuit"], "row": first[circuit]}
            sentence = _("circuit “%(circuit)s” already stands in row %(row)d. No two services have the same one.")
            yield Problem(row.number, header.names["circuit"], sentence % words)
        first.setdefault(circuit, row.number)


def circuits_of_others(header: Header, things: list[Any]) -> Iterable[Problem]:
    """One question to the database for all rows that bring a circuit."""
    bringing = {thing.folded_circuit: thing for thing in things}
    taken = Service.objects.filter(folded_circuit__in=bringing).select_related("customer")
    for other in sorted(taken, key=lambda one: bringing[one.folded_circuit].row):
        thing = bringing[other.folded_circuit]
        if other.pk != thing.pk:
            yield Problem(thing.row, header.names["circuit"], circuit_taken(other))


def sites_in_use(header: Header, things: list[Any]) -> Iterable[Problem]:
    ending = {thing.pk: thing for thing in things if thing.pk and not thing.active}
    used: dict[int, int] = {}
    for site in Service.objects.filter(site_id__in=ending, active=True).values_list("site_id", flat=True):
        used[site] = used.get(site, 0) + 1
    for site_id, services in sorted(used.items(), key=lambda one: ending[one[0]].row):
        yield Problem(ending[site_id].row, header.names["active"], site_in_use(services))
