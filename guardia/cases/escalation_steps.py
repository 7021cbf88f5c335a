"""When an escalation reaches which level, and why; and when it is over (E1 to E5 D). Asked of the log, never planned.

Nothing is written here: ``escalating`` turns the answers into events.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guardia.clocks import arithmetic
from guardia.clocks.clock_state import ClockState
from guardia.escalation.course import Running
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Stage

if TYPE_CHECKING:
    from guardia.cases.ledger import CaseLedger

OF_THE_ESCALATION = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.CALL_TASK})
RESTS = timedelta(minutes=10)
"""The last level is tried again no sooner than this, and a case that joined another looks at it this often."""


def broken_promises(ledger: "CaseLedger", procedure: Procedure) -> list[ClockState]:
    """The running promises that are broken and escalate, the one that broke first at the head."""
    running = ledger.fold.running.values()
    broken = [c for c in running if c.breached_at and c.kind not in OF_THE_ESCALATION and escalates(procedure, c)]
    return sorted(broken, key=lambda clock: (clock.breached_at, clock.kind))


def escalates(procedure: Procedure, clock: ClockState) -> bool:
    """Whether the procedure lets a breach of this promise escalate by itself (E1 D)."""
    return procedure.clock(ClockKind(clock.kind)).escalates


def why_over(ledger: "CaseLedger", running: Running, broken: Sequence[ClockState]) -> str:
    """``closed`` or ``met`` once nothing is left to answer for; empty while there is.

    An escalation that a person began stands on the promise that ran then; without one, until the case is closed.
    """
    if not ledger.case.is_open:
        return "closed"
    if broken:
        return ""
    if running.source == "breach":
        return "met"
    clock = ledger.fold.clocks.get((running.clock, running.clock_ordinal))
    return "met" if clock and clock.ended_at else ""


def next_step(
    ledger: "CaseLedger",
    running: Running,
    broken: Sequence[ClockState],
    procedure: Procedure,
    led: frozenset[int],
    now: datetime,
) -> tuple[int, str] | None:
    """Which level is reached now, and why; None while somebody answers, or has time left to.

    Where a stage's step has come while somebody answers, its level is only told (``informed``): who answers keeps it.
    While every broken promise stands still for a wait (W1), nobody is called for it; the next news never waits.
    ``led``: the cases whose own escalation pages, for those of the same cause that joined it; ``now`` is UTC.
    """
    if running.joined in led:
        return None
    top = procedure.escalation.levels[-1].level
    if running.level < running.asks:
        return running.asks, running.source
    if rests(broken):
        return None
    why = why_on(ledger, running)
    if running.level < (due := level_due(ledger, broken, procedure, now)):
        if not running.acknowledged_at or why:
            return running.level + 1, why or "step" if running.level else "breach"
        if running.informed < due:
            return max(running.level, running.informed) + 1, "informed"
    if why:
        if running.level < top:
            return running.level + 1, why
        if running.tried_at is None or now >= running.tried_at + RESTS:
            return top, why
    return None


def rests(broken: Sequence[ClockState]) -> bool:
    """True while all that is broken stands still (W1)."""
    return bool(broken) and all(clock.waiting_since for clock in broken)


def level_due(ledger: "CaseLedger", broken: Sequence[ClockState], procedure: Procedure, now: datetime) -> int:
    """The highest level that the stages' steps call by now; a promise of no stage follows the case's own."""
    return max((level for level, at in steps_ahead(ledger, broken, procedure) if at <= now), default=0)


def steps_ahead(
    ledger: "CaseLedger", broken: Sequence[ClockState], procedure: Procedure
) -> Iterator[tuple[int, datetime]]:
    """Each level with the hour at which it is called, for every broken promise; its waits are left out (W1)."""
    for clock in broken:
        stage = procedure.clock(ClockKind(clock.kind)).stage or Stage(ledger.case.stage)
        for step in procedure.steps_for(stage):
            if clock.breached_at and (at := arithmetic.add(clock.breached_at, step.after, clock.waits)):
                yield step.level, at


def why_on(ledger: "CaseLedger", running: Running) -> str:
    """Why the escalation moves on to the next level; empty if it need not."""
    clocks = ledger.fold.running
    expired = {kind for kind in OF_THE_ESCALATION if (clock := clocks.get(kind)) and clock.breached_at}
    if running.must_move_on:
        return "not_answered" if not running.acknowledged_at and ClockKind.CALL_TASK not in clocks else "passed_on"
    if running.all_failed and not running.acknowledged_at:
        return "page_failed"
    if ClockKind.ACKNOWLEDGEMENT in expired:
        return "not_acknowledged"
    if ClockKind.MOVEMENT in expired:
        return "nothing_moved"
    if ClockKind.CALL_TASK in expired:
        return "call_undone"
    nobody = running.level and not running.paged and ClockKind.CALL_TASK not in clocks and not running.acknowledged_at
    return "nobody" if nobody else ""


def next_look(ledger: "CaseLedger", led: frozenset[int], now: datetime) -> datetime | None:
    """When (UTC) the escalation must be looked at again although no clock falls due before; None if never."""
    running = ledger.course.now
    if running is None or not ledger.case.is_open:
        return None
    if running.joined in led:
        return now + RESTS
    procedure = versions.of(ledger.case.procedure_version_id)
    broken = broken_promises(ledger, procedure)
    if rests(broken):
        return None  # the end of the wait is an event
    reached = max(running.level, running.informed)
    hours = [at for level, at in steps_ahead(ledger, broken, procedure) if level > reached]
    if running.tried_at and why_on(ledger, running):
        hours.append(running.tried_at + RESTS)
    return min(hours, default=None)
