"""The regulator's form as the operator wrote it down (``INTERRUPTIONS_FORM``): its columns and what stands in each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import pydantic
from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, ValidationError, model_validator

from guardia.cases.labels import IMPACT_NAMES
from guardia.customers.bands import rules_here
from guardia.customers.cities import City
from guardia.notices.wording.ending import GRADES
from guardia.procedure.problems import ProcedureFileRefused, refusal
from guardia.procedure.refusals import problems_of
from guardia.procedure.texts import Part
from guardia.procedure.vocabulary import Impact, WaitCause
from guardia.procedure.yaml_file import Document, read_text
from guardia.reports.interruptions import OPERATOR, Interruption

# --- fields -----------------------------------------------------------------------------------------------------------
# What may stand in a column of the regulator's form: each by its word in the file, with its label and its value.
WHOSE: dict[str, Promise] = {
    OPERATOR: _("the operator"),
    WaitCause.CUSTOMER: _("the customer"),
    WaitCause.THIRD_PARTY: _("a third party"),
    WaitCause.FORCE_MAJEURE: _("force majeure"),
}
type Cell = str | int | float | datetime | object
Read = Callable[[Interruption, datetime], Cell]
"""From a row and the hour of asking (UTC); hours and lengths come as such, and are written as the form says."""


@dataclass(frozen=True)
class Field:
    """``codes``: the values that the form may call otherwise, each with our word; empty where it is free text."""

    label: str | Promise
    read: Read
    width: int = 18
    codes: Mapping[str, Promise] | None = None


@dataclass(frozen=True)
class Coded:
    """A value that the form may have a word of its own for."""

    code: str


def minutes(seconds: int) -> float:
    return round(seconds / 60, 2)


def _city(one: Interruption) -> City | None:
    return one.case.site.city if one.case.site else None


def _service_type(one: Interruption, at: datetime) -> Cell:
    service = one.case.service
    return " ".join(part for part in (service.type, service.capacity) if part) if service else ""


def _tests(one: Interruption, at: datetime) -> Cell:
    found, typed = one.tests
    return gettext("%(found)d, %(typed)d of them typed by hand") % {"found": found, "typed": typed} if typed else found


def _place(name: str) -> Read:
    return lambda one, at: getattr(_city(one), name, "") or ""


def _site(name: str) -> Read:
    return lambda one, at: getattr(one.case.site, name, "") if one.case.site else ""


def _share(whose: str) -> Read:
    return lambda one, at: minutes(one.shares.get(whose, 0))


def _words_of_this_country(ours: Promise, others: Promise) -> str:
    return str(ours if rules_here() else others)


_of_this_country = lazy(_words_of_this_country, str)
"""A heading in Ecuador's words, and in words of any other country."""

FIELDS: dict[str, Field] = {
    "customer": Field(_("Customer"), lambda one, at: one.case.customer.name, 30),
    "service_type": Field(_("Service"), _service_type, 20),
    "circuit": Field(_("Circuit"), lambda one, at: one.case.service.circuit if one.case.service else ""),
    "impact": Field(
        _("Impact"),
        lambda one, at: Coded(one.case.impact) if one.case.impact else "",
        14,
        {impact.value: IMPACT_NAMES[impact] for impact in Impact},
    ),
    "province": Field(_("Province"), _place("province")),
    "canton": Field(_of_this_country(_("Canton"), _("City")), _place("name")),
    "canton_code": Field(_of_this_country(_("Canton code (INEC)"), _("Code")), _place("code"), 12),
    "site": Field(_("Site"), _site("name"), 26),
    "address": Field(_("Address"), _site("address"), 34),
    "start": Field(_("Start"), lambda one, at: one.start, 20),
    "end": Field(_("End"), lambda one, at: one.end or gettext("ongoing"), 20),
    "duration": Field(_("Duration"), lambda one, at: (one.end or at) - one.start, 12),
    "minutes_in_month": Field(_("Minutes in the month"), lambda one, at: minutes(one.seconds), 12),
    "minutes_left_out": Field(_("Minutes excluded"), lambda one, at: minutes(one.excluded), 12),
    "minutes_in_planned_work": Field(_("Minutes within planned work"), lambda one, at: minutes(one.in_work), 12),
    "minutes_affected": Field(_("Affected minutes"), lambda one, at: minutes(one.affected), 12),
    "cause": Field(_("Cause"), lambda one, at: one.case.fault or one.case.cause, 40),
    "solution": Field(_("Solution"), lambda one, at: one.case.solution, 40),
    "responsible": Field(_("Responsibility"), lambda one, at: Coded(one.responsible), 18, WHOSE),
    "minutes_operator": Field(_("Minutes: the operator"), _share(OPERATOR), 14),
    "minutes_customer": Field(_("Minutes: the customer"), _share(WaitCause.CUSTOMER), 14),
    "minutes_third_party": Field(_("Minutes: a third party"), _share(WaitCause.THIRD_PARTY), 14),
    "minutes_force_majeure": Field(_("Minutes: force majeure"), _share(WaitCause.FORCE_MAJEURE), 14),
    "case": Field(_("Case"), lambda one, at: one.case.display_number, 14),
    "customer_reference": Field(_("The customer's own number"), lambda one, at: one.case.customer_reference),
    "confirmed_by": Field(
        _("Confirmed by (position)"), lambda one, at: one.confirmed_by or gettext("not confirmed"), 24
    ),
    "tests": Field(_("Good tests since the restoration"), _tests, 24),
    "confirmation_proof": Field(
        _("How it is proven"), lambda one, at: Coded(one.grade) if one.grade else "", 30, GRADES
    ),
}
SAMPLE = (
    *("customer", "service_type", "circuit", "impact", "province", "canton", "canton_code", "start", "end", "duration"),
    *("minutes_in_month", "minutes_left_out", "minutes_in_planned_work", "minutes_affected", "cause", "responsible"),
    *("minutes_operator", "minutes_customer", "minutes_third_party", "minutes_force_majeure", "case", "confirmed_by"),
    *("confirmation_proof", "tests"),
)
"""The columns of the layout that stands where the operator has no form of its own."""


