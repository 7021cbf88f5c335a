"""The page of a crew in the field, by account or by link; and the entry letter of each of its visits."""

import gzip
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from guardia.config.now import now
from guardia.field.crews import crews_of, crews_offered
from guardia.field.visit import why_refused
from guardia.intake import field_arrivals
from guardia.people.policy import Right, may
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.web.desk.entry import asking, to_sign_in
from guardia.web.desk.page import tag_of
from guardia.web.field import sending
from guardia.web.field.sending import Refuse, locked
from guardia.web.field.telephone import Phone, of_link, of_staff, owner_now, sendable, visit_shown
from guardia.web.field.visit import CONDITIONS, page_of, standing_of
from guardia.web.report.document import TYPE
from guardia.web.report.permit import letter_of, name_of, nobody_enters
from guardia.web.report.views import UNAVAILABLE
from guardia.web.shared.responses import private


# --- texts of the script ----------------------------------------------------------------------------------------------
# The sentences that the page's script says, in the active language; ``{n}`` and ``{hour}`` are filled in there.
def script_words() -> dict[str, object]:
    hour, n = {"hour": "{hour}"}, {"n": "{n}"}
    return {
        "waiting": [
            ngettext(
                "%(n)s step saved on the telephone; it is sent when there is signal",
                "%(n)s steps saved on the telephone; they are sent when there is signal",
                count,
            )
            % n
            for count in (1, 2)
        ],
        "photos": [ngettext("%(n)s photograph to send", "%(n)s photographs to send", count) % n for count in (1, 2)],
        "sending": _("Sending…"),
        "sent": _("sent %(hour)s") % hour,
        "to_send": _("%(hour)s, to be sent") % hour,
        "waits": _("to be sent"),
        "to_go": _("%(n)s to send") % n,
        "all_of": _("%(n)s sent, the last one %(hour)s") % {**n, **hour},
        "no_signal": _("No signal"),
        "refused": _("Not recorded:"),
        "understood": _("I have read it"),
        "signed_out": _("Your session has ended. What you pressed is kept here: sign in, and it is sent."),
        "other": _(
            "Another person's steps are waiting on this telephone. They are sent once that person signs in here."
        ),
        "gone": _("This link has expired; what is still here was not sent. Call the desk."),
        "no_store": _(
            "This browser keeps nothing (private window, or storage is forbidden): the page works only with signal."
        ),
        "no_https": _("Without HTTPS this page works only with signal: ask for its https:// address."),
        "no_worker": _("This browser cannot open the page without signal. What you press is kept anyway."),
        "full": _("There is no space left on the telephone: this was not saved. Free some space and press again."),
        "not_kept": _("This was not saved. Press again."),
        "no_picture": _("This is not a photo that the telephone can read."),
        "newer": _("There is a newer version of this page."),
        "kept": _("Saved on the telephone, as of %(hour)s: it opens without signal.") % hour,
        "photo": _("Photograph"),
        "kinds": {
            "depart": _("I left for the site"),
            "arrive": _("I arrived at the site"),
            "permit": _("Work permit ready"),
            "restore": _("Service restored"),
            "leave": _("I am leaving the site"),
            "block": _("I cannot go on"),
            "resume": _("The visit resumes"),
            "note": _("Note"),
            "parts": _("Parts used"),
            "sign": _("Signature"),
            "check": _("Work permit"),
        },
    }


# --- script and style -------------------------------------------------------------------------------------------------
# What the page is made of, in two files: on one bar of signal each request costs more than its bytes.
# They are put together once per process, are packed, and are named by a version that changes when any of it does.
STATIC = Path(__file__).parents[2] / "static" / "guardia"
CSS = ("css/tokens.css", "css/base.css", "css/button.css", "css/form.css", "css/clock.css", "field/field.css")
SHARED = ("field/store.js", "field/pictures.js", "field/sender.js")
SCRIPTS = ("visit", "around", "facts", "fresh", "page")
JS = (*SHARED, *(f"field/{name}.js" for name in SCRIPTS), "js/clocks.js")
WORKER = "field/worker.js"
PICTURES = ("favicon.svg", "icons.svg", "chevron.svg")
ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Parts:
    css: bytes
    js: bytes
    worker: str
    version: str


@cache
def parts() -> Parts:
    """Read once: an installation is started anew when it is renewed."""
    css, js, worker = _joined(CSS), _joined(JS), _joined((*SHARED, WORKER))
    css = css.replace("../chevron.svg", static("guardia/chevron.svg"))
    pictures = "".join((STATIC / name).read_text() for name in PICTURES)
    version = sha256("".join((css, js, worker, pictures)).encode()).hexdigest()[:12]
    return Parts(css.encode(), js.encode(), worker, version)


def version() -> str:
    return parts().version


def _joined(names: tuple[str, ...]) -> str:
    return "".join((STATIC / name).read_text() for name in names)


