"""The regulator's form as the operator wrote it down (``INTERRUPTIONS_FORM``): columns, their order, how hours are
written, and which interruptions are asked for. Without such a file, a sample layout of ours.

The form of ARCOTEL for this kind of service was searched for among public pages and not found: so its headings are data
here, and no sentence of the house says that ours are the authority's.
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, ValidationError, model_validator

from guardia.procedure.problems import ProcedureFileRefused, refusal
from guardia.procedure.refusals import problems_of
from guardia.procedure.texts import Part
from guardia.procedure.vocabulary import Impact
from guardia.procedure.yaml_file import Document, read_text
from guardia.web.desk.reports.regulator.fields import FIELDS, SAMPLE

HOURS = re.compile(r"(?:YYYY|YY|MM|DD|hh|mm|ss|[-/.: T])+")
SHARPEST = "YYYY-MM-DD hh:mm:ss"
STRFTIME = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
TEXT, ROW = "text", "row"
"""A column of the form's own: the same words in every row, and the row's number."""
KNOWN = (*FIELDS, TEXT, ROW)


class FormIsWrong(ValueError):
    """The operator's file is no form; ``sentences`` say what is wrong, where, and what to write."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _hours(written: str) -> str:
    if not HOURS.fullmatch(written):
        raise refusal(
            _("“%s” is no way to write an hour") % written, _("Use YYYY, MM, DD, hh, mm, ss and signs between them")
        )
    return written


Hours = Annotated[str, AfterValidator(_hours)]


class Column(Part):
    """``head``: as the form calls it, else our own label. ``words``: the form's own for a value of ours. ``lengths``:
    how the duration is written.
    """

    field: str
    head: str = ""
    text: str = ""
    hours: Hours = ""
    lengths: Literal["clock", "minutes", "hours"] = "clock"
    words: dict[str, str] = Field(default_factory=dict)
    width: int = Field(default=0, ge=0, le=120)

    @model_validator(mode="after")
    def is_known(self) -> "Column":
        if self.field not in KNOWN:
            raise refusal(_("No column is called “%s”") % self.field, _("Use one of: %s") % ", ".join(KNOWN))
        codes = (FIELDS[self.field].codes or {}) if self.field in FIELDS else {}
        if strange := sorted(self.words.keys() - codes.keys()):
            remedy = _("Use one of: %s") % ", ".join(codes) if codes else _("Leave “words” out: it is free text")
            raise refusal(_("“%(field)s” is never “%(value)s”") % {"field": self.field, "value": strange[0]}, remedy)
        return self


class Asked(Part):
    """Which rows the form asks for: of these impacts, of so many minutes in the month, begun in the month."""

    impacts: tuple[Impact, ...] = ()
    minutes_from: int = Field(default=0, ge=0)
    started_in_month: bool = False


class RegulatorForm(Part):
    """``totals``: whether they stand in the CSV after an empty line; the workbook has them on a sheet of their own."""

    name: str
    hours: Hours = SHARPEST
    delimiter: Literal[";", ",", "tab"] = ";"
    decimal_sign: Literal[".", ","] = "."
    totals: bool = True
    only: Asked = Asked()
    columns: tuple[Column, ...] = Field(min_length=1, max_length=100)

    @property
    def parted_by(self) -> str:
        return "\t" if self.delimiter == "tab" else self.delimiter

    def head_of(self, column: Column) -> str:
        if column.head or column.field in (TEXT, ROW):
            return column.head
        label = str(FIELDS[column.field].label)
        return f"{label} ({settings.TIME_ZONE})" if column.field in ("start", "end") else label


def in_use() -> RegulatorForm:
    """The operator's, else the sample. Raises FormIsWrong."""
    return read(Path(settings.INTERRUPTIONS_FORM)) if settings.INTERRUPTIONS_FORM else sample()


def is_sample() -> bool:
    return not settings.INTERRUPTIONS_FORM


def sample() -> RegulatorForm:
    return RegulatorForm(name=_("Sample layout"), columns=tuple(Column(field=name) for name in SAMPLE))


def read(path: Path) -> RegulatorForm:
    """Raises FormIsWrong: each sentence names line and key, and what to write instead."""
    try:
        document = Document(read_text(path), path.name)
        try:
            return RegulatorForm.model_validate(document.content)
        except ValidationError as wrong:
            raise ProcedureFileRefused(problems_of(wrong, document, RegulatorForm)) from wrong
    except ProcedureFileRefused as refused:
        raise FormIsWrong([str(problem) for problem in refused.problems]) from refused
    except OSError as wrong:
        words = _("The form %(file)s cannot be read (%(why)s). Put it there, or leave INTERRUPTIONS_FORM empty.")
        raise FormIsWrong([words % {"file": path, "why": wrong.strerror or wrong}]) from wrong


def strftime_of(hours: str) -> str:
    """``DD/MM/YYYY hh:mm`` as Python writes it."""
    return re.sub("|".join(STRFTIME), lambda found: STRFTIME[found[0]], hours)


def number_format_of(hours: str) -> str:
    """The same as a spreadsheet writes it: there ``mm`` beside ``hh`` or ``ss`` are minutes."""
    return hours.lower()
