"""The letter for the guard at the gate, shown by the crew on its telephone: only of a visit on its own page (P4 D)."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.signed import LinkIsInvalid
from guardia.procedure import version as versions
from guardia.web.answer.page import private
from guardia.web.desk.entry import asking, to_sign_in
from guardia.web.field.page import LOOKS, over_by_link
from guardia.web.field.telephone import Phone, of_link, of_staff, owner_now, visit_shown
from guardia.web.report.document import TYPE
from guardia.web.report.permit import letter_of, name_of
from guardia.web.report.views import UNAVAILABLE

log = logging.getLogger(__name__)


@asking(Right.SEE_FIELD, None)
def letter(request: HttpRequest, visit: int) -> HttpResponse:
    """Who may not open it is told so, whatever is asked. Raises Http404 for a visit that is not on that page."""
    staff = owner_now(request)
    if staff is None:
        return to_sign_in(request)
    phone = of_staff(staff)
    if request.method not in LOOKS:
        return HttpResponseNotAllowed(LOOKS)
    return private(letter_for(request, phone, visit))


@require_safe
def letter_by_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        phone = of_link(token, now())
    except LinkIsInvalid as trouble:
        return over_by_link(request, trouble)
    return private(letter_for(request, phone, phone.visit_id or 0))


def letter_for(request: HttpRequest, phone: Phone, visit_id: int) -> HttpResponse:
    """In the language in which the procedure was published: a guard of the country reads it.

    A machine that cannot set the PDF says so; names, documents and plate stand on the page itself.
    """
    at = now()
    visit = visit_shown(phone, visit_id, at)
    if visit is None:
        raise Http404
    case = visit.case
    with translation.override(versions.of(case.procedure_version_id).provider.languages[0]):
        try:
            response = HttpResponse(letter_of(case, visit, at).pdf(at), content_type=TYPE)
        except Exception:
            log.exception("the entry letter of visit %s cannot be set for its crew", visit.pk)
            return render(request, "report/over.html", {"why": "no_pdf"}, status=UNAVAILABLE)
    response["Content-Disposition"] = f'inline; filename="{name_of(case, visit)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


urlpatterns = [
    path("v/<str:token>/carta.pdf", letter_by_link, name="field_link_letter"),
    path("visitas/<int:visit>/carta.pdf", letter, name="field_letter"),
]
