"""What a file that can be imported is made of: its columns, how each cell is read, and a sample of two rows."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.languages import language_codes
from guardia.customers.cities import example_city
from guardia.customers.customer import Customer
from guardia.customers.importing import cells
from guardia.customers.importing.cells import Cell
from guardia.customers.phones import in_this_country
from guardia.customers.values import Reader, fold


@dataclass(frozen=True, eq=False)
class Column:
    """``name`` stands in the header (``also`` is understood too); ``field`` is where the value goes."""

    name: str
    field: str
    says: str | Promise
    samples: tuple[str, str]
    needed: bool = False
    cell: Cell = cells.text
    also: tuple[str, ...] = ()

    def sample(self, row: int = 0) -> str:
        """What stands in that row of the sample: a number of the operator's country, a city of this installation."""
        written = self.samples[row]
        return example_city() or written if written and self.field == "city" else in_this_country(written)


@dataclass(frozen=True)
class Kind:
    """One kind of file. ``code`` is its word in addresses and on the command line."""

    code: str
    title: str | Promise
    model: type[Model]
    readers: Mapping[str, Reader]
    columns: tuple[Column, ...]

    @property
    def has_company(self) -> bool:
        return self.model is not Customer

    def named(self) -> dict[str, Column]:
        """Every name a header may use, without accents or capitals."""
        return {fold(name).replace(" ", "_"): column for column in self.columns for name in (column.name, *column.also)}

    def sample(self) -> str:
        """A file of two rows, as Excel in Spanish reads it: UTF-8 with its mark, parted by semicolons."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=";")
        writer.writerow(column.name for column in self.columns)
        for row in (0, 1):
            writer.writerow(column.sample(row) for column in self.columns)
        return "\ufeff" + file.getvalue()


def company() -> Column:
    return Column(
        "compania", "customer", gettext_lazy("Code of its company"), ("C-001", "C-001"), True, also=("company",)
    )


def code(says: str | Promise, first: str, second: str) -> Column:
    return Column("codigo", "external_id", says, (first, second), True, also=("external_id", "code"))


def active(name: str) -> Column:
    return Column(
        name, "active", gettext_lazy("si or no; empty: si"), ("si", "si"), cell=cells.yes_no(True), also=("active",)
    )


def language_words() -> str:
    return gettext_lazy("%(languages)s; empty: es") % {"languages": ", ".join(language_codes())}


LANGUAGE = Column("idioma", "language", lazy(language_words, str)(), ("es", "es"), also=("language",))


# What a file would change, or has changed, and what is wrong with it.


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
