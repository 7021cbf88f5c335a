"""`bin/bench scale`: cases that were lived through, over thirteen months: pages, a sweep, the month, backup and proof.

Each has 22 events and 20 notices, as the demo's have (`bench/_lives.py`); half of them are of a company of 1,000
services. What takes the room is said, and what each page takes among few and among many. Then tables that grow are
partitioned by month, the pages are asked for again, and a month is taken out of either.

The bodies of the letters are left out (``--bodies`` keeps them): they are most of the room, and no page reads them.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from bench._cases import took
from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed
from bench._web import Browser, give_password, served

if TYPE_CHECKING:
    from bench._lives import Model

FEW = 2_000
OPEN = 500
GROWTH = 1.5
NEW = "restored"
PARTITIONED = {"case_event": "recorded_at", "notice": "owed_at", "delivery": "created_at"}


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench scale", description=__doc__.splitlines()[0])
    words.add_argument(
        "--cases", type=int, default=100_000, help="lived through, about 75 KB each; twice that is needed"
    )
    words.add_argument("--rounds", type=int, default=30, help="times that each page is asked for")
    words.add_argument("--bodies", action="store_true", help="letters have their bodies: some 450 KB a case more")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from bench import _lives
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    model = _lives.lived(house, now())
    for username in ("ingeniero1", "supervisora"):
        give_password(username)
    body = house.as_owner(DATABASE, "SELECT sum(pg_column_size(body)) / 1024 FROM delivery")[0][0]
    print(f"the letters of a case: {body:,.0f} KB", flush=True)
    few, many = f"cases_{FEW}", f"cases_{args.cases}"
    for name, cases in ((few, FEW), (many, args.cases)):
        house.copy(DATABASE, name)
        house.use(name)
        begun = perf_counter()
        _lives.copy(house, name, model, cases, bodies=args.bodies)
        written = perf_counter() - begun
        open_cases()
        house.as_owner(name, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
        print(f"{cases:,} cases of 22 events, written in {written:.0f} s: {rooms(house, name, cases)}", flush=True)
    small, large = pages(house, few, model, args.rounds), pages(house, many, model, args.rounds)
    say_pages(small, large)
    sweep(house, many)
    proven(house, many, args.cases)
    partitioned(house, many, model, args.rounds, large)
    worst = max(percentile(large[what], 50) / percentile(small[what], 50) for what in large)
    return Figure("scale", worst, "times", 1.0, GROWTH).say()


def open_cases() -> None:
    """What is being worked on: OPEN cases opened just now, by the verb of the desk."""
    from guardia.cases.case import Case
    from guardia.cases.stages.registration import Report
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.customer import Service
    from guardia.people.staff import Actor, Staff

    at = now()
    with behind(DatabaseRole.STAFF):
        by = Actor.of_staff(Staff.objects.get(username="ingeniero1"))
        for service in Service.objects.order_by("-pk")[:OPEN]:
            Case.register(Report(service, "No tienen servicio"), by=by, at=at)


# --- what takes the room ----------------------------------------------------------------------------------------------
ROOMS = """
    SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY bytes DESC LIMIT 8
