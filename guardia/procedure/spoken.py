"""Times in words, in the active language: “20 minutes”, “no more than 20 minutes”, “between 1.5 hours and 3 hours”."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from guardia.procedure.durations import Unit
from guardia.procedure.vocabulary import Band, Comparison

if TYPE_CHECKING:
    from guardia.procedure.clock_rule import ClockRule

MINUTE, HOUR, DAY = 60, 3600, 86_400
FEWEST_DAYS = 3
"""From so many whole days on a length is said in days: 15 days, but 24 and 48 hours."""


def length(value: timedelta, unit: Unit = Unit.ELAPSED, office_day_minutes: int | None = None) -> str:
    """A length of time. Office time that fills whole days of ``office_day_minutes`` is said in working days."""
    seconds = int(value.total_seconds())
    if unit is Unit.OFFICE:
        return office_length(seconds, office_day_minutes)
    if seconds < MINUTE:
        return ngettext("%s second", "%s seconds", seconds) % seconds
    if seconds % DAY == 0 and seconds >= FEWEST_DAYS * DAY:
        return ngettext("%s day", "%s days", seconds // DAY) % (seconds // DAY)
    if seconds % (HOUR // 4) == 0 and seconds >= HOUR:
        return ngettext("%s hour", "%s hours", ceil(seconds / HOUR)) % decimal(seconds / HOUR)
    return ngettext("%s minute", "%s minutes", ceil(seconds / MINUTE)) % decimal(seconds / MINUTE)


def office_length(seconds: int, day_minutes: int | None) -> str:
    day = (day_minutes or 0) * MINUTE
    if day and seconds % day == 0:
        return ngettext("%s working day", "%s working days", seconds // day) % (seconds // day)
    return ngettext("%s office hour", "%s office hours", ceil(seconds / HOUR)) % decimal(seconds / HOUR)


def decimal(value: float) -> str:
    """With the comma or point of the language, and no more digits than it needs."""
    return number_format(f"{value:.2f}".rstrip("0").rstrip("."), use_l10n=True)


def bound(words: str, comparison: Comparison) -> str:
    """ "No superior a" and "inferior a", said so that nobody has to know the signs."""
    return (gettext("no more than %s") if comparison is Comparison.AT_MOST else gettext("less than %s")) % words


def promised(rule: "ClockRule", band: Band | None = None, office_day_minutes: int | None = None) -> str:
    """What the clock promises to a site of this band."""
    if rule.target.as_set:
        return gettext("at the time we set")
    if reach := rule.range_for(band):
        return gettext("between %(from)s and %(to)s") % {"from": length(reach[0]), "to": length(reach[1])}
    target = rule.target_for(band)
    if target is None:
        return gettext("no fixed time: subject to conditions")
    return bound(length(target, rule.unit, office_day_minutes), rule.comparison)


# Numbers written out, as promises are worded: “veinte minutos”, “una hora”, “twenty minutes”.
#
# Written and read by one table, so that a promise's words come from its number and are checked against it. The table
# of a language is guardia/locale/numbers.CODE.toml; a language without one writes its numbers in digits.


MOST = 99
"""Larger numbers are written in digits."""


@dataclass(frozen=True)
class Table:
    """``first`` are the numbers from 1 on, ``tens`` 10 to 90, joined by ``joined``; ``units`` in seconds."""

    first: tuple[str, ...]
    tens: tuple[str, ...]
    joined: str
    range: tuple[str, ...]
    units: Mapping[str, int]
    of_hours: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, int] = field(default_factory=dict)


@cache
def table_of(language: str) -> Table | None:
    """The numbers of a language; None where nobody has written them down."""
    for folder in settings.LOCALE_PATHS:
        file = Path(folder) / f"numbers.{language}.toml"
        if file.exists():
            told = tomllib.loads(file.read_text(encoding="utf-8"))
            return Table(
                first=tuple(told["first"].split()),
                tens=tuple(told["tens"].split()),
                joined=told["and"],
                range=tuple(told["range"]),
                units=told["units"],
                of_hours=told.get("of_hours", {}),
                also=told.get("also", {}),
            )
    return None


def in_words(value: timedelta, language: str) -> str:
    """A length of whole hours, minutes or seconds, written out; in digits where the number is above 99."""
    table, seconds = table_of(language), int(value.total_seconds())
    if table is None:
        with translation.override(language):
            return length(value)
    noun, size = next((n, s) for n, s in reversed([*table.units.items()]) if seconds >= s and seconds % s == 0)
    number = seconds // size
    words = below_hundred(number, table, of_hours=size == 3600) if number <= MOST else str(number)
    return f"{words} {noun}{'s' if number > 1 else ''}"


def below_hundred(number: int, table: Table, of_hours: bool = False) -> str:
    """1 to 99, in the form that stands before a noun."""
    if number <= len(table.first):
        words = table.first[number - 1]
    else:
        words = table.tens[number // 10 - 1] + (table.joined + table.first[number % 10 - 1] if number % 10 else "")
    for ending, feminine in table.of_hours.items() if of_hours else ():
        words = re.sub(ending, feminine, words)
    return words


def lengths_in(text: str, language: str) -> Iterator[tuple[str, timedelta]]:
    """Each length of time that these words name, in digits or written out, with the words that name it.

    “1,5 horas”, “veinte minutos”; the first of “1.5 horas y 6 horas” and of “between 1.5 and 6 hours” alike.
    """
    table = table_of(language)
    if table is None:
        return
    for found in _pattern(language).finditer(text):
        size = next(size for noun, size in table.units.items() if found["unit"].lower().startswith(noun))
        for number in (found["first"], found["last"]):
            if number:
                yield f"{number} {found['unit']}", timedelta(seconds=_read(number.lower(), language) * size)


def alike_but_for_lengths(one: str, other: str, language: str) -> bool:
    """Whether two wordings differ in nothing but the lengths of time that they name."""
    if table_of(language) is None:
        return one == other
    pattern = _pattern(language)
    return pattern.sub("#", one) == pattern.sub("#", other)


def _read(number: str, language: str) -> float:
    if number[0].isdigit():
        return float(number.replace(",", "."))
    return _numbers(language)[number]


@cache
def _numbers(language: str) -> dict[str, int]:
    table = table_of(language)
    if table is None:
        return {}
    known = {below_hundred(n, table, of_hours=hours): n for n in range(1, MOST + 1) for hours in (False, True)}
    return known | dict(table.also)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    table = table_of(language)
    assert table is not None
    numbers = "|".join(sorted(map(re.escape, _numbers(language)), key=len, reverse=True))
    digits = r"\d+(?:[.,]\d+)?"
    number = f"{digits}|{numbers}"
    joined, units = "|".join(table.range), "|".join(table.units)
    return re.compile(
        rf"\b(?:(?P<first>{digits})\s+(?:{joined})\s+)?(?P<last>{number})\s+(?P<unit>(?:{units})s?)\b", re.IGNORECASE
    )
