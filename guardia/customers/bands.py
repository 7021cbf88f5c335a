"""What a company is promised for each of its sites (P4.1 to P4.3): the site list that is shown to it.

The band of a site is known beforehand; what it promises stands in the procedure, and a site that departs from its city
says why (P4 D). The desk's page, its print and the portal show these same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, F, QuerySet, When

from guardia.customers.customer import Customer
from guardia.customers.site import Site
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import promised
from guardia.procedure.vocabulary import Band, ClockKind


@dataclass(frozen=True, slots=True)
class BandPromise:
    """A band as the procedure publishes it: its clause, its name, and within what time a crew arrives, in words."""

    clause: str
    name: str
    arrival: str
    published: str


@dataclass(frozen=True, slots=True)
class SiteBandRow:
    """One line of the list. ``reason``: why the band is not its city's; empty where it is."""

    site: Site
    name: str
    address: str
    city: str
    province: str
    band: str
    city_band: str
    promise: BandPromise | None
    reason: str

    @property
    def departs(self) -> bool:
        return self.band != self.city_band


def site_band_rows(customer: Customer, procedure: Procedure | None) -> list[SiteBandRow]:
    """The active sites of the company by name, each with its band, what it is promised, and why it departs.

    ``procedure``: the one in force; None while none is published, and then nothing is promised. The words are in the
    active language. Names nobody, so that the whole list may be shown to the company.
    """
    promises = band_promises(procedure)
    sites = customer.sites.filter(active=True).select_related("city").order_by("name", "pk")
    return [site_band_row(site, promises) for site in sites]


def site_band_row(site: Site, promises: Mapping[str, BandPromise]) -> SiteBandRow:
    """One line; the site comes with its city."""
    return SiteBandRow(
        site=site,
        name=site.name,
        address=site.address,
        city=site.city.name,
        province=site.city.province,
        band=site.band,
        city_band=site.city.band,
        promise=promises.get(site.band),
        reason=site.own_reason if site.own_band else "",
    )


def band_promises(procedure: Procedure | None) -> dict[str, BandPromise]:
    """Each band of the procedure with its promise, in the active language; empty where none is published."""
    if procedure is None:
        return {}
    travel = procedure.clock(ClockKind.TRAVEL)
    return {
        rule.band.value: BandPromise(rule.clause, str(rule.name), promised(travel, rule.band), str(rule.promise))
        for rule in procedure.bands
    }


def promise_of(procedure: Procedure, band: str) -> BandPromise | None:
    """What the procedure promises to sites of this band; None where it knows no such band."""
    return band_promises(procedure).get(Band(band)) if band in set(Band) else None


def bands_of(sites: QuerySet[Site]) -> dict[int, str]:
    """The band that counts for each site now: its own, or its city's. By the site's id."""
    own = Case(When(own_band="", then=F("city__band")), default=F("own_band"), output_field=CharField())
    return dict(sites.order_by("pk").values_list("pk", own))
