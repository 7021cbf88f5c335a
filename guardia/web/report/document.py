"""The closing report as it is handed over: its document in one language, its PDF, and what a check of it found."""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.case_proofs import is_lacking
from guardia.cases.labels import IMPACT_NAMES
from guardia.events.history import SHOWN
from guardia.evidence import store
from guardia.evidence.files import files_for_company
from guardia.evidence.probe import Probe
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Impact, Moment
from guardia.reports import signed_log
from guardia.reports.case_course import course_of
from guardia.reports.closing_report import ClosingReport
from guardia.reports.closing_rows import crews_of, probes_of, report_of
from guardia.reports.report_history import Evidence, evidence_of, file_of
from guardia.reports.report_history import figures_of as claimed_in
from guardia.web.report import sections as report_sections
from guardia.web.report.qr_code import qr_code
from guardia.web.report.shape import CoursePicture, Figure, Hours, Pair, Photograph, Seal, Section, hours_for
from guardia.web.shared import about
from guardia.web.shared.case_course import view_of

# --- document ---------------------------------------------------------------------------------------------------------
# The report in words, in the active language: one document, which the page, the PDF and its text have in common.


@dataclass(frozen=True)
class Document:
    """``banner`` says what a report of an open or withdrawn case is not; ``proof`` stands at the foot of each page, the
    ``seal`` at the end.
    """

    language: str
    title: str
    operator: str
    number: str
    subject: str
    banner: str
    zone: str
    about: Sequence[Pair]
    figures: Sequence[Figure]
    sections: Sequence[Section]
    proof: str
    how_to_verify: str
    written: str
    seal: Seal


def document_of(report: ClosingReport, at: datetime, checkpoint: str = "") -> Document:
    """``at`` (UTC) is when it is written; ``checkpoint``: the signed log that the case is in."""
    case = report.case
    procedure = versions.of(case.procedure_version_id)
    hours = hours_for(case, procedure, at)
    return Document(
        language=get_language() or "es",
        title=title_of(report.edition),
        operator=str(procedure.provider.name),
        number=case.display_number,
        subject=case.subject,
        banner=banner(report),
        zone=_("All times: %(zone)s (%(name)s).") % {"zone": hours.zone_words, "name": case.zone},
        about=about_it(report, procedure, hours),
        figures=figures_of(report),
        sections=report_sections.sections_of(report, hours),
        proof=_("event %(seq)s, hash %(hash)s") % {"seq": case.seq, "hash": bytes(case.head_hash).hex()[:SHOWN]},
        how_to_verify=_(
            "This report carries its history. Anybody can check both with the page %(address)s or, on a command line, "
            "with guardia verify FILE."
        )
        % {"address": signed_log.verifier_address()},
        written=_("Written %(hour)s.") % {"hour": hours.day(at)},
        seal=seal_of(case, checkpoint),
    )


def seal_of(case: Case, checkpoint: str) -> Seal:
    """What whoever has the paper alone needs to hold it against the log that is published."""
    whole = bytes(case.head_hash).hex()
    return Seal(
        head=_("Event %(seq)s, SHA-256 %(hash)s") % {"seq": case.seq, "hash": whole},
        log=signed_log.of_note(checkpoint) if checkpoint else "",
        code=f"{signed_log.address()}#caso={case.display_number}&evento={case.seq}&sha256={whole}",
        described=_("QR code: the address of the log of all histories, with this event and its full hash"),
    )


def with_course(document: Document, case: Case, at: datetime) -> Document:
    """The document with the picture of the case's course, as the company may see it. ``at`` (UTC) is its hour."""
    hours = hours_for(case, versions.of(case.procedure_version_id), at)
    view = view_of(course_of(case, at), "report", hours.zone, hours.zone_words)
    drawn = CoursePicture(view.svg, view.title, view.described, (view.legend, view.about))
    sections = [replace(each, courses=[drawn]) if each.key == "promesas" else each for each in document.sections]
    return replace(document, sections=sections)


def title_of(edition: int) -> str:
    if edition == 1:
        return _("Closing report")
    return _("Closing report, edition %(edition)d") % {"edition": edition}


def banner(report: ClosingReport) -> str:
    return " ".join(words for words in (rehearsal_words(report), edition_words(report), state_words(report)) if words)


def rehearsal_words(report: ClosingReport) -> str:
    return _("Rehearsal: the customer was not notified of any of this.") if report.case.in_rehearsal else ""


def edition_words(report: ClosingReport) -> str:
    """Which edition it is, of a case that was opened again (P7): the link of an earlier letter leads here too."""
    if report.edition == 1:
        return ""
    facts = {"edition": report.edition, "before": report.edition - 1}
    if report.case.is_open:
        words = _(
            "The case was opened again after edition %(before)d; edition %(edition)d comes when it is closed again."
        )
    else:
        words = _("This is edition %(edition)d of the closing report. It replaces edition %(before)d.")
    return words % facts


