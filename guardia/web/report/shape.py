"""What a document of ours is made of."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guardia.evidence.picture import Picture


class Pair(NamedTuple):
    label: str
    value: str


class Figure(NamedTuple):
    label: str
    value: str


@dataclass(frozen=True)
class Table:
    """``foot`` sums up; ``widths`` are shares of the line, by column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    foot: Sequence[str] = ()

    @property
    def percents(self) -> list[int]:
        return [100 * width // sum(self.widths) for width in self.widths]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each cell with the name of its column, for a narrow screen."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]

    @property
    def labelled_foot(self) -> list[tuple[str, str]]:
        return list(zip(self.head, self.foot, strict=True)) if self.foot else []


class Photograph(NamedTuple):
    """``octets`` are those of a JPEG: paper takes them as numbers, a page in its own address."""

    hour: str
    words: str
    octets: Sequence[int]

    @property
    def source(self) -> str:
        return "data:image/jpeg;base64," + b64encode(bytes(self.octets)).decode()

    @property
    def said(self) -> str:
        return f"{self.hour} {self.words}".strip()


@dataclass(frozen=True)
class Side:
    """One picture with its numbers in words; ``svg`` is the same for paper, ``described`` for who does not see it."""

    key: str
    label: str
    said: str
    title: str
    described: str
    picture: Picture | None
    svg: str = ""


@dataclass(frozen=True)
class Chart:
    title: str
    sides: Sequence[Side]


@dataclass(frozen=True)
class Section:
    """``key`` is its place on the page."""

    key: str
    title: str
    said: Sequence[str] = ()
    pairs: Sequence[Pair] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = ()
    photographs: Sequence[Photograph] = ()
