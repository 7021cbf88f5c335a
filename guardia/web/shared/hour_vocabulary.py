"""The words of Spanish, English and Portuguese by which an hour or a day is typed, without accents and capitals."""

import re
import unicodedata
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from babel.dates import get_timezone_name

LANGUAGES = ("es", "en", "pt")
NOW = frozenset({"ahora", "ahora mismo", "ya", "now", "agora", "agora mesmo"})
DAYS_AWAY = {
    **dict.fromkeys(("hoy", "today", "hoje"), 0),
    **dict.fromkeys(("ayer", "yesterday", "ontem"), -1),
    **dict.fromkeys(("manana", "tomorrow", "amanha"), 1),
    **dict.fromkeys(("anteayer", "antes ayer", "antier", "anteontem"), -2),
    **dict.fromkeys(("pasado manana", "depois amanha"), 2),
}
FILLERS = frozenset(
    (
        *("a", "as", "la", "las", "el", "los", "de", "del"),
        *("at", "about", "on", "of", "the", "em", "no", "na", "ao", "aos", "dia", "·"),
    )
)
"""Words that say nothing of their own; ``a`` is of two languages."""
AWAY = (
    *(("dentro de", "+"), ("daqui a", "+"), ("en", "+"), ("in", "+"), ("em", "+")),
    *(("hace", "-"), ("ha", "-"), ("ago", "-"), ("atras", "-")),
)
"""What begins or ends a length from now, and to which side it points."""
HOURS = frozenset({"h", "hs", "hr", "hrs", "hora", "horas", "hour", "hours"})
UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minuto", "minutos", "minute", "minutes"), 60),
    **dict.fromkeys(HOURS, 3600),
    **dict.fromkeys(("d", "dia", "dias", "day", "days"), 86400),
}
TWELVE_HOURS = re.compile(
    r"\b[ap]\.?\s?m\b|(?<=\d)[ap]\.?m\b|\b(?:de|por) la (?:manana|tarde|noche|madrugada)\b|"
    r"\b(?:da|de) (?:manha|tarde|noite|madrugada)\b|\bin the (?:morning|afternoon|evening)\b|\bat night\b"
)
WEEKDAYS = (
    ("lunes", "monday", "segunda", "segunda-feira"),
    ("martes", "tuesday", "terca", "terca-feira"),
    ("miercoles", "wednesday", "quarta", "quarta-feira"),
    ("jueves", "thursday", "quinta", "quinta-feira"),
    ("viernes", "friday", "sexta", "sexta-feira"),
    ("sabado", "saturday", "sabado"),
    ("domingo", "sunday", "domingo"),
)
MONTHS = (
    *(("enero", "january", "janeiro"), ("febrero", "february", "fevereiro"), ("marzo", "march", "marco")),
    *(("abril", "april", "abril"), ("mayo", "may", "maio"), ("junio", "june", "junho")),
    *(("julio", "july", "julho"), ("agosto", "august", "agosto"), ("septiembre", "setiembre", "september", "setembro")),
    *(("octubre", "october", "outubro"), ("noviembre", "november", "novembro"), ("diciembre", "december", "dezembro")),
)
SHORTEST = 3
SPACES = re.compile(r"\s+")
ISO_BETWEEN = re.compile(r"(?<=\d)t(?=\d)")


def folded(text: str) -> str:
    """The text in small letters, without accents and with single spaces; minus and dashes are hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2212", "-").replace("\u2013", "-").casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return ISO_BETWEEN.sub(" ", SPACES.sub(" ", bare).strip(" .,;"))


def weekday(word: str) -> int | None:
    """Monday is 0; a name of three letters or more will do. None where it is no day of the week."""
    return _place(word, WEEKDAYS)


def month(word: str) -> int | None:
    """January is 1. None where it is no month."""
    place = _place(word, MONTHS)
    return None if place is None else place + 1


def _place(word: str, names: tuple[tuple[str, ...], ...]) -> int | None:
    if len(word) < SHORTEST:
        return None
    found = [place for place, each in enumerate(names) if any(name.startswith(word) for name in each)]
    return found[0] if len(found) == 1 else None


@cache
def zone_called(word: str) -> str | None:
    """The IANA name of a zone that is written in small letters."""
    return next((key for key in available_timezones() if key.casefold() == word), None)


@cache
def names_of_zone(key: str) -> tuple[str, ...]:
    """How this zone is called in each language, the longest first and as ``folded`` writes it."""
    if not key:
        return ()
    kinds: tuple[Literal["generic", "standard"], ...] = ("generic", "standard")
    names = {folded(zone_name(key, language, kind)) for language in LANGUAGES for kind in kinds}
    return tuple(sorted(names, key=len, reverse=True))


def zone_name(key: str, language: str, kind: Literal["generic", "standard"] = "generic") -> str:
    """The zone as this language calls it, such as ``hora de Ecuador``; ``generic`` names both halves of a year."""
    name = get_timezone_name(key, width="long", locale=language.replace("-", "_"), zone_variant=kind)
    return f"{name[0].lower()}{name[1:]}" if name.startswith(("Hora", "Horário")) else name
