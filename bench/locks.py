"""`bin/bench locks`: how long each migration keeps a lock that holds people up, by how many rows its tables have.

Two databases on one server, with few and with many rows in `case_event` and `notice`, are led back to the tables of
1.0.0 and forward again, one migration after the other, then the rights of `policies.sql`. After each statement the
migration's own session says which locks it holds; a lock counts from the beginning of the statement that took it until
the commit. Nobody else works there, so it is the time that others would wait, not the time it waits for others.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import verify
from bench._house import House, opened
from bench._machine import describe

FIRST = "0001"
MODES = ("AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock")
"""Those in which somebody who writes to the table waits; in the first one whoever reads it too."""
HELD = """
    SELECT relation::regclass::text, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE pid = pg_backend_pid() AND granted AND relkind = 'r' AND mode = ANY(%s)
"""
NOTICES = """
    INSERT INTO notice ({columns}, event_id, case_id, customer_id)
    SELECT {of_n}, e.id, e.case_id, e.customer_id
    FROM case_event e, (SELECT * FROM notice WHERE contact_id IS NOT NULL ORDER BY id LIMIT 1) n
    ON CONFLICT DO NOTHING
"""
DROP_POLICIES = """
    DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT policyname, schemaname, tablename FROM pg_policies LOOP
            EXECUTE format('DROP POLICY %I ON %I.%I', each.policyname, each.schemaname, each.tablename);
        END LOOP;
    END $$
"""
"""On the way back to the first tables: no column goes while a policy names it."""
OWN = ("id", "event_id", "case_id", "customer_id")
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'notice' AND is_generated = 'NEVER'"


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench locks", description=__doc__.splitlines()[0])
    words.add_argument("--few", type=int, default=10_000, help="events and notices in the small database")
    words.add_argument("--many", type=int, default=1_000_000, help="and in the large one")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        sizes = (args.few, args.many)
        for size in sizes:
            house.copy("guardia", name_of(size))
        found = [measured(house, size) for size in sizes]
    print_table(sizes, *found)
    return 0


def name_of(size: int) -> str:
    return f"locks_{size}"


type Table = dict[str, dict[tuple[str, str], float]]
"""By migration: by table and lock, for how many seconds."""


def measured(house: House, size: int) -> Table:
    from django.core.management import call_command
    from django.db import connections

    import guardia.migrations
    from guardia.config import policies
    from guardia.config.schema_editor import LateEditor

    house.use(name_of(size))
    owner = connections["direct"]
    owner.close()
    owner.settings_dict["NAME"] = name_of(size)
    verify.write(size // verify.EVENTS)
    columns = [name for (name,) in house.as_owner(name_of(size), COLUMNS) if name not in OWN]
    copied = NOTICES.format(columns=", ".join(columns), of_n=", ".join(f"n.{name}" for name in columns))
    house.as_owner(name_of(size), copied, DROP_POLICIES)
    migrate = partial(call_command, "migrate", "guardia", database="direct", interactive=False, verbosity=0)
    migrate(FIRST)
    owner.SchemaEditorClass = LateEditor  # as `guardia migrate` does
    house.as_owner(name_of(size), "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    steps: dict[str, Callable[[], Any]] = {
        file.stem: partial(migrate, file.stem)
        for file in sorted(Path(guardia.migrations.__path__[0]).glob("0*.py"))
        if not file.stem.startswith(FIRST)
    }
    steps["policies.sql"] = partial(policies.apply, owner)
    found: Table = {}
    existing = {name for (name,) in house.as_owner(name_of(size), "SELECT relname::text FROM pg_class")}
    for name, step in steps.items():
        with Locks(owner) as locks:
            step()
        found[name] = {
            (table, mode): took for (table, mode), took in locks.took.items() if table.strip('"') in existing
        }
        print(f"{size:,} {name}: {max(found[name].values(), default=0.0):.3f} s", flush=True)
    del owner.SchemaEditorClass
    connections.close_all()
    return found


class Locks:
    """Inside, which locks that session takes, and for how long (s)."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.since: dict[tuple[str, str], float] = {}
        self.took: dict[tuple[str, str], float] = defaultdict(float)

    def __enter__(self) -> "Locks":
        self.owner.ensure_connection()
        self.commits, self.owner._commit = self.owner._commit, self.committed
        self.owner.execute_wrappers.append(self.executed)
        return self

    def __exit__(self, *trouble: object) -> None:
        self.owner.execute_wrappers.remove(self.executed)
        self.owner._commit = self.commits

    def executed(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        begun = perf_counter()
        found = execute(sql, params, many, context)
        with self.owner.connection.cursor() as cursor:
            for table, mode in cursor.execute(HELD, [list(MODES)]).fetchall():
                self.since.setdefault((table, mode), begun)
        return found

    def committed(self) -> None:
        self.commits()
        now = perf_counter()
        for held, begun in self.since.items():
            self.took[held] = max(self.took[held], now - begun)
        self.since.clear()


def print_table(sizes: tuple[int, int], few: Table, many: Table) -> None:
    print(f"\n| migration | locks | with {sizes[0]:,} rows | with {sizes[1]:,} rows |\n| --- | --- | --- | --- |")
    for name, locks in many.items():
        if not locks:
            continue
        mode = next(mode for mode in MODES if any(each == mode for _table, each in locks))
        tables = sorted({table.strip('"') for table, each in locks if each == mode})
        shown = ", ".join(tables[:4]) + (f" and {len(tables) - 4} more" if len(tables) > 4 else "")
        longest = [max(found.get(name, {}).values(), default=0.0) for found in (few, many)]
        print(f"| {name} | {mode.removesuffix('Lock')}: {shown} | {longest[0]:.3f} s | {longest[1]:.3f} s |")
    worst = max(max(locks.values(), default=0.0) for locks in many.values())
    print(f"the longest: {worst:.3f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
