"""What names a person wherever it is written: spellings of a name, mail addresses, telephone numbers, as one pattern.

The pattern means the same to Python and to PostgreSQL, so that what the database finds is what is taken out. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SHORTEST_NAME = 8
"""A single word shorter than this is half a language's vocabulary: by itself it is looked for in the person's own cases
alone, where it stands as a name does (``short_pattern``).
"""
SHORTEST_NUMBER = 7
"""Digits that are the person's own; fewer are an extension or a year."""
ALIKE = {"a": "aáàâãä", "e": "eéèêë", "i": "iíìîï", "o": "oóòôõö", "u": "uúùûü", "n": "nñ", "c": "cç"}


@dataclass(frozen=True)
class Marks:
    """``names``, ``addresses`` (mail, lower case) and ``numbers`` by which a person is looked for."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def __or__(self, other: "Marks") -> "Marks":
        return marks((*self.names, *other.names), (*self.addresses, *other.addresses), (*self.numbers, *other.numbers))

    def without(self, shared: Iterable[str]) -> "Marks":
        gone = set(shared)
        kept = [tuple(one for one in each if one not in gone) for each in (self.names, self.addresses, self.numbers)]
        return Marks(*kept)

    def borne_by(self, others: "Marks") -> list[str]:
        """Those of these that would be found in what others are called, however they spell it: “MARÍA PÉREZ” and
        “María Pérez Loor” bear “Maria Perez” too.
        """
        kinds: list[tuple[Callable[[str], str], tuple[str, ...], Iterable[str]]] = [
            (of_name, self.names, others.names),
            (of_address, self.addresses, others.addresses),
            (of_number, self.numbers, [_dialled(one) for one in others.numbers]),
        ]
        found: list[str] = []
        for pattern_of, mine, theirs in kinds:
            for one in mine:
                looked_for = re.compile(pattern_of(one), re.IGNORECASE)
                found += [one] if any(map(looked_for.search, theirs)) else []
        return found

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.names, *self.addresses, *self.numbers)

    @cached_property
    def pattern(self) -> str:
        """For Python with re.IGNORECASE and for PostgreSQL's ~*; empty where nothing is looked for."""
        parts = [self.of_ways, *map(of_name, self.names)]
        return "|".join(part for part in parts if part)

    @cached_property
    def of_ways(self) -> str:
        """Of the mail addresses and numbers alone."""
        return "|".join([*map(of_address, self.addresses), *map(of_number, self.numbers)])


def marks(names: Iterable[str], addresses: Iterable[str], numbers: Iterable[str]) -> Marks:
    """Each once, without what is too short to be anybody's own."""
    return Marks(
        names=_each(one for one in map(_tidy, names) if is_telling(one)),
        addresses=_each(one for one in (_tidy(each).lower() for each in addresses) if "@" in one.strip("@")),
        numbers=_each(one for one in map(_tidy, numbers) if len(own_digits(one)) >= SHORTEST_NUMBER),
    )


def is_telling(name: str) -> bool:
    """Two words, or one long one; what has no letter is a date or a number, and nobody's name."""
    words = [word for word in re.split(r"\W+", name) if len(word) > 1 and any(map(str.isalpha, word))]
    return len(words) > 1 or any(len(word) >= SHORTEST_NAME for word in words)


def short_names(names: Iterable[str]) -> list[str]:
    """Of these the names of one short word, each once; a single letter is nobody's."""
    tidy = _each(_tidy(name) for name in names)
    return [one for one in tidy if not is_telling(one) and one.isalpha() and len(one) > 1]


def short_pattern(names: Iterable[str]) -> str:
    """Of names of one short word, for Python and for PostgreSQL's ~, which tell small from capital letters.

    “Luz” is found as the whole of what was written, and within prose with its capital; “sin luz” is no name.
    """
    parts: list[str] = []
    for name in names:
        word = _plain(name)
        small, capital = ([_letter_of(letter, upper) for letter in word] for upper in (False, True))
        either = "".join(f"(?:{a}|{b})" for a, b in zip(small, capital, strict=True))
        begun = "".join([capital[0], *small[1:]])
        parts += [rf"(?<!\w)(?:{begun}|{''.join(capital)})(?!\w)", rf"^\s*{either}\s*$"]
    return "|".join(parts)