def state_words(report: ClosingReport) -> str:
    case = report.case
    if case.is_open:
        return _("The case is still open: this is how it stands now, and no closing report yet.")
    if case.status == "cancelled":
        return _("The case was withdrawn: it has no affected time.")
    last = report.last(Moment.CLOSED)
    if last and is_lacking(last.data):
        return _("Closed without good stability tests, by decision of a supervisor; the reason is given below.")
    return ""


def about_it(report: ClosingReport, procedure: Procedure, hours: Hours) -> list[Pair]:
    case = report.case
    service = case.service
    rows = [
        (_("Company"), case.customer.name),
        (_("Service"), " ".join(part for part in (service.circuit, service.type, service.capacity) if part))
        if service
        else None,
        (_("Site"), about.place(case)),
        (_("Impact"), str(IMPACT_NAMES[Impact(case.impact)])) if case.impact else None,
        (_("Opened"), hours.dated(case.opened_at)),
        (_("Closed"), hours.dated(case.closed_at)) if case.closed_at else None,
        (_("Your reference"), case.customer_reference) if case.customer_reference else None,
        (pgettext("document", "Procedure"), f"{procedure.code}"),
    ]
    return [Pair(*row) for row in rows if row]


def figures_of(report: ClosingReport) -> list[Figure]:
    month = report.availability
    found = [
        Figure(_("Affected time"), lasting_exactly(report.affected)),
        *([Figure(_("Within planned work"), lasting_exactly(report.in_work))] if report.in_work else []),
        Figure(
            _("Promises kept"),
            _("%(kept)d of %(all)d") % {"kept": report.kept, "all": len(report.promises)},
        ),
        Figure(
            _("Availability in %(month)s") % {"month": date_format(localtime(month.start), "YEAR_MONTH_FORMAT")},
            f"{number_format(month.percent, 3)} %",
        ),
    ]
    if report.recurring.is_recurring:
        found.append(Figure(_("Incidents at this site in 30 days"), str(report.recurring.times)))
    return found


# --- photographs ------------------------------------------------------------------------------------------------------
# The photographs that the customer may see, small, each with its hour and caption; documents by their names.
MOST = 12
"""A report is read, not leafed through: the first and the last ones of more."""


@dataclass(frozen=True)
class FilesView:
    """What is shown to the customer: photographs as (hour, caption, JPEG), documents by name, how many are left out."""

    photographs: Sequence[tuple[datetime, str, bytes]] = ()
    documents: Sequence[str] = ()
    left_out: int = 0


def files_view(case: Case) -> FilesView:
    """Read by the desk, or by the role of the portal's acts: the one that reads for its pages sees no row of a file."""
    shown = list(files_for_company(case.pk))
    pictures = [one for one in shown if one.has_thumbnail]
    chosen = pictures if len(pictures) <= MOST else [*pictures[: MOST // 2], *pictures[-(MOST // 2) :]]
    found = [(one.taken_at, one.caption, store.read(one.sha256, thumbnail=True)) for one in chosen]
    return FilesView(
        [(at, caption, content) for at, caption, content in found if content],
        [one.caption or one.name for one in shown if not one.has_thumbnail],
        len(pictures) - len(chosen),
    )


def with_files(document: Document, told: FilesView, case: Case, at: datetime) -> Document:
    """The document with its photographs, before what happened event by event. ``at`` (UTC) is when it is written."""
    if not (told.photographs or told.documents):
        return document
    hours = hours_for(case, versions.of(case.procedure_version_id), at)
    photographs = [Photograph(hours.at(taken), words, list(content)) for taken, words, content in told.photographs]
    notes = []
    if told.left_out:
        more = ngettext(
            "%(n)d more photograph is on the case.", "%(n)d more photographs are on the case.", told.left_out
        )
        notes.append(more % {"n": told.left_out})
    if told.documents:
        words = _("Documents on the case: %(names)s. Ask the Operations Centre for them.")
        notes.append(words % {"names": ", ".join(told.documents)})
    section = Section("fotografias", _("Photographs"), notes=notes, photographs=photographs)
    return replace(document, sections=[*document.sections[:-1], section, *document.sections[-1:]])


# --- pdf --------------------------------------------------------------------------------------------------------------
# The report on paper: A4, to be kept (PDF/A-3a) and read aloud (PDF/UA-1), with its history attached. The words are
# data and never markup.
log = logging.getLogger(__name__)

LAYOUT = Path(__file__).with_name("closing.typ")
SHARED = Path(__file__).with_name("head.typ")
"""Stands before each layout: one file is handed to the compiler, which reads no other."""
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff\ufeff\ufff9-\uffff\U000f0000-\U0010ffff]"
)
"""Signs for private use too: no two machines draw the same, and PDF/A-3a has none."""
LONG = re.compile(r"\S{31,}")
BREAKS_AFTER = 30
VERBATIM = frozenset({"svg", "seal", "proof", "log", "how_to_verify"})
"""What is drawn is no text, and what is to be compared or copied is one word: nothing of it is broken."""
STANDARDS = ["a-3a", "ua-1"]
"""What the compiler proves of each paper, or refuses to make it: to be kept (ISO 19005-3, level A: with the meaning of
its parts), and to be read aloud (ISO 14289-1).
"""

