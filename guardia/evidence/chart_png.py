"""The same picture as a PNG, for mail: many of its readers block SVG. The numbers always stand beside it in words.

On a ground of its own, since a mail may be read on black; at twice its size, for fine screens. Pure.
"""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from guardia.evidence.probes.measured import Sample
from guardia.evidence.sample_chart import GOOD, LINE, LOST, Bar, Picture, picture

SCALE, MARGIN = 2, 6
GROUND = "#fdfdfe"


def size_of(shown: Picture) -> tuple[int, int]:
    """Width and height at which a mail shows it, in CSS pixels."""
    return shown.width + 2 * MARGIN, shown.height + 2 * MARGIN


def png_of(samples: Sequence[Sample], top: float | None = None) -> tuple[bytes, int, int]:
    """The PNG with the size at which it is shown. ``top`` as for ``picture``. Raises ValueError for no samples."""
    shown = picture(samples, top)
    if shown is None:
        raise ValueError("nothing to draw")
    width, height = size_of(shown)
    image = Image.new("RGB", (width * SCALE, height * SCALE), GROUND)
    pen = ImageDraw.Draw(image)
    for bar in shown.bars:
        _cross(pen, bar) if bar.lost else _bar(pen, bar, shown)
    ground = [_at(0, shown.height), _at(shown.width, shown.height)]
    pen.line(ground, LINE, SCALE)
    kept = BytesIO()
    image.quantize(16).save(kept, "PNG", optimize=True)
    return kept.getvalue(), width, height


def _bar(pen: ImageDraw.ImageDraw, bar: Bar, shown: Picture) -> None:
    pen.rectangle([_at(bar.x, bar.y), _at(bar.right, shown.height)], GOOD)


def _cross(pen: ImageDraw.ImageDraw, bar: Bar) -> None:
    pen.line([_at(bar.x, bar.cross_top), _at(bar.right, bar.cross_bottom)], LOST, 2 * SCALE)
    pen.line([_at(bar.right, bar.cross_top), _at(bar.x, bar.cross_bottom)], LOST, 2 * SCALE)


def _at(x: float, y: float) -> tuple[float, float]:
    return (x + MARGIN) * SCALE, (y + MARGIN) * SCALE
