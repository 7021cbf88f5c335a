"""pytest plugin: modules that take long run first, each as a whole in one worker of pytest-xdist, and take turns.

So no worker is left alone at the end with what takes long, and what a module builds once is not built by each worker.
pytest-xdist (``--dist worksteal``) gives each worker its share of the list in one piece, and whoever has nothing left
takes from the end of another's piece: what stands at the beginning of a piece stays together.

`bin/test` tries a quarter of these dear modules each time, and all others always (docs/adr/0091). Which quarter follows
the sources, so that what failed once fails again on the same commit. `bin/test whole` tries all, and writes down anew
which are dear.
"""

import json
import os
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

import pytest

DEAR: Mapping[str, float] = json.loads(Path(__file__).with_name("dear.json").read_text(encoding="utf-8"))
"""Seconds by module, of those that take more than six beside all others (bin/_total)."""
ALWAYS = ("tests/procedure/", "tests/browser/test_first_call.py", "tests/browser/test_ten_tasks.py")
"""The clauses of the procedure, and the way of a case through all screens: each commit is judged by them."""
TURN = "TEST_TURN"
"""Set by `bin/test` where nobody has named what is to be tried: 0 to 3. It follows another part of the sources' hash
than GUARDIA_PART, or a module whose turn it is would always try the same third of its examples.
"""
TURNS = 4


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After the tests were put in their random order, which stays the order of the others, and within a module."""
    modules: dict[str, list[pytest.Item]] = {}
    others = []
    for item in items:
        name = item.nodeid.partition("::")[0]
        of = modules.setdefault(name, []) if name in DEAR else others
        of.append(item)
    if turn := os.environ.get(TURN):
        taking_turns = {name: DEAR[name] for name in modules if not name.startswith(ALWAYS)}
        for name in taking_turns.keys() - turns(taking_turns)[int(turn)]:
            config.hook.pytest_deselected(items=modules.pop(name))
    items[:] = in_order(list(modules.values()), others, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def turns(seconds: Mapping[str, float]) -> Sequence[set[str]]:
    """The modules of each turn, so that one takes about as long as another: the longest first, each to the turn that
    has least so far.
    """
    parts: list[set[str]] = [set() for _ in range(TURNS)]
    taken = [0.0] * TURNS
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        least = taken.index(min(taken))
        parts[least].add(name)
        taken[least] += seconds[name]
    return parts


def in_order[T](modules: Sequence[Sequence[T]], others: Sequence[T], workers: int) -> list[T]:
    """Each worker's share of the tests, one after the other; the modules stand at the beginnings, in turn."""
    heads: list[list[T]] = [[] for _ in range(workers)]
    for head, module in zip(cycle(heads), modules, strict=False):
        head += module
    left, begun = sum(map(len, modules)) + len(others), 0
    ordered: list[T] = []
    for number, head in enumerate(heads):
        share = left // (workers - number)
        more = max(share - len(head), 0)
        ordered += [*head, *others[begun : begun + more]]
        begun += more
        left -= share
    return [*ordered, *others[begun:]]
