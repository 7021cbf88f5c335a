"""What a file would change, or has changed, and what is wrong with it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_PROBLEMS = 1000
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: its row as the spreadsheet numbers it (0: the file as a whole), its column, what to do."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        if not self.row:
            return self.sentence
        place = {"row": self.row, "column": self.column}
        where = _("row %(row)d, column %(column)s") % place if self.column else _("row %(row)d") % place
        return f"{where}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Change:
    """A known row that the file changes, and in which columns."""

    row: int
    name: str
    columns: str


@dataclass
class Outcome:
    """Nothing is written while there are problems; ``written`` says whether it was."""

    kind: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    written: bool = False
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        return not self.problems

    @property
    def rows_to_write(self) -> int:
        return self.new + self.changed

    @property
    def first_problems(self) -> list[Problem]:
        return self.problems[:MOST_PROBLEMS]

    @property
    def first_changes(self) -> list[Change]:
        return self.changes[:MOST_CHANGES]
