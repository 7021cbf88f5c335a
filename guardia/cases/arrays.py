"""Columns as PostgreSQL's own array literals, said as text in one piece: ten thousand values, each looked at by the
driver, cost more than PostgreSQL needs to write them; and the statements that insert them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import batched
from typing import Any

from guardia.config.sql_rows import run

NULL = "NULL"
AT_ONCE = 2_500
"""Rows of one statement: PostgreSQL begins with a storm's first ones while the others are on their way."""
type Statement = tuple[str, Sequence[Any]]


def literals(kinds: Iterable[str], rows: Sequence[Sequence[Any]]) -> list[str]:
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


def insert(table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]], tail: str = "") -> None:
    """INSERT … SELECT FROM unnest(…): one array per column, whatever the number of rows."""
    do(inserting(table, columns, rows, tail))


def do(said: Iterable[Statement]) -> None:
    """One after the other, each answered before the next."""
    for statement in said:
        run(*statement)


def inserting(
    table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]], tail: str = "", *, empty: Collection[str] = ()
) -> Iterator[Statement]:
    """The statement of ``insert``; none where there are no rows, and of a storm's thousands several.

    ``empty``: further columns, which are the empty text in each row.
    """
    if rows:
        sql = _insert(table, tuple(columns.items()), tail, tuple(empty))
        for some in batched(rows, AT_ONCE):
            yield sql, literals(columns.values(), some)


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[tuple[str, str], ...], tail: str, empty: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    names = ", ".join(f'"{name}"' for name in (*(name for name, _ in columns), *empty))
    return f'INSERT INTO "{table}" ({names}) SELECT *{", ''" * len(empty)} FROM unnest({arrays}) {tail}'
