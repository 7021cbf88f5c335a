"""What is stopped between two transactions is brought to its end by the same command, with the same cases."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from django.db import transaction

from guardia.cases import chain, derived
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import load
from tests.history.accounting import GUAYAQUIL, NOW
from tests.procedure.story import Story

MAPPING = """
system: Log
companies: create
hours: {order: ymd}
rows:
  - columns: {number: case, company: company, time: at, activity: what}
states: {open: working, done: closed}
"""


class Killed(Exception):
    pass


def test_a_stop_leaves_whole_cases_and_a_repeat_brings_the_others(as_staff: None, tmp_path: Path) -> None:
    Story()
    path = tmp_path / "log.csv"
    lines = [
        f"{n},Company {n % 7},2024-04-03T10:{minute}:00Z,{what}"
        for n in range(230)
        for minute, what in ((10, "open"), (20, "done"), (30, "open"), (40, "done"))
    ]
    path.write_text("\n".join(["case,company,at,what", *lines]))
    with HistoryFile([path], load(MAPPING, "m.yaml")) as file:
        file.read()
        would_be = bring_in(file, GUAYAQUIL, lambda: NOW, nullcontext, write=False)
    assert (would_be.new, sorted(would_be.created)) == (230, [f"Company {n}" for n in range(7)])
    steps = []

    @contextmanager
    def killed_in_the_second() -> Iterator[None]:
        steps.append(1)
        with transaction.atomic():
            yield
            if len(steps) == 2:
                raise Killed

    with HistoryFile([path], load(MAPPING, "m.yaml")) as file:
        file.read()
        with pytest.raises(Killed):
            bring_in(file, GUAYAQUIL, lambda: NOW, killed_in_the_second, write=True)
    there = Case.objects.filter(former_system="Log")
    assert there.count() == 100
    for expected in ((130, 100), (0, 230)):
        with HistoryFile([path], load(MAPPING, "m.yaml")) as file:
            file.read()
            brought = bring_in(file, GUAYAQUIL, lambda: NOW, nullcontext, write=True)
        assert (brought.new, brought.known) == expected
    assert there.count() == 230
    assert CaseEvent.objects.filter(case__in=there).count() == 230 * 6
    assert CaseEvent.objects.filter(case__in=there, variant="reopened").count() == 230
    assert list(chain.breaks(besides=derived.breaks)) == []
