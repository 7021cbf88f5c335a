"""What a company is promised for each of its sites (P4.1 to P4.3): the site list that is shown to it.

The band of a site is known beforehand; what it promises stands in the procedure, and a site that departs from its city
says why (P4 D). The desk's page, its print and the portal show these same rows.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db.models import Case, CharField, F, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.config import countries
from guardia.customers.cities import City, exceptions
from guardia.customers.customer import Customer, Site
from guardia.customers.phones import home_region
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


# Which band a canton has by default, and why one has another (P4.1 to P4.3 D). The rule is ``data/tiers.toml``.


RULE = Path(__file__).parent / "data" / "tiers.toml"

EXCEPTIONS: dict[str, Promise] = {
    "adjoins": _("it adjoins a main city, and a crew gets there just as soon"),
    "apart": _("most of its people live beside the main city next to it; its own town is farther out"),
    "amazon": _("Amazon: access depends on rivers, small aircraft or a single road"),
    "coast": _("northern coast: the way there depends on the sea, rivers and public order"),
}
"""Why a canton of the list has another band than the rule gives it, by the word in the list."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """The rule. ``census``: the year whose figures it reads; ``main_from``: inhabitants of the canton."""

    census: int
    main_from: int
    remote_provinces: frozenset[str]

    def band_of(self, province: str, population: int | None) -> Band | None:
        """The band by the rule; None where no population is on record and the rule says nothing.

        It is a rule of Ecuador's cantons: of an operator of another country it says nothing.
        """
        if not rules_here():
            return None
        if province in self.remote_provinces:
            return Band.REMOTE
        if population is None:
            return None
        return Band.MAIN if population >= self.main_from else Band.INTERMEDIATE


@dataclass(frozen=True, slots=True)
class Standing:
    """A city's band beside the rule. ``by_rule`` is None where the rule says nothing of it."""

    band: str
    by_rule: Band | None
    reason: str

    @property
    def departs(self) -> bool:
        return self.by_rule is not None and self.band != self.by_rule


def rules_here() -> bool:
    """Whether the operator's country is the one of the list and of its rule."""
    return home_region() == countries.HERE


@lru_cache(maxsize=4)
def tiers(path: Path = RULE) -> Tiers:
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    return Tiers(read["census"], read["main_from"], frozenset(read["remote_provinces"]))


def standing(city: City) -> Standing:
    """How the city's band stands to the rule, with the reason written by hand or that of the list, in words."""
    reason = city.band_reason or listed_reason(city.name, city.province, city.band)
    return Standing(city.band, tiers().band_of(city.province, city.population), reason)


def listed_reason(name: str, province: str, band: str) -> str:
    """Why the list gives this city this very band against the rule; empty where it does not."""
    kept = exceptions().get((name, province))
    return str(EXCEPTIONS[kept[1]]) if kept and kept[0] == band else ""


def needs_reason(city: City, name: str, province: str, band: str, population: int | None) -> bool:
    """Whether this band asks for a reason in words: it is not the rule's, nor one that the list has a reason for.

    Where the rule says nothing, a band that is changed by hand asks for one; ``city`` is as it is still kept.
    """
    by_rule = tiers().band_of(province, population)
    if band == by_rule or listed_reason(name, province, band):
        return False
    return by_rule is not None or (city.pk is not None and band != city.band)
