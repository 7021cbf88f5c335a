"""`bin/bench sweep`: one sweep of 1,000 due promises, by how many run besides; what exists must cost nothing.

Two databases on one server, alike but for their size, are swept in turns. Each round 1,000 diagnoses (P3) fall due, at
as many sites, on a night: each writes its breach, its escalation, two pages (E2) and a call to be made (E5).
"""

import argparse
import cProfile
import pstats
import sys
from datetime import UTC, datetime, timedelta
from statistics import median

from bench._house import House, opened
from bench._machine import Figure, Taken, describe, spread, timed

GOAL = 2.0
SECONDS = 5.0
NIGHT = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)  # Saturday 02:00 in Ecuador
MUCH_LATER = NIGHT + timedelta(days=10)
BETWEEN_ROUNDS = timedelta(seconds=10)
"""So short that no acknowledgement, call or next news of an earlier round falls due in a later one."""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench sweep", description=__doc__.splitlines()[0])
    words.add_argument("--running", type=int, default=1_000_000, help="promises that run in the large database")
    words.add_argument("--few", type=int, default=10_000, help="and in the small one")
    words.add_argument("--due", type=int, default=1_000, help="promises that fall due in each round")
    words.add_argument("--rounds", type=int, default=7, help="counted, after one that is not")
    words.add_argument("--profile", action="store_true", help="show where one more round spends its time")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    rounds = args.rounds + 1 + args.profile
    operator = prepare(house, args, rounds)
    taken: dict[str, list[Taken]] = {"small": [], "large": []}
    for number in range(args.rounds + 1):
        for name, found in taken.items():
            house.use(name)
            found.append(one_round(operator, args.due, number))
        print(f"round {number}: " + ", ".join(f"{name} {found[-1].wall:.3f} s" for name, found in taken.items()))
    few, many = (said(args.due, running, taken[name][1:]) for name, running in of_size(args).items())
    print(f"at most {SECONDS:.0f} s for 1,000: {'yes' if many * 1000 / args.due <= SECONDS else 'NO'}")
    explain(house)
    if args.profile:
        profiled(operator, args.due, rounds - 1)
    return Figure("sweep", many, "s", few, GOAL).say()


def of_size(args: argparse.Namespace) -> dict[str, int]:
    return {"small": args.few, "large": args.running}


def said(due: int, running: int, rounds: list[Taken]) -> float:
    """Print what these rounds took; their median, in seconds."""
    wall, own = median(each.wall for each in rounds), median(each.own for each in rounds)
    every = spread([each.wall for each in rounds])
    print(f"{due:,} due of {running:,} running: {wall:.3f} s, {own:.3f} s of it the application's own ({every})")
    return wall


def prepare(house: House, args: argparse.Namespace, rounds: int):
    """The databases ``small`` and ``large``, vacuumed and written out, as a house is that has run for a while."""
    from bench import _operator
    from guardia.config.postgres import DATABASE

    operator = _operator.found(NIGHT, opened_at=MUCH_LATER, sites=args.due * rounds)
    house.copy(DATABASE, "small")
    house.copy(DATABASE, "large")
    for name, running in of_size(args).items():
        house.use(name)
        cases = running // 2  # each has its diagnosis and its next news
        taken = timed(lambda cases=cases: _operator.copy(operator, cases, "n * interval '2 s'"))
        house.as_owner(name, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
        size = house.as_owner(name, f"SELECT pg_size_pretty(pg_database_size('{name}'))")[0][0]
        print(f"{name}: {running:,} promises of {cases:,} cases, {size}, written in {taken.wall:.0f} s", flush=True)
    return operator


def one_round(operator, due: int, number: int) -> Taken:
    """The sweep that finds what fell due in this round; what it wrote is counted afterwards."""
    from bench import _operator

    at = NIGHT + timedelta(hours=1) + number * BETWEEN_ROUNDS
    later = (at - operator.due_at).total_seconds() - 1
    _operator.copy(operator, due, f"interval '{later} s'", first=due * number)
    before = written()
    taken = timed(lambda: swept(at))
    made = {name: rows - before[name] for name, rows in written().items()}
    wanted = {"breached": due, "escalated": due, "paged": due, "pages": 2 * due, "calls": due}
    assert made == wanted, f"round {number}: {made}, not {wanted}"
    return taken


def swept(at: datetime) -> None:
    """As the worker's loop does it: batch after batch while there is a whole one."""
    from guardia.cases import sweep
    from guardia.config.database_roles import DatabaseRole, behind

    found = sweep.BATCH
    while found >= sweep.BATCH:
        with behind(DatabaseRole.WORKER):
            found = sweep.sweep(at)


def written() -> dict[str, int]:
    from guardia.cases.event import CaseEvent
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.escalation.escalation import CallTask
    from guardia.notices.notice import Notice

    with behind(DatabaseRole.WORKER):
        events = {name: CaseEvent.objects.filter(moment=name).count() for name in ("breached", "escalated", "paged")}
        return events | {"pages": Notice.objects.filter(moment="paged").count(), "calls": CallTask.objects.count()}


def explain(house: House) -> None:
    """How the large database finds what is due."""
    print("\nhow what is due is found among all that run:")
    plan = house.as_owner("large", "SET ROLE guardia_worker", f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {DUE}")
    print("\n".join(row[0] for row in plan) + "\n")


DUE = """SELECT case_id, call_id FROM clock WHERE due_at <= '2026-11-21 09:00+00' AND ended_at IS NULL
         AND breached_at IS NULL ORDER BY due_at LIMIT 500"""


def profiled(operator, due: int, number: int) -> None:
    profile = cProfile.Profile()
    profile.enable()
    one_round(operator, due, number)
    profile.disable()
    pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    sys.exit(main())
