"""`bin/bench search`: the search page over a million cases: by number, circuit, company and words of the symptoms.

Over HTTP, one client, signed in. A common word is in one case of ten, a rare one in one of fifty thousand; what is
asked changes from one question to the next, so that no answer is a repeated one.
"""

import argparse
import random
import sys
from collections.abc import Callable, Mapping

from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed
from bench._web import Browser, give_password, served

LIMIT_MS = 100.0
WORDS = 50_000
COMMON = ("fibra", "enlace", "antena", "equipo", "puerto", "energia", "nodo", "radio", "cable", "ruta")
OF_CASE = {
    "subject": f"'Falla de ' || (ARRAY{list(COMMON)})[1 + mod(plan.n, 10)::int] || ' w' || mod(plan.n, {WORDS})",
    "closed_at": "CASE WHEN mod(plan.n, 100) = 0 THEN NULL ELSE t.opened_at + plan.later END",
    "next_due_at": "CASE WHEN mod(plan.n, 100) = 0 THEN t.next_due_at + plan.later END",
    "customer_reference": "'REF-' || plan.n",
}


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench search", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=1_000_000, help="how many exist; one of a hundred is open")
    words.add_argument("--rounds", type=int, default=60, help="questions of each kind")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        numbers = prepare(house, args.cases)
        from guardia.config.postgres import DATABASE

        with served(house, DATABASE) as web:
            return measure(web.signed_in("engineer"), numbers, args)


def prepare(house: House, cases: int) -> list[int]:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now(), opened_at=now(), sites=10_000)
    give_password("engineer")
    later = f"(n - {cases}) * interval '20 s'"  # the newest have the highest ids, as cases that are opened have
    taken = timed(lambda: _operator.copy(operator, cases - 1, later, of_case=OF_CASE))
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    size = house.as_owner(DATABASE, f"SELECT pg_size_pretty(pg_database_size('{DATABASE}'))")[0][0]
    print(f"{cases:,} cases, {size}, written in {taken.wall:.0f} s", flush=True)
    rows = house.as_owner(DATABASE, 'SELECT number FROM "case" ORDER BY id LIMIT 5000')
    return [number for (number,) in rows]


def measure(browser: Browser, numbers: list[int], args: argparse.Namespace) -> int:
    chance = random.Random(7)
    asks: Mapping[str, Callable[[], str]] = {
        "a number": lambda: str(chance.choice(numbers)),
        "a circuit": lambda: f"ENL-{chance.randrange(10_000)}",
        "a company": lambda: f"Company {chance.randrange(200)}",
        "the customer's own number": lambda: f"REF-{chance.randrange(args.cases - 1)}",
        "a rare word": lambda: f"w{chance.randrange(WORDS)}",
        "a common word": lambda: chance.choice(COMMON),
        "a common and a rare word": lambda: f"{chance.choice(COMMON)} w{chance.randrange(WORDS)}",
        "nothing there": lambda: f"zzz{chance.randrange(10**6)}",
    }
    slowest = 0.0
    for what, ask in asks.items():
        seconds = []
        for round_ in range(args.rounds + 3):
            answer = browser.get(f"/buscar?q={ask().replace(' ', '+')}")
            assert answer.status in {200, 302}, answer.status
            if round_ >= 3:
                seconds.append(answer.seconds)
        p50, p95, most = (1000 * percentile(seconds, percent) for percent in (50, 95, 100))
        print(f"{what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest {most:.1f} ms", flush=True)
        slowest = max(slowest, p95)
    return Figure("search", slowest, "ms", LIMIT_MS, 1.0).say()


if __name__ == "__main__":
    sys.exit(main())
