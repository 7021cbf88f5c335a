"""`bin/bench api`: a list of 50 cases of the API among 1,000,000, and a case opened by the API beside one by the form.

In one process, without HTTP and without the look-up of a key: what is compared is what the two entry points do
themselves. Form and API take turns, so that whatever else the machine does meets both.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

from bench._house import House, opened
from bench._machine import Figure, describe, percentile

LIMIT_MS = 25.0
SHARE = 1.3
WARM = 10
HEADERS = {"Authorization": "Bearer gdk_bench"}


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench api", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=1_000_000, help="that are open already")
    words.add_argument("--rounds", type=int, default=300, help="of each kind, counted")
    words.add_argument("--sites", type=int, default=10_000)
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from django.conf import settings

    from bench import open as of_form
    from guardia.config.postgres import DATABASE

    of_form.prepare(house, args.sites, args.cases)
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    settings.API_CALLS_PER_MINUTE = 10_000_000
    machine, browser = clients()
    lists = {
        "list of 50": "/api/v2/cases?limit=50",
        "list of 50, what breaks first": "/api/v2/cases?limit=50&sort=due",
        "list of 50 of a company": f"/api/v2/cases?limit=50&company={of_form.FIRST_IDS['customer']}",
    }
    took = {name: in_turns(args.rounds, partial(listed, machine, path))[0] for name, path in lists.items()}
    ours, theirs = in_turns(
        args.rounds,
        lambda n: opened_by_api(machine, n % args.sites, n),
        lambda n: opened_by_form(browser, n % args.sites, n),
    )
    for name, seconds in {**took, "opened by the API": ours, "opened by the form": theirs}.items():
        p50, p95, p99 = (1000 * percentile(seconds, percent) for percent in (50, 95, 99))
        print(f"{name}, {args.cases:,} cases: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms", flush=True)
    form = 1000 * percentile(theirs, 50)
    slowest = max(percentile(seconds, 50) for seconds in took.values())
    return max(
        Figure("api_open", 1000 * percentile(ours, 50), "ms", form, SHARE).say(),
        Figure("api_list", 1000 * slowest, "ms", LIMIT_MS, 1.0).say(),
    )


def clients():
    """Somebody of the desk, and a machine whose key acts for the same account."""
    from django.test import Client

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people import api_key
    from guardia.people.staff import Staff

    browser = Client(SERVER_NAME="localhost")
    with behind(DatabaseRole.STAFF):
        engineer = Staff.objects.get(username="engineer")
        browser.force_login(engineer)
    # It is no row: the look-up of a key is not measured.
    key = api_key.ApiKey(pk=1, staff=engineer, scopes=["*"])
    api_key.authenticate = lambda *_sent: key
    api_key.note_use = lambda *_use: None
    return Client(SERVER_NAME="localhost", headers=HEADERS), browser


def in_turns(rounds: int, *ways: Callable[[int], None]) -> list[list[float]]:
    """Seconds of each round of each way, one way after the other; the first ones warm the caches."""
    found: list[list[float]] = [[] for _way in ways]
    for n in range(rounds + WARM):
        for seconds, way in zip(found, ways, strict=True):
            begun = perf_counter()
            way(n)
            if n >= WARM:
                seconds.append(perf_counter() - begun)
    return found


def listed(machine, path: str, _n: int) -> None:
    answer = machine.get(path)
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["items"]) == 50


def opened_by_api(machine, place: int, n: int) -> None:
    from bench import open as of_form

    _path, fields = of_form.form(place, f"No service by the API, {n}.")
    answer = machine.post("/api/v2/cases", json.dumps(fields), content_type="application/json")
    assert answer.status_code == 201, answer.content


def opened_by_form(browser, place: int, n: int) -> None:
    from bench import open as of_form

    answer = browser.post(*of_form.form(place, f"No service by the form, {n}."))
    assert answer.status_code == 302, answer.status_code


if __name__ == "__main__":
    sys.exit(main())
