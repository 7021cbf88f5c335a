"""The primary is killed and its streaming replica promoted, while cases are opened: the address names both servers.

The replica is synchronous, so nothing that was acknowledged may be lost. Besides: what a commit then costs.
"""

import json
import os
import sys
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter

import psycopg

from tests.hosts import network
from tests.hosts.house import Machine, folder, settle, until
from tests.hosts.postgres import SLOT, Server

TIMES = 200
SYNC = "ALTER SYSTEM SET synchronous_standby_names = '{}'"
IN_STEP = "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'"


def main() -> int:
    network.begin()
    with folder() as place:
        primary = Server(place / "pg", network.HERE, 5432).created(network.NETWORK, wal_level="replica")
        replica = primary.replica(place / "pg2", 5433)
        try:
            owner = primary.url("guardia_owner", replica)
            settle(place, primary.url("guardia_app", replica), owner, SMTP_HOST=network.HERE)
            said = work(place, primary, replica, owner)
        finally:
            primary.stop(), replica.stop()
    print(json.dumps(said, indent=1, ensure_ascii=False))  # noqa: T201
    return 1 if said["wrong"] else 0


def work(place: Path, primary: Server, replica: Server, owner: str) -> dict[str, object]:
    machine = Machine(place, "owner")
    machine.command("migrate", "--quiet")
    from guardia.cli.installation import open_installation

    open_installation()
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer

    mailserver.HOST = network.HERE
    said: dict[str, object] = {"a commit, replica asynchronous (ms)": commit_ms(owner)}
    synchronous(primary)
    said["a commit, replica synchronous (ms)"] = commit_ms(owner)
    with MailServer(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        house = Machine(place, "a")
        try:
            said |= promoted(place, primary, replica, house, mail, owner)
        finally:
            house.stop()
    return said


def synchronous(primary: Server) -> None:
    primary.as_superuser(SYNC.format(SLOT))
    primary.as_superuser("SELECT pg_reload_conf()")
    until(lambda: primary.as_superuser(IN_STEP) == [("sync",)], "the replica is in step")


def commit_ms(owner: str) -> float:
    """The median of one small transaction."""
    took = []
    with psycopg.connect(owner, autocommit=True) as session:
        session.execute("CREATE TABLE IF NOT EXISTS commit_trial (n int)")
        for each in range(TIMES):
            begun = perf_counter()
            session.execute("INSERT INTO commit_trial VALUES (%s)", [each])
            took.append(perf_counter() - begun)
        session.execute("DROP TABLE commit_trial")
    return round(median(took) * 1e3, 2)


def promoted(place: Path, primary: Server, replica: Server, house: Machine, mail, owner: str) -> dict[str, object]:
    from tests.hosts.incident import Incident

    incident = Incident(place, mail, owner)
    house.web(), house.worker()
    ana = incident.desk(0, house)
    numbers = [ana.opens() for _ in range(3)]
    ana.files(numbers[0])
    begun = monotonic()
    primary.kill()
    said: dict[str, object] = {"meanwhile": (house.status("/entrar"), house.status("/salud"))}
    replica.promote()
    replica.as_superuser("ALTER SYSTEM RESET synchronous_standby_names")
    replica.as_superuser("SELECT pg_reload_conf()")
    until(lambda: house.status("/salud/listo") == 200, "the web continues", house.log)
    said["the work goes on after (s)"] = round(monotonic() - begun, 1)
    for number in [*numbers, ana.opens()]:
        ana.notes(number)
    incident.drained()
    for command in (("verify",), ("clocks", "rebuild"), ("files", "check"), ("doctor", "--quiet")):
        said[" ".join(command)] = Machine(place, "check").start(*command).wait(90)
    house.stop()
    said["acknowledged"], said["letters"] = len(incident.journal.kept), len(mail.arrivals)
    said["wrong"] = incident.wrong()
    return said


if __name__ == "__main__":
    sys.exit(main())
