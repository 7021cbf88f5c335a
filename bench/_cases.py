"""What the benches of very many cases share: how they begin, and how a command is run as a process of its own."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

from bench._house import House, opened
from bench._machine import describe

EVENTS = 10
"""Of each case."""


def among_cases(name: str, about: str, measure: Callable[[House, int], int]) -> int:
    """Reads the options, opens an installation, and measures; the exit code. ``about``: the docstring of the bench."""
    words = argparse.ArgumentParser(prog=f"bin/bench {name}", description=about.splitlines()[0])
    words.add_argument("--cases", type=int, default=100_000, help=f"of {EVENTS} events each")
    args = words.parse_args()
    with opened() as house:
        print(describe(house.postgres), flush=True)
        return measure(house, args.cases)


def took(house: House, database: str, *words: str) -> float:
    """Seconds; raises RuntimeError where the command does not end well."""
    from django.db import connections

    connections.close_all()
    environment = house.address(database) | {"STATE_DIR": str(house.folder)}
    begun = perf_counter()
    done = subprocess.run([sys.executable, "-m", "guardia", *words], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"guardia {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return perf_counter() - begun
