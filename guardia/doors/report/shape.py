"""What a document of ours is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


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


@dataclass(frozen=True)
class Section:
    """``key`` is its place on the page."""

    key: str
    title: str
    said: Sequence[str] = ()
    pairs: Sequence[Pair] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
