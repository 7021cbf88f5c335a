"""`bin/bench desk`: the bench page of 50 and the page of a case with 20 events, by how many cases exist.

Over HTTP, one client, with session, role and poll tag as a browser has them. Every size has a database and a web
process of its own on one server; they are asked in turns, so that whatever else the machine does meets all of them
alike. All the cases are open: no operator has so many, and it is the worst that the page can meet.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed
from bench._web import Answer, Browser, give_password, served

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GROWTH = 1.3
LIMIT_MS = 25.0
EVENTS = 20
RIVALS = "rivals at 100,000 on such a machine: Request Tracker 667 ms, django-helpdesk 1,000, osTicket 1,822"


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench desk", description=__doc__.splitlines()[0])
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many cases exist, from few to many")
    words.add_argument("--rounds", type=int, default=200, help="pages of each kind, counted")
    args = words.parse_args()
    with opened() as house, ExitStack() as stack:
        print(describe(house.postgres))
        browsers = prepare(house, stack, args.sizes)
        return measure(browsers, args.rounds)


def prepare(house: House, stack: ExitStack, sizes: Sequence[int]) -> dict[int, tuple[Browser, str]]:
    """A signed-in browser for each size, and the address of its case with 20 events."""
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now(), opened_at=now(), sites=1_000)
    give_password("engineer")
    addresses = {}
    for size in sizes:
        name = f"cases_{size}"
        house.copy(DATABASE, name)
        house.use(name)
        # Their promises break from five minutes on, four a second: an hour's worth stands at the top of each page.
        taken = timed(lambda size=size: _operator.copy(operator, size - 1, "n * interval '0.25 s' + interval '5 min'"))
        twenty_events(operator.case_id)
        house.as_owner(name, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
        bytes_ = house.as_owner(name, f"SELECT pg_size_pretty(pg_database_size('{name}'))")[0][0]
        print(f"{size:,} open cases, {bytes_}, written in {taken.wall:.0f} s", flush=True)
        number = house.as_owner(name, f'SELECT number FROM "case" WHERE id = {operator.case_id}')[0][0]
        addresses[size] = f"/casos/{number}/"
    house.use(DATABASE)
    # Served once all are written: no connection of a browser would outlive the writing of a million.
    webs = {size: stack.enter_context(served(house, f"cases_{size}")) for size in sizes}
    return {size: (web.signed_in("engineer"), addresses[size]) for size, web in webs.items()}


def twenty_events(case_id: int, events: int = EVENTS) -> None:
    """What an engineer writes down in the course of a diagnosis."""
    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people.staff import Actor, Staff

    with behind(DatabaseRole.STAFF):
        case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
        by = Actor.of_staff(Staff.objects.get(username="engineer"))
        for n in range(events - case.events.count()):
            case.note(f"Looked at port {n} of the switch.", by=by, at=case.opened_at + timedelta(seconds=n + 1))


def measure(browsers: dict[int, tuple[Browser, str]], rounds: int) -> int:
    pages: dict[int, list[float]] = {size: [] for size in browsers}
    cases: dict[int, list[float]] = {size: [] for size in browsers}
    for round_ in range(rounds + 10):
        for size, (browser, case) in browsers.items():
            page, one = right(browser.get("/")), right(browser.get(case))
            if round_ >= 10:  # the first ones warm the caches
                pages[size].append(page.seconds)
                cases[size].append(one.seconds)
    for what, taken in (("bench page of 50", pages), (f"case page of {EVENTS} events", cases)):
        for size, seconds in taken.items():
            p50, p95, p99 = (1000 * percentile(seconds, percent) for percent in (50, 95, 99))
            print(f"{what}, {size:>9,} cases: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms", flush=True)
    print(RIVALS)
    few, many = min(pages), max(pages)
    p50 = {size: percentile(seconds, 50) for size, seconds in pages.items()}
    of_case = {size: percentile(seconds, 50) for size, seconds in cases.items()}
    return max(
        Figure("desk_case_growth", 1000 * of_case[many], "ms", 1000 * of_case[few], GROWTH).say(),
        Figure("desk_growth", 1000 * p50[many], "ms", 1000 * p50[few], GROWTH).say(),
        Figure("desk", 1000 * p50[many], "ms", LIMIT_MS, 1.0).say(),
    )


def right(answer: Answer) -> Answer:
    assert answer.status == 200, answer.status
    assert answer.body.count(b'class="row') >= 50 or b"case-head" in answer.body, "a page without its rows"
    return answer


if __name__ == "__main__":
    sys.exit(main())
