"""Which band a canton has by default, and why one has another (P4.1 to P4.3 D). The rule is ``data/tiers.toml``."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.config import countries
from guardia.customers.cities import exceptions
from guardia.customers.city import City
from guardia.customers.phones import home_region
from guardia.procedure.vocabulary import Band

RULE = Path(__file__).parent / "data" / "tiers.toml"

EXCEPTIONS: dict[str, Promise] = {
    "adjoins": _("it adjoins a main city, and a crew is there as soon"),
    "apart": _("its many people live beside the main city next to it; its own town is farther out"),
    "amazon": _("Amazon: the way there depends on rivers, small aircraft or a single road"),
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
