"""A table of a letter: as columns where it is HTML, as lines where it is text, with the same words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """``head`` names the columns; the first one names the row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """``ENL-0042: Availability 99.500 % · Affected time 3 h``, for whoever reads text."""
        return tuple(self._line(row) for row in self.rows)

    def _line(self, row: tuple[str, ...]) -> str:
        said = " · ".join(f"{name} {cell}" for name, cell in zip(self.head[1:], row[1:], strict=True) if cell)
        return f"{row[0]}: {said}" if said else row[0]
