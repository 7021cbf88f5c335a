"""Countries by their ISO 3166 code: their names, their time zones, and the public holidays of a year.

The names and zones are those of CLDR (babel), the holidays those of the ``holidays`` library; both are read when first
asked for.
"""

import os
import time
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from guardia.config.languages import PUBLISHED_IN, language_codes

HERE = "EC"
NOWHERE = frozenset({"ZZ", "001"})
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
    "PT": "Europe/Lisbon",
    "US": "America/New_York",
}
"""The zone of the capital's or the largest city, of countries that have several."""
SPEAK = {"BR": "pt", "PT": "pt", "AO": "pt", "MZ": "pt", "CV": "pt", "US": "en", "GB": "en", "CA": "en", "AU": "en"}
"""The first of the installation's languages, where it is not Spanish."""


def country_of(zone: str) -> str:
    """The code of the country in which this IANA zone lies; empty for a zone of no country, such as UTC."""
    return _countries().get(zone, "")


def zones_of(country: str) -> list[str]:
    """Every zone of the country, by its IANA name."""
    return sorted(zone for zone, code in _countries().items() if code == country)


def main_zone(country: str) -> str:
    """The zone to begin with; empty where the country has several and none of them is plainly the first."""
    zones = zones_of(country)
    return MAIN_ZONES.get(country, zones[0] if len(zones) == 1 else "")


def name_of(country: str, language: str) -> str:
    """The country's name in that language, as CLDR writes it; its code where it is unknown."""
    return _names(language).get(country, country)


def named(language: str) -> list[tuple[str, str]]:
    """Code and name of every country that has a time zone, by its name in that language."""
    names = _names(language)
    return sorted(((code, names[code]) for code in set(_countries().values()) if code in names), key=_by_name)


def languages_of(country: str) -> tuple[str, ...]:
    """The installation's languages, the country's own first."""
    first = SPEAK.get(country, PUBLISHED_IN)
    return (first, *(language for language in language_codes() if language != first))


def holidays_of(country: str, years: Iterable[int], language: str) -> list[tuple[date, str]]:
    """The public holidays of whole years, in order, with their names in that language where the library has them.

    Nothing for a country that the library does not know. Regional days are not among them.
    """
    import holidays

    if country not in holidays.list_supported_countries():
        return []
    years = list(years)
    spoken = holidays.country_holidays(country, years=years).supported_languages
    fits = next((one for one in spoken if one.split("_")[0] == language), None)
    return sorted(holidays.country_holidays(country, years=years, language=fits).items())


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    from babel.core import get_global

    aliases = get_global("zone_aliases")
    countries = {zone: code for zone, code in get_global("zone_territories").items() if code not in NOWHERE}
    return countries | {old: countries[new] for old, new in aliases.items() if new in countries}


def _by_name(named_one: tuple[str, str]) -> str:
    return "".join(sign for sign in normalize("NFD", named_one[1]) if not combining(sign)).lower()


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except UnknownLocaleError:  # a language that CLDR does not know reads the published names
        locale = Locale.parse(PUBLISHED_IN)
    return {str(code): str(name) for code, name in locale.territories.items()}


# The operator's time zone as the first steps in the browser wrote it down, for an environment without OPERATOR_ZONE.
#
# It stands in a file of STATE_DIR, since settings are read before there is a database. OPERATOR_ZONE always wins.


NAME = "operator-zone"


def written_zone(state_dir: Path) -> str:
    """The IANA name in the file; empty where there is none, or none that this machine knows."""
    try:
        name = (state_dir / NAME).read_text(encoding="utf-8").strip()
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return ""
    return name


def is_named() -> bool:
    """Whether the environment says it, and nothing that is written down would be heard."""
    return bool(os.environ.get("OPERATOR_ZONE") or os.environ.get("OPERATOR_ZONE_FILE"))


def write_zone(state_dir: Path, zone: str) -> None:
    """Write it down for the next start of every process with this STATE_DIR. Raises OSError."""
    fresh = state_dir / f"{NAME}.new"
    fresh.write_text(f"{zone}\n", encoding="utf-8")
    fresh.replace(state_dir / NAME)


def use_zone(zone: str) -> None:
    """This process counts and shows its hours in that zone from now on, as if it had been started with it."""
    from django.conf import settings
    from django.utils import timezone

    settings.TIME_ZONE = zone
    os.environ["TZ"] = zone
    time.tzset()
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
