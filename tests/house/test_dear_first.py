"""What takes long runs first and in one piece, by the scheduler of pytest-xdist itself; and in turns."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.scheduler import WorkStealingScheduling

from tests import order
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
    ordered = in_order(DEAR, others, workers)
    assert [name for name in ordered if name in others] == others, "the others stay as they were drawn"
    assert sorted(ordered) == sorted(others + ALL_DEAR)
    for number, share in enumerate(shares(ordered, workers)):
        begins = [name for module in DEAR[number::workers] for name in module]
        assert share[: len(begins)] == begins


def test_of_few_tests_none_is_lost():
    for workers in (1, 2, 8):
        ordered = in_order(DEAR, ["o1"], workers)
        assert sorted(ordered) == sorted(["o1", *ALL_DEAR])
    assert in_order([], [], 2) == []


SECONDS = {"tests/a.py": 70, "tests/b.py": 20, "tests/c.py": 20, "tests/d.py": 20, "tests/e.py": 9, "tests/f.py": 8}
CLAUSES = "tests/procedure/test_clauses.py"


def tried(items: list, turn: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    """What is tried at this turn, and what pytest is told was left out."""
    monkeypatch.setenv(order.TURN, turn)
    monkeypatch.setattr(order, "DEAR", {**SECONDS, CLAUSES: 50})
    kept, left_out = list(items), []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    order.pytest_collection_modifyitems(SimpleNamespace(hook=hook), kept)
    return [item.nodeid for item in kept], [item.nodeid for item in left_out]


def test_each_module_that_takes_long_is_tried_in_one_turn_and_all_others_in_each(monkeypatch):
    long = [f"{module}::{number}" for module in reversed(SECONDS) for number in (1, 2)]
    others = [f"tests/o{number}.py::1" for number in range(5)]
    names = [*long[:6], *others, f"{CLAUSES}::1", *long[6:]]
    items = [SimpleNamespace(nodeid=name) for name in names]
    of_turns = []
    for turn in map(str, range(order.TURNS)):
        kept, left_out = tried(items, turn, monkeypatch)
        assert sorted([*kept, *left_out]) == sorted(names)
        assert {*others, f"{CLAUSES}::1"} <= {*kept}
        of_turns += [name for name in kept if name in long]
    assert sorted(of_turns) == sorted(long), "each once, with all of its tests"
    assert sorted(tried(items, "", monkeypatch)[0]) == sorted(names), "`bin/test whole`"


def test_one_turn_takes_about_as_long_as_another():
    assert [sum(SECONDS[name] for name in part) for part in order.turns(SECONDS)] == [70, 29, 28, 20]
    lengths = [sum(order.DEAR[name] for name in part) for part in order.turns(order.DEAR)]
    assert max(lengths) - min(lengths) <= min(order.DEAR.values())


def test_what_takes_long_is_there():
    """A module that was renamed is no longer known to take long: `bin/test whole` writes them down anew."""
    root = Path(__file__).parents[2]
    assert [name for name in order.DEAR if not (root / name).is_file()] == []
    assert all(list(root.glob(f"{name}*")) for name in order.ALWAYS)
