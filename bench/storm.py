"""`bin/bench storm`: 30,000 notices owed at one instant, how fast a worker sends them, and the desk meanwhile.

10,000 cases are opened in one `record()`, each owing a letter to three contacts; where a company has two cases its
contacts get one list. One real worker packs and sends all of it to a sink on the loopback. Then a bare loop renders the
same messages and sends them to the same sink, over as many connections as make it fastest, writing nothing down: the
worker must do at least 60 % as many a second, its packing and its proofs included. A page of the desk is asked for all
the while.
"""

import argparse
import subprocess
import sys
from datetime import datetime
from time import perf_counter

from bench import _cpu
from bench._desk import Desk, asked, say
from bench._house import House, opened
from bench._machine import Figure, describe, percentile
from bench._sink import SinkProcess
from bench._worker import Worker, until

SHARE = 0.6
DESK = 2.0
WRITTEN_SECONDS = 5.0
"""For 10,000 cases, their clocks and 30,000 notices."""

PEOPLE = 3
LOOPS = (1, 2, 4)
"""Connections that the loop is tried with. It waits for no disk, so it has its best with few; the worker with more."""

PATIENCE = 1200
BEFORE = "bench"
"""The reason beside the notices of before, by which they are left out where those of the storm are counted."""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench storm", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=10_000, help="opened at one instant, three notices each")
    words.add_argument("--loop", type=int, default=6_000, help="messages that the bare loop sends")
    words.add_argument("--existing", type=int, default=20_000, help="cases that are open already")
    words.add_argument("--workers", type=int, default=1, help="processes that send")
    words.add_argument("--delay", type=int, default=0, help="milliseconds that the server takes for each mail")
    args = words.parse_args()
    with opened() as house, SinkProcess(args.delay) as sink:
        print(describe(house.postgres))
        return measure(house, sink, args)


def measure(house: House, sink: SinkProcess, args: argparse.Namespace) -> int:
    from guardia.config.account import postmaster
    from guardia.config.postgres import DATABASE

    cases = prepare(args.cases, args.existing)
    house.as_owner(DATABASE, "VACUUM (ANALYZE)", "CHECKPOINT")
    desk = Desk()
    workers = [Worker(house, sink, DATABASE) for _worker in range(args.workers)]
    try:
        until(lambda: asked("SELECT count(*) FROM sender")[0][0] == len(workers), "the workers are awake", PATIENCE)
        owed, owed_at, written = record(cases)
        database = postmaster(house.server.data)
        assert database
        whose = {f"worker {n}": worker.process.pid for n, worker in enumerate(workers, start=1)}
        whose |= {"PostgreSQL": database, "the sink": sink.process.pid}
        with _cpu.used(whose) as used:
            busy = desk.while_(lambda: bool(left()), PATIENCE)
        last, sent = asked("SELECT max(settled_at), count(*) FROM delivery WHERE state = 'accepted'")[0]
    finally:
        for worker in workers:
            worker.stop()
    mails, different, repeats = sink.counts()
    assert (mails, repeats) == (different, 0), f"{mails} mails, {different} of them different, {repeats} repeats"
    assert of_the_storm("state = 'sent'") == owed, "every notice was sent"
    drained = (last - owed_at).total_seconds()
    rate = sent / drained
    print(f"{owed:,} notices in {sent:,} messages, sent in {drained:.1f} s: {rate:.0f} a second", flush=True)
    print("CPU per message: " + ", ".join(f"{name} {ms / sent:.1f} ms" for name, ms in used.items()), flush=True)
    how_many = min(args.loop, sent)
    took = looped(house, sink, how_many, desk)
    print(f"a bare loop: {how_many:,} of them in {took:.1f} s: {how_many / took:.0f} a second", flush=True)
    rest = desk.so_often(100)
    say("the desk at rest", rest)
    say("the desk meanwhile", busy)
    figures = [
        Figure("storm_written", written * 10_000 / args.cases, "s", WRITTEN_SECONDS, 1.0),
        Figure("storm_desk", percentile(busy, 50), "s", percentile(rest, 50), DESK),
        Figure("storm", 1000 / rate, "s per 1,000", 1000 * took / how_many, 1 / SHARE),
    ]
    return max(figure.say() for figure in figures)


