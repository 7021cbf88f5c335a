"""`bin/bench mail`: at rest, from a notice owed until its mail has been handed over to the server, with a real worker.

Cases are opened one by one; each owes a letter to two contacts. Measured by the database's own clock, from the hour at
which the notice was owed until the server's acceptance is committed.
"""

import argparse
import sys
from time import sleep

from bench._desk import asked
from bench._house import House, opened
from bench._machine import Figure, describe, percentile
from bench._sink import SinkProcess
from bench._worker import Worker, until

LIMIT = 5.0
PATIENCE = 120


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench mail", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=200, help="opened one by one")
    words.add_argument("--seconds", type=int, default=60, help="over so many seconds")
    words.add_argument("--delay", type=int, default=0, help="milliseconds that the server takes for each mail")
    args = words.parse_args()
    with opened() as house, SinkProcess(args.delay) as sink:
        print(describe(house.postgres))
        return measure(house, sink, args)


def measure(house: House, sink: SinkProcess, args: argparse.Namespace) -> int:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now(), opened_at=now(), sites=args.cases + 1)
    worker = Worker(house, sink, DATABASE)
    try:
        until(lambda: bool(asked("SELECT 1 FROM delivery WHERE state = 'accepted'")), "the worker sends", PATIENCE)
        owed = 0
        for number in range(args.cases):
            owed += open_case(operator.service_id + 1 + number)
            sleep(args.seconds / args.cases)
        until(lambda: asked("SELECT count(*) FROM notice WHERE state = 'sent'")[0][0] >= owed, "all are sent", PATIENCE)
    finally:
        worker.stop()
    seconds = [
        float(row[0])
        for row in asked(
            """SELECT extract(epoch FROM d.settled_at - n.owed_at) FROM notice n
               JOIN delivered_notice o ON o.notice_id = n.id JOIN delivery d ON d.id = o.delivery_id
               WHERE d.state = 'accepted' AND n.contact_id IS NOT NULL"""
        )
    ]
    mails, different, repeats = sink.counts()
    assert (mails, repeats) == (different, 0), "no mail came twice"
    p50, p99, most = (percentile(seconds, percent) for percent in (50, 99, 100))
    print(f"{len(seconds)} notices: p50 {p50:.2f} s, p99 {p99:.2f} s, longest {most:.2f} s")
    return Figure("mail", p99, "s", LIMIT, 1.0).say()


def open_case(service_id: int) -> int:
    """By the verb of the desk; how many letters it owes."""
    from guardia.cases.case import Case
    from guardia.cases.stages.registration import Report
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.customer import Service
    from guardia.people.staff import Actor, Staff

    with behind(DatabaseRole.STAFF):
        by = Actor.of_staff(Staff.objects.get(username="engineer"))
        service = Service.objects.select_related("customer", "site__city").get(pk=service_id)
        case = Case.register(Report(service, "No service"), by=by, at=now())
        return case.notices.filter(state="owed").count()


if __name__ == "__main__":
    sys.exit(main())
