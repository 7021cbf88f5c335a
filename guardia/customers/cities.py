"""Ecuador's cantonal cities with their bands: loaded once, corrected by hand, found by any name they go by."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, fold

# A city and its band: how far it is for a crew (P4.1 to P4.3).


class City(models.Model):
    name = models.CharField(max_length=120)
    province = models.CharField(max_length=120)
    band = models.CharField(max_length=20)
    code = models.CharField(max_length=10, blank=True, help_text="of the canton, as the statistics office numbers it")
    population = models.IntegerField(null=True, help_text="of the canton, at the last census")
    band_reason = models.CharField(max_length=200, blank=True, help_text="why the band was changed by hand")
    zone = models.CharField(max_length=60, default="America/Guayaquil")
    latitude = models.FloatField(null=True, help_text="of its seat, in degrees (WGS 84); null: it is on no map")
    longitude = models.FloatField(null=True)
    edited = models.BooleanField(default=False, help_text="changed by hand: loading the list again leaves it alone")

    class Meta:
        app_label = "guardia"
        db_table = "city"
        constraints = [models.UniqueConstraint(fields=["name", "province"], name="city_once")]

    def __str__(self) -> str:
        return self.name


ECUADOR = Path(__file__).parent / "data" / "cities-ec.csv"
KEPT = ("band", "zone", "code", "population", "latitude", "longitude")
FACTS = ("code", "population", "latitude", "longitude")
"""What a list says of a canton: filled in where it is missing, even in a city edited by hand."""


@dataclass(frozen=True)
class ListedCity:
    """A line of the list: the city, and the other names it goes by (its canton's, the everyday one).

    ``reason``: the word for why its band is not that of the rule; ``population`` is None where no figure is known.
    """

    name: str
    province: str
    code: str
    population: int | None
    band: str
    reason: str
    zone: str
    also: tuple[str, ...]
    latitude: float | None = None
    longitude: float | None = None


def listed(path: Path = ECUADOR) -> list[ListedCity]:
    with path.open(encoding="utf-8", newline="") as file:
        return [_line(row) for row in csv.DictReader(file)]


def _line(row: dict[str, str]) -> ListedCity:
    population = int(row["population"]) if row["population"] else None
    plain = {name: row[name] for name in ("name", "province", "code", "band", "reason", "zone")}
    latitude, longitude = (float(row[name]) if row.get(name) else None for name in ("latitude", "longitude"))
    return ListedCity(**plain, population=population, also=_names(row["also"]), latitude=latitude, longitude=longitude)


@lru_cache(maxsize=1)
def exceptions() -> dict[tuple[str, str], tuple[str, str]]:
    """The cities of the list that depart from the rule: by name and province, the band and the word for why."""
    return {(line.name, line.province): (line.band, line.reason) for line in listed() if line.reason}


def load_cities(path: Path = ECUADOR) -> int:
    """Bring the list into the database. Returns how many were new or changed.

    A city edited by hand keeps its band, its reason and its zone; it only gets the code and population it lacks. One
    that was renamed by hand is known by its code.
    """
    cities = list(City.objects.all())
    known = {(city.name, city.province): city for city in cities}
    renamed = {city.code: city for city in cities if city.code and city.edited}
    new, changed = [], []
    for line in listed(path):
        city = known.get((line.name, line.province)) or renamed.get(line.code)
        listed_as = {name: getattr(line, name) for name in KEPT}
        if city is None:
            new.append(City(name=line.name, province=line.province, **listed_as))
            continue
        lacking = {name: listed_as[name] for name in FACTS if getattr(city, name) in ("", None)}
        if _set(city, lacking if city.edited else listed_as):
            changed.append(city)
    City.objects.bulk_create(new)
    City.objects.bulk_update(changed, KEPT)
    return len(new) + len(changed)


def _set(city: City, fields: dict[str, Any]) -> bool:
    """Whether any of these was other than it is now."""
    before = {name: getattr(city, name) for name in fields}
    for name, value in fields.items():
        setattr(city, name, value)
    return before != fields


@dataclass
class Gazetteer:
    """Every city by every name, for files that name thousands of them."""

    by_name: dict[str, list[City]] = field(default_factory=dict)

    @classmethod
    def of_all(cls) -> "Gazetteer":
        """Return one of all cities on file."""
        return cls.of(City.objects.all())

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
            return _("“%(written)s” is not a city in the list. Did you mean “%(near)s”?") % {
                "written": written,
                "near": _placed(self.by_name[near[0]][0]),
            }
        return _("“%s” is not a city in the list. Add it to the list of cities first.") % written


def _placed(city: City) -> str:
    return f"{city.name}, {city.province}"


def _names(also: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in also.split(";") if name.strip())


def all_cities() -> QuerySet[City]:
    """Every city, in no order."""
    return City.objects.all()


def cities_by_province() -> QuerySet[City]:
    """Every city by its province and name."""
    return City.objects.order_by("province", "name")


def cities_with_sites(*, by_population: bool = False) -> QuerySet[City, Any]:
    """Every city with how many sites are in it (``sites``), by province and name or the most populous first."""
    order = (F("population").desc(nulls_last=True), "name") if by_population else ("province", "name")
    return City.objects.annotate(sites=Count("site")).order_by(*order)


def cities_and_provinces() -> list[str]:
    """Each city as one finds it: ``Cuenca, Azuay``."""
    return [_placed(city) for city in City.objects.order_by("name", "province")]


def example_city() -> str:
    """For what is shown as an example: this installation's most populous city; empty before it has any."""
    city = City.objects.order_by(F("population").desc(nulls_last=True), "name").first()
    return city.name if city else ""


def names_and_provinces() -> set[tuple[str, str]]:
    """Each city's name and province, folded."""
    return {(fold(name), fold(province)) for name, province in City.objects.values_list("name", "province")}


def bands_counted() -> Counter[str]:
    """How many cities each band has."""
    return Counter(City.objects.values_list("band", flat=True))


FIGURE = re.compile(r"\d{1,3}(?:[.,'\u00a0 ]\d{3})*|\d+")
MOST_PEOPLE = 50_000_000


@dataclass(frozen=True)
class PopulationImport:
    """How many cities got another figure, and which codes of the file no city has."""

    changed: int
    unknown: tuple[str, ...]


class WrongPopulations(ValueError):
    """Nothing of the table of populations was taken; a sentence for each mistake, with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def bring_populations(text: str) -> PopulationImport:
    """Take the statistics office's table in: a canton a line, known by its code (DPA).

    A CSV with the columns ``code`` and ``population``, parted by comma or semicolon; any other column is left aside.
    Every figure or none. No band is touched: ``tiers`` says which would be another by the rule.
    Raises WrongPopulations.
    """
    figures = _populations_in(text)
    cities = {city.code: city for city in City.objects.exclude(code="")}
    changed = []
    for code, population in figures.items():
        city = cities.get(code)
        if city and city.population != population:
            city.population = population
            changed.append(city)
    City.objects.bulk_update(changed, ["population"])
    return PopulationImport(len(changed), tuple(code for code in figures if code not in cities))


def _populations_in(text: str) -> dict[str, int]:
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = [name.strip().lower().lstrip("\ufeff") for name in next(rows, [])]
    if "code" not in columns or "population" not in columns:
        raise WrongPopulations([_("Line 1: the columns “code” and “population” are required. Give them those names.")])
    at_code, at_population = columns.index("code"), columns.index("population")
    found: dict[str, int] = {}
    problems = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = [*row, *[""] * len(columns)]
        code, written = cells[at_code].strip().zfill(4), cells[at_population].strip()
        figure = int(re.sub(r"\D", "", written)) if FIGURE.fullmatch(written) else 0
        if not re.fullmatch(r"[0-9]{4}", code):
            problems.append(_("Line %d: a canton's code has four digits, like 0101.") % rows.line_num)
        elif code in found:
            problems.append(
                _("Line %(line)d: the code %(code)s appears twice.") % {"line": rows.line_num, "code": code}
            )
        elif not 0 < figure <= MOST_PEOPLE:
            problems.append(_("Line %d: write the population in digits, like 306309.") % rows.line_num)
        found[code] = figure
    if problems:
        raise WrongPopulations(problems)
    return found
