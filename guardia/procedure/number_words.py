"""Numbers written out, as promises are worded: “veinte minutos”, “una hora”, “twenty minutes”.

Written and read by one table, so that a promise's words come from its number and are checked against it. The table of a
language is guardia/locale/numbers.CODE.toml; a language without one writes its numbers in digits.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

from guardia.procedure.spoken import length

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
    words = written(number, table, of_hours=size == 3600) if number <= MOST else str(number)
    return f"{words} {noun}{'s' if number > 1 else ''}"


def written(number: int, table: Table, of_hours: bool = False) -> str:
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
    known = {written(n, table, of_hours=hours): n for n in range(1, MOST + 1) for hours in (False, True)}
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
