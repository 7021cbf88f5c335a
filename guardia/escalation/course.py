"""The course of a case's escalations, derived from what has happened (E1 to E5). No database, no time of day.

It says what is known: who was paged, who answers. What is to be done next is ruled in ``cases/escalation_steps``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from guardia.procedure.vocabulary import Moment

OF_ESCALATIONS = frozenset(
    {
        Moment.ESCALATED,
        Moment.PAGED,
        Moment.LEVEL_INFORMED,
        Moment.LEVEL_SKIPPED,
        Moment.CALL_OWED,
        Moment.CALL_MADE,
        Moment.ACKNOWLEDGED,
        Moment.PASSED_ON,
        Moment.PAGE_FAILED,
        Moment.ESCALATION_ENDED,
    }
)


class Happened(Protocol):
    """An event as it is seen here: when it happened, its codes, ids and hours, and its number in the case."""

    @property
    def moment(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def seq(self) -> int | None: ...


@dataclass(frozen=True)
class Running:
    """One escalation. ``level`` is the highest that was reached (paged or skipped), ``asks`` the one asked for by a
    person, ``informed`` the highest that was told while another answered; 0: none. ``paged`` are the persons of the
    last page, ``told`` all that were ever paged.
    """

    ordinal: int
    source: str
    began_at: datetime
    clock: str = ""
    clock_ordinal: int = 0
    asks: int = 0
    level: int = 0
    informed: int = 0
    rounds: int = 0
    paged_at: datetime | None = None
    tried_at: datetime | None = None
    paged: frozenset[int] = frozenset()
    told: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    commands: bool = False
    joined: int | None = None
    called: bool = False
    must_move_on: bool = False
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def all_failed(self) -> bool:
        """True if every person of the last page is known not to have been reached by any channel."""
        return bool(self.paged) and self.paged <= self.failed


@dataclass
class Course:
    """Every escalation of one case, the last one perhaps still open."""

    all: dict[int, Running] = field(default_factory=dict)

    @property
    def now(self) -> Running | None:
        """The open one."""
        last = self.all.get(len(self.all))
        return last if last and last.is_open else None

    def apply(self, happened: Happened) -> None:
        """One thing that happened to the case; what is not about an escalation changes nothing."""
        if happened.moment not in OF_ESCALATIONS:
            return
        moment = Moment(happened.moment)
        if moment is Moment.ESCALATED:
            self._begin(happened)
        elif running := self.now:
            self.all[running.ordinal] = _after(running, moment, happened)

    def apply_all(self, happenings: Iterable[Happened]) -> "Course":
        for happened in happenings:
            self.apply(happened)
        return self

    def _begin(self, happened: Happened) -> None:
        data, running = happened.data, self.now
        if running:  # asked for again: one escalation, of who asked last and on the promise that one stands on
            self.all[running.ordinal] = replace(
                running,
                source=happened.variant,
                clock=data.get("clock") or running.clock,
                clock_ordinal=data.get("ordinal") or running.clock_ordinal,
                joined=data.get("joined") if happened.variant == "breach" else None,
                asks=max(running.asks, data.get("level") or 0),
            )
            return
        ordinal = len(self.all) + 1
        self.all[ordinal] = Running(
            ordinal,
            happened.variant,
            happened.at,
            clock=data.get("clock") or "",
            clock_ordinal=data.get("ordinal") or 0,
            joined=data.get("joined"),
            asks=data.get("level") or 0,
        )


def _after(running: Running, moment: Moment, happened: Happened) -> Running:
    data, at = happened.data, happened.at
    match moment:
        case Moment.PAGED:
            return replace(
                running,
                level=data["level"],
                rounds=running.rounds + 1,
                paged_at=at,
                tried_at=at,
                paged=frozenset(data["staff"]),
                told=running.told | frozenset(data["staff"]),
                failed=frozenset(),
                acknowledged_at=None,
                acknowledged_by=None,
                commands=False,
                joined=None,
                must_move_on=False,
            )
        case Moment.LEVEL_INFORMED:
            return replace(running, informed=data["level"], told=running.told | frozenset(data["staff"]))
        case Moment.LEVEL_SKIPPED:
            return replace(running, level=data["level"], tried_at=at, must_move_on=False)
        case Moment.ACKNOWLEDGED:
            return replace(
                running,
                acknowledged_at=at,
                acknowledged_by=data["staff"],
                commands=happened.variant == "commands",
                must_move_on=False,
            )
        case Moment.PASSED_ON:
            return replace(running, must_move_on=True, acknowledged_at=None, acknowledged_by=None, commands=False)
        case Moment.PAGE_FAILED:
            return replace(running, failed=running.failed | {data["staff"]})
        case Moment.CALL_MADE:
            # Told after it had moved on: it is known who answered, and nothing else moves.
            answered = happened.variant == "answered" or data.get("outcome") == "answered"
            moves_on = running.must_move_on or happened.variant == "not_answered"
            return replace(running, called=running.called or answered, must_move_on=moves_on)
        case Moment.ESCALATION_ENDED:
            return replace(running, ended_at=at)
    return running
