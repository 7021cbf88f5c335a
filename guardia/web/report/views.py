"""The report's page, PDF and file: for the desk by the case's number, for a contact by the signed link of a letter."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from guardia.cases.desk_hours import kind_of
from guardia.cases.queries import case_of_company, case_with_place
from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.config.now import now
from guardia.customers.contacts import contact_of_id
from guardia.people.attempts import makes_alone
from guardia.people.signed import LetterLink, LinkHasExpired, LinkIsInvalid
from guardia.procedure.vocabulary import CaseKind
from guardia.reports import report_history
from guardia.web.desk.case import found
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.portal import visitor
from guardia.web.portal.visitor import none_of_ours
from guardia.web.report.document import (
    HISTORY_TYPE,
    TYPE,
    ClosingDocument,
    closing_document,
    name_of,
    operators_part,
)
from guardia.web.shared.audit import exported, opened_by
from guardia.web.shared.responses import private

log = logging.getLogger(__name__)

GONE, NOT_FOUND, UNAVAILABLE = 410, 404, 503
KINDS = ("pagina", "pdf", "json")


@desk_page
@require_safe
def desk_report(request: DeskRequest, number: str, kind: str) -> HttpResponse:
    """In the language of ``?lang=`` or of the person; 404 for a request, which has no such report (A3), and for what a
    former tool handled. That it was taken is on record before it is read.
    """
    with behind(DatabaseRole.STAFF):
        case = found(request, number)
        if kind_of(case.desk) != CaseKind.INCIDENT or case.is_history:
            raise Http404
        if kind != "pagina":
            exported(request, "closing_report", case.number, form=kind)
    with translation.override(language_in(request, translation.get_language())):
        names = {"pagina": "closing_report", "pdf": "closing_report_pdf", "json": "closing_report_json"}
        links = {each: reverse(name, args=[case.number]) for each, name in names.items()}
        with as_at_one_instant(DatabaseRole.STAFF):
            report = closing_document(found(request, number), now())
        return handed_over(request, report, kind, links, back=reverse("case", args=[case.number]))


@require_safe
def customer_report(request: HttpRequest, token: str, kind: str = "pagina") -> HttpResponse:
    """In the contact's language or that of ``?lang=``. No sign-in: the link is the key; one that is over says so.

    It is read in one snapshot, within which the file is made too: no other one is for this contact meanwhile.
    """
    try:
        reads = report_history.read_link(token)
    except LinkHasExpired:
        return private(link_over(request, "expired", GONE))
    except LinkIsInvalid:
        with behind(DatabaseRole.PORTAL):
            return none_of_ours(request, lambda: private(link_over(request, "unknown", NOT_FOUND)))
    if kind not in KINDS:
        raise Http404
    opened_by(request, reads.customer, reads.contact)
    with behind(DatabaseRole.PORTAL, reads.customer):
        contact, case = contact_of_id(reads.contact), case_with_place(reads.case)
        if case is None or kind_of(case.desk) != CaseKind.INCIDENT or case.is_history:
            return private(link_over(request, "unknown", NOT_FOUND))
        if contact is None or not contact.active or not contact.customer.active:
            return private(link_over(request, "left", GONE))
        if kind != "pagina" and not visitor.takes(request, contact):
            return private(visitor.too_many(request))
        language = language_in(request, contact.language)
    with (
        translation.override(language),
        as_at_one_instant(DatabaseRole.PORTAL_ACTS, reads.customer) as seen,
        as_at_one_instant(DatabaseRole.PORTAL, reads.customer, seen),
    ):
        if kind != "pagina" and not makes_alone(contact.pk):
            return private(visitor.too_many(request))
        report = document_read_by(reads)
        if report is None:
            return private(link_over(request, "unknown", NOT_FOUND))
        links = {each: reverse("customer_report", args=[token, each]) for each in KINDS}
        return private(handed_over(request, report, kind, links))


def document_read_by(reads: LetterLink) -> ClosingDocument | None:
    """The report in the active language; None of a case that is not this company's. The operator's part is read by
    another login than the company's own.
    """
    at = now()
    with behind(DatabaseRole.PORTAL_ACTS, reads.customer):
        own = case_of_company(reads.case, reads.customer)
        known = operators_part(own, at) if own else None
    case = case_with_place(reads.case)
    return closing_document(case, at, known) if case and known else None


def language_in(request: HttpRequest, otherwise: str | None) -> str:
    """The one asked for, where it is one of ours; else the other; else the operator's."""
    known = dict(settings.LANGUAGES)
    for language in (request.GET.get("lang"), otherwise):
        if language in known:
            return language
    return settings.LANGUAGE_CODE


def handed_over(
    request: HttpRequest, report: ClosingDocument, kind: str, links: dict[str, str], back: str = ""
) -> HttpResponse:
    number = report.document.number
    if kind == "pagina":
        context = {"report": report.document, "links": links, "languages": settings.LANGUAGES, "back": back}
        response = render(request, "report/page.html", context)
    elif kind == "pdf":
        response = pdf_response(request, report)
        if response.status_code != 200:
            return response
        response["Content-Disposition"] = f'inline; filename="{name_of(number, "pdf")}"'
    else:
        response = HttpResponse(report.history, content_type=HISTORY_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{name_of(number, "json")}"'
    response["Content-Language"] = report.document.language
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def pdf_response(request: HttpRequest, report: ClosingDocument) -> HttpResponse:
    """A machine that cannot set the PDF says so and leads to the page, which tells the same."""
    try:
        return HttpResponse(report.pdf(), content_type=TYPE)
    except Exception:
        log.exception("the closing report of %s cannot be set", report.document.number)
        return link_over(request, "no_pdf", UNAVAILABLE)


def link_over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "report/over.html", {"why": why}, status=status)


urlpatterns = [
    path("casos/<slug:number>/informe", desk_report, {"kind": "pagina"}, name="closing_report"),
    path("casos/<slug:number>/informe.pdf", desk_report, {"kind": "pdf"}, name="closing_report_pdf"),
    path("casos/<slug:number>/informe.json", desk_report, {"kind": "json"}, name="closing_report_json"),
    path("c/informe/<str:token>", customer_report, name="customer_report_page"),
    path("c/informe/<str:token>/<slug:kind>", customer_report, name="customer_report"),
]
