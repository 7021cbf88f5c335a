"""The outline of a country's provinces, for a map that needs no network: Natural Earth, public domain, simplified."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Province:
    """Its name, and its rings of (longitude, latitude) in degrees."""

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


@cache
def outline_of(country: str) -> tuple[Province, ...]:
    """The provinces of the country of this ISO 3166 code; none where we have no outline of it."""
    file = DATA / f"provinces-{country.lower()}.json"
    if len(country) != 2 or not file.is_file():
        return ()
    found = json.loads(file.read_text(encoding="utf-8"))["provinces"]
    return tuple(
        Province(each["name"], tuple(tuple((x, y) for x, y in ring) for ring in each["rings"])) for each in found
    )
