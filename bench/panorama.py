"""`bin/bench panorama`: each picture of the panorama among many closed cases and the open ones of a busy day.

The past is spread over years, one case each nine minutes; the pictures look at eight weeks of it at most. Of each
picture its time is said, and the rows that the steps of its plans touched (EXPLAIN ANALYZE), which must not be all.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import timedelta

from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed

LIMIT_SECONDS = 1.0
MINUTES_APART = 9
OPEN = 500
SITES = 3_000


def of_case(cases: int) -> Mapping[str, str]:
    is_open = f"plan.n >= {cases - OPEN}"
    ended = "t.opened_at + plan.later + interval '90 min'"
    return {
        "status": f"CASE WHEN {is_open} THEN 'inProgress' ELSE 'closed' END",
        "stage": f"CASE WHEN {is_open} THEN 'diagnosis' ELSE 'closure' END",
        "closed_at": f"CASE WHEN NOT ({is_open}) THEN {ended} END",
        "restored_at": f"CASE WHEN NOT ({is_open}) THEN {ended} END",
        "affected_seconds": f"CASE WHEN NOT ({is_open}) THEN (600 + mod(plan.n * 37, 7200))::int END",
        "outages": f"""CASE WHEN {is_open} THEN jsonb_build_array(jsonb_build_array(t.opened_at + plan.later, NULL))
            ELSE jsonb_build_array(jsonb_build_array(t.opened_at + plan.later, {ended})) END""",
        "fault": "'Falla de tipo ' || mod(plan.n * 7, 23)",
        "next_due_at": f"CASE WHEN {is_open} THEN t.next_due_at + plan.later END",
        **dict.fromkeys(("next_warn_at", "next_urgent_at", "next_step_at", "waiting_since"), "NULL::timestamptz"),
    }


CLOCKS_END = """
UPDATE clock SET ended_at = started_at + interval '10 min', outcome = 'kept', taken_seconds = 600, breached_at = NULL
FROM "case" WHERE "case".id = clock.case_id AND "case".closed_at IS NOT NULL AND clock.ended_at IS NULL
"""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench panorama", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=60_000, help="how many there are")
    words.add_argument("--rounds", type=int, default=5, help="times that each picture is made")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        prepare(house, args.cases)
        return measure(args.rounds)


def prepare(house: House, cases: int) -> None:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now() - timedelta(hours=2), opened_at=now() - timedelta(hours=2), sites=SITES)
    later = f"(n - {cases}) * interval '{MINUTES_APART} min'"
    taken = timed(lambda: _operator.copy(operator, cases, later, of_case=of_case(cases)))
    house.as_owner(DATABASE, CLOCKS_END, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    size = house.as_owner(DATABASE, f"SELECT pg_size_pretty(pg_database_size('{DATABASE}'))")[0][0]
    print(f"{cases:,} cases, {size}, written in {taken.wall:.0f} s", flush=True)


def measure(rounds: int) -> int:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.web.desk.panorama.pictures import PICTURES, picture_of

    whole = 0.0
    with behind(DatabaseRole.STAFF):
        for key in PICTURES:
            seconds = []
            for _round in range(rounds):
                cache.clear()
                seconds.append(timed(lambda key=key: picture_of(key, now())).wall)
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                picture_of(key, now())
            touched = max((rows_touched(query["sql"]) for query in asked if "SELECT" in query["sql"]), default=0)
            p50 = percentile(seconds, 50)
            whole += p50
            print(f"{key}: p50 {1000 * p50:.0f} ms, {len(asked)} statements, {touched:,} rows at most", flush=True)
    return Figure("panorama", whole, "s", LIMIT_SECONDS, 1.0).say()


def rows_touched(statement: str) -> int:
    """Of the step of its plan that read most: rows that came out, and those that its filter took away."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        ((found,),) = cursor.fetchall()
    return most_of((found if isinstance(found, list) else json.loads(found))[0]["Plan"])


def most_of(plan: dict) -> int:
    reads = "Relation Name" in plan
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"] if reads else 0
    return round(max([own, *(most_of(below) for below in plan.get("Plans", ()))]))


if __name__ == "__main__":
    sys.exit(main())
