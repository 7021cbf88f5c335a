"""`bin/bench acts`: closings of many cases in one `record()` beside as many registrations, and a note on a case with a
long past beside one on a short one.

The closings follow the road of a remote solution (P3 to P7), each of its steps for all cases in one `record()`; each
round has new cases, and a figure is the median of its rounds.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

from bench._house import opened
from bench._machine import Figure, describe

MOST_FOR_CLOSINGS, MOST_FOR_A_LONG_PAST = 2.0, 1.3
SHORT, LONG = 20, 2000


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench acts", description=__doc__.splitlines()[0])
    words.add_argument("--cases", type=int, default=2052, help="closed in one record()")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--notes", type=int, default=60, help="on each of the two cases")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres))
        closing = closings(args.cases, args.rounds)
        return longer(args.notes) or closing


def closings(how_many: int, rounds: int) -> int:
    from bench import _operator
    from guardia.config.now import now

    begun = now() - timedelta(days=1)
    _operator.found(begun, opened_at=begun, sites=1)
    took = [one_road([f"{turn}-{n}" for n in range(how_many)], begun) for turn in range(rounds)]
    registered, closed = (median(each[step] for each in took) for step in ("registered", "closed"))
    return Figure("closings", closed, "s", registered, MOST_FOR_CLOSINGS).say()


def registered(circuits: Sequence[str], at: datetime) -> tuple[list[Any], float]:
    """New cases of as many new services, in one `record()`, and the seconds that it took."""
    from guardia.cases import together
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.procedure import version
    from guardia.procedure.vocabulary import Impact

    with behind(DatabaseRole.STAFF):
        facts = {"version_id": version.in_force(at).pk, "impact": Impact.DOWN, "since": at, "source": "phone"}
        made = together.opened_cases(services(circuits), "Sin servicio", by=engineer(), at=at, **facts)
        took = recorded("registered", [entry for _case, entry in made], at)
    return [case.pk for case, _entry in made], took


def engineer() -> Any:
    from guardia.people.staff import Actor, Staff

    return Actor.of_staff(Staff.objects.get(username="engineer"))


def one_road(circuits: Sequence[str], at: datetime) -> dict[str, float]:
    """Seconds of each step, by its name: each is one `record()` for all cases."""
    from guardia.cases.stages.verification import Confirmer
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.evidence.test_result import Verdict

    with behind(DatabaseRole.STAFF):
        by = engineer()
    ids, seconds = registered(circuits, at)
    took = {"registered": seconds}

    def good(case: Any) -> None:
        case.add_test("ping", "0 %", Verdict.GOOD, by=by, at=hour)

    def bad(case: Any) -> None:
        case.add_test("ping", "100 %", Verdict.BAD, by=by, at=hour)

    who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "+593 7 555 0148")
    road: Sequence[tuple[str, int, Callable[[Any], object]]] = (
        ("tested", 5, bad),
        ("tested again", 1, bad),
        ("diagnosed", 1, lambda case: case.diagnose("fibra cortada", "empalmar", "remote", by=by, at=hour)),
        ("restored", 20, lambda case: case.restore("se empalmó la fibra", by=by, at=hour)),
        *(("verified", 1, good), ("verified again", 1, good)),
        ("confirmed", 3, lambda case: case.confirm(who, "se empalmó la fibra", by=by, at=hour)),
        *(("watched", 30, good), ("watched again", 1, good)),
        ("stable", 1, lambda case: case.stabilise(by=by, at=hour)),
        ("closed", 5, lambda case: case.close("fibra cortada", "empalme", by=by, at=hour)),
    )
    hour = at
    for name, minutes, act in road:
        hour += timedelta(minutes=minutes)
        with behind(DatabaseRole.STAFF):
            entries = entries_of(ids, act)
            took[name] = recorded(name, entries, hour)
    return took


def entries_of(ids: Sequence[int], act: Callable[[Any], object]) -> list[Any]:
    """What the act would write on each of these cases."""
    from guardia.cases import ledger
    from guardia.cases.case import Case
    from guardia.cases.verbs import Recording

    entries: list[Any] = []

    def collected(
        case: Any, moment: Any, *, by: Any, at: datetime, now: Any = None, variant: str = "", **more: Any
    ) -> Any:
        entries.append(ledger.Entry(case, moment, by, at, variant, more.get("data") or {}, more.get("texts") or {}))
        raise Collected

    cases = Case.objects.filter(pk__in=ids).select_related("customer", "site__city", "service").order_by("pk")
    with patch.object(Recording, "write", collected):
        for case in cases:
            try:
                act(case)
            except Collected:
                continue
    assert len(entries) == len(ids)
    return entries


class Collected(Exception):
    """An act has come to the event that it writes."""


def recorded(name: str, entries: list[Any], at: datetime) -> float:
    from guardia.cases import ledger

    begun, cpu = perf_counter(), process_time()
    ledger.record(entries, at)
    took = perf_counter() - begun
    print(
        f"{name:14} {len(entries):,} cases in {took:.2f} s ({process_time() - cpu:.2f} s of this process)", flush=True
    )
    return took


def services(circuits: Sequence[str]) -> list[Any]:
    from guardia.customers.customer import Service, Site

    first = Site.objects.order_by("pk").first()
    sites = Site.objects.bulk_create(
        Site(customer_id=first.customer_id, name=f"Agencia {one}", city_id=first.city_id) for one in circuits
    )
    made = Service.objects.bulk_create(
        Service(customer_id=site.customer_id, site=site, circuit=one, folded_circuit=one, type="Enlace")
        for site, one in zip(sites, circuits, strict=True)
    )
    ids = [one.pk for one in made]
    return list(Service.objects.filter(pk__in=ids).select_related("customer", "site__city"))


def longer(notes: int) -> int:
    """A note on a case with 2,000 events beside one with 20, each in turn; of the processor, the median of all."""
    from guardia.cases import ledger
    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.procedure.vocabulary import Moment

    at = now()
    ids, _seconds = registered(["short", "long"], at)
    for pk, events in zip(ids, (SHORT, LONG), strict=True):
        with behind(DatabaseRole.STAFF):
            case, by = Case.objects.select_for_update().get(pk=pk), engineer()
            past = [ledger.Entry(case, Moment.NOTED, by, at, texts={"text": f"nota {n}"}) for n in range(events - 1)]
            ledger.record(past, at)
    spent: dict[int, list[float]] = {pk: [] for pk in ids}
    for turn in range(notes):
        for pk, into in spent.items():
            with behind(DatabaseRole.STAFF), spending(into):
                case = Case.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pk)
                case.note(f"sigo en la línea, intento {turn}", by=by, at=at + timedelta(seconds=turn))
    short, long = (median(each) * 1000 for each in spent.values())
    print(f"a note: {short:.1f} ms on a case with {SHORT} events, {long:.1f} ms on one with {LONG:,}")
    return Figure("note_on_a_long_case", long, "ms", short, MOST_FOR_A_LONG_PAST).say()


@contextmanager
def spending(into: list[float]) -> Iterator[None]:
    begun = process_time()
    yield
    into.append(process_time() - begun)


if __name__ == "__main__":
    sys.exit(main())
