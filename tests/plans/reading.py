"""What a page or an act asks the database, and what it writes: each statement, and by which plan it is carried out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer

BLANK = re.compile(r"%%|%s|%\((\w+)\)s")
READS = re.compile(r"[\s(]*(SELECT|WITH)\b.*\bFROM\b", re.IGNORECASE | re.DOTALL)
"""What names no table has nothing to be found through, and may be refused within a savepoint, as a snapshot is."""
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
EXPLAIN = b"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, BUFFERS OFF) EXECUTE looked_at"
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
    """Explains statements as they would be carried out for whoever sends them: the same role, walls, settings and rows.

    The same words are explained once: what stands around every page is asked by each of them. ``of_writes``: what
    writes is explained as well.
    """

    def __init__(self, *, of_writes: bool = False) -> None:
        self.of_writes = of_writes
        self.known: set[str] = set()
        self.plans: list[Plan] = []

    def listening(self) -> AbstractContextManager[None]:
        return listening(self.hear)

    def hear(self, statement: str, values: Values) -> None:
        has_a_plan = READS.match(statement) or (self.of_writes and WRITES.match(statement))
        if has_a_plan and statement not in self.known:
            self.known.add(statement)
            self.plans += explained(statement, values)


def explained(statement: str, values: Values) -> list[Plan]:
    """The plan for these values; and the one for any, where PostgreSQL would take it after some times, which it does
    where it thinks it no dearer than to plan anew each time. Whoever asks with a mode of its own gets what it set.
    """
    carried_out = CarriedOut(statement, values)
    mode = carried_out.mode
    if mode != "auto":
        return [plan_of(statement, carried_out(mode), values=mode == "force_custom_plan")]
    own = plan_of(statement, carried_out("force_custom_plan"), values=True)
    for_any = plan_of(statement, carried_out("force_generic_plan"), values=False)
    taken = for_any.cost < own.cost + PLANNING * (len(own.steps) + 1)
    return [own, for_any] if taken else [own]


class CarriedOut:
    """A statement, prepared with the types by which the application's driver sends these values, to be carried out with
    them in one mode or another.
    """

    def __init__(self, statement: str, values: Values) -> None:
        numbered, given = with_numbers(statement, values)
        driver = connection.connection
        speaker = Transformer.from_context(driver)
        speaker.dump_sequence(given, [PyFormat.AUTO] * len(given))
        self.cursor = driver.cursor()
        types = [type_name(self.cursor, oid) for oid in speaker.types or ()]
        listed = f"({', '.join(types)})" if types else ""
        self.prepare = f"PREPARE looked_at {listed} AS {numbered}".encode()
        words = b", ".join(sql.Literal(value).as_bytes(driver) for value in given)
        self.explain = EXPLAIN + (b"(" + words + b")" if words else b"")
        self.mode: str = self.cursor.execute("SELECT current_setting('plan_cache_mode')").fetchone()[0]

    def __call__(self, mode: str) -> dict[str, Any]:
        """PostgreSQL counts the rows as it reads them: what is written meanwhile is taken back.

        Prepared each time: when something is taken back, the driver has PostgreSQL forget all that was prepared.
        """
        with transaction.atomic(), connection.wrap_database_errors:
            self.cursor.execute("SELECT set_config('plan_cache_mode', %s, true)", [mode])
            self.cursor.execute(self.prepare)
            self.cursor.execute(self.explain)
            plan: dict[str, Any] = self.cursor.fetchone()[0][0]["Plan"]
            self.cursor.execute("DEALLOCATE looked_at")
            transaction.set_rollback(True)
        return plan


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
