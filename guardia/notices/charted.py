"""The pictures of a letter as parts of its mail: each with the size at which it is shown, and its words."""

from dataclasses import dataclass

from guardia.notices.envelope import Image, domain
from guardia.notices.links import Draw
from guardia.notices.wording.charts import Chart, Side

TYPE = "image/png"
LARGEST = 30_000
"""Bytes of all pictures of one mail: those beyond it are told in words alone."""


@dataclass(frozen=True)
class ChartSide:
    """``src`` is empty where there is no picture: its words say the same."""

    said: Side
    src: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class ChartPair:
    title: str
    sides: tuple[ChartSide, ...]


@dataclass(frozen=True)
class Charted:
    charts: tuple[ChartPair, ...] = ()
    images: tuple[Image, ...] = ()


def charted(charts: tuple[Chart, ...], draw: Draw) -> Charted:
    """Drawn once; what cannot be drawn, or would make the mail heavy, keeps its words."""
    images: list[Image] = []
    shown = tuple(ChartPair(chart.title, tuple(_side(side, draw, images) for side in chart.sides)) for chart in charts)
    return Charted(shown, tuple(images))


def _side(side: Side, draw: Draw, images: list[Image]) -> ChartSide:
    found = draw(side.samples, side.top) if side.samples else None
    if found is None or sum(len(image.content) for image in images) + len(found[0]) > LARGEST:
        return ChartSide(side)
    content, width, height = found
    cid = f"picture.{len(images) + 1}@{domain()}"
    images.append(Image(cid, TYPE, content, f"prueba-{len(images) + 1}"))
    return ChartSide(side, f"cid:{cid}", width, height)
