"""The report in words, in the active language: one document, which the page, the PDF and its text have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from guardia.cases.closing_report import ClosingReport
from guardia.cases.green_evidence import is_lacking
from guardia.cases.words import IMPACT_NAMES
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Impact, Moment
from guardia.web.report import sections
from guardia.web.report.shape import Figure, Pair, Section
from guardia.web.report.words import Hours, hours_for
from guardia.web.shared import about

SHORT_HASH = 8
"""As many signs as a notice prints."""


@dataclass(frozen=True)
class Document:
    """``banner`` says what a report of an open or withdrawn case is not; ``proof`` stands at the foot of each page."""

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


def document_of(report: ClosingReport, at: datetime) -> Document:
    """``at`` (UTC) is when it is written."""
    case = report.case
    procedure = versions.of(case.procedure_version_id)
    hours = hours_for(case, procedure, at)
    return Document(
        language=get_language() or "es",
        title=_("Closing report"),
        operator=str(procedure.provider.name),
        number=case.display_number,
        subject=case.subject,
        banner=banner(report),
        zone=_("All hours: %(zone)s (%(name)s).") % {"zone": hours.zone_words, "name": case.zone},
        about=about_it(report, procedure, hours),
        figures=figures_of(report),
        sections=sections.sections_of(report, hours),
        proof=_("event %(seq)s, hash %(hash)s") % {"seq": case.seq, "hash": bytes(case.head_hash).hex()[:SHORT_HASH]},
        how_to_verify=_("This report carries its history. Anybody can check both: guardia verify FILE."),
        written=_("Written %(hour)s.") % {"hour": hours.day(at)},
    )


def banner(report: ClosingReport) -> str:
    case = report.case
    if case.is_open:
        return _("The case is still open: this is how it stands now, and no closing report yet.")
    if case.status == "cancelled":
        return _("The case was withdrawn: it has no affected time.")
    last = report.last(Moment.CLOSED)
    if last and is_lacking(last.data):
        return _("Closed without good tests of its stability, by decision of a supervisor; the reason stands below.")
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
