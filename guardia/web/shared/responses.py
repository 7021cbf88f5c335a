"""Answers that every entry gives alike: errors as pages or as problems, and files."""

import errno
import logging
import sys
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure
from django.views.defaults import server_error

from guardia.config import collisions, logs
from guardia.config.collisions import is_collision, is_in_use, is_unavailable
from guardia.config.requests import OF_TM_FORUM, PROBLEM, address_of, tm_forum_error
from guardia.mail.files import OCTETS, PASSIVE
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.yaml_file import LARGEST, decoded
from guardia.web.shared import static_copy

# --- problem ----------------------------------------------------------------------------------------------------------
# What a machine is told when it is refused: a problem (RFC 9457) in the reader's language, with what to do.
TYPE = PROBLEM


def problem(status: int, title: str, remedy: str, *, field: str = "") -> JsonResponse:
    """``title`` says what is wrong, ``remedy`` what to do; ``field`` names what was given wrongly."""
    said = {"type": "about:blank", "status": status, "title": title, "remedy": remedy}
    if field:
        said["field"] = field
    response = JsonResponse(said, status=status, content_type=TYPE)
    response["Cache-Control"] = "no-store"
    return response


# --- unavailable ------------------------------------------------------------------------------------------------------
# The database does not answer, gave way to somebody else, or let nobody wait longer for what is in use; or there is
# no room for what was sent: in words, and when to come again. It passes.
__all__ = ["full", "gave_way", "in_use", "is_full", "is_in_use", "is_unavailable", "service_unavailable"]

LOG_UNAVAILABLE = logging.getLogger("guardia.away")

UNAVAILABLE, COME_AGAIN_SECONDS = 503, 10
SOON_SECONDS = 1
IN_USE_SECONDS = 5
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL = 507
TROUBLE = "X-Guardia-Trouble"
MACHINES = ("/api/", OF_TM_FORUM, "/mefApi/", "/telefonia/")
OF_MEF = "/mefApi/"
"""Whoever sends there reads the errors of MEF 124."""


def is_full(trouble: BaseException | None) -> bool:
    """Whether a disk of this machine has no room for what was sent."""
    return isinstance(trouble, OSError) and trouble.errno in NO_ROOM


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """The page, in the language that the browser asks for. It asks nothing of the database; the log has one line.

    Whoever opens a page gets the published numbers, where there is a copy of them (``static_copy.page_for``).
    """
    LOG_UNAVAILABLE.warning("the database does not answer: %s", " ".join(str(sys.exc_info()[1]).split()))
    copy = None if request.path.startswith(MACHINES) else static_copy.page_for(request)
    if copy is None:
        return page_of_unavailable(request, "503.html", COME_AGAIN_SECONDS)
    text, language = copy
    return not_now(HttpResponse(text, status=UNAVAILABLE, headers={"Content-Language": language}), COME_AGAIN_SECONDS)


def in_use(request: HttpRequest) -> HttpResponse:
    """The page of a request that waited as long as one may. Nothing of it was written; what was typed stays typed."""
    LOG_UNAVAILABLE.warning("in use: %s", str(sys.exc_info()[1]).partition("\n")[0])
    response = page_of_unavailable(request, "503_in_use.html", IN_USE_SECONDS)
    response[TROUBLE] = "in-use"  # for the script that says so beside the form, where no page is changed
    return response


def full(request: HttpRequest) -> HttpResponse:
    """The page of a request whose file found no room on the disk; all that needs none goes on."""
    LOG_UNAVAILABLE.error("no room on the disk: %s", sys.exc_info()[1])
    return page_of_unavailable(request, "507.html", COME_AGAIN_SECONDS, FULL)


def gave_way(request: HttpRequest) -> HttpResponse:
    """The page of a request that others stood in the way of, marked: the transaction around it is done once more, at
    most twice.
    """
    LOG_UNAVAILABLE.warning("undone for another's sake: %s", str(sys.exc_info()[1]).partition("\n")[0])
    return collisions.marked(page_of_unavailable(request, "503_gave_way.html", SOON_SECONDS))


def page_of_unavailable(request: HttpRequest, template: str, seconds: int, status: int = UNAVAILABLE) -> HttpResponse:
    """As a page, or as a problem for a machine, in the reader's language; to be asked again after ``seconds``."""
    with translation.override(translation.get_language_from_request(request)):
        if request.path.startswith(OF_TM_FORUM):
            response: HttpResponse = tm_forum_error(request.path, status, *words_of(template))
        elif request.path.startswith(MACHINES):
            response = problem(status, *words_of(template))
        else:
            said = get_template(template).render({"request_id": logs.context_value("request")})
            response = HttpResponse(said, status=status)
    return not_now(response, seconds)


