"""Columns as PostgreSQL's own array literals, said as text in one piece: ten thousand values, each looked at by the
driver, cost more than PostgreSQL needs to write them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

NULL = "NULL"


def columns(kinds: Iterable[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """One literal for each column of these rows; ``kinds`` are their types (``bigint``, ``text`` …), without ``[]``."""
    if len(rows) == 1:  # as nearly always: a verb writes one row of each
        return [alone(kind, value) for kind, value in zip(kinds, rows[0], strict=True)]
    return [literal(kind, column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


def literal(kind: str, values: Iterable[Any]) -> str:
    """``{1,NULL,2}``, ``{"a \\"word\\"",NULL}``. What stands in a column many times is said once."""
    values, say = list(values), writer(kind)
    said = {value: NULL if value is None else say(value) for value in set(values)}
    return "{" + ",".join(map(said.__getitem__, values)) + "}"


def alone(kind: str, value: Any) -> str:
    """An array of one."""
    return "{NULL}" if value is None else "{" + writer(kind)(value) + "}"


@cache
def writer(kind: str) -> Callable[[Any], str]:
    """How a value of this type is written inside an array."""
    if kind.endswith("int") or kind in ("integer", "serial", "bigserial"):
        return str
    if kind in ("bool", "boolean"):
        return truth
    if kind.startswith("timestamp"):
        return hour
    return octets if kind == "bytea" else quoted


def truth(value: bool) -> str:
    return "t" if value else "f"


def hour(value: Any) -> str:
    return f'"{value.isoformat()}"'


def octets(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def quoted(value: Any) -> str:
    words = str(value)
    if "\\" in words:
        words = words.replace("\\", "\\\\")
    return '"' + words.replace('"', '\\"') + '"'
