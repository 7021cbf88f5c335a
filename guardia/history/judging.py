"""What a version of the procedure would have said of a former case, as far as the hours of its file decide it.

A former tool knows two hours of what a procedure promises: when the service was restored and when the case was closed.
So two stretches are judged, and no single promise: that until the restoration (P3, P4) and that until the closing (P5
to P7). A stretch that was shorter than the shortest of its promises kept each of them, whatever happened within it;
one that took longer than they allow one after the other, all waits of the file left out, went beyond them. What lies
between is not decided, and nothing is said of it. Shadow day tells of the same two stretches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy

from guardia.history.former_case import FormerCase
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Band, ClockKind, Comparison

REMOTELY = (ClockKind.DIAGNOSIS, ClockKind.REMOTE_SOLUTION)
BY_A_VISIT = (
    *(ClockKind.DIAGNOSIS, ClockKind.DISPATCH_AGREED, ClockKind.TRAVEL),
    *(ClockKind.WORK_PERMIT, ClockKind.FIELD_SOLUTION),
)
UNTIL_RESTORED = (REMOTELY, BY_A_VISIT)
UNTIL_CLOSED = ((ClockKind.VERIFICATION, ClockKind.STABILITY, ClockKind.CLOSURE),)

type Ways = tuple[tuple[ClockKind, ...], ...]
"""Promises one after the other; a stretch goes one of these ways, and the file does not say which."""


class Verdict(StrEnum):
    WITHIN = "within"
    BEYOND = "beyond"
    UNDECIDED = "undecided"


IN_WORDS = {
    Verdict.WITHIN: gettext_lazy("within target"),
    Verdict.BEYOND: gettext_lazy("over target"),
    Verdict.UNDECIDED: gettext_lazy("not decided by the file"),
}


@dataclass(frozen=True)
class Judgement:
    """Of the stretch until the restoration, and of that from there to the closing."""

    restoration: Verdict
    closing: Verdict


NOTHING_DECIDED = Judgement(Verdict.UNDECIDED, Verdict.UNDECIDED)


def judgement_of(former: FormerCase, procedure: Procedure, band: Band | None) -> Judgement:
    """What the file's own hours decide of a closed case. ``band``: how far the site is, None where nobody knows.

    Nothing is decided of one that was cancelled, was opened again, or whose restoration is not in the file.
    """
    restored, closed = former.restored_at, former.closed_at
    if former.is_cancelled or former.reopened or restored is None or closed is None:
        return NOTHING_DECIDED
    if not former.opened_at <= restored <= closed:
        return NOTHING_DECIDED
    waited = sum(former.waited().values(), timedelta())
    return Judgement(
        _verdict(restored - former.opened_at, waited, procedure, UNTIL_RESTORED, band),
        _verdict(closed - restored, waited, procedure, UNTIL_CLOSED, band),
    )


def _verdict(took: timedelta, waited: timedelta, procedure: Procedure, ways: Ways, band: Band | None) -> Verdict:
    """``waited``: all waits of the case, whichever stretch they lie in: what is beyond even so is beyond."""
    if all(_is_surely_kept(took, procedure, kind, band) for way in ways for kind in way):
        return Verdict.WITHIN
    allowed = [_allowed(procedure, way, band) for way in ways]
    if None not in allowed and took - waited > max(each for each in allowed if each is not None):
        return Verdict.BEYOND
    return Verdict.UNDECIDED


def _is_surely_kept(took: timedelta, procedure: Procedure, kind: ClockKind, band: Band | None) -> bool:
    """Whether this promise held even if it ran through the whole stretch, at the shortest of what it may promise."""
    rule = procedure.clock(kind)
    if rule.target.as_set:  # somebody would have set it, and nobody did
        return False
    is_under = rule.comparison == Comparison.UNDER
    return all(took < target if is_under else took <= target for target in _targets(procedure, kind, band) if target)


def _allowed(procedure: Procedure, way: tuple[ClockKind, ...], band: Band | None) -> timedelta | None:
    """The most that a way takes with every promise kept; None where one of them has no end, or knows free hours."""
    total = timedelta()
    for kind in way:
        targets = list(_targets(procedure, kind, band))
        if procedure.clock(kind).calendar != ALWAYS or None in targets:
            return None
        total += max(each for each in targets if each is not None)
    return total


def _targets(procedure: Procedure, kind: ClockKind, band: Band | None) -> Iterator[timedelta | None]:
    """What the promise may last; None: nothing is promised (P4.3). Where the band is not known each one is possible."""
    rule = procedure.clock(kind)
    bands = [band] if band or not rule.target.by_band else list(Band)
    return (rule.target_for(each) for each in bands)
