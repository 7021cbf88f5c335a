"""The course of a case as one SVG, for the desk, the portal, paper and the month. Pure; its words come with it.

It stretches to the width it is given: places are percents, heights are units. Every colour stands in an attribute, for
paper, where no style sheet reaches; on a page `course.css` has the last word. What is promised is a frame, what was
real is filled, what ran past the promise is taller and striped: no colour says anything alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from guardia.web.shared.time_axis import TimeAxis

PAPER_WIDTH = 680
WIDTHS = (300, 620, 940)
"""The narrowest width at which each set of hours is shown; the middle one on paper."""
ON_PAPER = 620
HOUR_APART, DAY_APART, GAP_WORDS = 46, 84, 52
LANE, TOP, NAME, BAR_TOP, BAR, TALL = 35, 16, 11, 19, 8, 14
SMALL_LANE, SMALL_BAR, SMALL_TEXT = 12, 7, 9
LEAST = 0.3
"""Percent: what lasted no longer is drawn as long as this, so that it is seen."""
MOST_BARS, MOST_MARKS = 24, 110
INK, QUIET, LINE, REAL, LATE, WAIT = "#1d2733", "#55616f", "#8a929b", "#0b57a4", "#b3261e", "#5b4a82"
SHAPES = {
    "step": "M0-5L5 0L0 5L-5 0Z",
    "news": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
    "page": "M-5 4L0-5L5 4Z",
    "return": "M-5-4L0 5L5-4Z",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """``kind`` is promise, wait or visit; ``due`` is where the promise stood; ``stood`` what did not count. An ``end``
    of None runs on.
    """

    kind: str
    key: str
    title: str
    start: datetime
    end: datetime | None
    due: datetime | None = None
    is_late: bool = False
    stood: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """``shape`` is a name of SHAPES."""

    shape: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """``numbers`` stand at its right end; ``more`` beside them where there is room, ``word`` always."""

    name: str
    numbers: str
    more: str = ""
    word: str = ""
    is_late: bool = False
    bars: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """``now`` (words and hour) of an open case; ``hour``, ``day`` and ``gap`` write what stands on the axis."""

    key: str
    title: str
    described: str
    axis: TimeAxis
    zone: ZoneInfo
    lanes: Sequence[Lane]
    until: datetime
    now_words: str = ""
    hours: Sequence[tuple[int, Sequence[tuple[float, str]]]] = ()
    days: Sequence[tuple[int, Sequence[tuple[float, str]]]] = ()
    gaps: Sequence[str] = ()
    is_small: bool = False

    @property
    def lane_height(self) -> int:
        return SMALL_LANE if self.is_small else LANE

    @property
    def top(self) -> int:
        rows = bool(self.gaps) + bool(self.now_words)
        return 0 if self.is_small else TOP * rows + 2

    @property
    def now_top(self) -> int:
        return TOP if self.gaps else 0

    @property
    def ground(self) -> int:
        return self.top + len(self.lanes) * self.lane_height + 4

    @property
    def height(self) -> int:
        return self.ground + (16 if self.is_small else 32)


def svg_of(drawing: Drawing) -> str:
    """A whole SVG file, the same on a page and on paper."""
    key = escape(drawing.key)
    kind = "course small" if drawing.is_small else "course"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" width="{PAPER_WIDTH}" height="{drawing.height}" '
        f'role="img" aria-labelledby="{key}-title {key}-desc" font-family="Libertinus Serif" font-size="11" '
        f'fill="{INK}"><title id="{key}-title">{escape(drawing.title)}</title>'
        f'<desc id="{key}-desc">{escape(drawing.described)}</desc>'
    )
    parts = (patterns(key), *ground(drawing), *lanes(drawing), *now_line(drawing))
    return head + "".join(parts) + cursor(drawing) + "</svg>"


def patterns(key: str) -> str:
    """Stripes to one side for what stood still, to the other for what is overdue."""
    return (
        f'<defs><pattern id="{key}-wait" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path class="wait-stripe" d="M-1 7L7-1M-1 1L1-1M5 7L7 5" stroke="{WAIT}" stroke-width="1.6"/></pattern>'
        f'<pattern id="{key}-late" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect class="late-ground" width="5" height="5" fill="#fff"/>'
        f'<path class="late-stripe" d="M-1-1L6 6M-1 4L1 6M4-1L6 1" stroke="{LATE}" stroke-width="1.8"/>'
        f"</pattern></defs>"
    )


# --- the ground -------------------------------------------------------------------------------------------------------
def ground(drawing: Drawing) -> Iterator[str]:
    """The line, its hours and days, and the gaps between their break marks."""
    for number, gap in enumerate(drawing.axis.gaps):
        left, right, middle = gap.left, gap.right, (gap.left + gap.right) / 2
        yield (
            f'<g class="gap"><rect x="{left:.2f}%" y="0" width="{right - left:.2f}%" height="{drawing.ground}" '
            f'fill="#eceef1"/>{break_mark(left, drawing)}{break_mark(right, drawing)}'
        )
        if number < len(drawing.gaps) and not drawing.is_small:
            yield text(middle, 11, drawing.gaps[number], "gap-words wide", "middle", QUIET)
        yield "</g>"
    yield line("ground", 0, 100, drawing.ground, drawing.ground, INK)
    for kind, y, sets in (("hours", 13, drawing.hours), ("days", 12 if drawing.is_small else 27, drawing.days)):
        for width, ticks in sets:
            hidden = "" if width == ON_PAPER else ' display="none"'
            yield f'<g class="{kind} w{width}"{hidden}>{"".join(labels(kind, y, ticks, drawing))}</g>'


def break_mark(place: float, drawing: Drawing) -> str:
    """A zigzag across the line: the scale is another one here."""
    shape = f'<path d="M0-7L-3-3L3 1L0 5" fill="none" stroke="{INK}"/>'
    return f'<svg x="{place:.2f}%" y="{drawing.ground}" overflow="visible">{shape}</svg>'


def labels(kind: str, y: int, ticks: Iterable[tuple[float, str]], drawing: Drawing) -> Iterator[str]:
    for place, words in ticks:
        if kind == "hours" and not drawing.is_small:
            yield line("tick", place, place, drawing.top, drawing.ground + 3, LINE, ' stroke-opacity=".35"')
        yield text(place, drawing.ground + y, words, "", "middle" if kind == "hours" else "start", QUIET)


def text(place: float, y: int, words: str, kind: str, anchor: str, fill: str) -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{place:.2f}%" y="{y}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def line(kind: str, x1: float, x2: float, y1: int, y2: int, stroke: str, more: str = "") -> str:
    return f'<line class="{kind}" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1}" y2="{y2}" stroke="{stroke}"{more}/>'


def now_line(drawing: Drawing) -> Iterator[str]:
    if not drawing.now_words:
        return
    place = drawing.axis.place(drawing.until)
    yield line("now", place, place, drawing.now_top, drawing.ground + 4, INK, ' stroke-width="1.5"')
    anchor, beside = ("end", -0.5) if place > 50 else ("start", 0.5)
    yield text(place + beside, drawing.now_top + 11, drawing.now_words, "now-words", anchor, INK)


def cursor(drawing: Drawing) -> str:
    """Moved by the script to the hour under the pointer."""
    if drawing.is_small:
        return ""
    return f'<line class="cursor" x1="0" x2="0" y1="0" y2="{drawing.ground + 4}" stroke="{INK}" display="none"/>'


# --- the lanes --------------------------------------------------------------------------------------------------------
def lanes(drawing: Drawing) -> Iterator[str]:
    for number, lane in enumerate(drawing.lanes):
        y = drawing.top + number * drawing.lane_height
        yield '<g class="lane">'
        if not drawing.is_small:
            yield f'<text class="name" x="0" y="{y + NAME}" font-weight="bold">{escape(lane.name)}</text>'
            yield numbers(lane, y)
        elif lane.bars:
            yield small_name(lane, y, drawing)
        for bar in fewer(lane.bars):
            yield "".join(bar_parts(bar, y, drawing))
        for mark, count in thinned(lane.marks, drawing.axis):
            yield mark_part(mark, count, y, drawing)
        yield "</g>"


def small_name(lane: Lane, y: int, drawing: Drawing) -> str:
    """Behind its last bar, or before its first where there is no room behind."""
    first = drawing.axis.place(lane.bars[0].start)
    last = max(drawing.axis.place(each.end or drawing.until) for each in lane.bars)
    place, anchor = (last + 0.6, "start") if last < 70 or first < 30 else (first - 0.6, "end")
    return (
        f'<text class="name" x="{place:.2f}%" y="{y + SMALL_TEXT}" text-anchor="{anchor}" font-size="{SMALL_TEXT}" '
        f'fill="{QUIET}">{escape(lane.name)}</text>'
        if anchor == "end" or place < 85
        else ""
    )


def numbers(lane: Lane, y: int) -> str:
    more = f'<tspan class="wide">{escape(lane.more)}</tspan>' if lane.more else ""
    word = f" · {escape(lane.word)}" if lane.word else ""
    kind, fill = ("numbers is-late", LATE) if lane.is_late else ("numbers", QUIET)
    return (
        f'<text class="{kind}" x="100%" y="{y + NAME}" text-anchor="end" fill="{fill}">'
        f"{escape(lane.numbers)}{more}{word}</text>"
    )


def fewer(bars: Sequence[Bar]) -> Iterator[Bar]:
    """So many as can be told apart: of more, neighbours are drawn as one, which is late if one of them is."""
    size = -(-len(bars) // MOST_BARS) or 1
    for first in range(0, len(bars), size):
        group = bars[first : first + size]
        if len(group) == 1:
            yield group[0]
            continue
        ends = [each.end for each in group if each.end]
        end = max(ends) if len(ends) == len(group) else None
        is_late = any(each.is_late for each in group)
        title = f"×{len(group)}: {group[0].title} – {group[-1].title}"
        yield Bar(group[0].kind, f"{group[0].key}+{len(group)}", title, group[0].start, end, None, is_late)


def bar_parts(bar: Bar, y: int, drawing: Drawing) -> Iterator[str]:
    """The frame of what was promised, the bar of what was real, the stripes of what stood still, and what ran over."""
    end = bar.end or max(drawing.until, bar.start)
    base = y + 2 if drawing.is_small else y + BAR_TOP
    high = SMALL_BAR if drawing.is_small else BAR
    tall = high + (2 if drawing.is_small else TALL - BAR)
    key = escape(drawing.key)
    late_from = end
    if bar.is_late:
        late_from = min(bar.due, end) if bar.due else bar.start
    runs = "" if bar.end else ' data-runs="1"'
    hours = f'data-from="{bar.start.timestamp():.0f}" data-to="{end.timestamp():.0f}"'
    yield f'<g class="bar {bar.kind}" data-key="{escape(bar.key)}" {hours}{runs}><title>{escape(bar.title)}</title>'
    if bar.due and not drawing.is_small:
        style = f'fill="none" stroke="{LINE}"'
        yield rect("promised", bar.start, bar.due, base - (tall - high) // 2, tall, style, drawing)
        if bar.due > drawing.axis.end:
            yield onwards(base + high // 2)
    if bar.kind == "wait":
        style = f'fill="url(#{key}-wait)" stroke="{WAIT}"'
        yield rect("stood", bar.start, end, base, high, style, drawing)
    else:
        yield rect("real", bar.start, late_from, base, high, f'fill="{REAL}"', drawing) if late_from > bar.start else ""
    for start, stop in () if drawing.is_small else bar.stood:
        yield rect("under", start, stop, base, high, 'fill="#fff"', drawing)
        yield rect("stood", start, stop, base, high, f'fill="url(#{key}-wait)" stroke="{WAIT}"', drawing)
    if bar.is_late:
        style = f'fill="url(#{key}-late)" stroke="{LATE}"'
        yield rect("late", late_from, end, base - (tall - high) // 2, tall, style, drawing)
    yield "</g>"


def onwards(y: int) -> str:
    """An arrow at the right edge: what was promised reached beyond the end of the axis."""
    shape = f'<path class="onwards" d="M-6-4L-2 0L-6 4" fill="none" stroke="{INK}" stroke-width="1.4"/>'
    return f'<svg x="100%" y="{y}" overflow="visible">{shape}</svg>'


def rect(kind: str, start: datetime, end: datetime, y: int, height: int, style: str, drawing: Drawing) -> str:
    """Never outside the axis, and never too short to be seen."""
    left, right = drawing.axis.place(start), drawing.axis.place(end)
    width = max(right - left, LEAST)
    left = min(left, 100.0 - width)
    return f'<rect class="{kind}" x="{left:.2f}%" y="{y}" width="{width:.2f}%" height="{height}" {style}/>'


def thinned(marks: Iterable[Mark], axis: TimeAxis) -> Iterator[tuple[Mark, int]]:
    """One for each place that can be told apart, with how many stand there."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(round(axis.place(mark.at) / 100 * MOST_MARKS), []).append(mark)
    for group in found.values():
        yield group[0], len(group)


def mark_part(mark: Mark, count: int, y: int, drawing: Drawing) -> str:
    place = min(max(drawing.axis.place(mark.at), 0.8), 99.2)
    base = y + SMALL_LANE // 2 if drawing.is_small else y + BAR_TOP + BAR // 2
    title = f"{mark.title} (×{count})" if count > 1 else mark.title
    fill = LATE if mark.shape == "return" else REAL
    return (
        f'<svg class="mark-at {mark.shape}" x="{place:.2f}%" y="{base}" overflow="visible" fill="{fill}">'
        f'<title>{escape(title)}</title><path d="{SHAPES[mark.shape]}"/></svg>'
    )
