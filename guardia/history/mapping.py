"""What the columns of a former tool's file mean: a small YAML file, one for each tool (docs/history.md).

A file has rows of one kind or of several: a case in each row, or something that happened to a case. Each kind says in
which columns its facts stand, and by which words in which columns its rows are told from others. ``states`` says what
the former tool's own words mean here.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from guardia.customers.values import fold
from guardia.procedure.problems import ProcedureFileRefused, refusal
from guardia.procedure.refusals import problems_of
from guardia.procedure.yaml_file import Document, read_text

SOURCES = Path(__file__).parent / "sources"
"""The mappings that come with Guardia, by the name of the tool."""

type Fact = Literal[
    "number",
    "id",
    "company",
    "service",
    "site",
    "element",
    "severity",
    "subject",
    "symptoms",
    "reporter",
    "opened",
    "restored",
    "closed",
    "cause",
    "solution",
    "state",
    "attachment",
    "attachment_data",
    "time",
    "activity",
    "note",
    "author",
]
"""What a column may tell. ``id``: what the tool calls the case inside, by which other rows name it instead of by its
number. ``attachment``: the names of files, or their paths where the attachments lie, parted by ``;``;
``attachment_data``: the one file in base64. ``site``, ``element`` and ``severity`` are read by the shadow day alone.
``time`` and those after it are of something that happened to a case.
"""
type State = Literal[
    "note",
    "working",
    "waiting",
    "waiting customer",
    "waiting third_party",
    "waiting force_majeure",
    "restored",
    "closed",
    "cancelled",
    "reopened",
]
type Order = Literal["dmy", "mdy", "ymd", "auto"]
type Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
OF_AN_EVENT = frozenset({"time", "activity", "note", "author"})
HOURS = frozenset({"opened", "restored", "closed", "time"})


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class HourRules(Part):
    """How the hours of a file are written where they do not say it themselves."""

    zone: str = ""
    """IANA name of hours without an offset; empty: that of the procedure in force."""
    order: Order = "auto"
    """Of day, month and year in ``03/04/2024``; auto: as the file itself shows."""

    @field_validator("zone")
    @classmethod
    def zone_must_be_known(cls, zone: str) -> str:
        try:
            return zone and ZoneInfo(zone).key
        except (KeyError, ValueError, OSError) as wrong:
            raise refusal(_("There is no time zone “%s”") % zone, _("Write it as America/Guayaquil")) from wrong


class Cells(Part):
    """A cell that holds several facts, one after the other: ``03/Apr/24 8:10 AM;ana;It works again``. Where several
    columns have this heading, each of their cells is something that happened to the case.
    """

    heading: Word
    by: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=10)]
    """What stands between the parts."""
    parts: tuple[Fact | Literal["-"], ...] = Field(min_length=1)
    """What each part tells, ``-``: nothing; the last one has the rest of the cell."""

    def is_one(self, heading: str) -> bool:
        """Whether this heading of a file, folded, is that of these cells."""
        return re.sub(r" \(\d+\)$", "", heading) == fold(self.heading)

    def facts(self, cell: str) -> dict[Fact, tuple[str, ...]]:
        parts = cell.split(self.by, len(self.parts) - 1)
        return {fact: (part,) for fact, part in zip(self.parts, parts, strict=False) if fact != "-"}


class Rows(Part):
    """One kind of row: which column tells what. Several columns of one fact are read together, ``a / b``."""

    columns: dict[Fact, Word | tuple[Word, ...]]
    cells: Cells | None = None
    only: dict[Word, Word | tuple[Word, ...]] = Field(default_factory=dict)
    """A row is of this kind only where one of these words stands under each of these headings."""
    unless: dict[Word, Word | tuple[Word, ...]] = Field(default_factory=dict)
    """A row is not of this kind where one of these words stands under one of these headings."""
    states: dict[Word, State] = Field(default_factory=dict)
    """What the words of ``activity``, or of ``state``, mean in these rows alone."""

    @model_validator(mode="after")
    def number_must_be_there(self) -> "Rows":
        if not self.facts & {"number", "id"}:
            raise refusal(_("No column has the number of the case"), _("Write its heading after “number:”"))
        if not self.tells_events and self.facts & OF_AN_EVENT:
            raise refusal(_("No column says when it happened"), _("Write the heading of the hours after “time:”"))
        return self

    @property
    def facts(self) -> frozenset[Fact]:
        """All that these rows tell."""
        parts = self.cells.parts if self.cells else ()
        return frozenset(self.columns) | {part for part in parts if part != "-"}

    @property
    def tells_events(self) -> bool:
        """Whether each of these rows is something that happened to a case."""
        return "time" in self.facts

    def headings(self, fact: Fact) -> tuple[str, ...]:
        found = self.columns.get(fact, ())
        if not found and self.cells and fact in self.cells.parts:
            return (self.cells.heading,)
        return (found,) if isinstance(found, str) else found

    @property
    def all_headings(self) -> frozenset[str]:
        """Every heading that is named."""
        named = {heading for fact in self.facts for heading in self.headings(fact)}
        return frozenset(
            named | self.only.keys() | self.unless.keys() | ({self.cells.heading} if self.cells else set())
        )


class Mapping(Part):
    """What a file of this tool means."""

    system: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    """The name of the former tool, as the case's page shows it."""
    rows: tuple[Rows, ...] = Field(min_length=1)
    states: dict[Word, State] = Field(default_factory=dict)
    hours: HourRules = HourRules()
    quotes: bool = True
    """Whether a cell of a CSV may stand in quotes; if not, a quote is a character like others."""
    companies: Literal["known", "create"] = "known"
    """Whether a company that is not on file is left out, or put on file by its name."""
    company: str = ""
    """The name or code of the company of all cases, where no column says it."""
    procedure: Annotated[StrictInt, Field(gt=0)] | None = None
    """The number of the published version by which closed cases are judged, as far as the file decides it."""

    @property
    def numbers(self) -> frozenset[str]:
        """The headings, folded, under which a case is named: a file's first row is the one that has one of them."""
        return frozenset(fold(name) for kind in self.rows for fact in ("number", "id") for name in kind.headings(fact))

    @property
    def uncut(self) -> frozenset[str]:
        """The headings, folded, whose cells are files in base64."""
        return frozenset(fold(name) for kind in self.rows for name in kind.headings("attachment_data"))

    def state_of(self, rows: Rows, words: Iterable[str]) -> State | None:
        """What these words of the former tool mean, read together or else from the last to the first; None: unknown."""
        parts = [word for word in words if word.strip()]
        for candidate in (" / ".join(parts), *reversed(parts)):
            for table in (rows.states, self.states):
                if state := _folded(table).get(fold(candidate)):
                    return state
        return None


def _folded(table: dict[str, State]) -> dict[str, State]:
    return {fold(word): state for word, state in table.items()}


def sources() -> list[str]:
    """The names of the tools whose mapping comes with Guardia."""
    return sorted(path.stem for path in SOURCES.glob("*.yaml"))


def source_text(name: str) -> str:
    """The YAML of a tool whose mapping comes with Guardia (``sources``)."""
    return read_text(SOURCES / f"{name}.yaml")


def load(text: str, file: str) -> Mapping:
    """The mapping that a YAML text says. Raises ProcedureFileRefused with every mistake, each with its line."""
    document = Document(text, file)
    try:
        return Mapping.model_validate(document.content)
    except ValidationError as wrong:
        raise ProcedureFileRefused(problems_of(wrong, document, Mapping)) from wrong


def find(name: str) -> Mapping:
    """By the name of a tool (``sources``), or the path of a file. Raises ProcedureFileRefused, OSError."""
    path = SOURCES / f"{name}.yaml" if name in sources() else Path(name)
    return load(read_text(path), path.name)
