"""`bin/bench open`: cases opened over HTTP by the form of the desk, beside pgbench that runs the same statements.

Each case is a real POST of /casos/nuevo with session, role, lock and hash. The statements of one such case are caught
and given to pgbench, which runs them against the same database with the same role and lock, its ids drawn, its service
chosen at random; each of its transactions must leave as many rows. Both take turns, and the best turn of each counts.
Some thousands of cases are open before: the first ones of an empty installation are no measure of it. One client asks a
web server of one process, four ask one and then a server with a process for each core, which is what pgbench has.
"""

import argparse
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from time import perf_counter, process_time

import psycopg

from bench import _cpu, _pgbench
from bench._house import House, named, opened
from bench._machine import Figure, describe, percentile
from bench._web import Browser, Poster, Web, give_password, served
from guardia.config.account import postmaster

LIMIT_MS = 8.0
SHARE = 0.25
WARM = 200
"""Opened before it is measured, so that each connection has prepared what it asks and the caches are warm."""
TABLES = ("case", "case_event", "event_text", "clock", "notice")
FIRST_IDS = {"customer": 41_000_001, "contact": 42_000_001, "site": 43_000_001, "service": 44_000_001}
FIRST_IDS |= {"case": 45_000_001, "case_event": 46_000_001}
"""Ids that are nothing else: wherever one stands among the values of a statement, it is that row's."""
CHOSEN = """\\set k random(0, {last})
\\set service_id {service} + :k
\\set site_id {site} + :k
\\set customer_id {customer} + (:k % {companies})
\\set contact_id {contact} + 2 * (:k % {companies})
\\set other_contact_id :contact_id + 1"""


@dataclass
class Turn:
    """One turn of so many clients: cases a second, the seconds of each, milliseconds of the processor per case."""

    rate: float
    seconds: list[float]
    of_web: float
    of_database: float
    of_load: float


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench open", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=400, help="opened by each turn")
    words.add_argument("--seconds", type=int, default=8, help="each turn of pgbench")
    words.add_argument("--turns", type=int, default=4)
    words.add_argument("--sites", type=int, default=10_000)
    words.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        help="of the web server that four clients ask (one per core)",
    )
    words.add_argument("--existing", type=int, default=20_000, help="cases that are open already")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from guardia.config.postgres import DATABASE

    prepare(house, args.sites, args.existing)
    file = house.folder / "open.sql"
    file.write_text(written(house, args.sites), encoding="utf-8")
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    found = {}
    for clients, processes in dict.fromkeys([(1, 1), (4, 1), (4, args.processes)]):
        with served(house, DATABASE, processes=processes) as web:
            browsers = [web.signed_in("engineer") for _ in range(clients)]
            turn(house, web, browsers, WARM, args.sites)
            ours, theirs = found[clients, processes] = turns(house, web, browsers, file, args)
        say(clients, processes, ours, theirs)
    p50 = min(percentile(one.seconds, 50) for one in found[1, 1][0])
    slower = {clients: slower_than(*found[clients, processes]) for clients, processes in ((1, 1), (4, args.processes))}
    figures = [
        Figure(f"open_slower_than_pgbench_{clients}", times, "times", 1.0, 1 / SHARE)
        for clients, times in slower.items()
    ]
    return max(figure.say() for figure in [*figures, Figure("open", 1000 * p50, "ms", LIMIT_MS, 1.0)])


def slower_than(ours: Sequence[Turn], theirs: Sequence[_pgbench.Rate]) -> float:
    return max(one.a_second for one in theirs) / max(one.rate for one in ours)


def prepare(house: House, sites: int, existing: int = 0) -> None:
    """A house that is in use: PostgreSQL has counted its tables, and plans for them and not for empty ones."""
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    for table, first in FIRST_IDS.items():
        house.as_owner(DATABASE, f'ALTER SEQUENCE "{table}_id_seq" RESTART {first}')
    operator = _operator.found(now(), opened_at=now(), sites=sites)
    _operator.copy(operator, existing, "n * interval '0.25 s' + interval '5 min'")
    give_password("engineer")


def written(house: House, sites: int) -> str:
    """The script of one case: caught in this process, where the request is the same but for its road."""
    from django.test import Client

    from bench import _operator
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people.staff import Staff

    browser = Client(SERVER_NAME="localhost")
    with behind(DatabaseRole.STAFF):
        browser.force_login(Staff.objects.get(username="engineer"))
    for n in range(3):  # what is kept for a while is kept from here on
        browser.post(*form(n, f"No service, {n}."))
    n = 5
    statements = _pgbench.caught(lambda: browser.post(*form(n, "No service, caught.")))
    number = last_case(house)
    contact = FIRST_IDS["contact"] + 2 * n
    names = {FIRST_IDS[table] + n: f"{table}_id" for table in ("service", "site", "customer")}
    names |= {contact: "contact_id", contact + 1: "other_contact_id", **number}
    first = CHOSEN.format(last=sites - 1, companies=_operator.COMPANIES, **FIRST_IDS)
    with psycopg.connect(house.server.owner_url) as connection:
        return _pgbench.script(statements, names, first, connection)


