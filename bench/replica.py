"""`bin/bench replica`: cases opened while somebody takes reports all the time: from the primary, and from a replica.

The cases are opened by pgbench with the statements of the form (`bin/bench open`); the reports are the ten pictures of
the panorama, counted anew, and the event log of all cases as CSV. Primary and replica share the processor and the disk
of this machine, which on an installation they do not: what is measured is how far the replica is behind, and whether
what was committed before a report was asked for is in it within the half second that it may take.
"""

import argparse
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import monotonic, perf_counter

from bench import _pgbench
from bench._house import House, named, opened
from bench._machine import Figure, describe, percentile
from bench.open import prepare, written
from tests.standby import Standby

LIMIT_MS = 500.0
LOOKS = 50
"""So often after each report it is looked how long the replica takes to arrive."""
PLACES = ("nobody takes reports", "from the primary", "from a replica")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench replica", description=__doc__.splitlines()[0])
    words.add_argument("--existing", type=int, default=20_000, help="cases that there are")
    words.add_argument("--seconds", type=int, default=30, help="for which each of the three is measured")
    words.add_argument("--clients", type=int, default=2, help="who open cases at once")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from guardia.config.postgres import DATABASE

    prepare(house, 3_000, args.existing)
    file = house.folder / "open.sql"
    file.write_text(written(house, 3_000), encoding="utf-8")
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    standby = Standby(house.folder / "standby", house.server)
    try:
        standby.server.start()
        standby.arrives()
        waits = [turn(house, standby, file, place, args) for place in PLACES][-1]
    finally:
        standby.server.stop()
    arrived = sum(wait < LIMIT_MS for wait in waits)
    print(f"{arrived} of {len(waits)} times the replica arrived in time")
    return Figure("replica_arrives", percentile(waits, 50), "ms", LIMIT_MS, 1.0).say()


def turn(house: House, standby: Standby, file: Path, place: str, args: argparse.Namespace) -> list[float]:
    """The milliseconds for which the replica was waited for, each time."""
    from guardia.config.postgres import DATABASE

    rates: list[_pgbench.Rate] = []
    desk = Thread(
        target=lambda: rates.append(
            _pgbench.run(file, named(house.server.app_url, DATABASE), clients=args.clients, seconds=args.seconds)
        )
    )
    use(standby if place == PLACES[-1] else None)
    seconds: list[float] = []
    waits: list[float] = []
    desk.start()
    end = monotonic() + args.seconds
    while place != PLACES[0] and monotonic() < end:
        took, waited = report()
        seconds.append(took)
        waits += waited
    desk.join()
    own = f"; {len(seconds)} reports, p50 {percentile(seconds, 50):.2f} s" if seconds else ""
    p50, p99 = (percentile(waits, percent) if waits else 0 for percent in (50, 99))
    lag = f"; waited for the replica: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {max(waits):.0f} ms" if waits else ""
    print(f"{place}: {rates[0].a_second:.0f} cases/s, {rates[0].milliseconds:.1f} ms each{own}{lag}", flush=True)
    return waits


def use(standby: Standby | None) -> None:
    from django.db import connections

    from guardia.config.asking import REPLICAS

    login = REPLICAS["default"]
    if standby:
        place = {"HOST": str(standby.server.socket_dir), "PORT": "5432"}
        connections.settings[login] = {**connections.settings["default"], **place}
    else:
        connections.settings.pop(login, None)


def report() -> tuple[float, list[float]]:
    from django.core.cache import cache
    from django.test import RequestFactory

    from guardia.config import replica
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.history.event_log import LogRequest
    from guardia.history.event_log_file import EventLog
    from guardia.web.desk.panorama.pictures import pictures_of

    waits: list[float] = []

    def from_where_it_is_best(question: Callable[[], object]) -> None:
        begun = perf_counter()

        def answer() -> None:
            if replica.is_named():
                waits.append(1000 * (perf_counter() - begun))
            question()

        with behind(DatabaseRole.STAFF):
            replica.read(RequestFactory().get("/"), answer, as_file=True)

    cache.clear()
    begun = perf_counter()
    from_where_it_is_best(lambda: pictures_of(now()))
    from_where_it_is_best(lambda: EventLog(LogRequest(), "csv").write(BytesIO()))
    took = perf_counter() - begun
    for _ in range(LOOKS):
        from_where_it_is_best(lambda: None)
    return took, waits


if __name__ == "__main__":
    sys.exit(main())
