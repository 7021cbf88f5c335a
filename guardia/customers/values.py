"""What may stand in one field of a company, contact, site or service: read, normalised, or refused with its remedy.

The screens and the import read with the same functions, so a file may hold what a person may type and nothing else.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import reduce
from operator import and_
from typing import Any, cast
from zoneinfo import available_timezones

from django.contrib.postgres.search import Lexeme, LexemeCombinable, SearchQuery, SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.customers.phones import NotANumber, several
from guardia.procedure.vocabulary import Band, CaseKind, Topic

Reader = Callable[[Any], Any]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Misfit(ValueError):
    """A value that cannot be kept. Its words say what is wrong and what to write instead."""


class Unfit(ValidationError):
    """The fields that cannot be kept, each with its sentence; nothing was written."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(self.problems)


def read(readers: Mapping[str, Reader], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as they are kept. Raises Unfit with every field that is wrong, not only the first."""
    kept: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in fields.items():
        try:
            kept[name] = readers[name](value)
        except Misfit as misfit:
            problems[name] = str(misfit)
    if problems:
        raise Unfit(problems)
    return kept


def line(longest: int, needed: bool = False) -> Reader:
    """Text on one line, doubled spaces made one."""
    return lambda value: _fitting(" ".join(_clean(value).split()), longest, needed)


def lines(longest: int) -> Reader:
    """Text on several lines, each trimmed, empty ones left out."""
    return lambda value: _fitting(
        "\n".join(line for line in map(str.strip, _clean(value).splitlines()) if line), longest, needed=False
    )


def email(value: str) -> str:
    """An e-mail address, or nothing. Raises Misfit."""
    address = line(254)(value)
    try:
        if address:
            validate_email(address)
    except ValidationError:
        sentence = _("“%s” is not an email address. Write one like area@example.com, or leave it empty.")
        raise Misfit(sentence % address) from None
    return address


def phones(value: str | Iterable[str]) -> list[str]:
    """Telephone numbers in E.164, in their order. Raises Misfit naming the number that is none."""
    try:
        return several(_clean(value if isinstance(value, str) else "\n".join(value)))
    except NotANumber as wrong:
        raise Misfit(
            _("“%s” is not a telephone number. Write it with its area code, like 02 555 0100, or with +country code.")
            % wrong.written.strip()[:40]
        ) from None


def language(value: str) -> str:
    return one_of([*language_codes()], default=PUBLISHED_IN)(value)


def band(value: str) -> str:
    """The band of a city (P4.1 to P4.3). Raises Misfit."""
    return one_of([band.value for band in Band])(value)


def own_band(value: str) -> str:
    """A band, or nothing where the city's holds."""
    return band(value) if value else ""


def canton_code(value: str) -> str:
    """The code of a canton in the DPA of INEC: four digits, or nothing. Raises Misfit."""
    code = line(10)(value)
    if code and not re.fullmatch(r"[0-9]{4}", code):
        raise Misfit(_("“%s” is not the code of a canton. Write its four digits, like 0101, or leave it empty.") % code)
    return code


def population(value: str | int | None) -> int | None:
    """How many people live in the canton; None where it is not known. Raises Misfit."""
    written = re.sub(r"[\s.,']", "", "" if value is None else str(value))
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,8}", written):
        raise Misfit(_("“%s” is not a number of people. Write it in digits, like 596101, or leave it empty.") % value)
    return int(written)


def zone(value: str) -> str:
    """An IANA time zone. Raises Misfit naming the nearest one."""
    return one_of(sorted(available_timezones()))(value)


def own_zone(value: str) -> str:
    return zone(value) if value else ""


def topics(value: Iterable[str]) -> list[str]:
    """The topics a person is told about, each once, in the order of the procedure. Raises Misfit."""
    known = one_of([topic.value for topic in Topic])
    wanted = {known(one) for one in value}
    return [topic.value for topic in Topic if topic.value in wanted]


def kinds(value: Iterable[str]) -> list[str]:
    """The kinds of case a person is told about, each once. Raises Misfit."""
    known = one_of([kind.value for kind in CaseKind])
    wanted = {known(one) for one in value}
    return [kind.value for kind in CaseKind if kind.value in wanted]


def flag(value: bool) -> bool:
    return bool(value)


def one_of(known: list[str], default: str | None = None) -> Reader:
    """One of a closed list. The refusal names the nearest entry, or all of a short list."""

    def reader(value: str) -> str:
        wanted = line(80)(value)
        if wanted in known:
            return wanted
        if not wanted and default is not None:
            return default
        raise Misfit(not_among(wanted, known))

    return reader


