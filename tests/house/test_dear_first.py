"""What is dear runs first and in one piece, by the scheduler of pytest-xdist itself."""

from types import SimpleNamespace

import pytest
from xdist.scheduler import WorkStealingScheduling

from tests.order import in_order

DEAR = [["a1", "a2", "a3"], ["b1"], ["c1", "c2"], ["d1"]]
ALL_DEAR = [name for module in DEAR for name in module]


class Worker:
    """It is given numbers of tests, as a process of pytest-xdist is."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.given: list[int] = []

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.given += numbers


def shares(order: list[str], workers: int) -> list[list[str]]:
    """What pytest-xdist gives to each at the beginning."""
    config = SimpleNamespace(getvalue=lambda name: ["popen"] * workers)
    scheduling = WorkStealingScheduling(config, None)
    each = [Worker(f"gw{number}") for number in range(workers)]
    for worker in each:
        scheduling.add_node(worker)
        scheduling.add_node_collection(worker, order)
    scheduling.schedule()
    return [[order[number] for number in worker.given] for worker in each]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("count", [40, 41, 997])
def test_each_worker_begins_with_whole_modules(workers, count):
    others = [f"o{number}" for number in range(count)]
    order = in_order(DEAR, others, workers)
    assert [name for name in order if name in others] == others, "the others stay as they were drawn"
    assert sorted(order) == sorted(others + ALL_DEAR)
    for number, share in enumerate(shares(order, workers)):
        begins = [name for module in DEAR[number::workers] for name in module]
        assert share[: len(begins)] == begins


def test_of_few_tests_none_is_lost():
    for workers in (1, 2, 8):
        order = in_order(DEAR, ["o1"], workers)
        assert sorted(order) == sorted(["o1", *ALL_DEAR])
    assert in_order([], [], 2) == []
