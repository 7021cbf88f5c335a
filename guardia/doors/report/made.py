"""A report as it is handed over: document, PDF and file, of one case in one language."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from guardia.cases.case import Case
from guardia.cases.closing_reading import crews_of, report_of
from guardia.cases.report_history import Hashes, file_of, hashes_of
from guardia.doors.report.document import Document, document_of
from guardia.doors.report.pdf import pdf_of


@dataclass(frozen=True)
class FromTheHouse:
    """What a company's own wall hides and its report may tell: the names of the crews, and bare hashes."""

    crews: dict[int, str]
    hashes: Hashes


@dataclass(frozen=True)
class Made:
    """``at`` is the hour up to which the report counts, and its date."""

    document: Document
    history: bytes
    at: datetime

    def pdf(self) -> bytes:
        return pdf_of(self.document, self.history, self.at)


def from_the_house(case: Case) -> FromTheHouse:
    return FromTheHouse(crews_of(case), hashes_of(case))


def made(case: Case, at: datetime, known: FromTheHouse | None = None) -> Made:
    """In the active language; ``known`` where it is read behind the wall of the company. ``at`` is UTC."""
    known = known or from_the_house(case)
    report = report_of(case, at, known.crews)
    history = file_of(report, known.hashes, get_language() or "es")
    return Made(document_of(report, at), history, report.until)
