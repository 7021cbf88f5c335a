"""`bin/bench proof`: the log of all histories among 10,000,000 leaves: what entering and proving cost.

The tree is filled with hashes of numbers, in tiles as they are kept; then 10,000 events of cases are entered as the
worker enters them, the tree is signed, and of leaves anywhere in it the proof is made and checked.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from time import perf_counter

from bench._cases import EVENTS
from bench._house import House, opened
from bench._machine import Figure, describe, percentile

GOAL_MS = 5.0
"""A proof, made and checked: 99 of 100."""
AT_ONCE = 256 * 1024
SEED = 1962
FILLED = """
    INSERT INTO history_leaf (index, event_id, at)
    SELECT n, -n - 1, now() - interval '1 year' FROM generate_series(0, {leaves}::bigint - 1) AS n
"""
SIZES = """
    SELECT relname, pg_total_relation_size(oid) / 1024 / 1024 FROM pg_class
    WHERE relname IN ('history_leaf', 'history_tile') ORDER BY 1
"""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench proof", description=__doc__.splitlines()[0])
    words.add_argument("--leaves", type=int, default=10_000_000)
    words.add_argument("--heads", type=int, default=10_000, help="events that are entered at once")
    words.add_argument("--proofs", type=int, default=2_000)
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        return measure(house, args)


def measure(house: House, args: argparse.Namespace) -> int:
    from guardia.config.postgres import DATABASE

    cases = write_cases(args.heads)
    fill(house, args.leaves)
    house.use(DATABASE)
    append()
    proofs = prove_leaves(args.proofs)
    prove_cases(cases)
    prove_growth(args.proofs)
    export_histories()
    return Figure("proof", 1000 * percentile(proofs, 99), "ms, p99", GOAL_MS, 1.0).say()


# --- what is there ----------------------------------------------------------------------------------------------------


def write_cases(heads: int) -> list[int]:
    """Cases with ten events each, as many as are to be entered; the ids of some of them."""
    from bench import verify
    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, behind

    verify.write(max(1, heads // EVENTS - 1))
    with behind(DatabaseRole.WORKER):
        return list(Case.objects.order_by("pk").values_list("pk", flat=True)[:1_000])


def fill(house: House, leaves: int) -> None:
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.postgres import DATABASE
    from guardia.proof import log

    begun = perf_counter()
    for start in range(0, leaves, AT_ONCE):
        hashes = [sha256(number.to_bytes(8)).digest() for number in range(start, min(start + AT_ONCE, leaves))]
        with behind(DatabaseRole.WORKER):
            log.grow(start, hashes)
    grown = perf_counter() - begun
    house.as_owner(DATABASE, FILLED.format(leaves=leaves), "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    sizes = ", ".join(f"{name} {megabytes:,} MB" for name, megabytes in house.as_owner(DATABASE, SIZES))
    print(f"{leaves:,} leaves: {sizes}; tiles made in {grown:.0f} s, {leaves / grown:,.0f} leaves a second", flush=True)


# --- what is measured -------------------------------------------------------------------------------------------------


def append() -> None:
    """The events of all cases, in rounds as the worker does; and the signature over them."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.proof import log

    entered, seconds = [], []
    while not entered or entered[-1]:
        begun = perf_counter()
        with behind(DatabaseRole.WORKER):
            entered.append(log.append(now()))
        seconds.append(perf_counter() - begun)
    took = sum(seconds[:-1])
    print(f"{sum(entered):,} heads entered: {took:.2f} s, {sum(entered) / took:,.0f} a second", flush=True)
    print(f"a round that finds nothing: {1000 * seconds[-1]:.1f} ms", flush=True)
    begun = perf_counter()
    with behind(DatabaseRole.WORKER):
        signed = log.sign(now())
    assert signed, "the tree is signed"
    print(f"signed over {signed.size:,}: {1000 * (perf_counter() - begun):.1f} ms", flush=True)


def prove_leaves(how_many: int) -> list[float]:
    """Of leaves anywhere: the tiles are read, the proof is made of them, and it is checked. Seconds of each."""
    from guardia.proof import log, merkle, note

    drawn = random.Random(SEED)

    def one() -> None:
        signed = log.newest_checkpoint()
        state = note.read_checkpoint(signed.note)
        leaf = drawn.randrange(state.size)
        tiles = log.Tiles().hold(state.size, leaf)
        proof = merkle.inclusion_proof(leaf, state.size, tiles.subtree)
        merkle.check_inclusion(tiles.subtree(0, leaf), leaf, state.size, proof, state.root)

    return timed("a proof of any leaf, made and checked", one, [()] * how_many)


def prove_cases(cases: Sequence[int]) -> None:
    """What a closing report asks: how far a case is in the log."""
    from guardia.proof import log

    def one(case: int) -> None:
        proven = log.inclusions_of({case: case})
        assert proven, "something is signed"
        assert proven["entries"], "its events are entered and signed"

    timed("how far a case is in the log, for its report", one, [(case,) for case in cases])


def prove_growth(how_many: int) -> None:
    """That the tree of today begins with one that was kept, of any size."""
    from guardia.proof import log, merkle

    drawn = random.Random(SEED)

    def one() -> None:
        signed = log.newest_checkpoint()
        before = drawn.randrange(1, signed.size)
        tiles = log.Tiles().hold(signed.size, before)
        roots = [merkle.root(size, tiles.subtree) for size in (before, signed.size)]
        proof = merkle.consistency_proof(before, signed.size, tiles.subtree)
        merkle.check_consistency(before, signed.size, *roots, proof)

    timed("that it has grown from any smaller one, made and checked", one, [()] * how_many)


def timed(what: str, work: Callable[..., None], each: Sequence[tuple]) -> list[float]:
    """A transaction for each, as a request has it."""
    from guardia.config.database_roles import DatabaseRole, behind

    seconds = []
    for arguments in each:
        begun = perf_counter()
        with behind(DatabaseRole.WORKER):
            work(*arguments)
        seconds.append(perf_counter() - begun)
    middle, most = (1000 * percentile(seconds, percent) for percent in (50, 99))
    print(f"{what}: p50 {middle:.2f} ms, p99 {most:.2f} ms ({len(seconds):,} times)", flush=True)
    return seconds


def export_histories() -> None:
    """*Mi empresa → Descargar mi historia* of the company with the most cases, and what its verifier needs for it."""
    from django.db.models import Count

    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.proof.offline import guardia_verify
    from guardia.reports.report_history import company_history

    with behind(DatabaseRole.STAFF):
        company, cases = Case.objects.values_list("customer").annotate(n=Count("pk")).order_by("-n").first()
        begun = perf_counter()
        file = b"".join(company_history(company, "Banco", now(), "es"))
    wrote, begun = perf_counter() - begun, perf_counter()
    verdict = guardia_verify.check(file)
    took = perf_counter() - begun
    print(f"a company's history of {cases:,} cases: {len(file) / 1e6:.1f} MB written in {wrote:.1f} s", flush=True)
    print(f"computed again in {took:.1f} s, {len(verdict.findings)} findings", flush=True)


if __name__ == "__main__":
    sys.exit(main())
