"""pytest plugin: modules marked ``dear`` run first, each as a whole in one worker of pytest-xdist.

So no worker is left alone at the end with what takes long, and what a module builds once is not built by each worker.
pytest-xdist (``--dist worksteal``) gives each worker its share of the list in one piece, and whoever has nothing left
takes from the end of another's piece: what stands at the beginning of a piece stays together.
"""

import os
from collections.abc import Sequence
from itertools import cycle

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the tests were put in their random order, which stays the order of the others, and within a module."""
    modules: dict[object, list[pytest.Item]] = {}
    others = []
    for item in items:
        of = modules.setdefault(item.path, []) if item.get_closest_marker("dear") else others
        of.append(item)
    items[:] = in_order(list(modules.values()), others, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


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
