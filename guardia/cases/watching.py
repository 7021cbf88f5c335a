"""P6: from the tests of the follow-up, when a service dropped and came back, and since when it is down. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guardia.evidence.test_result import Verdict

OF, BAD_OF = 3, 2
"""Two bad of three in a row are a drop; a single one is on record and no more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``dropped_at``: the first bad test of the drop, or None. ``back_at``: the first good one after its last bad one.

    ``down_since``: the first bad test of those in a row with which it ends.
    """

    dropped_at: datetime | None = None
    back_at: datetime | None = None
    down_since: datetime | None = None


def seen(tests: Sequence[tuple[datetime, str]]) -> Seen:
    """``tests``: hour (UTC) and verdict of one target since the window began, in order; unclear says nothing."""
    clear = [(at, verdict) for at, verdict in tests if verdict != Verdict.UNCLEAR]
    down = 0
    while down < len(clear) and clear[-1 - down][1] == Verdict.BAD:
        down += 1
    down_since = clear[-down][0] if down else None
    dropped = _first_drop(clear)
    if dropped is None:
        return Seen(down_since=down_since)
    last_bad = max(place for place, (_at, verdict) in enumerate(clear) if verdict == Verdict.BAD)
    back_at = None if down else clear[last_bad + 1][0]
    return Seen(clear[dropped][0], back_at, down_since)


def _first_drop(clear: Sequence[tuple[datetime, str]]) -> int | None:
    """The place of the first bad test of the first three in a row of which two are bad."""
    for end in range(len(clear)):
        near = range(max(0, end - OF + 1), end + 1)
        bad = [place for place in near if clear[place][1] == Verdict.BAD]
        if len(bad) >= BAD_OF:
            return bad[0]
    return None
