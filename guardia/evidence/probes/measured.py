"""What a probe is asked and what it answers; how loss and times become a verdict. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from guardia.evidence.test_result import Verdict

Sample = float | None
"""Milliseconds; None: lost."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many samples, how many seconds between two, and how many seconds one may take."""

    count: int = 10
    interval: float = 0.2
    timeout: float = 2.0


@dataclass(frozen=True, slots=True)
class Question:
    """One target as its probe needs it. ``address`` is the pinned one, ``host`` the name as it was written."""

    kind: str
    address: str
    host: str = ""
    port: int | None = None
    asks: str = ""
    expects: str = ""
    max_loss: int = 1
    max_ms: int | None = None
    secret: str = ""
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """``code`` names the sentence that guardia.evidence.measured_sentences writes with ``numbers``."""

    verdict: Verdict
    code: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    samples: Sequence[Sample] = ()


def judged(code: str, samples: Sequence[Sample], question: Question, **more: Any) -> Measured:
    """Loss and mean time against what the target calls good (P3)."""
    numbers = counted(samples) | more
    slow = question.max_ms is not None and numbers.get("mean", 0) > question.max_ms
    is_bad = numbers["loss"] > question.max_loss or slow
    return Measured(Verdict.BAD if is_bad else Verdict.GOOD, code, numbers, samples)


def counted(samples: Sequence[Sample]) -> dict[str, Any]:
    """Sent, received, loss in per cent, and least, mean and greatest milliseconds of those that came back."""
    came = [sample for sample in samples if sample is not None]
    loss = round(100 * (len(samples) - len(came)) / len(samples), 1) if samples else 100.0
    numbers: dict[str, Any] = {"sent": len(samples), "received": len(came), "loss": loss}
    if came:
        numbers |= {"min": round(min(came), 1), "mean": round(fmean(came), 1), "max": round(max(came), 1)}
    return numbers


def unclear(code: str, **numbers: Any) -> Measured:
    return Measured(Verdict.UNCLEAR, code, numbers)
