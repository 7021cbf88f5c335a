"""What one company is told of a planned work, as it is frozen: codes, names and hours, so that what was sent stays
what it was. Hours are ISO 8601 in UTC and empty where there is none.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Telling(StrEnum):
    """For which turn of the work a letter is written."""

    ANNOUNCED = "announced"
    REMINDED = "reminded"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OVERRAN = "overran"
    ENDED = "ended"
    TAKEN_OUT = "taken_out"
    REPLIED = "replied"
    PASSED_ON = "passed_on"


@dataclass(frozen=True)
class AffectedServiceFacts:
    """A service of the company that the work touches; ``zone`` (IANA) is that of its site."""

    circuit: str
    where: str
    zone: str


@dataclass(frozen=True)
class WorkFacts:
    """``names`` by language: what is done. ``sequence`` counts the letters of this work, for the calendar entry.

    ``asks``: the company is asked for its yes. ``why``: the reason of a move, a cancelling, or the answer to what the
    company said. ``late_because``: why it was announced later than the procedure promises.
    """

    work: int
    number: str
    telling: str
    names: Mapping[str, str]
    zone: str
    starts_at: str
    ends_at: str
    services: tuple[AffectedServiceFacts, ...]
    sequence: int = 0
    was_starts_at: str = ""
    was_ends_at: str = ""
    ended_at: str = ""
    expected_minutes: int | None = None
    carrier: str = ""
    asks: bool = False
    why: str = ""
    late_because: str = ""

    @property
    def zones(self) -> tuple[str, ...]:
        """Those of its services, the one of most of them first."""
        every = [each.zone for each in self.services] or [self.zone]
        return tuple(sorted(dict.fromkeys(every), key=lambda zone: -every.count(zone)))

    def facts(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "WorkFacts":
        """From what was kept."""
        own = {field.name: facts[field.name] for field in fields(cls) if field.name in facts}
        own["services"] = tuple(AffectedServiceFacts(**each) for each in facts["services"])
        return cls(**own)
