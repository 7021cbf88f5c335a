"""What a page asks the database: each statement, and by which plan it is answered."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer

BLANK = re.compile(r"%%|%s|%\((\w+)\)s")
IS_QUESTION = re.compile(r"[\s(]*(SELECT|WITH)\b", re.IGNORECASE)
PLANNING = 2.5
"""What PostgreSQL adds for each table to the cost of a plan that it makes anew (plancache.c: cached_plan_cost)."""
Values = Sequence[Any] | Mapping[str, Any] | None


@dataclass(frozen=True)
class Step:
    """How a plan reads a table, and how many rows it touched; those it threw away count as well."""

    node: str
    table: str
    index: str
    rows: float

    def __str__(self) -> str:
        return f"{self.node} {self.table} {self.index}: {self.rows:.0f} rows"


@dataclass(frozen=True)
class Plan:
    """``values``: made for the values that were asked with; else as prepared for any."""

    statement: str
    values: bool
    steps: tuple[Step, ...]
    cost: float


@contextmanager
def listening(hear: Callable[[str, Values], None]) -> Iterator[None]:
    """``hear`` is told of each statement and its values just before it is sent, within the same transaction."""

    def sent(execute: Callable, statement: str, values: Values, many: bool, context: Any) -> Any:
        if not many:
            hear(statement, values)
        return execute(statement, values, many, context)

    with connection.execute_wrapper(sent):
        yield


class Explainer:
    """Explains questions as whoever asks them would have them answered: the same role, walls, settings and rows.

    The same words are explained once: what stands around every page is asked by each of them.
    """

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.plans: list[Plan] = []

    def listening(self) -> AbstractContextManager[None]:
        return listening(self.hear)

    def hear(self, statement: str, values: Values) -> None:
        if IS_QUESTION.match(statement) and statement not in self.known:
            self.known.add(statement)
            self.plans += explained(statement, values)


def explained(statement: str, values: Values) -> list[Plan]:
    """The plan for these values; and the one for any, where PostgreSQL would take it after some times, which it does
    where it thinks it no dearer than to plan anew each time. Whoever asks with a mode of its own gets what it set.
    """
    with prepared(statement, values) as carried_out:
        mode = carried_out.mode
        if mode != "auto":
            return [plan_of(statement, carried_out(mode), values=mode == "force_custom_plan")]
        own = plan_of(statement, carried_out("force_custom_plan"), values=True)
        for_any = plan_of(statement, carried_out("force_generic_plan"), values=False)
    taken = for_any.cost < own.cost + PLANNING * (len(own.steps) + 1)
    return [own, for_any] if taken else [own]


class CarriedOut:
    """A prepared statement, to be carried out with one set of values in one mode or another."""

    def __init__(self, cursor: Any, values: bytes) -> None:
        self.cursor, self.values = cursor, values
        self.mode: str = cursor.execute("SELECT current_setting('plan_cache_mode')").fetchone()[0]

    def __call__(self, mode: str) -> dict[str, Any]:
        self.set(mode)
        self.cursor.execute(b"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, BUFFERS OFF) EXECUTE looked_at" + self.values)
        plan: dict[str, Any] = self.cursor.fetchone()[0][0]["Plan"]
        self.set(self.mode)
        return plan

    def set(self, mode: str) -> None:
        self.cursor.execute("SELECT set_config('plan_cache_mode', %s, true)", [mode])


@contextmanager
def prepared(statement: str, values: Values) -> Iterator[CarriedOut]:
    """Prepared with the types by which the application's driver sends these values."""
    numbered, given = with_numbers(statement, values)
    driver = connection.connection
    speaker = Transformer.from_context(driver)
    speaker.dump_sequence(given, [PyFormat.AUTO] * len(given))
    with driver.cursor() as cursor:
        types = [type_name(cursor, oid) for oid in speaker.types or ()]
        listed = f"({', '.join(types)})" if types else ""
        cursor.execute(f"PREPARE looked_at {listed} AS {numbered}".encode())
        words = b", ".join(sql.Literal(value).as_bytes(driver) for value in given)
        yield CarriedOut(cursor, b"(" + words + b")" if words else b"")
        cursor.execute("DEALLOCATE looked_at")


def type_name(cursor: Any, oid: int) -> str:
    return cursor.execute("SELECT format_type(%s, NULL)", [oid]).fetchone()[0] if oid else "unknown"


def with_numbers(statement: str, values: Values) -> tuple[str, list[Any]]:
    """``$1`` and so on in place of each blank, and the values in that order."""
    if not values:
        return statement, []
    given: list[Any] = []
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if (name := found[1]) is None:
            given.append(values[len(given)])
            return f"${len(given)}"
        if name not in names:
            given.append(values[name])
            names[name] = len(given)
        return f"${names[name]}"

    return BLANK.sub(number, statement), given


def plan_of(statement: str, root: dict[str, Any], *, values: bool) -> Plan:
    read = (node for node in nodes(root) if "Relation Name" in node)
    steps = (Step(node["Node Type"], node["Relation Name"], index_of(node), touched(node)) for node in read)
    return Plan(statement, values, tuple(steps), root["Total Cost"])


def index_of(node: Mapping[str, Any]) -> str:
    """Of a table read by a bitmap, that of the bitmap; of several, all of them."""
    bitmaps = (part for child in node.get("Plans", ()) for part in nodes(child) if "Relation Name" not in part)
    below = [part["Index Name"] for part in bitmaps if part["Node Type"] == "Bitmap Index Scan"]
    return node.get("Index Name", ", ".join(below))


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from nodes(part)


def touched(node: Mapping[str, Any]) -> float:
    counted = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(node.get(name, 0) for name in counted) * node["Actual Loops"]
