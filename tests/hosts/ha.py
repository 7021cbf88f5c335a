"""The deployment of `deploy/ha`, whose primary is killed and cut off again and again while people work: what is lost?

`python -m tests.hosts.ha --kills 20 --cuts 10` (or `deploy/ha/try`). Half of the kills are of the whole machine
(PostgreSQL, Patroni and etcd at once), half of PostgreSQL alone; a cut is its cable. Each time it is measured how long
it takes until both hosts of Guardia have opened a case again, and somebody at the former primary goes on writing there.
Before that the database is restored to a minute, from the archive into an empty place.
"""

import argparse
import json
import os
import random
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic, sleep

import psycopg

from tests.hosts import network
from tests.hosts.cluster import Cluster, DatabaseHost, WebHost, missing, places
from tests.hosts.house import Machine, folder, settle, until
from tests.hosts.postgres import PASSWORD

POOLED = f"postgresql://guardia_app:{PASSWORD}@127.0.0.1:6432/guardia"
REPLICA = f"postgresql://guardia_app:{PASSWORD}@127.0.0.1:5001/guardia"
READ = "guardia_replica_read 1.0"
LONGEST = 30.0
"""Seconds without a primary, at most."""
WAITS, MIGRATES = 120.0, 600.0
PAUSE, LOOKS = 0.2, 0.5
BACKUP_TICK = 2.0
"""pgBackRest notes the end of a backup to the second, and restores from one that ended before that minute."""
ACTS = (6, 24)
"""How many acts people have done between two failures, at least and at most."""
TRIAL = "CREATE TABLE IF NOT EXISTS former_trial (n serial, at timestamptz DEFAULT clock_timestamp())"


def main() -> int:
    from tests.hosts.one_host import ill
    from tests.hosts.upgrade import ONE, upgraded

    words = argparse.ArgumentParser(prog="deploy/ha/try", description=__doc__.splitlines()[0])
    words.add_argument("--kills", type=int, default=20, help="how often the primary is killed (20)")
    words.add_argument("--cuts", type=int, default=10, help="how often it is cut off (10)")
    words.add_argument("--minutes", type=float, default=90, help="no new failure after so many minutes (90)")
    words.add_argument("--keep", type=Path, help="a folder for the logs, the journal and the mails")
    words.add_argument("--upgrade", nargs="?", const=ONE, metavar="REVISION", help=f"from it to this version ({ONE})")
    words.add_argument("--ill", action="store_true", help="one web host hangs, its disk is full, and so on")
    args = words.parse_args()
    if lacking := missing():
        print(f"not on this machine: {', '.join(lacking)}", file=sys.stderr)  # noqa: T201
        return 2
    with folder() as place:
        network.begin(places(place))
        try:
            said = upgraded(place, args.upgrade) if args.upgrade else ill(place) if args.ill else deployed(place, args)
        finally:
            if args.keep:
                keep(place, args.keep)
    print(json.dumps(said, indent=1, ensure_ascii=False))  # noqa: T201
    return 1 if said["wrong"] else 0


