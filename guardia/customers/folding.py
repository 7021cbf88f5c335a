"""Spanish words as people type them in a hurry: no accents, no capitals."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")


def fold(words: str) -> str:
    """Lower case without accents or doubled spaces: ``Ñandú  SÁ`` becomes ``nandu sa``."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", words))
    return " ".join(plain.lower().split())
