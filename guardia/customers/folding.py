"""Spanish words as people type them in a hurry: no accents, no capitals, any of the words, its first letters."""

import re
import unicodedata
from functools import reduce
from operator import and_
from typing import cast

from django.contrib.postgres.search import Lexeme, LexemeCombinable, SearchQuery, SearchVector
from django.db.models import F, Func, Value

_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# PostgreSQL's parser reads these as part of a number, a host or a path; here they part words.
_PARTING = "-_./@:+&'"


def fold(words: str) -> str:
    """Lower case without accents or doubled spaces: ``Ñandú  SÁ`` becomes ``nandu sa``."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", words))
    return " ".join(plain.lower().split())


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
