"""What people, programs and enemies put into fields."""

from collections.abc import Iterable

STORABLE = (
    "😀 ‮RTL‬ \u2028 \ufeff",
    '\'; DROP TABLE "case"; --',
    "<script>alert(1)</script>",
    "%(x)s %s %d 100%",
    "{0} {{ y }} {% load x %}",
    "=cmd|' /C calc'!A0",
    "\x1b[31m\x07 @SUM(1+1)",
)
"""Odd, but text: kept as it is and shown as it is."""

NONSENSE = (
    "",
    "\0",
    "a\0b",
    "\ud800",
    "x" * 1_000_000,
    "-1",
    str(10**30),
    "9" * 5000,
    "31/02 10:00",
    "29/02/2026 10:00",
    "25:61",
    "0001-01-01 00:00",
    "31/12/9999 23:59",
    "01/01/1950 00:00",
    "null",
    "[]",
    "1.5",
    "½",
    "١٢:٣٠",
    "2500-01-01 00:00",
)
"""No value of most fields; where one is text, text."""

IN_ADDRESSES = tuple(poison for poison in (*STORABLE, *NONSENSE) if 0 < len(poison) < 6000)


def rotated(fields: Iterable[str], poisons: tuple[str, ...], turn: int) -> dict[str, str]:
    """Every field another poison; ``turn`` by turn each field meets each of them."""
    return {name: poisons[(place + turn) % len(poisons)] for place, name in enumerate(fields)}