ONE_AT_A_TIME = Lock()
"""The compiler's caches are shared by the process."""

TYPE, HISTORY_TYPE = "application/pdf", "application/json"


def name_of(number: str, kind: str) -> str:
    """``informe-104-273-8.pdf``."""
    return f"informe-{number}.{kind}"


def pdf_of(document: Document, history: bytes, at: datetime) -> bytes:
    """The bytes of the PDF; ``at`` (UTC) is its date. Raises typst.TypstError."""
    inputs = inputs_of(document, history)
    with ONE_AT_A_TIME:
        return compiled(inputs, round(at.timestamp()))


def inputs_of(document: Document, history: bytes) -> dict[str, str]:
    """What the layout reads."""
    return {
        "report": json.dumps(printable(asdict(document)), ensure_ascii=False),
        "history": history.decode(),
        "name": name_of(document.number, "json"),
        "code": qr_code(document.seal.code),
    }


def compiled(inputs: dict[str, str], date: int, paper: Path = LAYOUT) -> bytes:
    """By the layout of ``paper``, with the fonts that come with it; where these lack a letter, with the system's;
    at last without the promise that every letter is drawn, which its text keeps all the same.
    """
    import typst

    ways: list[dict[str, Any]] = [
        {"pdf_standards": STANDARDS, "ignore_system_fonts": True},
        {"pdf_standards": STANDARDS},
    ]
    for way in ways:
        try:
            return typst.compile(layout(paper), sys_inputs=inputs, format="pdf", timestamp=date, **way)
        except typst.TypstError as lacking:
            if "could not be displayed" not in str(lacking):
                raise
    log.warning("%s has letters that no font of this machine draws", paper.stem)
    return typst.compile(layout(paper), sys_inputs=inputs, format="pdf", timestamp=date)


@cache
def layout(paper: Path) -> bytes:
    return SHARED.read_bytes() + paper.read_bytes()


def printable(value: Any) -> Any:
    """Without signs that no paper shows, and with places where a word longer than a column may break."""
    if isinstance(value, str):
        return LONG.sub(broken, UNPRINTABLE.sub("", value))
    if isinstance(value, dict):
        return {name: each if name in VERBATIM else printable(each) for name, each in value.items()}
    return [printable(each) for each in value] if isinstance(value, list | tuple) else value


def broken(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[start : start + BREAKS_AFTER] for start in range(0, len(word), BREAKS_AFTER))


# --- document, PDF and file together ----------------------------------------------------------------------------------
# A report as it is handed over: document, PDF and file, of one case in one language.
@dataclass(frozen=True)
class OperatorsPart:
    """What a company's own row policies hide and its report may tell: the names of the crews, the evidence, what it may
    see of the files, what was measured.
    """

    crews: dict[int, str]
    evidence: Evidence
    files: FilesView
    probes: Sequence[Probe]


@dataclass(frozen=True)
class ClosingDocument:
    """``at`` is the hour up to which the report counts, and its date."""

    document: Document
    case: int
    figures: Mapping[str, Any]
    evidence: Evidence
    at: datetime

    @cached_property
    def history(self) -> bytes:
        """The file, which the page does without. ``case`` is the number, ``figures`` are what the report claims."""
        return file_of(self.case, self.figures, self.evidence, self.document.language)

    def pdf(self) -> bytes:
        return pdf_of(self.document, self.history, self.at)


def operators_part(case: Case, at: datetime) -> OperatorsPart:
    """``at`` is UTC, now."""
    evidence = evidence_of(case, case.closed_at or at)
    return OperatorsPart(crews_of(case), evidence, files_view(case), probes_of(case))


def closing_document(case: Case, at: datetime, known: OperatorsPart | None = None) -> ClosingDocument:
    """In the active language; ``known`` where it is read under the row policies of the company. ``at`` is UTC."""
    known = known or operators_part(case, at)
    report = report_of(case, at, known.crews, known.probes)
    document = with_course(document_of(report, at, known.evidence.checkpoint), case, at)
    document = with_files(document, known.files, case, at)
    return ClosingDocument(document, case.number, claimed_in(report), known.evidence, report.until)
