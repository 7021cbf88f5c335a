"""A packet as an exchange sent it: names and values in their order, since a name may repeat."""

from collections.abc import Sequence

Pair = tuple[str, str]
Packet = Sequence[Pair] | Sequence[Sequence[str]]

NOBODY = frozenset({"", "<unknown>", "unknown", "anonymous", "restricted", "private", "unavailable", "withheld"})


def value(packet: Packet, *names: str) -> str:
    """The first value that stands under one of the names, tried in that order; empty where there is none."""
    for wanted in names:
        for name, said in packet:
            if name == wanted and said:
                return said
    return ""


def values(packet: Packet, wanted: str) -> list[str]:
    """Every value under a name that repeats."""
    return [said for name, said in packet if name == wanted]


def whole(words: str) -> int | None:
    """A whole number, or None for what is none."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else None


def known(words: str) -> str:
    """A number or name of somebody; empty for the words an exchange has for nobody."""
    words = words.strip()
    return "" if words.casefold() in NOBODY else words