def last_case(house: House) -> dict[int, str]:
    """By id and number of the newest case, and by the id of its event, their variables."""
    from guardia.config.postgres import DATABASE

    asked = """SELECT c.id, c.number, max(e.id) FROM "case" c JOIN case_event e ON e.case_id = c.id
               GROUP BY c.id ORDER BY c.id DESC LIMIT 1"""
    case, number, event = house.as_owner(DATABASE, asked)[0]
    return {case: "case_id", number: "number", event: "event_id"}


def form(n: int, symptoms: str) -> tuple[str, dict[str, object]]:
    """Where the form of the n-th service is posted, and what is written in it."""
    from bench import _operator

    company = FIRST_IDS["customer"] + n % _operator.COMPANIES
    fields = {"service": FIRST_IDS["service"] + n, "symptoms": symptoms, "impact": "down", "source": "phone"}
    return f"/casos/nuevo?compania={company}", fields


def turns(house: House, web: Web, browsers: Sequence[Browser], file, args) -> tuple[list[Turn], list[_pgbench.Rate]]:
    """Ours and pgbench's, one after the other, so that whatever else the machine does meets both."""
    from guardia.config.postgres import DATABASE

    ours, theirs = [], []
    address = named(house.server.app_url, DATABASE)
    for _ in range(args.turns):
        before = rows(house)
        ours.append(turn(house, web, browsers, args.cases, args.sites))
        between = rows(house)
        theirs.append(_pgbench.run(file, address, clients=len(browsers), seconds=args.seconds))
        same_rows(before, between, rows(house))
    return ours, theirs


def turn(house: House, web: Web, browsers: Sequence[Browser], cases: int, sites: int) -> Turn:
    """Over connections that are opened anew: the kernel says which process of the web takes each."""
    seconds: list[float] = []
    posters = [Poster(web.port, browser) for browser in browsers]
    chance = random.Random(perf_counter())
    database = postmaster(house.server.data)
    assert database
    places = [chance.randrange(sites) for _ in range(cases)]
    threads = [
        Thread(target=open_cases, args=(poster, places[at :: len(posters)], chance.random(), seconds))
        for at, poster in enumerate(posters)
    ]
    with _cpu.used({"web": web.process.pid, "database": database}) as used:
        begun, load = perf_counter(), process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, load = perf_counter() - begun, process_time() - load
    for poster in posters:
        poster.close()
    assert len(seconds) == cases, f"{len(seconds)} of {cases} cases were opened"
    return Turn(cases / took, seconds, used["web"] / cases, used["database"] / cases, 1000 * load / cases)


def open_cases(poster: Poster, places: Sequence[int], mark: float, seconds: list[float]) -> None:
    for n, place in enumerate(places):
        path, fields = form(place, f"No service since this morning, {mark} {n}.")
        status, took = poster.post(path, fields)
        assert status == 302, status
        seconds.append(took)


def rows(house: House) -> list[int]:
    from guardia.config.postgres import DATABASE

    return [house.as_owner(DATABASE, f'SELECT count(*) FROM "{table}"')[0][0] for table in TABLES]


def same_rows(before: Sequence[int], between: Sequence[int], after: Sequence[int]) -> None:
    """What was written for each case by the application and by pgbench, table by table, is as much."""
    ours = [b - a for a, b in zip(before, between, strict=True)]
    theirs = [b - a for a, b in zip(between, after, strict=True)]
    of_each = [[count / counts[0] for count in counts] for counts in (ours, theirs)]
    assert of_each[0] == of_each[1], f"rows of each case in {TABLES}: {of_each}"


def say(clients: int, processes: int, ours: Sequence[Turn], theirs: Sequence[_pgbench.Rate]) -> None:
    for one, bare in zip(ours, theirs, strict=True):
        p50, p99 = (1000 * percentile(one.seconds, percent) for percent in (50, 99))
        print(
            f"{clients} clients, {processes} processes: {one.rate:.0f} cases/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
            f"CPU per case: application {one.of_web:.1f} ms, database {one.of_database:.1f}, load {one.of_load:.1f}; "
            f"pgbench {bare.a_second:.0f}/s, {bare.milliseconds:.2f} ms: {one.rate / bare.a_second:.0%} of it",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
