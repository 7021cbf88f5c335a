"""What the columns of a former tool's file mean: a small YAML file, one for each tool (docs/history.md).

A file has rows of one kind or of several: a case in each row, or something that happened to a case. Each kind says in
which columns its facts stand. ``states`` says what the former tool's own words mean here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from guardia.customers.values import fold
from guardia.procedure.problems import ProcedureFileRefused, refusal
from guardia.procedure.refusals import problems_of
from guardia.procedure.yaml_file import Document, read_text

SOURCES = Path(__file__).parent / "sources"
"""The mappings that come with Guardia, by the name of the tool."""

type Fact = Literal[
    "number",
    "company",
    "service",
    "subject",
    "symptoms",
    "reporter",
    "opened",
    "restored",
    "closed",
    "cause",
    "solution",
    "state",
    "time",
    "activity",
    "note",
    "author",
]
"""What a column may tell. ``time`` and those after it are of something that happened to a case."""
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


class Rows(Part):
    """One kind of row: which column tells what. Several columns of one fact are read together, ``a / b``."""

    columns: dict[Fact, Word | tuple[Word, ...]]
    states: dict[Word, State] = Field(default_factory=dict)
    """What the words of ``activity``, or of ``state``, mean in these rows alone."""

    @model_validator(mode="after")
    def number_must_be_there(self) -> "Rows":
        if "number" not in self.columns:
            raise refusal(_("No column has the number of the case"), _("Write its heading behind “number:”"))
        if "time" not in self.columns and self.columns.keys() & OF_AN_EVENT:
            raise refusal(_("No column says when it happened"), _("Write the heading of the hours behind “time:”"))
        return self

    @property
    def tells_events(self) -> bool:
        """Whether each of these rows is something that happened to a case."""
        return "time" in self.columns

    def headings(self, fact: Fact) -> tuple[str, ...]:
        found = self.columns.get(fact, ())
        return (found,) if isinstance(found, str) else found


class Mapping(Part):
    """What a file of this tool means."""

    system: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    """The name of the former tool, as the case's page shows it."""
    rows: tuple[Rows, ...] = Field(min_length=1)
    states: dict[Word, State] = Field(default_factory=dict)
    hours: HourRules = HourRules()
    companies: Literal["known", "create"] = "known"
    """Whether a company that is not on file is left out, or put on file by its name."""
    company: str = ""
    """The name or code of the company of all cases, where no column says it."""

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