def prepare(how_many: int, existing: int) -> list[tuple]:
    """So many services of four fifths as many companies, each of three contacts; one case each will be opened.

    Others are open already: PostgreSQL has counted the tables of a house in use, and plans for them and not for empty
    ones.
    """
    from bench import _operator
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.contact import Contact
    from guardia.customers.customer import Customer, Service, Site

    operator = _operator.found(now(), opened_at=now(), sites=1)
    _operator.copy(operator, existing, "n * interval '1 s' + interval '2 days'")  # nothing of theirs falls due
    with behind(DatabaseRole.STAFF):
        first = Service.objects.select_related("site").get(pk=operator.service_id)
        companies = Customer.objects.bulk_create(
            (Customer(name=f"Red {n}", folded_name=f"red {n}") for n in range(max(1, how_many * 4 // 5))),
            batch_size=5000,
        )
        Contact.objects.bulk_create(
            (
                Contact(customer=company, name=f"Contacto {n}", email=f"c{company.pk}-{n}@example.com", language=spoken)
                for company in companies
                for n, spoken in zip(range(PEOPLE), ("es", "es", "en"), strict=True)
            ),
            batch_size=5000,
        )
        sites = Site.objects.bulk_create(
            (
                Site(customer=companies[n % len(companies)], name=f"Agencia {n}", city=first.site.city)
                for n in range(how_many)
            ),
            batch_size=5000,
        )
        services = Service.objects.bulk_create(
            (
                Service(customer=each.customer, site=each, circuit=f"S-{n}", folded_circuit=f"s-{n}", type="Enlace")
                for n, each in enumerate(sites)
            ),
            batch_size=5000,
        )
        _settle_the_model()
        return [(service,) for service in services]


def _settle_the_model() -> None:
    """What was there before owes nothing here: it was sent, as most of what an installation in use ever owed."""
    from guardia.notices.notice import Notice

    Notice.objects.update(state="sent", reason=BEFORE)


def record(services: list[tuple]) -> tuple[int, datetime, float]:
    """All cases in one `record()`, from their drawn numbers to the commit: how many notices are owed, the hour from
    which the worker sees them, and the seconds it took.
    """
    from guardia.cases import ledger, together
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people.staff import Actor, Staff
    from guardia.procedure import version as versions
    from guardia.procedure.vocabulary import Impact

    with behind(DatabaseRole.STAFF):
        by, at = Actor.of_staff(Staff.objects.get(username="engineer")), now()
        facts = {"version_id": versions.in_force(at).pk, "impact": Impact.DOWN, "since": at, "source": "phone"}
    begun = perf_counter()
    with behind(DatabaseRole.STAFF):
        words = "Sin servicio desde esta mañana"
        made = together.opened_cases([service for (service,) in services], words, by=by, at=at, **facts)
        ledger.record([entry for _case, entry in made], at)
    took = perf_counter() - begun
    owed = of_the_storm("moment = 'registered' AND state <> 'suppressed'")
    print(f"{len(services):,} cases owe {owed:,} notices, written by one record() in {took:.1f} s", flush=True)
    return owed, asked("SELECT clock_timestamp()")[0][0], took


def of_the_storm(condition: str) -> int:
    """How many of its notices are as this condition says."""
    return asked(f"SELECT count(*) FROM notice WHERE reason <> '{BEFORE}' AND {condition}")[0][0]


def left() -> int:
    return asked(
        """SELECT (SELECT count(*) FROM (SELECT 1 FROM notice WHERE state = 'owed' AND staff_id IS NULL LIMIT 1) n)
                + (SELECT count(*) FROM (SELECT 1 FROM delivery WHERE state IN ('waiting', 'sending') LIMIT 1) d)"""
    )[0][0]


def looped(house: House, sink: SinkProcess, how_many: int, desk: Desk) -> float:
    """How many seconds the bare loop takes over as many connections as suit it best."""
    tried = {connections: loop_over(connections, house, sink, how_many, desk) for connections in LOOPS}
    for connections, took in tried.items():
        print(f"the loop over {connections} connections: {how_many / took:.0f} a second", flush=True)
    return min(tried.values())


def loop_over(connections: int, house: House, sink: SinkProcess, how_many: int, desk: Desk) -> float:
    """How many seconds it takes, asked for the same page meanwhile: what else runs meets both."""
    from guardia.config.postgres import DATABASE

    words = [sys.executable, "-m", "bench._loop", str(sink.port), str(connections), str(how_many)]
    env = house.owner_address(DATABASE) | {"DJANGO_SETTINGS_MODULE": "guardia.config.settings"}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as loop:
        desk.while_(lambda: loop.poll() is None, PATIENCE)
        said = loop.stdout.read() if loop.stdout else ""
    assert loop.returncode == 0, "the bare loop sends all of it"
    return float(said.split()[-1])


if __name__ == "__main__":
    sys.exit(main())
