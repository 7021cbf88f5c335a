"""Ecuador's cantonal cities with their bands: loaded once, corrected by hand, found by any name they go by."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from django.utils.translation import gettext as _

from guardia.customers.city import City
from guardia.customers.folding import fold
from guardia.customers.values import Misfit

ECUADOR = Path(__file__).parent / "data" / "cities-ec.csv"
KEPT = ("band", "zone")


@dataclass(frozen=True)
class ListedCity:
    """A line of the list: the city, and the other names it goes by (its canton's, the everyday one)."""

    name: str
    province: str
    band: str
    zone: str
    also: tuple[str, ...]


def listed(path: Path = ECUADOR) -> list[ListedCity]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            ListedCity(row["name"], row["province"], row["band"], row["zone"], _names(row["also"]))
            for row in csv.DictReader(file)
        ]


def load_cities(path: Path = ECUADOR) -> int:
    """Bring the list into the database; a city edited by hand stays as it is. Returns how many were new or changed."""
    known = {(city.name, city.province): city for city in City.objects.all()}
    new, changed = [], []
    for line in listed(path):
        city = known.get((line.name, line.province))
        if city is None:
            new.append(City(name=line.name, province=line.province, band=line.band, zone=line.zone))
        elif not city.edited and (city.band, city.zone) != (line.band, line.zone):
            city.band, city.zone = line.band, line.zone
            changed.append(city)
    City.objects.bulk_create(new)
    City.objects.bulk_update(changed, KEPT)
    return len(new) + len(changed)


@dataclass
class Gazetteer:
    """Every city by every name, for files that name thousands of them."""

    by_name: dict[str, list[City]] = field(default_factory=dict)

    @classmethod
    def of(cls, cities: Iterable[City]) -> "Gazetteer":
        also = {(line.name, line.province): line.also for line in listed()}
        gazetteer = cls()
        for city in cities:
            names = (city.name, *also.get((city.name, city.province), ()))
            for name in dict.fromkeys(map(fold, names)):
                gazetteer.by_name.setdefault(name, []).append(city)
        return gazetteer

    def find(self, written: str, province: str = "") -> City:
        """The city of that name: ``Cuenca``, or ``Olmedo, Loja`` where two share it. Raises Misfit with the nearest."""
        name, _comma, inline = written.partition(",")
        found = self.by_name.get(fold(name), [])
        if wanted := fold(inline or province):
            found = [city for city in found if fold(city.province) == wanted]
        if len(found) == 1:
            return found[0]
        raise Misfit(self._refusal(written, found))

    def _refusal(self, written: str, found: list[City]) -> str:
        if found:
            which = "; ".join(_placed(city) for city in found)
            return _("Several cities are called “%(written)s”. Write which: %(which)s.") % {
                "written": written,
                "which": which,
            }
        near = get_close_matches(fold(written.partition(",")[0]), self.by_name, n=1, cutoff=0.6)
        if near:
            return _("“%(written)s” is no city of the list. Did you mean “%(near)s”?") % {
                "written": written,
                "near": _placed(self.by_name[near[0]][0]),
            }
        return _("“%s” is no city of the list. Add it to the list of cities first.") % written


def _placed(city: City) -> str:
    return f"{city.name}, {city.province}"


def _names(also: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in also.split(";") if name.strip())
