"""Numbers written out in the three languages, as promises are worded: “veinte minutos”, “una hora”, “twenty minutes”.

Written and read by one table, so that a promise's words come from its number and are checked against it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from guardia.procedure.vocabulary import Language

MOST = 99
"""Larger numbers are written in digits."""
FIRST = {
    Language.ES: "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis "
    "veintisiete veintiocho veintinueve",
    Language.EN: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    Language.PT: "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove",
}
TENS = {
    Language.ES: "diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    Language.EN: "ten twenty thirty forty fifty sixty seventy eighty ninety",
    Language.PT: "dez vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
AND = {Language.ES: " y ", Language.EN: "-", Language.PT: " e "}
OF_HOURS = {
    Language.ES: ((r"\bun$", "una"), (r"veintiún$", "veintiuna")),
    Language.EN: (),
    Language.PT: ((r"\bum$", "uma"), (r"\bdois$", "duas")),
}
"""How the last word changes before “hora”, which is feminine."""
UNITS = {
    Language.ES: {"segundo": 1, "minuto": 60, "hora": 3600},
    Language.EN: {"second": 1, "minute": 60, "hour": 3600},
    Language.PT: {"segundo": 1, "minuto": 60, "hora": 3600},
}


def in_words(value: timedelta, language: Language) -> str:
    """A length of whole hours, minutes or seconds, written out; in digits where the number is above 99."""
    seconds = int(value.total_seconds())
    noun, size = next((n, s) for n, s in reversed(UNITS[language].items()) if seconds >= s and seconds % s == 0)
    number = seconds // size
    words = written(number, language, of_hours=size == 3600) if number <= MOST else str(number)
    return f"{words} {noun}{'s' if number > 1 else ''}"


@cache
def written(number: int, language: Language, of_hours: bool = False) -> str:
    """1 to 99, in the form that stands before a noun."""
    first, tens = FIRST[language].split(), TENS[language].split()
    if number <= len(first):
        words = first[number - 1]
    else:
        words = tens[number // 10 - 1] + (AND[language] + first[number % 10 - 1] if number % 10 else "")
    for ending, feminine in OF_HOURS[language] if of_hours else ():
        words = re.sub(ending, feminine, words)
    return words


def lengths_in(text: str, language: Language) -> Iterator[tuple[str, timedelta]]:
    """Each length of time that these words name, in digits or written out, with the words that name it.

    “1,5 horas”, “veinte minutos”; the first of “1.5 horas y 6 horas” and of “between 1.5 and 6 hours” alike.
    """
    for found in _pattern(language).finditer(text):
        size = next(size for noun, size in UNITS[language].items() if found["unit"].lower().startswith(noun))
        for number in (found["first"], found["last"]):
            if number:
                yield f"{number} {found['unit']}", timedelta(seconds=_read(number.lower(), language) * size)


def alike_but_for_lengths(one: str, other: str, language: Language) -> bool:
    """Whether two wordings differ in nothing but the lengths of time that they name."""
    pattern = _pattern(language)
    return pattern.sub("#", one) == pattern.sub("#", other)


def _read(number: str, language: Language) -> float:
    if number[0].isdigit():
        return float(number.replace(",", "."))
    return _numbers(language)[number]


@cache
def _numbers(language: Language) -> dict[str, int]:
    known = {written(n, language, of_hours=hours): n for n in range(1, MOST + 1) for hours in (False, True)}
    return known | ({"uno": 1, "veintiuno": 21} if language is Language.ES else {})


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    numbers = "|".join(sorted(map(re.escape, _numbers(language)), key=len, reverse=True))
    digits = r"\d+(?:[.,]\d+)?"
    number = f"{digits}|{numbers}"
    joined = {Language.ES: "y|a|o", Language.EN: "and|to|or", Language.PT: "e|a|ou"}[language]
    units = "|".join(UNITS[language])
    return re.compile(
        rf"\b(?:(?P<first>{digits})\s+(?:{joined})\s+)?(?P<last>{number})\s+(?P<unit>(?:{units})s?)\b", re.IGNORECASE
    )
