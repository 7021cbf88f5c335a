"""`bin/bench live`: from an event to 50 open desks that show it, each polling once a second, while cases are written.

Each desk is a browser of its own over HTTP that asks for the moving part of its page with the tag of what it shows, and
is answered 304 until something changed. The hour of an event is when its transaction has committed.
"""

import argparse
import sys
from datetime import timedelta
from threading import Event, Thread
from time import perf_counter, sleep

from bench._house import House, opened
from bench._machine import Figure, describe, percentile
from bench._web import Browser, Web, give_password, served

LIMIT_S = 2.0
EVERY = 1.0


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench live", description=__doc__.splitlines()[0])
    words.add_argument("--desks", type=int, default=50)
    words.add_argument("--events", type=int, default=60, help="one every two seconds")
    words.add_argument("--cases", type=int, default=10_000, help="that are open besides")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        return measure(house, args)


class Desk(Thread):
    """One that polls; ``seen`` holds, by case number, when it was first on this screen."""

    def __init__(self, browser: Browser, offset: float, over: Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.offset, self.over = browser, offset, over
        self.seen: dict[str, float] = {}
        self.polls = self.unchanged = 0
        self.waiting_for: set[str] = set()

    def run(self) -> None:
        sleep(self.offset)
        tag, due = "", perf_counter()
        while not self.over.is_set():
            answer = self.browser.get("/", **{"HX-Request": "true", "HX-PTag": tag})
            self.polls += 1
            if answer.status == 304:
                self.unchanged += 1
            else:
                assert answer.status == 200, answer.status
                tag = answer.headers["HX-PTag"]
                page, at = answer.body.decode(), perf_counter()
                for words in [words for words in self.waiting_for if words in page]:
                    self.seen.setdefault(words, at)
            due += EVERY
            sleep(max(0.0, due - perf_counter()))


def measure(house: House, args: argparse.Namespace) -> int:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now(), opened_at=now(), sites=args.events + 200)
    give_password("engineer")
    # Everything else falls due later than what happens now, so that what happens stands on the page.
    _operator.copy(operator, args.cases, "n * interval '1 s' + interval '2 days'")
    house.as_owner(DATABASE, "VACUUM (ANALYZE)", "CHECKPOINT")
    with served(house, DATABASE) as web:
        over = Event()
        desks = [Desk(browser, n * EVERY / args.desks, over) for n, browser in enumerate(signed_in(web, args.desks))]
        for desk in desks:
            desk.start()
        sleep(3)
        committed = happen(operator, desks, args.events)
        sleep(LIMIT_S + 3)
        over.set()
        for desk in desks:
            desk.join()
    late = [desk.seen.get(words, float("inf")) - at for words, at in committed.items() for desk in desks]
    polls, same = sum(desk.polls for desk in desks), sum(desk.unchanged for desk in desks)
    print(f"{len(desks)} desks, {polls:,} polls, {same:,} of them answered 304")
    p50, p99, most = (percentile(late, percent) for percent in (50, 99, 100))
    print(f"{len(committed)} events: p50 {p50:.2f} s, p99 {p99:.2f} s, longest {most:.2f} s", flush=True)
    return Figure("live", p99, "s", LIMIT_S, 1.0).say()


def signed_in(web: Web, desks: int) -> list[Browser]:
    return [web.signed_in("engineer") for _ in range(desks)]


def happen(operator, desks: list[Desk], events: int) -> dict[str, float]:
    """Cases opened one by one; when each was committed, by words that only its row has."""
    from guardia.cases.case import Case
    from guardia.cases.stages.registration import Report
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.customer import Service
    from guardia.people.staff import Actor, Staff

    with behind(DatabaseRole.STAFF):
        by = Actor.of_staff(Staff.objects.get(username="engineer"))
        services = list(Service.objects.select_related("site__city", "customer").order_by("-pk")[:events])
    committed = {}
    for n, service in enumerate(services):
        words = f"No service, event {n:04d}."
        for desk in desks:
            desk.waiting_for.add(words)
        with behind(DatabaseRole.STAFF):
            # As if registered before all others, so that it breaks first and stands at the top of the page.
            long_ago = timedelta(minutes=5, seconds=5 * n)
            Case.register(Report(service, words), by=by, at=now() - long_ago, now=now())
        committed[words] = perf_counter()
        sleep(2 * EVERY)
    return committed


if __name__ == "__main__":
    sys.exit(main())
