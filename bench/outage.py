"""`bin/bench outage`: a mass outage over 10,000 services of 3,000 companies, from declared to written.

One declaration opens 10,000 cases with their clocks and hashed events and owes 30,000 notices (P D), in one
transaction; an engineer in another process asks for the page of the desk all the while. Then news is told to all,
the cause is found, 500 cases leave and join again, and all are restored at their own hour: each step set-based.
"""

import argparse
import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench._asking import Asking
from bench._desk import asked, say
from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed

SECONDS = 5.0
DESK = 3.0
PEOPLE = 3
SHARE = 10 / 3
"""Services of a company, on average."""

LEAVE = 500


@dataclass(frozen=True)
class Both:
    """Seconds on the wall; of them those this process was at work, and those its own backend of PostgreSQL was."""

    wall: float
    own: float
    theirs: float


def both(work: Callable[[], object]) -> Both:
    pid = asked("SELECT pg_backend_pid()")[0][0]
    before = at_work(pid)
    took = timed(work)
    return Both(took.wall, took.own, at_work(pid) - before)


def at_work(pid: int) -> float:
    """Seconds of a processor that the process has had (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench outage", description=__doc__.splitlines()[0])
    words.add_argument("--services", type=int, default=10_000, help="behind one node")
    words.add_argument("--profile", action="store_true", help="show where the declaration spends its time")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from guardia.config.postgres import DATABASE

    prepare(args.services)
    house.as_owner(DATABASE, "VACUUM (ANALYZE)", "CHECKPOINT")
    steps = Steps()
    with Asking(house, DATABASE) as desk:
        rest = desk.seconds(100)
        with profiled(args.profile):
            took = both(steps.declare)
        busy = desk.since_then()
        written("declared", took, args.services)
        for name, step in steps.others():
            written(name, both(step), args.services)
    say("the desk at rest", rest)
    say("the desk while it is declared", busy)
    figures = [
        Figure("outage_desk", percentile(busy, 50), "s", percentile(rest, 50), DESK),
        Figure("outage", took.wall * 10_000 / args.services, "s", SECONDS, 1.0),
    ]
    return max(figure.say() for figure in figures)


def written(name: str, took: Both, services: int) -> None:
    notices = asked("SELECT count(*) FROM notice WHERE reason <> 'bench'")[0][0]
    events = asked("SELECT count(*) FROM case_event")[0][0]
    print(
        f"{name}: {took.wall:.2f} s, {took.own:.2f} s of it the application's own, {took.theirs:.2f} s PostgreSQL's; "
        f"{events:,} events and {notices:,} notices so far",
        flush=True,
    )


@contextmanager
def profiled(wanted: bool):
    if not wanted:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


class Steps:
    """What is done with one outage, each step in a transaction of its own."""

    def __init__(self) -> None:
        from guardia.people.staff import Actor, Staff

        with wall():
            self.by = Actor.of_staff(Staff.objects.get(username="engineer"))

    def declare(self) -> None:
        from guardia.config.now import now
        from guardia.network.element import Element
        from guardia.outages.declaring import declare
        from guardia.outages.outage import Declared

        with wall():
            element, at = Element.objects.get(code="RUTA-1"), now()
            what = Declared(name="Corte", element=element, started_at=at - timedelta(minutes=5))
            self.outage = declare(None, what, by=self.by, at=at)

    def others(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("news told", self.tell),
            ("cause found", self.diagnose),
            (f"{LEAVE} left", self.leave),
            (f"{LEAVE} joined", self.join),
            ("restored", self.restore),
        ]

    def tell(self) -> None:
        from guardia.config.now import now
        from guardia.outages import news

        with wall():
            words = {"es": "La cuadrilla trabaja en el corte.", "en": "Our crew is at the cut."}
            news.tell(self.outage, words, None, by=self.by, at=now())

    def diagnose(self) -> None:
        from guardia.cases.case import Case
        from guardia.config.now import now
        from guardia.evidence.test_result import Verdict
        from guardia.outages import news

        with wall():
            case = Case.objects.select_for_update(no_key=True).filter(part_of=self.outage).order_by("pk")[0]
            for name in ("ping", "OTDR"):
                case.add_test(name, "100 %", Verdict.BAD, by=self.by, at=now())
            news.diagnose(self.outage, "fibra cortada", "empalmar", by=self.by, at=now())

    def some(self):
        from guardia.cases.case import Case
        from guardia.outages import holding

        rows = Case.objects.filter(services_of(self.outage)).order_by("pk").values_list("pk", flat=True)
        return holding.held_cases(rows[:LEAVE])

    def leave(self) -> None:
        from guardia.config.now import now
        from guardia.outages import members

        with wall():
            members.leave(self.outage, self.some(), "otra causa", by=self.by, at=now())

    def join(self) -> None:
        from guardia.config.now import now
        from guardia.outages import members

        with wall():
            members.join(self.outage, self.some(), by=self.by, at=now())

    def restore(self) -> None:
        from guardia.config.now import now
        from guardia.outages import restoring

        with wall():
            restoring.restore(self.outage, "se empalmó", by=self.by, at=now())


def services_of(outage):
    from django.db.models import Q

    return Q(service__in=outage.services.values("service"))


def wall():
    from guardia.config.database_roles import DatabaseRole, behind

    return behind(DatabaseRole.STAFF)


def prepare(how_many: int) -> None:
    """So many services, ten of three companies, each company of three contacts; all end at nodes below one route."""
    from bench import _operator
    from guardia.config.now import now
    from guardia.customers.contact import Contact
    from guardia.customers.customer import Customer, Service, Site
    from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
    from guardia.notices.notice import Notice

    operator = _operator.found(now(), opened_at=now(), sites=1)
    with wall():
        city = Service.objects.select_related("site__city").get(pk=operator.service_id).site.city
        companies = Customer.objects.bulk_create(
            (Customer(name=f"Red {n}", folded_name=f"red {n}") for n in range(max(1, round(how_many / SHARE)))),
            batch_size=5000,
        )
        Contact.objects.bulk_create(
            (
                Contact(
                    customer=company,
                    name=f"Contacto {n}",
                    email=f"c{company.pk}-{n}@example.com",
                    language=spoken,
                    email_independent=True,
                )
                for company in companies
                for n, spoken in zip(range(PEOPLE), ("es", "es", "en"), strict=True)
            ),
            batch_size=5000,
        )
        sites = Site.objects.bulk_create(
            (Site(customer=companies[n % len(companies)], name=f"Agencia {n}", city=city) for n in range(how_many)),
            batch_size=5000,
        )
        services = Service.objects.bulk_create(
            (
                Service(customer=each.customer, site=each, circuit=f"S-{n}", folded_circuit=f"s-{n}", type="Enlace")
                for n, each in enumerate(sites)
            ),
            batch_size=5000,
        )
        route = Element.objects.create(
            code="RUTA-1", folded_code="ruta-1", name="Ruta 1", kind=ElementKind.ROUTE, city=city
        )
        nodes = Element.objects.bulk_create(
            Element(code=f"NODO-{n}", folded_code=f"nodo-{n}", name=f"Nodo {n}", kind=ElementKind.NODE, city=city)
            for n in range(20)
        )
        ElementLink.objects.bulk_create(ElementLink(upper=route, lower=node) for node in nodes)
        ServiceElement.objects.bulk_create(
            (
                ServiceElement(customer=each.customer, service=each, element=nodes[n % len(nodes)])
                for n, each in enumerate(services)
            ),
            batch_size=5000,
        )
        Notice.objects.update(state="sent", reason="bench")


if __name__ == "__main__":
    sys.exit(main())
