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
    def named_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Each cell after the first with the name of its column, which a narrow screen shows in place of the head."""
        names = ("", *self.head[1:])
        return tuple(tuple(zip(names, row, strict=True)) for row in self.rows)

    @property
    def lines(self) -> tuple[str, ...]:
        """``ENL-0042 · Availability: 99.500 % · Affected time: 3 h``, for whoever reads text."""
        return tuple(self._line(row) for row in self.rows)

    def _line(self, row: tuple[str, ...]) -> str:
        said = (f"{name}: {cell}" for name, cell in zip(self.head[1:], row[1:], strict=True) if cell)
        return " · ".join((row[0], *said))
