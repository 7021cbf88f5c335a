"""`bin/bench plans`: how PostgreSQL answers the hottest questions of an installation with a past, each as it is really
asked.

The operator of `tests/plans` is copied many times over: companies, cases, events, notices, most of them long closed. A
page is asked for as an engineer, a step of the worker is run; each question is explained just before it is asked: in
the same transaction, as the same role and behind the same walls, prepared with the types that the driver sends, so
often that PostgreSQL has chosen its plan for any values where it means to. The last plan is shown.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager

import psycopg

from bench._house import House, named, opened
from bench._machine import Figure, describe

TIMES = 7
LIMIT_MS = 10.0
TABLES = ("case", "case_event", "event_text", "clock", "notice", "delivery")
OF_THE_BENCH = {
    "The rows of the bench page": ('FROM "case"', "LIMIT 51"),
    "The counts of the bench by state": ("AS overdue", "AS urgent"),
    "The counts of the bench by view": ("AS mine", "AS unassigned"),
}
OF_A_CASE = {"The events of a case's page": ('FROM "case_event"', 'ORDER BY "case_event"."seq" ASC')}
OF_THE_SWEEP = {"The promises that are due": ("FROM clock", "breached_at IS NULL", "LIMIT 500")}
OF_THE_SENDER = {"Whom letters are owed, the most urgent first": ('FROM "notice"', "LIMIT 6000")}
QUESTIONS = OF_THE_BENCH | OF_A_CASE | OF_THE_SWEEP | OF_THE_SENDER
"""By title, the words by which each is known among what is asked."""
TOOK = re.compile(r"Execution Time: ([0-9.]+) ms")
COLUMNS = re.compile(r"SELECT (\"[a-z_]+\"\.\"[a-z_]+\"(, )?){4,}")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench plans", description=__doc__.splitlines()[0])
    words.add_argument("--copies", type=int, default=300, help="of the sample operator's companies, with all they have")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        number = prepare(house, args.copies)
        seen = Seen()
        pages(seen, number)
        steps(seen)
    assert seen.took.keys() == QUESTIONS.keys(), f"not all were asked: {sorted(seen.took)}"
    slowest = max(seen.took, key=lambda title: seen.took[title])
    print(f"slowest: {slowest}")
    return Figure("plans", seen.took[slowest], "ms", LIMIT_MS, 1.0).say()


def prepare(house: House, how_often: int) -> str:
    """The sample operator, copied and counted; the number of its case with a page to look at."""
    from django.conf import settings

    from guardia.config.now import now
    from guardia.config.postgres import DATABASE
    from tests.plans import copies
    from tests.plans import house as sample

    settings.ALLOWED_HOSTS = ["testserver"]
    with psycopg.connect(named(house.server.owner_url, DATABASE), autocommit=True) as owner:
        copies.draw_from_first(owner)
        found = sample.found(now())
        for grown in (copies.deeper(1, 2), copies.closer(3, 4), copies.wider(5, 4 + how_often)):
            copies.grow(owner, grown)
        rows = {table: owner.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in TABLES}
    print(", ".join(f"{table} {count:,}" for table, count in rows.items()), flush=True)
    return found.words["case"]


class Seen:
    """The plans that were shown, and how long PostgreSQL took for each, in milliseconds."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}

    @contextmanager
    def of(self, wanted: dict[str, Sequence[str]]):
        """Each of these questions is explained as it is first asked inside."""
        from tests.plans.reading import listening

        def hear(statement: str, values: Sequence[object]) -> None:
            for title, words in wanted.items():
                if title not in self.took and all(word in statement for word in words):
                    self.took[title] = 0.0
                    self.took[title] = shown(title, statement, values)

        with listening(hear):
            yield


def shown(title: str, statement: str, values: Sequence[object]) -> float:
    from tests.plans.reading import prepared

    with prepared(statement, values) as carried:
        for _ in range(TIMES):
            carried.cursor.execute(b"EXPLAIN (ANALYZE, BUFFERS) EXECUTE looked_at" + carried.values)
            lines = [line for (line,) in carried.cursor.fetchall()]
        kinds = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'looked_at'"
        of_any, of_these = carried.cursor.execute(kinds).fetchone()
    asked = COLUMNS.sub("SELECT … ", " ".join(statement.split()))
    chosen = f"of {TIMES} times {of_any} by the plan for any values, {of_these} by one for these"
    print(f"\n### {title}\n\n{asked}\n\n" + "\n".join(lines) + f"\n({chosen})", flush=True)
    found = TOOK.search("\n".join(lines))
    assert found, "a plan without its time"
    return float(found[1])


def pages(seen: Seen, number: str) -> None:
    from django.core.cache import cache
    from django.test import Client

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people.staff import Staff

    browser = Client()
    with behind(DatabaseRole.STAFF):
        browser.force_login(Staff.objects.get(username="ingeniero1"))
    for wanted, path in ((OF_THE_BENCH, "/"), (OF_A_CASE, f"/casos/{number}/")):
        browser.get(path)
        cache.clear()
        with seen.of(wanted):
            assert browser.get(path).status_code == 200, path


def steps(seen: Seen) -> None:
    from django.db import transaction

    from guardia.cases import sweep
    from guardia.config.database_roles import DatabaseRole, behind_at
    from guardia.notices.packing import pack

    todo: tuple[tuple[dict, Callable], ...] = ((OF_THE_SWEEP, sweep.sweep), (OF_THE_SENDER, pack))
    for wanted, step in todo:
        with behind_at(DatabaseRole.WORKER) as at:
            with seen.of(wanted):
                step(at)
            transaction.set_rollback(True)


if __name__ == "__main__":
    sys.exit(main())