def not_now(response: HttpResponse, seconds: int) -> HttpResponse:
    """Mark an answer as one that passes: nobody stores it, and it is asked again after ``seconds``."""
    response["Retry-After"], response["Cache-Control"] = str(seconds), "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would add the same traceback each time
    return response


def words_of(template: str) -> tuple[str, str]:
    """What is wrong and what to do, as the page of this name says it, for a machine."""
    return {
        "503.html": (_("Nothing can be read or written just now."), _("Send it again in a few seconds.")),
        "503_gave_way.html": (_("Somebody else was changing the same thing."), _("Send it again in a few seconds.")),
        "503_in_use.html": (_("It is in use just now."), _("Send it again in a few seconds.")),
        "507.html": (_("There is no space for files just now."), _("Free up space on the server's disk.")),
    }[template]


# --- refused ----------------------------------------------------------------------------------------------------------
# Whoever is refused by role is told so, and the log says who tried what: a request that is refused leaves no row.
LOG = logging.getLogger("guardia.refused")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 403. Whoever signed in is named by id, the address by its name in the site map."""
    staff = getattr(request, "_cached_user", None)  # asked for already, or the address has no people of the operator
    name = request.resolver_match.url_name if request.resolver_match else None
    LOG.warning(
        "%s %s refused to person %s from %s", request.method, name, getattr(staff, "pk", None), address_of(request)
    )
    return page("403.html", request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 404."""
    return page("404.html", request, 404)


def page(template: str, request: HttpRequest, status: int) -> HttpResponse:
    """Unlike Django's own it asks nothing of the body (``requires_csrf_token``): one that cannot be read is no 500."""
    return HttpResponse(get_template(template).render(request=request), status=status)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page of a form whose token is not this session's, which does nothing; ``reason`` is Django's own.

    Where a session ends in several tabs each leads to the sign-in, and signing in at one makes the forms of the others
    old: whoever is in by then is led on to where they were, and what was sent is not read.
    """
    if request.path == reverse("sign_in") and request.user.is_authenticated:
        return redirect_to_login(request.POST.get("next", ""))
    return csrf_failure(request, reason)


def broken(request: HttpRequest) -> HttpResponse:
    """The page of a 500, with the number by which the log of this request is found. It asks nothing of the database.

    Where that is what does not answer, or it gave way to somebody else, the page of a 503 instead. Called while the
    trouble is being handled.
    """
    trouble = sys.exc_info()[1]
    if is_unavailable(trouble):
        return service_unavailable(request)
    if is_collision(trouble):
        return gave_way(request)
    if is_in_use(trouble):
        return in_use(request)
    if is_full(trouble):
        return full(request)
    if request.path.startswith(OF_MEF):
        reason = f"request {logs.context_value('request')}"  # by which the log is searched, as the page says it too
        return JsonResponse({"code": "internalError", "reason": reason}, status=500)
    try:
        page = get_template("500.html").render({"request_id": logs.context_value("request")})
    except TemplateDoesNotExist:
        return server_error(request)
    return HttpResponseServerError(page)


# --- files of others --------------------------------------------------------------------------------------------------
FILE_POLICY: dict[str, Any] = {"sandbox": True, "default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def private(response: HttpResponse, referrer: str = "no-referrer") -> HttpResponse:
    """For a page behind a signed link or a customer's sign-in: nobody keeps it, finds it, or learns its address."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = referrer
    return response


def download(content: bytes, name: str, type_: str) -> HttpResponse:
    """Never shown within our own pages: an attachment, of the type that we found, and of no other."""
    answer = HttpResponse(content, content_type=type_)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def served(content: bytes, name: str, type_: str, *, in_place: bool) -> HttpResponse:
    """A picture in place, where that is asked for; all else as a file, of a type that a browser never runs."""
    answer = download(content, name, type_ if type_ in PASSIVE else OCTETS)
    if in_place and is_picture(type_):
        answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer


def is_picture(type_: str) -> bool:
    """Whether a browser shows it within a page, without a danger."""
    return type_ in PASSIVE and type_.startswith("image/")


# --- a procedure ------------------------------------------------------------------------------------------------------
# A procedure that arrives as a file in a form: its text, or what to do about a file that is none.
def text_of(file: UploadedFile | None) -> str:
    """The text of the file; empty without one. Raises ValidationError, in the reader's language."""
    if not file:
        return ""
    if (file.size or 0) > LARGEST:
        raise ValidationError(_("The file is too large to be a procedure. Choose the YAML file."))
    try:
        return decoded(file.read(), file.name or "")
    except ProcedureFileRefused as refused:
        raise ValidationError([f"{one.message}. {one.remedy}." for one in refused.problems]) from refused
