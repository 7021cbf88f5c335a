"""The probes of a case laid side by side by target: before the restoration, after it, and the watch (P5, P6). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.probes.measured import Sample
from guardia.evidence.target import ServiceTarget
from guardia.evidence.test_result import Verdict


@dataclass(frozen=True, slots=True)
class Compared:
    """``watch``: the rounds since the green window began, in order; empty where it has not begun."""

    target: ServiceTarget
    before: Probe | None
    after: Probe | None
    watch: Sequence[Probe]

    @property
    def rounds(self) -> list[Sample]:
        """A bar for each round of the watch."""
        return [mean_of(probe.numbers, probe.verdict) for probe in self.watch]

    @property
    def bad_rounds(self) -> int:
        return sum(probe.verdict == Verdict.BAD for probe in self.watch)


def compared(
    probes: Iterable[Probe], restored_at: datetime | None, green_since: datetime | None = None
) -> list[Compared]:
    """One row per target, in the order in which they were first tested. Hours are UTC.

    Before the restoration the last result alone; after it the last bad one, or the first, beside the latest.
    """
    by_target: dict[int, list[Probe]] = {}
    for probe in sorted(probes, key=measured):
        by_target.setdefault(probe.target_id, []).append(probe)
    return [_row(found, restored_at, green_since) for found in by_target.values()]


def _row(probes: Sequence[Probe], restored_at: datetime | None, green_since: datetime | None) -> Compared:
    earlier = [p for p in probes if restored_at is None or measured(p) < restored_at]
    later = [p for p in probes if restored_at is not None and measured(p) >= restored_at]
    before = _last_bad_or_first(earlier) if restored_at else earlier[-1]
    watch = [p for p in probes if green_since and measured(p) > green_since and p.state == ProbeState.DONE]
    return Compared(probes[0].target, before, later[-1] if later else None, watch)


def measured(probe: Probe) -> datetime:
    return probe.measured_at or probe.due_at


def mean_of(numbers: Mapping[str, Any], verdict: str) -> Sample:
    """A bad round is a cross, whatever came back; one without times is as low as a bar can be."""
    return None if verdict == Verdict.BAD else float(numbers.get("mean", 0))


def _last_bad_or_first(probes: Sequence[Probe]) -> Probe | None:
    return next((p for p in reversed(probes) if p.verdict == Verdict.BAD), probes[0] if probes else None)
