"""`bin/bench alerts`: a storm of 2,000 alerts in a minute, one message each, beside bare INSERTs of as many rows.

Each message is read, led to its service by the rules, and committed, as the door does it; then the worker makes one
outage of them. Every fourth alert is said twice, and every tenth is over again.
"""

import argparse
import json
import sys
from typing import Any

from bench._house import opened
from bench._machine import Figure, describe, percentile, timed

GOAL = 6.0
"""So many bare INSERTs with a commit each may one alert cost: it is looked up, led, turned and written in one."""

PER_MINUTE = 2000


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench alerts", description=__doc__.splitlines()[0])
    words.add_argument("--alerts", type=int, default=PER_MINUTE, help="alerts of the storm, a message each")
    words.add_argument("--services", type=int, default=500, help="services behind the route that is cut")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(args.alerts, args.services)


def measure(alerts: int, services: int) -> int:
    from guardia.config.database_roles import DatabaseRole, behind
    from tests.alerts.noc import Noc
    from tests.procedure.story import Story

    with behind(DatabaseRole.STAFF):
        noc = Noc(Story(), "generic", opens="by_itself")
        found = [noc.service(f"SRV-{number:05d}") for number in range(services)]
        noc.element("RUTA-1", *found)
    bare = [timed(lambda number=number: bare_insert(noc, number)).wall for number in range(alerts)]
    storm = [timed(lambda body=body: taken(noc, body)).wall for body in messages(alerts, services)]
    noc.pass_seconds(90)
    with behind(DatabaseRole.WORKER):
        opening = timed(noc.the_worker_looks).wall
    said(alerts, bare, storm, opening)
    is_one(alerts)
    return Figure("alerts", percentile(storm, 50) * 1000, "ms", percentile(bare, 50) * 1000, GOAL).say()


def messages(alerts: int, services: int) -> list[bytes]:
    found = []
    for number in range(alerts):
        one: dict[str, Any] = {
            "fingerprint": f"alert {number}",
            "status": "firing",
            "name": "sin respuesta",
            "labels": {"circuit": f"SRV-{number % services:05d}"},
        }
        found += [one] * (2 if number % 4 == 0 else 1)
        if number % 10 == 9:
            found.append(one | {"status": "resolved"})
    return [json.dumps(one).encode() for one in found]


def taken(noc: Any, body: bytes) -> None:
    """As the door takes it: who speaks, then the message, each in a transaction of its own."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.network.alert_store import keep
    from guardia.network.alerts_kinds import read
    from guardia.network.alerts_sources import source_of

    with behind(DatabaseRole.WORKER):
        source = source_of(noc.token)
    assert source
    with behind(DatabaseRole.WORKER):
        keep(source, read(source.kind, body), noc.now)


def bare_insert(noc: Any, number: int) -> None:
    """A row of the same table, with nothing asked and nothing led, committed."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.network.alert import Alert

    with behind(DatabaseRole.WORKER):
        Alert.objects.create(
            source_id=noc.source.pk,
            fingerprint=f"bare {number}",
            state="resolved",
            name="sin respuesta",
            labels={"circuit": "SRV"},
            since=noc.now,
            first_at=noc.now,
            last_at=noc.now,
        )


def said(alerts: int, bare: list[float], storm: list[float], opening: float) -> None:
    print(f"bare INSERT: p50 {percentile(bare, 50) * 1000:.2f} ms, p99 {percentile(bare, 99) * 1000:.2f} ms")
    print(f"{len(storm)} messages of {alerts} alerts: p50 {percentile(storm, 50) * 1000:.2f} ms,", end=" ")
    print(f"p99 {percentile(storm, 99) * 1000:.2f} ms, {len(storm) / sum(storm):.0f} a second by one connection")
    print(f"the worker makes one outage of them in {opening:.2f} s")


def is_one(alerts: int) -> None:
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.network.alert import Alert
    from guardia.outages.outage import Outage

    with behind(DatabaseRole.STAFF):
        assert Outage.objects.count() == 1
        assert Alert.objects.filter(outage__isnull=False).count() == alerts - alerts // 10


if __name__ == "__main__":
    sys.exit(main())
