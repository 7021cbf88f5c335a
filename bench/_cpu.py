"""What processes have used of the processor, by the kernel's own account (/proc)."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
FIRST_OF_TIMES = 11
"""Of the words after the name in /proc/PID/stat: utime, stime, and both of the children that have ended."""


@contextmanager
def used(whose: Mapping[str, int]) -> Iterator[dict[str, float]]:
    """By each name, what the process of this number uses while inside ``with``: milliseconds, known at its end."""
    before = {name: milliseconds(pid) for name, pid in whose.items()}
    found: dict[str, float] = {}
    yield found
    found |= {name: milliseconds(pid) - before[name] for name, pid in whose.items()}


def milliseconds(pid: int) -> float:
    """Of this process, of all that descend from it, and of those of them that are gone."""
    return TICK_MS * sum(_ticks(each) for each in family(pid))


def family(pid: int) -> Iterator[int]:
    """This process and all that descend from it; one that ends meanwhile is left out."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(child)


def _ticks(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(word) for word in words[FIRST_OF_TIMES : FIRST_OF_TIMES + 4])