# --- form -------------------------------------------------------------------------------------------------------------
# The regulator's form as the operator wrote it down (``INTERRUPTIONS_FORM``): columns, their order, how hours are
# written, and which interruptions are asked for. Without such a file, a sample layout of ours.
# The form of ARCOTEL for this kind of service was searched for among public pages and not found: so its headings are
# data here, and no sentence on screen says that ours are the authority's.
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
            gettext("“%s” is not a way to write a time") % written,
            gettext("Use YYYY, MM, DD, hh, mm, ss and separators between them"),
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
    words: dict[str, str] = pydantic.Field(default_factory=dict)
    width: int = pydantic.Field(default=0, ge=0, le=120)

    @model_validator(mode="after")
    def is_known(self) -> "Column":
        if self.field not in KNOWN:
            raise refusal(
                gettext("No column is called “%s”") % self.field, gettext("Use one of: %s") % ", ".join(KNOWN)
            )
        codes = (FIELDS[self.field].codes or {}) if self.field in FIELDS else {}
        if strange := sorted(self.words.keys() - codes.keys()):
            remedy = (
                gettext("Use one of: %s") % ", ".join(codes) if codes else gettext("Remove “words”: it is free text")
            )
            raise refusal(
                gettext("“%(field)s” is never “%(value)s”") % {"field": self.field, "value": strange[0]}, remedy
            )
        return self


class RegulatorFilters(Part):
    """Which rows the form asks for: of these impacts, of so many minutes in the month, begun in the month."""

    impacts: tuple[Impact, ...] = ()
    minutes_from: int = pydantic.Field(default=0, ge=0)
    started_in_month: bool = False


class RegulatorForm(Part):
    """``totals``: whether they stand in the CSV after an empty line; the workbook has them on a sheet of their own."""

    name: str
    hours: Hours = SHARPEST
    delimiter: Literal[";", ",", "tab"] = ";"
    decimal_sign: Literal[".", ","] = "."
    totals: bool = True
    only: RegulatorFilters = RegulatorFilters()
    columns: tuple[Column, ...] = pydantic.Field(min_length=1, max_length=100)

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
    return RegulatorForm(name=gettext("Sample layout"), columns=tuple(Column(field=name) for name in SAMPLE))


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
        words = gettext("The form %(file)s cannot be read (%(why)s). Put it there, or leave INTERRUPTIONS_FORM empty.")
        raise FormIsWrong([words % {"file": path, "why": wrong.strerror or wrong}]) from wrong


def strftime_of(hours: str) -> str:
    """``DD/MM/YYYY hh:mm`` as Python writes it."""
    return re.sub("|".join(STRFTIME), lambda found: STRFTIME[found[0]], hours)


def number_format_of(hours: str) -> str:
    """The same as a spreadsheet writes it: there ``mm`` beside ``hh`` or ``ss`` are minutes."""
    return hours.lower()
