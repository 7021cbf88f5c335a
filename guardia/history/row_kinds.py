"""Which kinds of the mapping a row of a file is of, and the facts that it tells by each."""

from collections.abc import Iterator
from typing import NamedTuple

from guardia.customers.values import fold
from guardia.history.file_rows import FileRow
from guardia.history.mapping import Fact, Mapping, Rows

NEEDED: tuple[Fact, ...] = ("time", "opened")
type Facts = dict[Fact, tuple[str, ...]]
MOST_SHAPES = 2_000
"""Records of JSON may each have other headings: so many sets of them are remembered."""


class KindRow(NamedTuple):
    """A row as one kind of the mapping reads it."""

    kind: int
    facts: Facts


class _Fit(NamedTuple):
    """Under which of a file's headings a kind finds what it names."""

    columns: dict[Fact, tuple[str | None, ...]]
    only: tuple[tuple[str, frozenset[str]], ...]
    unless: tuple[tuple[str, frozenset[str]], ...]
    cells: tuple[str, ...]


class RowKinds:
    """Reads the rows of a file by a mapping. Headings are compared without regard to case, accents and blanks."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.fits: dict[tuple[str, ...], list[tuple[int, _Fit]]] = {}
        self.lists = [frozenset(fold(heading) for heading in kind.all_headings) for kind in mapping.rows]

    def of(self, row: FileRow) -> Iterator[KindRow]:
        """What the row tells, once for each kind that it is of; of a kind of cells, once for each cell."""
        for place, fit in self._fits(row):
            if _is_allowed(row, fit):
                yield from self._read(place, fit, row)

    def _read(self, place: int, fit: _Fit, row: FileRow) -> Iterator[KindRow]:
        facts: Facts = {}
        for fact, names in fit.columns.items():
            facts[fact] = tuple(row.cells.get(name, "") if name else "" for name in names)
        cells = self.mapping.rows[place].cells
        if cells is None:
            yield KindRow(place, facts)
            return
        for heading in fit.cells:
            if row.cells.get(heading, "").strip():
                yield KindRow(place, facts | cells.facts(row.cells[heading]))

    def _fits(self, row: FileRow) -> list[tuple[int, _Fit]]:
        shape = (row.inside, *row.cells)
        if shape not in self.fits:
            if len(self.fits) >= MOST_SHAPES:
                self.fits.clear()
            own = {fold(heading): heading for heading in reversed(row.cells)}
            self.fits[shape] = [
                (place, fit)
                for place, kind in enumerate(self.mapping.rows)
                if self._is_inside(place, row.inside) and (fit := _fit(kind, own))
            ]
        return self.fits[shape]

    def _is_inside(self, place: int, inside: str) -> bool:
        """Whether a kind tells of the list in which the row lies: one of its headings does."""
        return not inside or any(heading.startswith(f"{fold(inside)}.") for heading in self.lists[place])


def _fit(kind: Rows, own: dict[str, str]) -> _Fit | None:
    """None where the file lacks a heading without which no row is of this kind."""
    columns = {fact: tuple(own.get(fold(name)) for name in kind.headings(fact)) for fact in kind.columns}
    case: Fact = "number" if "number" in columns else "id"
    needed = [name for fact in (case, *NEEDED) for name in columns.get(fact, ())]
    if None in needed or not all(fold(name) in own for name in (*kind.only, *kind.unless)):
        return None
    cells = tuple(name for folded, name in own.items() if kind.cells and kind.cells.is_one(folded))
    if kind.cells and not cells:
        return None
    return _Fit(columns, _words(kind.only, own), _words(kind.unless, own), cells[::-1])


def _words(named: dict[str, str | tuple[str, ...]], own: dict[str, str]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(
        (own[fold(name)], frozenset(map(fold, (words,) if isinstance(words, str) else words)))
        for name, words in named.items()
    )


def _is_allowed(row: FileRow, fit: _Fit) -> bool:
    return all(fold(row.cells.get(name, "")) in words for name, words in fit.only) and not any(
        fold(row.cells.get(name, "")) in words for name, words in fit.unless
    )
