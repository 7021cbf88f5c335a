"""What a document of ours is made of, and how it writes hours and lengths."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language

from guardia.cases.case import Case
from guardia.cases.labels import CLOCK_NAMES
from guardia.evidence.sample_chart import Picture
from guardia.notices.wording.hours import hours_of
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind


# --- parts of a document ----------------------------------------------------------------------------------------------
class Pair(NamedTuple):
    label: str
    value: str


class Figure(NamedTuple):
    label: str
    value: str


@dataclass(frozen=True)
class Table:
    """``foot`` sums up; ``widths`` are shares of the line, by column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    foot: Sequence[str] = ()

    @property
    def percents(self) -> list[int]:
        return [100 * width // sum(self.widths) for width in self.widths]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each cell with the name of its column, for a narrow screen."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]

    @property
    def labelled_foot(self) -> list[tuple[str, str]]:
        return list(zip(self.head, self.foot, strict=True)) if self.foot else []


class Photograph(NamedTuple):
    """``octets`` are those of a JPEG: paper takes them as numbers, a page in its own address."""

    hour: str
    words: str
    octets: Sequence[int]

    @property
    def source(self) -> str:
        return "data:image/jpeg;base64," + b64encode(bytes(self.octets)).decode()

    @property
    def said(self) -> str:
        return f"{self.hour} {self.words}".strip()


class Seal(NamedTuple):
    """``head``: the last event with its whole hash; ``log``: the signed log, as far as it is known; ``code``: the words
    of the QR code; ``described``: what it is, for who does not see it.
    """

    head: str
    log: str
    code: str
    described: str


@dataclass(frozen=True)
class Side:
    """One picture with its numbers in words; ``svg`` is the same for paper, ``described`` for who does not see it."""

    key: str
    label: str
    said: str
    title: str
    described: str
    picture: Picture | None
    svg: str = ""


@dataclass(frozen=True)
class Chart:
    title: str
    sides: Sequence[Side]


@dataclass(frozen=True)
class CoursePicture:
    """The course of a case: the same ``svg`` on the page and on paper. ``words`` explain its shapes."""

    svg: str
    title: str
    described: str
    words: Sequence[str]


@dataclass(frozen=True)
class Section:
    """``key`` is its place on the page."""

    key: str
    title: str
    said: Sequence[str] = ()
    pairs: Sequence[Pair] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()
    courses: Sequence[CoursePicture] = ()
    notes: Sequence[str] = ()
    photographs: Sequence[Photograph] = ()


# --- hours and lengths ------------------------------------------------------------------------------------------------
# Hours and lengths as the report writes them: hours in the case's zone, lengths to the second, so that sums add up.
SPACE = "\u00a0"
DASH = "–"


@dataclass(frozen=True)
class Hours:
    """Writes an instant in the zone of the case; ``zone_words`` is its name, told once at the head of the report."""

    zone: ZoneInfo
    zone_words: str

    def at(self, at: datetime) -> str:
        """``21 nov 02:03``."""
        return self._written(at, "j M H:i")

    def exact(self, at: datetime) -> str:
        """``21 nov 02:03:20``."""
        return self._written(at, "j M H:i:s")

    def day(self, at: datetime) -> str:
        return self._written(at, "j M Y H:i")

    def dated(self, at: datetime) -> str:
        """``21 nov 2026 02:03:20``."""
        return self._written(at, "j M Y H:i:s")

    def lasting(self, start: datetime, seconds: int) -> str:
        """``span`` of what stands with its length beside it: hours are cut and lengths rounded, so the end is written
        that many seconds after the start, and whoever subtracts finds the length.
        """
        first = start.replace(microsecond=0)
        return self.span(first, first + timedelta(seconds=seconds))

    def span(self, start: datetime, end: datetime) -> str:
        """Both hours, the day of the second only where it is another one."""
        same = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        return f"{self.exact(start)} {DASH} {self._written(end, 'H:i:s' if same else 'j M H:i:s')}"

    def _written(self, at: datetime, form: str) -> str:
        words = date_format(at.astimezone(self.zone), form).replace(" ", SPACE)
        return words if get_language() == "en" else words.lower()  # months are written small


def hours_for(case: Case, procedure: Procedure, at: datetime) -> Hours:
    name = hours_of(case.zone, procedure, at).zone_words
    return Hours(ZoneInfo(case.zone), name)


def clock_name(kind: str) -> str:
    """``Arrival: at the site``."""
    short, owed = CLOCK_NAMES[ClockKind(kind)]
    return f"{short}: {owed}"


def promise_name(stage: str, kind: str) -> str:
    """With its stage before it, where it does not bear the stage's name already."""
    short, owed = map(str, CLOCK_NAMES[ClockKind(kind)])
    return f"{short}: {owed}" if short == stage else f"{stage} · {short}: {owed}"


def clock_names(kinds) -> str:
    return ", ".join(dict.fromkeys(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in kinds))


def capitalized(words: str) -> str:
    """With its first letter large."""
    return words[:1].upper() + words[1:]