@require_safe
def part(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """The styles or the script; whatever version is asked for, the one that stands here. Raises Http404."""
    if name not in {"css", "js"}:
        raise Http404
    is_css = name == "css"
    content = parts().css if is_css else parts().js
    response = HttpResponse(content, content_type="text/css" if is_css else "text/javascript")
    response["Cache-Control"], response["Vary"] = ONE_YEAR, "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = _packed(is_css, parts().version)
        response["Content-Encoding"] = "gzip"
    return response


@cache
def _packed(is_css: bool, version: str) -> bytes:
    return gzip.compress(parts().css if is_css else parts().js, mtime=0)


def addresses_of_parts() -> list[str]:
    """Everything that the telephone keeps besides the page itself."""
    files = [reverse("field_part", args=[version(), name]) for name in ("css", "js")]
    return [*files, *(static(f"guardia/{name}") for name in PICTURES)]


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """No database row is read: it is the same for everybody. Its scope is ``/campo`` and nothing else of the
    installation.
    """
    head = f'const VERSION = "{version()}";\nconst KEPT = {addresses_of_parts()!r};\n'
    response = HttpResponse(head + parts().worker, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("field")
    response["Cache-Control"] = "no-cache"
    return response


# --- page -------------------------------------------------------------------------------------------------------------
# ``/campo``: the visits of one's own crews; ``/campo/v/<token>``: one visit, by link. GET shows, POST takes a step.
# A POST of a plain form is for a browser without a script; with one the same steps go through the telephone's queue
# to ``/campo/envios``. Both are kept and done by the same rules.
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
    return render_visit(request, phone, now()) if request.method in LOOKS else HttpResponseNotAllowed(METHODS)


@csrf_exempt
@gzip_page
@require_http_methods(METHODS)
def one_visit(request: HttpRequest, token: str) -> HttpResponse:
    """No sign-in: the link is the key. One that is over says so."""
    try:
        phone = of_link(token, now())
    except LinkIsInvalid as trouble:
        return over_by_link(request, trouble)
    return taken(request, phone) if request.method == "POST" else render_visit(request, phone, now())


def over_by_link(request: HttpRequest, trouble: LinkIsInvalid) -> HttpResponse:
    """A link that is over says so; one that never was ours, too."""
    late = isinstance(trouble, LinkHasExpired)
    return private(link_over(request, "expired", GONE) if late else link_over(request, "unknown", NOT_FOUND))


def link_over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "field/over.html", {"why": why, "version": version()}, status=status)


def render_visit(
    request: HttpRequest, phone: Phone, at: datetime, refused: str = "", visit_id: int = 0, status: int = 200
) -> HttpResponse:
    page = page_of(phone, at)
    if phone.token and not page.visits:
        return private(link_over(request, "handed_over", GONE))
    looks_only = phone.staff is not None and not may(phone.staff, Right.WORK_IN_FIELD)
    context = {
        "page": page,
        "tag": tag_of(page.tag_parts),
        "now": at.timestamp(),
        "version": version(),
        "conditions": CONDITIONS,
        "crews": crews_offered() if looks_only else (),
        "has_crew": not phone.staff or looks_only or bool(crews_of(phone.staff)),
        "refused": refused,
        "refused_visit": visit_id,
        "addresses": addresses(phone),
        "new_key": sending.new_key,
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
    visit = sendable(phone, sending.number(request.POST.get("visit", "")))
    if visit is None:
        return render_visit(
            request, phone, at, _("This visit does not belong to your crew. Call the desk."), status=UNFIT
        )
    try:
        sent = sending.step_in(request.POST, at, visit.parts_used)
    except sending.Unreadable as trouble:
        return render_visit(request, phone, at, str(trouble), visit.pk, UNFIT)
    case = locked(visit.case_id)
    field_arrivals.keep(visit, [sent], phone.sender, at)
    field_arrivals.apply_waiting(case, at)
    refused = why_refused(sent.key)
    if refused:  # It is kept as well, for the desk: the answer is a page like any other, and nothing is taken back.
        return render_visit(request, phone, at, refused, visit.pk)
    return HttpResponseRedirect(request.get_full_path(), status=303)


# --- state ------------------------------------------------------------------------------------------------------------
# ``/campo/estado``: the installation's hour, who is signed in, the token that the next sending needs, and what is new.
# A telephone asks before it sends: so it measures how far its clock is from ours, and a page that was kept for days
# has no token that still holds.
@asking(Right.SEE_FIELD, Right.WORK_IN_FIELD)
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Signed out is no trouble here: 401 says that one has to sign in."""
    try:
        return answer_told(request, sending.phone_of(request))
    except Refuse as refusal:
        return sending.refused(refusal)
    except PermissionDenied:
        return sending.json_answer({"error": ""}, sending.NOT_YOURS)


@require_safe
def standing_by_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return answer_told(request, sending.phone_of(request, token))
    except Refuse as refusal:
        return sending.refused(refusal)


def answer_told(request: HttpRequest, phone: Phone) -> HttpResponse:
    at = now()
    said = {"now": at.timestamp() * 1000, "owner": phone.owner, "tag": tag_of(standing_of(phone, at))}
    return sending.json_answer(said if phone.token else {**said, "csrf": get_token(request)})


# --- letter -----------------------------------------------------------------------------------------------------------
# The letter for the guard at the gate, shown by the crew on its telephone: only of a visit on its own page (P4 D).
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
    if not visit.people:
        return nobody_enters(request)
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
    path("v/<str:token>", one_visit, name="field_link"),
    path("estado", standing, name="field_standing"),
    path("estado/<str:token>", standing_by_link, name="field_link_standing"),
    path("sw.js", service_worker, name="field_worker"),
    path("partes/<str:version>.<str:name>", part, name="field_part"),
    path("v/<str:token>/carta.pdf", letter_by_link, name="field_link_letter"),
    path("visitas/<int:visit>/carta.pdf", letter, name="field_letter"),
]
