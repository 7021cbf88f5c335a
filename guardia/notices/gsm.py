"""The signs that every telephone shows in an SMS (GSM 03.38), and how long a text is in them.

One sign beyond them halves what fits into a message: accents that the alphabet lacks are left out instead.
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€")
INSTEAD = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "}


def plain(text: str) -> str:
    """The text in those signs alone: ``está`` becomes ``esta``, ``año`` stays; what has no such sign is left out."""
    return "".join(_sign(sign) for sign in text)


def length(text: str) -> int:
    """In septets, of a text that is plain: a bracket counts twice."""
    return sum(2 if sign in DOUBLE else 1 for sign in text)


def _sign(sign: str) -> str:
    if sign in BASIC or sign in DOUBLE:
        return sign
    if sign in INSTEAD:
        return INSTEAD[sign]
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return "".join(part for part in bare if part in BASIC or part in DOUBLE)