def of_name(name: str) -> str:
    """In any case, with or without its accents, with whatever stands between its words."""
    words = [r"".join(map(_letter, _plain(word))) for word in re.split(r"[\s.,]+", name) if word]
    return rf"(?<!\w){r'[\s.,]+'.join(words)}(?!\w)" if words else ""


def of_address(address: str) -> str:
    return rf"(?<![\w.+-]){re.escape(address)}(?![\w-])"


def of_number(number: str) -> str:
    """However it is grouped, with its country or with the zero before the area."""
    digits = own_digits(number)
    grouped = r"[\s().\-/]{0,3}".join(digits)
    return rf"(?<!\d)(?:(?:\+|00)?\d{{1,3}}[\s().\-/]{{0,3}}|\(?0)?{grouped}(?!\d)"


def own_digits(number: str) -> str:
    """``+593 99 800 0001`` and ``099 800 0001`` are both ``998000001``: without country, zero or extension."""
    written = number.partition(";ext=")[0]
    digits = "".join(sign for sign in written if sign.isdigit())
    if written.strip().startswith("+"):
        import phonenumbers

        try:
            parsed = phonenumbers.parse(written)
        except phonenumbers.NumberParseException:
            return digits
        return str(parsed.national_number)
    return digits.lstrip("0")


def _dialled(number: str) -> str:
    return number.partition(";ext=")[0]


def _letter(letter: str) -> str:
    alike = ALIKE.get(letter)
    return f"[{alike}{alike.upper()}]" if alike else re.escape(letter)


def _letter_of(letter: str, upper: bool) -> str:
    alike = ALIKE.get(letter, letter)
    return f"[{alike.upper() if upper else alike}]" if letter.isalpha() else re.escape(letter)


def _plain(word: str) -> str:
    split = unicodedata.normalize("NFD", word.lower())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _tidy(written: object) -> str:
    return " ".join(str(written or "").replace("\0", "").split())


def _each(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


# A person's marks are taken out of a text or of a JSON value; what else it says stays. Pure.


ABOUT_THE_SAME = frozenset(
    {
        *("name", "title", "position", "email", "mail", "address", "phone", "phones", "mobile", "desk_phone"),
        *("number", "document", "username", "extension", "mailbox", "from_name", "from_number", "call_back_number"),
        *("external_id", "channels"),
    }
)
"""Beside a name in the same record stands the rest of that person: it goes with it."""


class Redactor:
    """``token`` stands where a mark stood. A number or a mailbox that is the whole value leaves it empty.

    ``short``: names of one short word, which are marks in the person's own cases alone.
    """

    def __init__(self, marks: Marks, token: str, short: Iterable[str] = ()) -> None:
        self.token = token
        parts = [f"(?i:{marks.pattern})" if marks.pattern else "", short_pattern(short)]
        self.marks = re.compile("|".join(part for part in parts if part) or r"(?!)")
        self.ways = re.compile(marks.of_ways or r"(?!)", re.IGNORECASE)

    def found_in(self, value: Any) -> bool:
        if isinstance(value, str):
            return bool(self.marks.search(value))
        if isinstance(value, dict):
            return any(self.found_in(one) for one in (*value, *value.values()))
        return isinstance(value, list) and any(map(self.found_in, value))

    def text(self, value: str, longest: int | None = None) -> str:
        """``longest``: letters that the column holds."""
        if self.ways.fullmatch(value.strip()):
            return ""
        return self.marks.sub(self.token, value)[:longest]

    def json(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            new = [(one, self.json(one)) for one in value]
            return [after for before, after in new if after != "" or before == ""]
        if isinstance(value, dict):
            whole = any(key in ABOUT_THE_SAME and self._directly(one) for key, one in value.items())
            return {self.text(key): self._of(key, one, whole=whole) for key, one in value.items()}
        return value

    def _of(self, key: str, value: Any, *, whole: bool) -> Any:
        if whole and key in ABOUT_THE_SAME:
            return self._emptied(key, value)
        return self.json(value)

    def _emptied(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return self.token if key == "name" else ""
        return [] if isinstance(value, list) else value

    def _directly(self, value: Any) -> bool:
        several = value if isinstance(value, list) else [value]
        return any(isinstance(one, str) and self.marks.search(one) for one in several)