"""


def rooms(house: House, database: str, cases: int) -> str:
    (whole,) = house.as_owner(database, f"SELECT pg_database_size('{database}')")[0]
    tables = [f"{name} {size / cases / 1024:.1f}" for name, size in house.as_owner(database, ROOMS)]
    return f"{whole / 1_000_000:,.0f} MB; KB for each case: {', '.join(tables)}"


# --- pages ------------------------------------------------------------------------------------------------------------
def pages(house: House, database: str, model: "Model", rounds: int) -> dict[str, list[float]]:
    """Seconds of each page, asked for in turns; of two people, as each page belongs to one of them."""
    numbers = house.as_owner(database, 'SELECT number FROM "case" ORDER BY id')
    middle = numbers[len(numbers) // 2][0]
    with served(house, database) as web:
        engineer, supervisor = web.signed_in("ingeniero1"), web.signed_in("supervisora")
        asked: Mapping[str, tuple[Browser, str]] = {
            "the bench": (engineer, "/"),
            "a case of 22 events": (engineer, f"/casos/{middle}/"),
            "a search by circuit": (engineer, "/buscar?q=ENL-00417"),
            "a search by words": (engineer, "/buscar?q=fibra+cortada"),
            "similar cases": (engineer, f"/casos/{middle}/parecidos"),
            "a company of 1,000 services": (engineer, f"/companias/{model.company_id}/"),
            "the month of that company": (supervisor, f"/informes/mensual/{model.company_id}?mes={last_month()}"),
            "the month of all companies": (supervisor, f"/informes/mensual/?mes={last_month()}"),
            "the panorama": (supervisor, "/panorama"),
        }
        seconds: dict[str, list[float]] = {what: [] for what in asked}
        for round_ in range(rounds + 3):
            for what, (browser, address) in asked.items():
                answer = browser.get(address)
                assert answer.status == 200, (what, answer.status)
                if round_ >= 3:
                    seconds[what].append(answer.seconds)
    return seconds


def last_month() -> str:
    from guardia.config.now import now

    return f"{now().replace(day=1) - timedelta(days=1):%Y-%m}"


def say_pages(before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> None:
    for what, seconds in after.items():
        p50, p95 = (1000 * percentile(seconds, percent) for percent in (50, 95))
        print(f"{what}: p50 {1000 * percentile(before[what], 50):.0f}, then {p50:.0f} ms; p95 {p95:.0f} ms", flush=True)


# --- a sweep, and what is proven --------------------------------------------------------------------------------------
def sweep(house: House, database: str) -> None:
    """All of the OPEN cases are late at once (P2, P3)."""
    from guardia.cases import sweep as promises
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    house.use(database)
    due = now() + timedelta(minutes=30)

    def until_none_is_due() -> None:
        with behind(DatabaseRole.WORKER):
            while promises.sweep(due):
                pass

    print(f"a sweep of {OPEN} late cases: {timed(until_none_is_due).wall:.1f} s", flush=True)


def proven(house: House, database: str, cases: int) -> None:
    kept = house.folder / "backups"
    print(f"backup: {took(house, database, 'backup', str(kept)):.0f} s, ", end="")
    print(f"{sum(file.stat().st_size for file in kept.rglob('*') if file.is_file()) / cases / 1024:.1f} KB a case")
    house.as_owner("postgres", f"CREATE DATABASE {NEW} OWNER guardia_owner")
    print(f"restore, not yet proven: {took(house, NEW, 'restore', str(kept), '--prove-later'):.0f} s", flush=True)
    house.as_owner("postgres", f"DROP DATABASE {NEW}")
    print(f"guardia verify: {took(house, database, 'verify'):.0f} s", flush=True)
    print(f"guardia clocks rebuild: {took(house, database, 'clocks', 'rebuild'):.0f} s", flush=True)


# --- partitioned by month ---------------------------------------------------------------------------------------------
KEYS = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = '{}'::regclass"
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = '{}' AND is_generated = 'NEVER'
"""
MONTHS = (
    "SELECT DISTINCT date_trunc('month', {1})::date, (date_trunc('month', {1}) + interval '1 month')::date FROM {0}"
)
INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = '{}_whole'::regclass"


def partitioned(
    house: House, database: str, model: "Model", rounds: int, before: Mapping[str, Sequence[float]]
) -> None:
    """The tables that grow, by month: keys that lead to them go, as a partition knows no unique id across months."""
    from guardia.config import policies

    begun = perf_counter()
    for table, column in PARTITIONED.items():
        by_month(house, database, table, column)
    house.as_owner(database, policies.statements(), "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    print(f"{', '.join(PARTITIONED)} partitioned by month: {perf_counter() - begun:.0f} s; pages before and then:")
    say_pages(before, pages(house, database, model, rounds))
    for table, column in PARTITIONED.items():
        month, after = sorted(house.as_owner(database, MONTHS.format(table, column)))[1]
        rows = f"WHERE {column} >= '{month}' AND {column} < '{after}'"
        house.as_owner(database, f"ALTER TABLE {table}_whole DISABLE TRIGGER USER")
        begun = perf_counter()
        house.as_owner(database, f"DELETE FROM {table}_whole {rows}", f"VACUUM {table}_whole")
        deleted, begun = perf_counter() - begun, perf_counter()
        house.as_owner(database, f"DROP TABLE {table}_{month:%Y_%m}")
        dropped = perf_counter() - begun
        print(f"a month of {table}: deleted in {deleted:.1f} s, its partition dropped in {dropped:.2f} s", flush=True)


def by_month(house: House, database: str, table: str, column: str) -> None:
    for owner, key in house.as_owner(database, KEYS.format(table)):
        house.as_owner(database, f'ALTER TABLE {owner} DROP CONSTRAINT "{key}"')
    months = house.as_owner(database, MONTHS.format(table, column))
    (columns,) = house.as_owner(database, COLUMNS.format(table))[0]
    house.as_owner(
        database,
        f"ALTER TABLE {table} RENAME TO {table}_whole",
        f"""CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS INCLUDING GENERATED)
            PARTITION BY RANGE ({column})""",
        *(
            f"CREATE TABLE {table}_{begin:%Y_%m} PARTITION OF {table} FOR VALUES FROM ('{begin}') TO ('{end}')"
            for begin, end in months
        ),
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_whole",
    )
    for place, (words,) in enumerate(house.as_owner(database, INDEXES.format(table))):
        _create, _on, definition = words.partition(f" ON public.{table}_whole ")
        house.as_owner(database, f"CREATE INDEX {table}_of_month_{place} ON {table} {definition}")


if __name__ == "__main__":
    sys.exit(main())
