"""An axis of real time on which a case of minutes and one of days can both be read.

It is straight but for long stretches in which nothing began, ended or fell due: these are drawn narrow, between two
break marks, with their length beside. Places are percents of the width; hours are aware. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

GAP_FROM = timedelta(hours=6)
"""From this length on a stretch without a turning point may be drawn narrow."""
GAP_SHARE = 1 / 6
"""It also takes up more than this share of what is drawn straight: a case that moves all the time stays straight."""
GAP_WIDTH = 7.0
MOST_GAPS = 6
LEAST = timedelta(seconds=60)

STEPS = (
    *(timedelta(seconds=s) for s in (10, 30)),
    *(timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=h) for h in (1, 2, 3, 6, 12)),
    *(timedelta(days=d) for d in (1, 2, 7, 14, 28)),
)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AxisStretch:
    """A part of the axis with one scale; ``left`` and ``right`` are percents."""

    start: datetime
    end: datetime
    left: float
    right: float
    is_gap: bool = False

    def place(self, at: datetime) -> float:
        return self.left + (at - self.start) / (self.end - self.start) * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    stretches: Sequence[AxisStretch]

    @property
    def start(self) -> datetime:
        return self.stretches[0].start

    @property
    def end(self) -> datetime:
        return self.stretches[-1].end

    @property
    def gaps(self) -> list[AxisStretch]:
        return [each for each in self.stretches if each.is_gap]

    def place(self, at: datetime) -> float:
        """The percent of the width at which this hour stands; what lies outside stands at the edge."""
        for each in self.stretches:
            if at <= each.end:
                return each.place(max(at, each.start))
        return 100.0

    def hour_at(self, percent: float) -> datetime:
        """The hour that stands at this percent of the width."""
        each = next((one for one in self.stretches if percent <= one.right), self.stretches[-1])
        share = (percent - each.left) / (each.right - each.left)
        return each.start + min(max(share, 0.0), 1.0) * (each.end - each.start)

    @property
    def corners(self) -> list[tuple[float, int]]:
        """Where the scale changes, as (percent, Unix seconds): enough to find every hour between."""
        starts = [(round(each.left, 3), round(each.start.timestamp())) for each in self.stretches]
        return [*starts, (100.0, round(self.end.timestamp()))]

    def ticks(self, zone: ZoneInfo, width: int, apart: int) -> list[tuple[float, datetime]]:
        """Round hours of this zone that stand at least ``apart`` of ``width`` units from each other and the edges."""
        found: list[tuple[float, datetime]] = []
        straight = [each for each in self.stretches if not each.is_gap]
        step = self._step(straight, width, apart)
        for each in straight:
            for at in round_hours(each.start, each.end, step, zone):
                place, last = self.place(at), found[-1][0] if found else -100.0
                clear = apart / width * 100
                if place - last >= clear and clear / 2 <= place <= 100 - clear / 2:
                    found.append((place, at))
        return found

    def _step(self, straight: Sequence[AxisStretch], width: int, apart: int) -> timedelta:
        """The shortest step whose ticks do not stand closer than ``apart``."""
        if not straight:
            return STEPS[-1]
        longest = max(straight, key=lambda each: each.right - each.left)
        per_unit = (longest.end - longest.start) / ((longest.right - longest.left) / 100 * width)
        return next((step for step in STEPS if step >= per_unit * apart), STEPS[-1])


def axis_of(start: datetime, end: datetime, turning_points: Iterable[datetime]) -> TimeAxis:
    """From ``start`` to ``end``, at least a minute; ``turning_points`` are when something began, ended or fell due."""
    start = start.astimezone(UTC)
    end = max(end.astimezone(UTC), start + LEAST)
    points = sorted({start, end, *(at.astimezone(UTC) for at in turning_points if start < at < end)})
    pairs = list(pairwise(points))
    gaps = gaps_among(pairs)
    straight = sum((b - a for a, b in pairs if (a, b) not in gaps), timedelta())
    room, left, found = 100.0 - len(gaps) * GAP_WIDTH, 0.0, []
    for a, b, is_gap in merged((a, b, (a, b) in gaps) for a, b in pairs):
        right = left + (GAP_WIDTH if is_gap else (b - a) / straight * room)
        found.append(AxisStretch(a, b, left, right, is_gap))
        left = right
    return TimeAxis(found)


def gaps_among(pairs: Sequence[tuple[datetime, datetime]]) -> set[tuple[datetime, datetime]]:
    """The stretches that are drawn narrow, the longest first; never all of them."""
    by_length = sorted(pairs, key=lambda pair: pair[1] - pair[0], reverse=True)
    straight = sum((b - a for a, b in pairs), timedelta())
    gaps: set[tuple[datetime, datetime]] = set()
    for start, end in by_length[: min(MOST_GAPS, len(pairs) - 1)]:
        if end - start < GAP_FROM or (end - start) / straight <= GAP_SHARE:
            break
        gaps.add((start, end))
        straight -= end - start
    return gaps


def merged(parts: Iterable[tuple[datetime, datetime, bool]]) -> list[tuple[datetime, datetime, bool]]:
    """Neighbours that are straight make one stretch; each gap stays its own."""
    found: list[tuple[datetime, datetime, bool]] = []
    for start, end, is_gap in parts:
        if found and not is_gap and not found[-1][2]:
            found[-1] = (found[-1][0], end, False)
        else:
            found.append((start, end, is_gap))
    return found


def round_hours(start: datetime, end: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """The hours of the zone's wall clock that are multiples of ``step`` since its midnight; of days, its midnights."""
    local = start.astimezone(zone)
    wall = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step >= DAY:
        wall += (-wall.toordinal() % step.days) * DAY if step.days > 1 else timedelta()
    else:
        wall += (local.replace(tzinfo=None) - wall) // step * step
    while (at := wall.replace(tzinfo=zone).astimezone(UTC)) <= end:
        if at >= start:
            yield at
        wall += step
