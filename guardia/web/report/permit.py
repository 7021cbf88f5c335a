"""The letter for the guard at the gate (P4 D): who enters, by which document, with what, when, who agreed.

It alone holds the documents of identity: no event and no other notice does.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.case import Case
from guardia.cases.queries import cases_with_place
from guardia.config.collisions import is_cut_off
from guardia.config.now import now
from guardia.field.visit import Visit, place_among, visits_with_crew
from guardia.notices.envelope import Attachment
from guardia.notices.wording.letter import whom_to_call
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.web.desk.case import found
from guardia.web.desk.entry import DeskRequest, asking, desk_page
from guardia.web.report.document import ONE_AT_A_TIME, TYPE, compiled, printable
from guardia.web.report.shape import Hours, Pair, hours_for
from guardia.web.report.timeline import parts_text
from guardia.web.report.views import UNAVAILABLE, language_in
from guardia.web.shared import about

# --- letter -----------------------------------------------------------------------------------------------------------
log = logging.getLogger(__name__)

LAYOUT = Path(__file__).with_name("permit.typ")
NOBODY_IS_NAMED = 409


@dataclass(frozen=True)
class PermitLetter:
    """``people`` are rows of number, name and document, under ``head``; ``over`` says that the visit has ended."""

    language: str
    operator: str
    number: str
    title: str
    addressed: str
    said: Sequence[str]
    people_title: str
    head: Sequence[str]
    people: Sequence[Sequence[str]]
    visit_title: str
    about: Sequence[Pair]
    to_verify: str
    zone: str
    written: str
    over: str

    def pdf(self, at: datetime) -> bytes:
        """``at`` (UTC) is its date. Raises typst.TypstError."""
        letter = json.dumps(printable(asdict(self)), ensure_ascii=False)
        with ONE_AT_A_TIME:
            return compiled({"letter": letter}, round(at.timestamp()), LAYOUT)


def letter_of(case: Case, visit: Visit, at: datetime) -> PermitLetter:
    """In the active language, as the visit stands; ``at`` (UTC) is when it is written."""
    procedure = versions.of(case.procedure_version_id)
    hours = hours_for(case, procedure, at)
    operator = str(procedure.provider.name)
    return PermitLetter(
        language=get_language() or "es",
        operator=operator,
        number=case.display_number,
        title=_("Entry letter"),
        addressed=_("To the gate guard of %(site)s") % {"site": about.place(case)},
        said=request_in(case, operator),
        people_title=_("Who enters"),
        head=(_("No."), _("Name"), _("Identity document")),
        people=[(str(at), each["name"], each.get("document") or "–") for at, each in enumerate(visit.people, 1)],
        visit_title=_("The visit"),
        about=about_the_visit(case, visit, hours),
        to_verify=to_verify(case, procedure),
        zone=_("All times: %(zone)s (%(name)s).") % {"zone": hours.zone_words, "name": case.zone},
        written=_("Written %(hour)s.") % {"hour": hours.day(at)},
        over=_("This visit is over: the letter no longer grants entry.") if visit.ended_at else "",
    )


def request_in(case: Case, operator: str) -> list[str]:
    asked = _(
        "Please admit the people named below. They come on behalf of %(operator)s to work on a service of %(company)s."
    )
    checked = _("Please check each document against its bearer. The letter is valid for this visit only.")
    return [asked % {"operator": operator, "company": case.customer.name.rstrip(".")}, checked]


def about_the_visit(case: Case, visit: Visit, hours: Hours) -> list[Pair]:
    """What the guard compares, and who answers for it; only what is known."""
    crew, service = visit.crew, case.service
    rows = [
        (_("Case"), case.display_number),
        (_("Company"), case.customer.name),
        (_("Site"), "\n".join(part for part in (about.place(case), case.site.address if case.site else "") if part)),
        (_("Service"), service.circuit if service else ""),
        (_("Expected arrival"), expected(visit, hours)),
        (_("Access hours"), visit.access),
        (_("Contact at the site"), visit.site_contact),
        (_("Crew"), ", ".join(part for part in (crew.name, crew.contractor) if part) if crew else ""),
        (_("Vehicle plate"), visit.plate),
        (pgettext("carried in at a gate", "Tools"), visit.tools),
        (_("Parts"), parts_text(visit.parts, "")),
        (_("Agreed by"), " · ".join(part for part in (visit.agreed_by_customer, visit.agreed_by_operator) if part)),
        (_("Agreed on"), hours.day(visit.agreed_at) if visit.agreed_at else ""),
    ]
    return [Pair(label, value) for label, value in rows if value]


def expected(visit: Visit, hours: Hours) -> str:
    """The day is said for both hours: a guard reads it without looking at a calendar twice."""
    if not (visit.forecast_from and visit.forecast_to):
        return ""
    return f"{hours.day(visit.forecast_from)} – {hours.day(visit.forecast_to)}"


def to_verify(case: Case, procedure: Procedure) -> str:
    whom = whom_to_call(procedure, procedure.desk(TECHNICAL))
    words = _("To verify this letter: %(whom)s. Please name the case %(number)s.")
    return words % {"whom": whom, "number": case.display_number}


def name_of(case: Case, visit: Visit) -> str:
    """``carta-de-ingreso-104-273-8-2.pdf``: of which case, and which of its visits."""
    place = place_among(visit)
    return f"carta-de-ingreso-{case.display_number}-{place}.pdf"


def letter_for(visit_id: int) -> Attachment | None:
    """The letter that goes with its notice, in the language in which the procedure was published: it is a guard of the
    country who reads it. None where it cannot be made: the notice leaves without, and says so. Raises OperationalError,
    InterfaceError where the connection to PostgreSQL is lost: the notice's own step is gone with it, and is done anew.
    """
    try:
        with transaction.atomic():  # what fails in here must not take the letter's own step with it
            visit = visits_with_crew().get(pk=visit_id)
            case = cases_with_place().get(pk=visit.case_id)
            at = now()
            with translation.override(versions.of(case.procedure_version_id).provider.languages[0]):
                return Attachment(name_of(case, visit), TYPE, letter_of(case, visit, at).pdf(at))
    except Exception as trouble:
        if is_cut_off(trouble):
            raise
        log.exception("the entry letter of visit %s cannot be made; its notice goes without", visit_id)
        return None


# --- pages ------------------------------------------------------------------------------------------------------------
# The letter for the guard as the desk reads, prints and hands it over.


@asking(Right.HANDLE_CASES, None)
@desk_page
def permit_letter(request: DeskRequest, number: str, visit: int, kind: str) -> HttpResponse:
    """In the language of ``?lang=``, else in the one the procedure was published in; 404 before it is agreed.

    For who handles cases alone: it holds documents of identity.
    """
    if not may(request.user, Right.HANDLE_CASES):
        raise PermissionDenied
    return letter_response(request, number, visit, kind)


@require_safe
def letter_response(request: DeskRequest, number: str, visit: int, kind: str) -> HttpResponse:
    case = found(request, number)
    the_visit = get_object_or_404(visits_with_crew(), pk=visit, case=case.pk)
    if not the_visit.agreed_at:
        raise Http404
    if not the_visit.people:
        return nobody_enters(request)
    at = now()
    with translation.override(language_in(request, versions.of(case.procedure_version_id).provider.languages[0])):
        letter = letter_of(case, the_visit, at)
        response = on_paper(request, letter, name_of(case, the_visit)) if kind == "pdf" else None
        if response is None:
            links = {each: reverse(each, args=[case.number, visit]) for each in ("permit_letter", "permit_letter_pdf")}
            context = {
                "letter": letter,
                "links": links,
                "languages": settings.LANGUAGES,
                "back": reverse("case", args=[case.number]),
            }
            response = render(request, "report/permit_letter.html", context)
    response["Content-Language"] = letter.language
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def nobody_enters(request: HttpRequest) -> HttpResponse:
    """Before the crew and its people are named the letter lets nobody in: what to do, in place of an empty table."""
    return render(request, "report/over.html", {"why": "nobody_enters"}, status=NOBODY_IS_NAMED)


def on_paper(request: DeskRequest, letter: PermitLetter, name: str) -> HttpResponse:
    """A machine that cannot set the PDF says so and leads to the page, which tells the same."""
    try:
        response = HttpResponse(letter.pdf(now()), content_type=TYPE)
    except Exception:
        log.exception("the entry letter of %s cannot be set", letter.number)
        return render(request, "report/over.html", {"why": "no_pdf"}, status=UNAVAILABLE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


urlpatterns = [
    path("carta", permit_letter, {"kind": "pagina"}, name="permit_letter"),
    path("carta.pdf", permit_letter, {"kind": "pdf"}, name="permit_letter_pdf"),
]
