"""A report as it is handed over: document, PDF and file, of one case in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from guardia.cases.case import Case
from guardia.cases.closing_reading import crews_of, probes_of, report_of
from guardia.cases.report_history import Hashes, file_of, hashes_of
from guardia.evidence.probe import Probe
from guardia.web.report.document import Document, document_of
from guardia.web.report.files_section import FilesTold, files_told, with_files
from guardia.web.report.pdf import pdf_of


@dataclass(frozen=True)
class FromTheHouse:
    """What a company's own wall hides and its report may tell: the names of the crews, bare hashes, what it may see of
    the files, what was measured.
    """

    crews: dict[int, str]
    hashes: Hashes
    files: FilesTold
    probes: Sequence[Probe]


@dataclass(frozen=True)
class Made:
    """``at`` is the hour up to which the report counts, and its date."""

    document: Document
    history: bytes
    at: datetime

    def pdf(self) -> bytes:
        return pdf_of(self.document, self.history, self.at)


def from_the_house(case: Case) -> FromTheHouse:
    return FromTheHouse(crews_of(case), hashes_of(case), files_told(case), probes_of(case))


def made(case: Case, at: datetime, known: FromTheHouse | None = None) -> Made:
    """In the active language; ``known`` where it is read behind the wall of the company. ``at`` is UTC."""
    known = known or from_the_house(case)
    report = report_of(case, at, known.crews, known.probes)
    history = file_of(report, known.hashes, get_language() or "es")
    document = with_files(document_of(report, at), known.files, case, at)
    return Made(document, history, report.until)