def keep(place: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in (*place.glob("*.log"), *place.glob("*.jsonl"), *place.glob("mails")):
        shutil.copy(file, target)


def deployed(place: Path, args: argparse.Namespace) -> dict[str, object]:
    cluster = Cluster(place)
    webs = [WebHost(place, name) for name in ("web1", "web2")]
    try:
        cluster.created()
        direct = cluster.url("guardia_owner")
        settle(place, cluster.url("guardia_app"), direct, SMTP_HOST=network.HERE)
        Machine(place, "owner").command("migrate", "--quiet", patience=MIGRATES)
        from guardia.cli.installation import open_installation

        open_installation()
        for host in webs:
            host.start()
        return worked(place, cluster, webs, args)
    finally:
        for host in webs:
            host.end()
        cluster.end()


def worked(place: Path, cluster: Cluster, webs: list[WebHost], args: argparse.Namespace) -> dict[str, object]:
    from bench.faults import mailserver
    from bench.faults.mailserver import MailServer
    from tests.hosts.incident import Incident

    mailserver.HOST = network.HERE
    with MailServer(place / "mails") as mail:
        os.environ["SMTP_PORT"] = str(mail.port)
        addresses = {"DATABASE_URL": POOLED, "DATABASE_REPLICA_URL": REPLICA}
        machines = [Machine(place, f"{host.name}-guardia", host.do, host.become, **addresses) for host in webs]
        try:
            incident = Incident(place, mail, cluster.url("guardia_owner"))
            for machine in machines:
                machine.web(), machine.worker()
            scenario = Scenario(cluster, webs, machines, incident)
            back = to_a_minute(place, cluster, scenario)
            scenario.runs(args.kills, args.cuts, monotonic() + 60 * args.minutes)
            scenario.ends()
            incident.drained()
            read_again = until(lambda: all(READ in each.asked("/metrics")[1] for each in machines), "a replica is read")
            checked = {name: Machine(place, "check").start(*name.split()).wait(300) for name in CHECKED}
        finally:
            for machine in machines:
                machine.stop()
        said = (
            scenario.counts()
            | back
            | checked
            | {
                "both read a replica after (s)": round(read_again, 1),
                "letters": len(mail.arrivals),
                "of them repeats, marked": marked(mail),
            }
        )
        wrong = scenario.wrong() | {name: code for name, code in checked.items() if code} | incident.wrong()
        if (back["restored: cases"], back["restored: verify"]) != (back["cases at that minute"], 0):
            wrong |= {"restored to a minute": back}
    return said | {"wrong": wrong}


def to_a_minute(place: Path, cluster: Cluster, scenario: "Scenario") -> dict[str, object]:
    """By the archive of pgBackRest, on a machine with an empty disk, while the others go on."""
    rows = scenario.incident.rows
    cluster.pgbackrest(cluster.settled(), "--type=full", "backup")
    sleep(BACKUP_TICK)
    for worked in scenario.looking:
        scenario.opens(worked)
    (there,), (target,) = rows(CASES)[0], rows("SELECT clock_timestamp()::text")[0]
    for worked in scenario.looking:
        scenario.opens(worked)
    (last,) = rows("SELECT pg_walfile_name(pg_current_wal_lsn())")[0]
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as session:
        session.execute("SELECT pg_switch_wal()")
    until(lambda: (rows(ARCHIVED)[0][0] or "") >= last, "the log is in the archive")
    begun, spare = monotonic(), DatabaseHost(place, "spare")
    try:
        spare.restored(target)
        took = monotonic() - begun
        with psycopg.connect(spare.url("guardia_owner")) as session:
            (found,) = session.execute(CASES).fetchone() or (0,)
        addresses = {"DATABASE_URL": spare.url("guardia_app"), "DATABASE_DIRECT_URL": spare.url("guardia_owner")}
        code = Machine(place, "restored", **addresses).start("verify").wait(MIGRATES)
    finally:
        spare.end()
    return {
        "restored to": target,
        "cases at that minute": there,
        "cases afterwards": rows(CASES)[0][0],
        "restored: cases": found,
        "restored: verify": code,
        "restored after (s)": round(took, 1),
    }


CASES = 'SELECT count(*) FROM "case"'
ARCHIVED = "SELECT last_archived_wal FROM pg_stat_archiver"
CHECKED = ("verify", "clocks rebuild", "files check")


def marked(mail) -> int:
    return sum(each.repeat for each in mail.arrivals)


class Former(Thread):
    """Somebody who sits at a machine that was the primary, and goes on writing there as a superuser."""

    def __init__(self, host: DatabaseHost) -> None:
        super().__init__(name=f"at {host.name}", daemon=True)
        self.host, self.over = host, Event()
        self.acknowledged = self.refused = self.unanswered = 0

    def run(self) -> None:
        self.host.come_in()
        address = f"host=127.0.0.1 user=postgres password={PASSWORD} dbname=postgres connect_timeout=2"
        while not self.over.is_set():
            try:
                with psycopg.connect(address, autocommit=True) as session:
                    session.execute("INSERT INTO former_trial DEFAULT VALUES")
                self.acknowledged += 1
            except psycopg.Error as trouble:
                if trouble.sqlstate or "FATAL" in str(trouble) or "terminat" in str(trouble):
                    self.refused += 1
                else:  # nobody listens there
                    self.unanswered += 1
            self.over.wait(LOOKS)


class Scenario:
    """People at both hosts, and the failures one after the other."""

    def __init__(self, cluster: Cluster, webs: list[WebHost], machines: list[Machine], incident) -> None:
        from bench.faults.desk import Desk

        class Engineer(Desk):
            """One who works at that host until the end."""

            def __init__(self, host: WebHost, *words) -> None:
                super().__init__(*words)
                self.host = host

            def run(self) -> None:
                self.host.come_in()
                super().run()

        self.cluster, self.incident = cluster, incident
        self.took: dict[str, list[float]] = {}
        self.formers: list[Former] = []
        self.answers: list[int] = []
        self.desks = [
            Engineer(host, seat, machine.port, incident.journal, incident.stopping, random.Random(n), incident.full)
            for n, (host, machine, seat) in enumerate(zip(webs, machines, incident.seats, strict=False))
        ]
        self.looking = [incident.desk(2, machine) for machine in machines]
        self.machines = machines

    def runs(self, kills: int, cuts: int, end: float) -> None:
        """No new failure after ``end`` (of `monotonic`)."""
        with psycopg.connect(self.cluster.url("postgres", "postgres"), autocommit=True) as session:
            session.execute(TRIAL)
        for desk in self.desks:
            desk.start()
        ways = [("machine killed", "postgres killed")[n % 2] for n in range(kills)] + ["cut off"] * cuts
        rng = random.Random(len(ways))
        rng.shuffle(ways)
        for number, way in enumerate(ways, start=1):
            if monotonic() > end:
                break
            primary = self.cluster.settled()
            before = len(self.incident.journal.kept) + rng.randint(*ACTS)
            if not self.incident.journal.wait(before, WAITS):
                raise TimeoutError(f"nobody works any more: {self.incident.journal.gone}")
            seconds = self.fails(primary, way)
            self.took.setdefault(way, []).append(seconds)
            note = f"{number}/{len(ways)} {way} {primary.name}: writes again after {seconds:.1f} s"
            print(f"{datetime.now(UTC):%H:%M:%S} {note}; {before} acts so far", file=sys.stderr, flush=True)  # noqa: T201
        self.cluster.settled()

    def fails(self, primary: DatabaseHost, way: str) -> float:
        """Until both hosts have opened a case again (s); then the former primary comes back, and must follow."""
        if way == "cut off":
            primary.cut()
        else:
            primary.kill(named="" if way == "machine killed" else "postgres")
        begun, former = monotonic(), Former(primary)
        former.start()
        sleep(PAUSE)
        self.answers.append(self.machines[0].status("/entrar"))
        for worked in self.looking:
            self.opens(worked)
        took = monotonic() - begun
        if way == "cut off":
            primary.connect()
        elif way == "machine killed":
            primary.start()
        now_primary = self.cluster.settled()
        former.over.set()
        former.join()
        if now_primary is not primary:  # where PostgreSQL alone was killed, the same one may go on
            self.formers.append(former)
        return took

    def opens(self, worked) -> None:
        """Raises TimeoutError."""
        from bench.faults.crew import Abandoned

        end = monotonic() + WAITS
        while monotonic() < end:
            try:
                worked.opens()
                return
            except Abandoned:
                sleep(PAUSE)
        raise TimeoutError(f"{worked.machine.name} opens no case: {worked.machine.log.read_text()[-3000:]}")

    def ends(self) -> None:
        self.incident.stopping.set()
        for desk in self.desks:
            desk.join()
        self.incident.stopping.clear()

    def counts(self) -> dict[str, object]:
        return {
            "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "acknowledged": len(self.incident.journal.kept),
            "writes again after (s)": {
                way: {"times": len(all_), "least": min(all_), "median": median(all_), "most": max(all_)}
                for way, all_ in ((way, [round(each, 1) for each in found]) for way, found in self.took.items())
            },
            "failovers": len(self.formers),
            "writes at a former primary": {
                "acknowledged": sum(each.acknowledged for each in self.formers),
                "refused": sum(each.refused for each in self.formers),
                "no server there": sum(each.unanswered for each in self.formers),
            },
            "a page meanwhile": {str(code): self.answers.count(code) for code in sorted(set(self.answers))},
            "no answer, or 5xx": dict(self.incident.journal.seen),
        }

    def wrong(self) -> dict[str, object]:
        found: dict[str, object] = {}
        if slow := [round(each, 1) for all_ in self.took.values() for each in all_ if each > LONGEST]:
            found["longer than 30 s without a primary"] = slow
        if written := sum(each.acknowledged for each in self.formers):
            found["acknowledged by a former primary"] = written
        if self.incident.journal.gone:
            found["somebody could not go on"] = self.incident.journal.gone
        return found


if __name__ == "__main__":
    sys.exit(main())
