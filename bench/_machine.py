"""The machine a figure was taken on, and the figure itself as the last line of a bench."""

import json
import math
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time


@dataclass(frozen=True)
class Figure:
    """``limit`` is what ``value`` is compared with, in the same ``unit`` and from the same run; ``ratio`` is the one
    divided by the other, and ``goal`` the most that it may be.
    """

    name: str
    value: float
    unit: str
    limit: float
    goal: float

    @property
    def ratio(self) -> float:
        return self.value / self.limit

    @property
    def holds(self) -> bool:
        return self.ratio <= self.goal

    def say(self) -> int:
        """Print the figure as one line of JSON; the exit code of the bench."""
        words = {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "limit": round(self.limit, 4),
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "holds": self.holds,
        }
        print(json.dumps(words), flush=True)
        return 0 if self.holds else 1


def describe(postgres: str) -> str:
    """Cores, memory and versions, in one line."""
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    gigabytes = round(int(memory.split()[1]) / 1024**2)
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {gigabytes} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}; load before: {load}"
    )


@dataclass(frozen=True)
class Taken:
    """Seconds on the wall, and of them the seconds this process itself was at work (the database's are not in it)."""

    wall: float
    own: float


def timed(work: Callable[[], object]) -> Taken:
    begun, begun_own = perf_counter(), process_time()
    work()
    return Taken(perf_counter() - begun, process_time() - begun_own)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(seconds: Sequence[float]) -> str:
    """Every round, in order, in milliseconds."""
    return " ".join(f"{1000 * each:.0f}" for each in seconds) + " ms"
