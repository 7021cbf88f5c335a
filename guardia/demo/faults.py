"""What goes wrong in the sample history, from ``data/faults.toml``."""

import tomllib
from dataclasses import dataclass

from guardia.demo.companies import DATA
from guardia.procedure.vocabulary import Impact


@dataclass(frozen=True)
class Fault:
    """One kind of fault. ``way`` is how it ends: remote, visit, or recovered (it comes back by itself)."""

    media: list[str]
    way: str
    weight: int
    impact: str
    symptoms: str
    tests: list[list[str]]
    cause: str
    plan: str
    solution: str
    fault: str
    guess: str = ""
    third_party: str = ""

    @property
    def felt(self) -> Impact:
        return Impact(self.impact)


def known_faults() -> list[Fault]:
    return [Fault(**written) for written in tomllib.loads((DATA / "faults.toml").read_text(encoding="utf-8"))["fault"]]
