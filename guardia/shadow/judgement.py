"""What became of each promise of the replay: kept, broken, or not judged, since it hangs on an hour that is assumed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardia.clocks.clock import Clock
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ClockRule, matches
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Band, ClockKind, Comparison
from guardia.shadow.replayed_case import Assumed, ReplayedCase
from guardia.shadow.replayed_procedure import DEAF, NO_CASE_LASTS

OF_THE_STAGES = frozenset(ClockKind) - frozenset(DEAF)
AT_ONCE = 200


class Verdict(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Judged:
    """``surely_kept``: not judged, and within its time whatever the assumed hours were. ``over``: seconds."""

    clock: Clock
    verdict: Verdict
    surely_kept: bool = False
    over: int = 0
    who: str = ""


def judged_clocks(cases: Mapping[int, ReplayedCase], version_id: int) -> Iterator[Judged]:
    """Every promise of these cases, in the order of the cases; some hundred cases at a time."""
    procedure = versions.of(version_id)
    rules = {rule.kind.value: rule for rule in procedure.clocks}
    ids = sorted(cases)
    for first in range(0, len(ids), AT_ONCE):
        clocks = Clock.objects.filter(case__in=ids[first : first + AT_ONCE], kind__in=OF_THE_STAGES)
        for clock in clocks.order_by("case_id", "started_at", "pk"):
            yield judged(clock, rules[clock.kind], cases[clock.case_id or 0])


def judged(clock: Clock, rule: ClockRule, case: ReplayedCase) -> Judged:
    if clock.kind == ClockKind.REMOTE_SOLUTION and not case.is_remote:
        return Judged(clock, Verdict.NOT_JUDGED)
    begun = hangs_on(case, clock.started_at, (*rule.starts, *rule.restarts))
    ended = hangs_on(case, clock.ended_at, (*rule.stops, *rule.restarts, *rule.drops))
    if begun or ended or is_deaf(clock):
        since = begun.since if begun else clock.started_at
        return Judged(clock, Verdict.NOT_JUDGED, surely_kept=not is_deaf(clock) and is_within(clock, since))
    if clock.outcome == "dropped" and not clock.breached_at:
        return Judged(clock, Verdict.DROPPED)
    if clock.outcome == "kept":
        return Judged(clock, Verdict.KEPT)
    over = (clock.taken_seconds or 0) - (clock.target_seconds or 0)
    return Judged(
        clock, Verdict.BROKEN, over=max(over, 0), who=case.authors.get(clock.ended_at or clock.started_at, "")
    )


def hangs_on(case: ReplayedCase, at: datetime | None, triggers: tuple[str, ...]) -> Assumed | None:
    """The assumed event that began or ended the clock at this hour."""
    found = (each for each in case.assumed if each.at == at)
    return next((one for one in found if any(matches(t.split("/")[0], one.moment) for t in triggers)), None)


def is_deaf(clock: Clock) -> bool:
    """Whether its length was taken from it, since nothing in the file could end it."""
    return clock.target_seconds is not None and clock.target_seconds >= NO_CASE_LASTS.total_seconds()


def is_within(clock: Clock, since: datetime) -> bool:
    """Whether it was within its time even if it began as early and ended as late as can be."""
    if clock.ended_at is None or clock.target_seconds is None:
        return False
    took = (clock.ended_at - since).total_seconds() - waited(clock)
    return took < clock.target_seconds or (took == clock.target_seconds and clock.comparison == Comparison.AT_MOST)


def waited(clock: Clock) -> float:
    """Seconds that an ended clock stood still."""
    hours = ((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in clock.waits if end)
    return sum((end - begin).total_seconds() for begin, end in hours)


# --- promises taken together ------------------------------------------------------------------------------------------
UNTIL_RESTORED = (
    (ClockKind.DIAGNOSIS, ClockKind.REMOTE_SOLUTION),
    (
        ClockKind.DIAGNOSIS,
        ClockKind.DISPATCH_AGREED,
        ClockKind.TRAVEL,
        ClockKind.WORK_PERMIT,
        ClockKind.FIELD_SOLUTION,
    ),
)
UNTIL_CLOSED = ((ClockKind.VERIFICATION, ClockKind.STABILITY, ClockKind.CLOSURE),)


def longest(procedure: Procedure, ways: tuple[tuple[ClockKind, ...], ...]) -> int:
    """Seconds that these promises allow one after the other, by the longest way; travel as to an intermediate city.

    Who took longer, waits left out, has broken at least one of them: which one, the file need not say.
    """
    return max(sum(length(procedure, kind) for kind in way) for way in ways)


def length(procedure: Procedure, kind: ClockKind) -> int:
    target = procedure.clock(kind).target
    if target.by_band:
        lengths = [each.target for band, each in target.by_band.items() if each.target and band != Band.REMOTE]
        return max(round(each.total_seconds()) for each in lengths)
    return round(target.duration.total_seconds()) if target.duration else 0
