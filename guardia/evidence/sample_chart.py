"""The samples of a test as a picture: bars of milliseconds, a cross where one was lost. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardia.evidence.probes.measured import Sample

# The samples of a test as a picture: bars of milliseconds, a cross where one was lost. Pure; drawn by a template.


HEIGHT, STEP, BAR = 40, 9, 6
LEAST_HEIGHT = 2.0
MOST_BARS = 60
CROSS = 3
LINE, GOOD, LOST = "#8a929b", "#0b57a4", "#b3261e"
"""The colours of a picture that brings its own: on paper and in a mail."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One sample, in the units of the view box; ``lost`` has a cross in place of a bar."""

    x: int
    y: float
    height: float
    lost: bool = False

    @property
    def right(self) -> int:
        return self.x + BAR

    @property
    def cross_top(self) -> int:
        return HEIGHT - BAR - CROSS

    @property
    def cross_bottom(self) -> int:
        return HEIGHT - CROSS


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    bars: Sequence[Bar]
    height: int = HEIGHT
    bar: int = BAR


def picture(samples: Sequence[Sample], top: float | None = None) -> Picture | None:
    """The latest sixty samples; None where there are none. ``top``: the milliseconds of a full bar, so that two
    pictures side by side have one scale.
    """
    shown = samples[-MOST_BARS:]
    if not shown:
        return None
    full = top or highest(shown) or 1.0
    bars = [_bar(place, sample, full) for place, sample in enumerate(shown)]
    return Picture(len(shown) * STEP, bars)


def highest(samples: Sequence[Sample]) -> float:
    return max((sample for sample in samples if sample is not None), default=0.0)


def _bar(place: int, sample: Sample, full: float) -> Bar:
    x = place * STEP + 1
    if sample is None:
        return Bar(x, 0, HEIGHT, lost=True)
    height = round(max(LEAST_HEIGHT, min(1.0, sample / full) * HEIGHT), 1)
    return Bar(x, round(HEIGHT - height, 1), height)


# The same picture as an SVG of its own, for paper: its colours stand in it. Pure.


def svg_of(shown: Picture) -> str:
    """A whole SVG file; all in it are numbers of ours."""
    bars = "".join(_svg_bar(bar, shown) for bar in shown.bars)
    ground = f'<path d="M0 {shown.height}H{shown.width}" stroke="{LINE}" fill="none"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown.width}" height="{shown.height}"'
    return f'{head} viewBox="0 0 {shown.width} {shown.height}">{bars}{ground}</svg>'


def _svg_bar(bar: Bar, shown: Picture) -> str:
    if not bar.lost:
        return f'<rect x="{bar.x}" y="{bar.y}" width="{shown.bar}" height="{bar.height}" fill="{GOOD}"/>'
    down = f"M{bar.x} {bar.cross_top}L{bar.right} {bar.cross_bottom}"
    up = f"M{bar.right} {bar.cross_top}L{bar.x} {bar.cross_bottom}"
    return f'<path d="{down}{up}" stroke="{LOST}" stroke-width="1.6" fill="none"/>'
