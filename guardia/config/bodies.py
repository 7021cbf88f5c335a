"""How large the body of a request may be, by its address, and what is answered to one that was not taken.

The server reads bodies before any view runs (``config/rsgi.py``, ADR 0031); what it refused comes here to be said in
words. An address that stands in no line below takes a form of text.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.config import log_context

KB, MB = 1024, 1024 * 1024
SMALL = 64 * KB
MESSAGE = 128 * KB  # the views of machines say by themselves that a message is larger than 64 KB
ASSERTION = 512 * KB  # what a SAML directory sends back
ALERTS = 3 * MB  # the view says by itself that a message is larger than 2 MB
FORM = 2560 * KB  # Django's own DATA_UPLOAD_MAX_MEMORY_SIZE
BESIDE_THE_FILE = 256 * KB  # the other fields of a form that carries files
FILES_AT_ONCE = 4  # of the largest size, in one form of the desk; many small ones weigh less

REFUSED = "guardia.body_refused"
"""Name of the WSGI variable that says why a body was not taken."""


class Why(StrEnum):
    """Why a body was not taken."""

    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    BROKEN_OFF = "broken_off"
    BUSY = "busy"
    NO_ROOM = "no_room"


STATUS = {Why.TOO_LARGE: 413, Why.TOO_SLOW: 408, Why.BROKEN_OFF: 400, Why.BUSY: 503, Why.NO_ROOM: 507}
COME_AGAIN_SECONDS = 30

FILE, FILES = "file", "files"
CEILINGS: list[tuple[re.Pattern[str], int | str]] = [
    (re.compile(pattern), most)
    for pattern, most in (
        (r"/entrar/saml/", ASSERTION),
        (r"/entrar|/mi-empresa/(entrar|codigo|con|vuelta|compania|salir)", SMALL),
        (r"/telefonia/|/api/v1/", MESSAGE),
        (r"/api/alertas/", ALERTS),
        (r"/campo/fotos", FILE),
        (r"/c/caso/[^/]+/[^/]+|/mi-empresa/casos/[^/]+/[^/]+", FILE),
        (r"/casos/[^/]+/archivos$|/oficinas/recibir$", FILES),
        (r"/companias/importar|/ciudades/lista|/ajustes/membrete|/ajustes/procedimiento/|/primeros-pasos", FILE),
    )
]
MACHINES = ("/api/", "/telefonia/", "/campo/envios", "/campo/fotos")
"""Whoever sends there reads JSON."""


def ceiling(path: str) -> int:
    """The largest body that this address takes, in bytes; a file may have ATTACHMENT_LIMIT_MB."""
    for pattern, most in CEILINGS:
        if pattern.match(path):
            count = {FILE: 1, FILES: FILES_AT_ONCE}.get(str(most))
            return settings.ATTACHMENT_LIMIT_MB * MB * count + BESIDE_THE_FILE if count else int(most)
    return FORM


class BodyMiddleware:
    """Answers in words what the server did not take; no view, no session and no database is asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        why = request.META.get(REFUSED)
        response: HttpResponse = refused(request, Why(why)) if why else self.get_response(request)
        return response


def refused(request: HttpRequest, why: Why) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        title, remedy = words_of(request.path, why)
        if request.path.startswith(MACHINES):
            said = {"error": title, "title": title, "detail": remedy, "field": "body"}
            response: HttpResponse = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
        else:
            context = {
                "request_id": log_context.context_value("request"),
                "code": STATUS[why],
                "title": title,
                "remedy": remedy,
            }
            response = HttpResponse(get_template("body_refused.html").render(context))
    response.status_code = STATUS[why]
    response.headers["Cache-Control"] = "no-store"
    if why in {Why.BUSY, Why.NO_ROOM}:
        response.headers["Retry-After"] = str(COME_AGAIN_SECONDS)
    return response


def words_of(path: str, why: Why) -> tuple[str, str]:
    """What is wrong, and what helps."""
    if why is Why.TOO_LARGE:
        most = ceiling(path)
        largest = f"{most // MB} MB" if most >= MB else f"{most // KB} KB"
        return _("Too much was sent at once."), _("This address takes at most %s.") % largest
    return {
        Why.TOO_SLOW: (
            _("What was sent took too long to arrive."),
            _("Nothing of it was kept. Try again with a better connection, or send less at a time."),
        ),
        Why.BROKEN_OFF: (_("What was sent broke off."), _("Nothing of it was kept. Send it again.")),
        Why.BUSY: (
            _("Too many files are being sent from where you are."),
            _("Nothing of it was kept. Wait a moment, then send it again."),
        ),
        Why.NO_ROOM: (
            _("There is no room to take a file just now."),
            _("Nothing of it was kept. Whoever runs the server must make room on its disk; text is taken as always."),
        ),
    }[why]
