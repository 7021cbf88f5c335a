"""``/campo``: the visits of one's own crews; ``/campo/v/<token>``: one visit, by link. GET shows, POST takes a step.

A POST of a plain form is for a browser without a script; with one the same steps go through the telephone's queue to
``/campo/envios``. Both are kept and done by the same rules.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from guardia.cases import field_arrivals
from guardia.config.now import now
from guardia.field.crew import Crew
from guardia.field.visit import FieldAct
from guardia.people.policy import Right, may
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.web.answer.page import private
from guardia.web.desk.entry import asking, to_sign_in
from guardia.web.desk.page import tag_of
from guardia.web.field import plain_form
from guardia.web.field.parts import version
from guardia.web.field.script_words import script_words
from guardia.web.field.sending import locked
from guardia.web.field.shown import CONDITIONS, page_of
from guardia.web.field.who import Phone, crews_of, of_link, of_staff, owner_now, sendable

GONE, NOT_FOUND, UNFIT = 410, 404, 422
LOOKS = ("GET", "HEAD")
METHODS = [*LOOKS, "POST"]


@asking(Right.SEE_FIELD, Right.WORK_IN_FIELD)
@gzip_page
def my_visits(request: HttpRequest) -> HttpResponse:
    """Who may not open it is told so, whatever is asked of it."""
    staff = owner_now(request)
    if staff is None:
        return to_sign_in(request)
    phone = of_staff(staff, request.GET.get("cuadrilla", ""))
    if request.method == "POST":
        if not phone.may_send:
            raise PermissionDenied
        return taken(request, phone)
    return shown(request, phone, now()) if request.method in LOOKS else HttpResponseNotAllowed(METHODS)


@csrf_exempt
@gzip_page
@require_http_methods(METHODS)
def one_visit(request: HttpRequest, token: str) -> HttpResponse:
    """No sign-in: the link is the key. One that is over says so."""
    try:
        phone = of_link(token, now())
    except LinkIsInvalid as trouble:
        return over_by_link(request, trouble)
    return taken(request, phone) if request.method == "POST" else shown(request, phone, now())


def over_by_link(request: HttpRequest, trouble: LinkIsInvalid) -> HttpResponse:
    """A link that is over says so; one that never was ours, too."""
    late = isinstance(trouble, LinkHasExpired)
    return private(over(request, "expired", GONE) if late else over(request, "unknown", NOT_FOUND))


def over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "field/over.html", {"why": why, "version": version()}, status=status)


def shown(
    request: HttpRequest, phone: Phone, at: datetime, refused: str = "", visit_id: int = 0, status: int = 200
) -> HttpResponse:
    page = page_of(phone, at)
    if phone.token and not page.visits:
        return private(over(request, "handed_over", GONE))
    looks_only = phone.staff is not None and not may(phone.staff, Right.WORK_IN_FIELD)
    context = {
        "page": page,
        "tag": tag_of(page.tag_parts),
        "now": at.timestamp(),
        "version": version(),
        "conditions": CONDITIONS,
        "crews": Crew.objects.filter(active=True).order_by("name") if looks_only else (),
        "has_crew": not phone.staff or looks_only or bool(crews_of(phone.staff)),
        "refused": refused,
        "refused_visit": visit_id,
        "addresses": addresses(phone),
        "new_key": plain_form.new_key,
        "words": script_words(),
        "zone": settings.TIME_ZONE,
        "today": localdate(at),
    }
    response = render(request, "field/page.html", context, status=status)
    if phone.token:
        return private(response)  # no link leads on with the token in it
    response["Cache-Control"] = "no-store, private"
    return response


def addresses(phone: Phone) -> dict[str, str]:
    if phone.token:
        names = {"page": "field_link", "send": "field_link_send", "photo": "field_link_photo"}
        found = {what: reverse(name, args=[phone.token]) for what, name in names.items()}
        return {**found, "standing": reverse("field_link_standing", args=[phone.token])}
    names = {"page": "field", "send": "field_send", "photo": "field_photo", "standing": "field_standing"}
    return {what: reverse(name) for what, name in names.items()}


def taken(request: HttpRequest, phone: Phone) -> HttpResponse:
    """One step of a plain form: kept and done, then the page again; a refusal is shown on it."""
    at = now()
    visit = sendable(phone, plain_form.number(request.POST.get("visit", "")))
    if visit is None:
        return shown(request, phone, at, _("This visit is not of your crew. Tell the desk by telephone."), status=UNFIT)
    try:
        sent = plain_form.read(request.POST, at, visit.parts_used)
    except plain_form.Unreadable as trouble:
        return shown(request, phone, at, str(trouble), visit.pk, UNFIT)
    case = locked(visit.case_id)
    field_arrivals.keep(visit, [sent], phone.sender, at)
    field_arrivals.apply_waiting(case, at)
    refused = refusal_of(sent.key)
    if refused:  # It is kept as well, for the desk: the answer is a page like any other, and nothing is taken back.
        return shown(request, phone, at, refused, visit.pk)
    return HttpResponseRedirect(request.get_full_path(), status=303)


def refusal_of(key: UUID) -> str:
    return FieldAct.objects.filter(key=key).values_list("refused", flat=True).first() or ""
