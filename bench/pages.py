"""`bin/bench pages`: from the second a promise falls due until its page has been handed over, with real workers.

First promises that fall due one by one, each at a site of its own; then as many at one instant as a storm brings. Each
is paged to both persons of level 1 (E2), by mail and by an Apprise address. At last a worker is killed that holds
letters and pages, and another one must have sent all of them within a minute.
"""

import argparse
import sys
from datetime import datetime, timedelta

from bench._house import House, opened
from bench._machine import Figure, describe, percentile
from bench._sinks import Sinks
from bench._worker import Worker, until

LIMIT = 15.0
TAKEN_OVER = 60.0
SOON = timedelta(seconds=12)
"""Long enough for the worker to be awake, and for the copies to be written before the first falls due."""
PATIENCE = 120


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench pages", description=__doc__.splitlines()[0])
    words.add_argument("--running", type=int, default=10_000, help="promises that run besides")
    words.add_argument("--due", type=int, default=300, help="promises that fall due one by one")
    words.add_argument("--seconds", type=int, default=60, help="over so many seconds")
    words.add_argument("--storm", type=int, default=1_000, help="promises that fall due at one instant")
    words.add_argument("--workers", type=int, default=2, help="that share the work until then")
    words.add_argument("--letters", type=int, default=20, help="cases whose letters the killed worker holds")
    args = words.parse_args()
    with opened() as house, Sinks() as sinks:
        print(describe(house.postgres))
        return measure(house, sinks, args)


def measure(house: House, sinks: Sinks, args: argparse.Namespace) -> int:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    channels = [sinks.channel("593900000001")]
    operator = _operator.found(
        now(), opened_at=now() + timedelta(days=20), sites=args.due + args.storm + 1, channels=channels
    )
    _operator.copy(operator, args.running // 2, "n * interval '2 s'")
    house.as_owner(DATABASE, "VACUUM (ANALYZE)", "CHECKPOINT")
    workers = [Worker(house, sinks, DATABASE, SMS_URL=sinks.gateway) for _ in range(args.workers)]
    try:
        one_by_one = paged(operator, args.due, args.seconds, first=0)
        storm = paged(operator, args.storm, 0, first=args.due)
    finally:
        for worker in workers:
            worker.stop()
    say("one by one", one_by_one)
    say("at one instant", storm)
    print(f"{len(sinks.mails)} mails and {sinks.short} short pages carried them, {sinks.twice} came twice")
    assert not sinks.twice
    seconds = taken_over(house, sinks, operator, args)
    figures = [
        Figure("takeover", seconds, "s", TAKEN_OVER, 1.0),
        Figure("pages", max(percentile(one_by_one, 99), percentile(storm, 99)), "s", LIMIT, 1.0),
    ]
    return max(figure.say() for figure in figures)


def say(what: str, seconds: list[float]) -> None:
    p50, p99, most = (percentile(seconds, percent) for percent in (50, 99, 100))
    print(f"{what}: {len(seconds)} pages, p50 {p50:.2f} s, p99 {p99:.2f} s, longest {most:.2f} s", flush=True)


def paged(operator, due: int, over: int, *, first: int) -> list[float]:
    """Seconds from due to handed over, of every page by every way, once all of them have been."""
    from bench import _operator
    from guardia.config.now import now

    begins = now() + SOON
    later = (begins - operator.due_at).total_seconds()
    _operator.copy(operator, due, f"interval '{later} s' + n * interval '{over / due} s'", first=first)
    assert now() < begins, "the copies were not written in time: choose fewer"
    ends = begins + timedelta(seconds=over)
    rows: list[float] = []

    def all_handed_over() -> bool:
        rows[:] = handed_over(begins, ends)
        return len(rows) == 4 * due  # two persons, by two ways

    until(all_handed_over, f"{4 * due} pages handed over", over + PATIENCE)
    return rows


HANDED_OVER = """
    SELECT extract(epoch FROM d.settled_at - c.breached_at)
    FROM clock c
    JOIN notice n ON n.case_id = c.case_id AND n.moment = 'paged' AND (n.facts->>'level')::int = 1
    JOIN delivered_notice o ON o.notice_id = n.id
    JOIN delivery d ON d.id = o.delivery_id AND d.state = 'accepted'
    WHERE c.kind = 'diagnosis' AND c.breached_at BETWEEN %s AND %s
"""


def handed_over(begins: datetime, ends: datetime) -> list[float]:
    """By the database's own clock: the server has accepted it, and that is committed."""
    return [float(seconds) for (seconds,) in asked(HANDED_OVER, begins, ends)]


def taken_over(house: House, sinks: Sinks, operator, args: argparse.Namespace) -> float:
    """Seconds from the death of a worker that holds letters and pages until another has sent the last of them."""
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    sinks.gate.clear()
    letters = _operator.open_cases(operator, args.letters, now())
    later = (now() - operator.due_at).total_seconds()
    _operator.copy(operator, 1, f"interval '{later} s'", first=args.due + args.storm)
    workers = [Worker(house, sinks, DATABASE, SMS_URL=sinks.gateway)]
    try:
        until(lambda: held() >= letters + 4, "the first worker holds all of it", PATIENCE)
        workers.append(Worker(house, sinks, DATABASE, SMS_URL=sinks.gateway))
        until(
            lambda: asked("SELECT count(*) FROM sender WHERE seen_at > now() - interval '3 s'")[0][0] == 2,
            "both workers are seen",
            PATIENCE,
        )
        holds, died = held(), now()
        workers[0].kill()
        sinks.gate.set()
        until(lambda: not open_ones(), "the other worker has sent all of it", PATIENCE)
    finally:
        for worker in workers:
            worker.stop()
    (last,) = asked("SELECT max(settled_at) FROM delivery WHERE state = 'accepted'")[0]
    print(f"killed while it held {holds} messages; all were sent after {(last - died).total_seconds():.1f} s,")
    print(f"{sinks.repeats} came marked as a repeat, {sinks.twice} again without a mark", flush=True)
    assert not sinks.twice
    return (last - died).total_seconds()


def held() -> int:
    return asked("SELECT count(*) FROM delivery WHERE state = 'sending'")[0][0]


def open_ones() -> int:
    return asked("SELECT count(*) FROM delivery WHERE state IN ('waiting', 'sending')")[0][0]


def asked(question: str, *given: object) -> list[tuple]:
    from django.db import connection

    from guardia.config.database_roles import DatabaseRole, behind

    with behind(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(question, list(given))
        return cursor.fetchall()


if __name__ == "__main__":
    sys.exit(main())
