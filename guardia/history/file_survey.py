"""What stands in the files of a former tool before anybody has said what it means: headings, words, counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from guardia.cases.chain import nothing
from guardia.customers.importing.table_file import WrongFile
from guardia.history.file_rows import FileRow, rows_of
from guardia.history.proposing import Sample, headings_of_numbers

MOST_HEADINGS, MOST_EXAMPLES, LONGEST_EXAMPLE = 300, 3, 60
MOST_WORDS, LONGEST_WORD = 150, 200
"""A column with more different words tells no states; a mapping takes no longer word."""
SAMPLE_ROWS = 5_000


class Heading(TypedDict):
    """``words``: how often each word stands under it; empty where these are too many to be states."""

    name: str
    examples: list[str]
    words: dict[str, int]


class FileSurvey(TypedDict):
    """``is_whole``: all rows were looked at; else the reason stands in ``trouble``."""

    name: str
    rows: int
    headings: list[Heading]
    is_whole: bool
    trouble: str


@dataclass
class _Column:
    examples: dict[str, None] = field(default_factory=dict)
    words: Counter[str] | None = field(default_factory=Counter)

    def take(self, cell: str) -> None:
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.setdefault(cell[:LONGEST_EXAMPLE])
        if self.words is None:
            return
        self.words[cell] += 1
        if len(self.words) > MOST_WORDS or len(cell) > LONGEST_WORD:
            self.words = None


def survey(path: Path, name: str, stepped: Callable[[int], object] = nothing) -> tuple[FileSurvey, Sample]:
    """Read all rows once. A file that goes wrong after some rows is told with those. Raises WrongFile, OSError.

    ``name``: what the file is called. ``stepped`` is told how many more rows there are.
    """
    columns: dict[str, _Column] = {}
    first: list[dict[str, str]] = []
    count, trouble = 0, ""
    try:
        for row in rows_of(path, headings_of_numbers()):
            stepped(1)
            count += 1
            if row.cells and len(first) < SAMPLE_ROWS:
                first.append(row.cells)
            _take(row, columns)
    except WrongFile as wrong:
        if not columns:
            raise
        trouble = str(wrong)
    headings: list[Heading] = [
        {"name": name, "examples": list(column.examples), "words": dict((column.words or Counter()).most_common())}
        for name, column in columns.items()
    ]
    of_file: FileSurvey = {
        "name": name,
        "rows": count,
        "headings": headings,
        "is_whole": not trouble,
        "trouble": trouble,
    }
    return of_file, Sample([heading["name"] for heading in headings], first, Path(name).stem)


def _take(row: FileRow, columns: dict[str, _Column]) -> None:
    for name, cell in row.cells.items():
        column = columns.get(name)
        if column is None:
            if len(columns) >= MOST_HEADINGS or not name:
                continue
            column = columns[name] = _Column()
        if text := cell.strip():
            column.take(text)


def names_of(files: Sequence[FileSurvey]) -> list[str]:
    """All headings of all files, each once."""
    return list(dict.fromkeys(heading["name"] for file in files for heading in file["headings"]))
