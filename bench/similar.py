"""`bin/bench similar`: similar cases among a million closed ones, as the desk asks for them over HTTP.

One client, signed in; what is asked changes from one question to the next. Words are as common as a NOC's are: ten
stand in one case of ten each, a hundred in one of a hundred, fifty thousand in one of fifty thousand, and ten that
stood in one case of ten are heard no more: none of the newest hundred thousand cases has them. An element bears five
thousand services, others twenty each; one service has fifty thousand cases.
"""

import argparse
import random
import sys
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from bench._house import House, opened
from bench._machine import Figure, describe, percentile, timed
from bench._web import Browser, give_password, served

LIMIT_MS = 100.0
RARE = 50_000
COMMON = ("poste", "antena", "puerto", "nodo", "radio", "cable", "ruta", "patchcord", "bandeja", "empalme")
SELDOM = tuple(f"modelo{n}" for n in range(100))
OF_OLD = ("wimax", "vsat", "adsl", "isdn", "pdh", "atm", "fram", "satelital", "modem", "microondas")
"""Words that were common once."""
SITES = 10_000
BUSIEST = 20
"""One case of so many is of the first service."""


def of_case(cases: int) -> dict[str, str]:
    """The columns of a copy, as SQL of its number."""

    def one_of(words: tuple[str, ...], by: int = 1) -> str:
        return f"(ARRAY{list(words)})[1 + mod(plan.n * {by}, {len(words)})::int]"

    old = f"CASE WHEN plan.n < {cases - cases // 10} THEN {one_of(OF_OLD, 3)} ELSE '' END"
    return {
        "subject": f"'No navega: ' || {one_of(COMMON)} || ' ' || {one_of(SELDOM, 7)}",
        "symptoms": f"{old} || ' w' || mod(plan.n * 11, {RARE}) || ' ' || {one_of(COMMON, 3)}",
        "cause": f"'Fibra cortada, ' || {one_of(COMMON, 7)} || ' w' || mod(plan.n * 13, {RARE})",
        "plan": "'Se envía una cuadrilla a empalmar'",
        "solution": f"'Se empalmó en ' || {one_of(SELDOM, 11)}",
        "status": "'closed'",
        "stage": "'closure'",
        "closed_at": "t.opened_at + plan.later + interval '2 h'",
        "restored_at": "t.opened_at + plan.later + interval '1 h'",
        "affected_seconds": "3600",
        "service_id": f"CASE WHEN mod(plan.n, {BUSIEST}) = 0 THEN %(service)s ELSE plan.service_id END",
        **dict.fromkeys(
            ("next_due_at", "next_started_at", "next_warn_at", "next_urgent_at", "next_step_at"), "NULL::timestamptz"
        ),
    }


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench similar", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=1_000_000, help="how many are closed")
    words.add_argument("--rounds", type=int, default=60, help="questions of each kind")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        service = prepare(house, args.cases)
        from guardia.config.postgres import DATABASE

        with served(house, DATABASE) as web:
            return measure(web.signed_in("engineer"), service, args)


def prepare(house: House, cases: int) -> int:
    from bench import _operator
    from guardia.config.now import now
    from guardia.config.postgres import DATABASE

    operator = _operator.found(now(), opened_at=now(), sites=SITES)
    give_password("engineer")
    later = f"(n - {cases}) * interval '20 s' - interval '3 h'"  # the newest have the highest ids
    columns = {name: words.replace("%(service)s", str(operator.service_id)) for name, words in of_case(cases).items()}
    taken = timed(lambda: _operator.copy(operator, cases - 1, later, of_case=columns))
    house.as_owner(DATABASE, *elements(operator.service_id), "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    size = house.as_owner(DATABASE, f"SELECT pg_size_pretty(pg_database_size('{DATABASE}'))")[0][0]
    print(f"{cases:,} closed cases, {size}, written in {taken.wall:.0f} s", flush=True)
    return operator.service_id


def elements(first: int) -> tuple[str, ...]:
    """SQL: a core node under half of the services, and an access node under each twenty."""
    of_service = "INSERT INTO service_element (customer_id, service_id, element_id) SELECT s.customer_id, s.id, e.id"
    joined = "FROM service s JOIN element e ON e.code ="
    return (
        "INSERT INTO element (code, folded_code, name, public_name, kind) SELECT code, lower(code), code, '{}', 'node' "
        f"FROM (SELECT 'CORE' AS code UNION ALL SELECT 'ACC-' || n FROM generate_series(0, {SITES // 20}) n) AS named",
        f"{of_service} {joined} 'CORE' WHERE s.id < {first + SITES // 2}",
        f"{of_service} {joined} 'ACC-' || ((s.id - {first}) / 20)",
    )


def measure(browser: Browser, service: int, args: argparse.Namespace) -> int:
    chance = random.Random(7)

    def asked(words: str, of: int | None = None) -> str:
        return f"/casos/nuevo/parecidos?{urlencode({'symptoms': words, 'service': of or ''})}"

    def several(words: tuple[str, ...], count: int) -> str:
        return " ".join(chance.sample(words, count))

    def rare() -> str:
        return f"w{chance.randrange(RARE)}"

    asks: Mapping[str, Callable[[], str]] = {
        "a service": lambda: asked("", service + 1 + chance.randrange(SITES - 1)),
        "the service of fifty thousand cases": lambda: asked(f"no navega {rare()}", service),
        "common words": lambda: asked(several(COMMON, 5)),
        "words of the trade": lambda: asked(f"fibra cortada, sin luz, intermitente, lento, {several(COMMON, 2)}"),
        "seldom words": lambda: asked(several(SELDOM, 6)),
        "rare words": lambda: asked(f"{rare()} {rare()} {rare()} {rare()}"),
        "words that were common once": lambda: asked(several(OF_OLD, 4)),
        "words of old and rare ones": lambda: asked(f"{several(OF_OLD, 4)} {rare()} {rare()} {several(SELDOM, 2)}"),
        "nothing there": lambda: asked(" ".join(f"zzz{chance.randrange(10**6)}" for _ in range(6))),
        "a long report of a service": lambda: asked(
            f"no navega {several(COMMON, 4)} {several(SELDOM, 5)} {several(OF_OLD, 3)} {rare()} " + "palabra " * 200,
            service + 1 + chance.randrange(SITES // 2),
        ),
    }
    slowest = 0.0
    for what, ask in asks.items():
        seconds, held = [], 0
        for round_ in range(args.rounds + 3):
            answer = browser.get(ask())
            assert answer.status == 200, answer.status
            if round_ >= 3:
                seconds.append(answer.seconds)
                held += answer.body.count(b'class="why"')
        p50, p95, most = (1000 * percentile(seconds, percent) for percent in (50, 95, 100))
        found = f"{held / args.rounds:.1f} found"
        print(f"{what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest {most:.1f} ms, {found}", flush=True)
        slowest = max(slowest, p95)
    return Figure("similar", slowest, "ms", LIMIT_MS, 1.0).say()


if __name__ == "__main__":
    sys.exit(main())