def degrees(most: int) -> Reader:
    """Degrees of latitude or longitude, from minus ``most`` to ``most``; None where none are written. Raises Misfit."""

    def reader(value: Any) -> float | None:
        if value in (None, ""):
            return None
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            number = most + 1.0
        if not -most <= number <= most:
            raise Misfit(_("Write degrees from -%(most)d to %(most)d, like -2.9.") % {"most": most})
        return number

    return reader


def whole(least: int, most: int, default: int | None = None) -> Reader:
    """A whole number within bounds, or where none is written ``default``. Raises Misfit."""

    def reader(value: Any) -> int | None:
        if value in (None, ""):
            return default
        written = str(value).strip()
        number = int(written) if written.isascii() and written.isdigit() and len(written) < 9 else -1
        if not least <= number <= most:
            raise Misfit(_("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most})
        return number

    return reader


def not_among(wanted: str, known: list[str]) -> str:
    """“X is not known”, with the nearest of the known words, or all of them where they are few."""
    if near := get_close_matches(wanted, known, n=1, cutoff=0.6):
        return _("“%(wanted)s” is not known. Did you mean “%(near)s”?") % {"wanted": wanted, "near": near[0]}
    if len(known) <= 12:
        return _("“%(wanted)s” is not known. Write one of: %(known)s.") % {"wanted": wanted, "known": ", ".join(known)}
    return _("“%s” is not known. Write it as in the list.") % wanted


def _clean(value: Any) -> str:
    text = "" if value is None else str(value)
    if _CONTROL.search(text):
        raise Misfit(_("There are characters here that cannot be shown. Type the text again."))
    return text


def _fitting(text: str, longest: int, needed: bool) -> str:
    if needed and not text:
        raise Misfit(_("This is required. Please fill it in."))
    if len(text) > longest:
        raise Misfit(
            _("This has %(length)d characters and at most %(longest)d fit. Please shorten it.")
            % {"length": len(text), "longest": longest}
        )
    return text


# Spanish words as people type them in a hurry: no accents, no capitals, any of the words, its first letters.


_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# PostgreSQL's parser reads these as part of a number, a host or a path; here they part words.
_PARTING = "-_./@:+&'"


def fold(words: str) -> str:
    """Lower case without accents or doubled spaces: ``Ñandú  SÁ`` becomes ``nandu sa``."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", words))
    return " ".join(plain.lower().split())


STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def no_formula(words: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula: an apostrophe stands before one that would begin it."""
    return f"'{words}" if words.startswith(STARTS_A_FORMULA) or words.lstrip().startswith(STARTS_A_FORMULA) else words


def listed(words: str) -> list[str]:
    """The codes, circuits or numbers of a list, folded, each once."""
    return list(dict.fromkeys(map(fold, parted(words))))


def parted(words: str) -> list[str]:
    """The words of a list that is parted by blanks, commas or semicolons, as they were written."""
    return words.replace(",", " ").replace(";", " ").split()


def words_of(field: str) -> SearchVector:
    """The words of a folded column, as they stand in its index."""
    parted = Func(F(field), Value(_PARTING), Value(" " * len(_PARTING)), function="TRANSLATE")
    return SearchVector(parted, config="simple")


def beginning_with(words: str) -> SearchQuery | None:
    """Rows in which every one of these words begins a word; None if nothing but signs was typed."""
    wanted = _WORD.findall(fold(words))
    if not wanted:
        return None
    prefixes: list[LexemeCombinable] = [Lexeme(word, prefix=True) for word in wanted]
    return SearchQuery(cast("Lexeme", reduce(and_, prefixes)), config="simple")


# A title and a text for each language of the installation, as an article and a quick answer have them.
def titled_texts(fields: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The texts by language of fields that are read. Raises Unfit where one has a text and no title, or the other."""
    texts, problems = {}, {}
    for code in language_codes():
        title, text = fields.get(f"title_{code}", ""), fields.get(f"text_{code}", "")
        if title and text:
            texts[code] = {"title": title, "text": text}
        elif title:
            problems[f"text_{code}"] = _("This language has a title and no text. Write it, or leave both empty.")
        elif text:
            problems[f"title_{code}"] = _("This language has a text and no title. Write it, or leave both empty.")
    if problems:
        raise Unfit(problems)
    return texts


def fields_of_titled_texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The fields of a form that would write these texts once more."""
    parts = ("title", "text")
    return {f"{part}_{code}": texts.get(code, {}).get(part, "") for code in language_codes() for part in parts}
