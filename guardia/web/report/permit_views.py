"""The letter for the guard as the desk reads, prints and hands it over."""

import logging

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.field.visit import Visit
from guardia.people.policy import Right, may
from guardia.procedure import version as versions
from guardia.web.desk.case import found
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import asking, desk_page
from guardia.web.report.pdf import TYPE
from guardia.web.report.permit_letter import PermitLetter, letter_of, name_of
from guardia.web.report.views import UNAVAILABLE, language_in

log = logging.getLogger(__name__)


@asking(Right.HANDLE_CASES, None)
@desk_page
def permit_letter(request: DeskRequest, number: str, visit: int, kind: str) -> HttpResponse:
    """In the language of ``?lang=``, else in the one the procedure was published in; 404 before it is agreed.

    For who handles cases alone: it holds documents of identity.
    """
    if not may(request.user, Right.HANDLE_CASES):
        raise PermissionDenied
    return letter_shown(request, number, visit, kind)


@require_safe
def letter_shown(request: DeskRequest, number: str, visit: int, kind: str) -> HttpResponse:
    case = found(request, number)
    the_visit = get_object_or_404(Visit.objects.select_related("crew"), pk=visit, case=case.pk)
    if not the_visit.agreed_at:
        raise Http404
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


def on_paper(request: DeskRequest, letter: PermitLetter, name: str) -> HttpResponse:
    """A machine that cannot set the PDF says so and leads to the page, which tells the same."""
    try:
        response = HttpResponse(letter.pdf(now()), content_type=TYPE)
    except Exception:
        log.exception("the entry letter of %s cannot be set", letter.number)
        return render(request, "report/over.html", {"why": "no_pdf"}, status=UNAVAILABLE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
