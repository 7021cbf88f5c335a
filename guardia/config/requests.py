"""Each request has a number: in every line of the log, in the answer's X-Request-ID, and on the page that says that
something broke, so that whoever sees it can read it out over the telephone.

The outermost of the middlewares: it also measures how long a request took, by the name of its address.
"""

import logging
import re
import secrets
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.config import database_roles, logs, meters, unchanged

log = logging.getLogger("guardia.request")

HEADER = "X-Request-ID"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for another when it is read out."""
OURS = 8
THEIRS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,63}", re.ASCII)
CASE = re.compile(r"[1-9]\d{5,17}", re.ASCII)
SLOW_SECONDS = 2.0
OF_APIS = (*database_roles.BY_KEY, "/api/terceros/")
WITH_APIS = "guardia.config.urls_with_apis"
"""The site map of requests to these addresses; all others go by a smaller one (``ROOT_URLCONF``)."""
FORWARDING = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
Respond = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """``request.request_id`` is the number; ``request.came_direct`` whether no proxy says that it handed it on."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        number = number_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.request_id = number  # type: ignore[attr-defined]
        # Asked here, before what a stranger says of itself is taken away.
        request.came_direct = not any(name.startswith(FORWARDING) for name in request.META)  # type: ignore[attr-defined]
        if request.path_info.startswith(OF_APIS):
            request.urlconf = WITH_APIS
        patience, remembered = database_roles.for_a_request(request.path), unchanged.during(request)
        with logs.about(request=number), patience, remembered:
            response = self.get_response(request)
            self._say(request, response, perf_counter() - begun)
        response[HEADER] = number
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict) -> None:
        """From here on the address is known by its name; of the address itself nothing is written, it may be a key."""
        route = request.resolver_match.url_name if request.resolver_match else None
        case = str(kwargs.get("number", ""))
        logs.tell(route=route, case=case if CASE.fullmatch(case) else "")

    def _say(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = (request.resolver_match.url_name if request.resolver_match else None) or "none"
        meters.request_took(route, request.method or "", response.status_code, seconds)
        logs.tell(role=getattr(getattr(request, "_cached_user", None), "role", ""))
        level = level_of(request, response, seconds)
        log.log(level, "%s %d %.0f ms", request.method, response.status_code, seconds * 1e3)


def level_of(request: HttpRequest, response: HttpResponse, seconds: float) -> int:
    """What was sent is always worth a line; of what was only looked at, only what failed or was slow."""
    if response.status_code >= 500 or seconds > SLOW_SECONDS:
        return logging.WARNING
    return logging.DEBUG if request.method in {"GET", "HEAD"} else logging.INFO


def number_of(theirs: str) -> str:
    """The proxy's own number, where it gives one that is fit to be written into a log; else a new one."""
    return theirs if THEIRS.fullmatch(theirs) else "".join(secrets.choice(LETTERS) for _ in range(OURS))


# Whom a request comes from: what a proxy says of it is believed only of the operator's own (TRUSTED_PROXIES).


Network = IPv4Network | IPv6Network
UNKNOWN = "0.0.0.0"
PREFIX = 64


class ProxyMiddleware:
    """Takes away what anybody else says of where a request comes from, before Django reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_proxy(request.META.get("REMOTE_ADDR", "")):
            for name in [name for name in request.META if name.startswith(("HTTP_X_FORWARDED_", "HTTP_FORWARDED"))]:
                del request.META[name]
        return self.get_response(request)


def address_of(request: HttpRequest) -> str:
    """The address a request comes from: the nearest one of the chain that is no proxy of ours."""
    nearest = request.META.get("REMOTE_ADDR", "")
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if is_proxy(nearest) else []
    for written in reversed(chain):
        if not is_address(written.strip()):
            break
        nearest = written.strip()
        if not is_proxy(nearest):
            break
    return plain(nearest) if is_address(nearest) else UNKNOWN


def plain(written: str) -> str:
    """An IPv4 address that came over an IPv6 socket (``::ffff:192.0.2.1``) is that IPv4 address."""
    address = ip_address(written)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or written)


def network(written: str) -> str:
    """What limits count as one sender: an IPv4 address, or the /64 of an IPv6 address, which one household has whole.

    As text such as ``192.0.2.1`` or ``2001:db8::/64``; ``written`` is an address.
    """
    address = ip_address(plain(written))
    return str(address) if address.version == 4 else str(ip_network((address, PREFIX), strict=False))


def of_network(written: str) -> tuple[str, str]:
    """The first and the last address of the ``network`` of an address, for a question to the database."""
    found = ip_network(network(written))
    return str(found[0]), str(found[-1])


def is_proxy(written: str) -> bool:
    return is_address(written) and any(
        ip_address(plain(written)) in one for one in networks(tuple(settings.TRUSTED_PROXIES))
    )


def is_address(written: str) -> bool:
    """One of a link alone (``fe80::1%eth0``) names nobody outside of this machine."""
    try:
        ip_address(written)
    except ValueError:
        return False
    return "%" not in written


@cache
def networks(written: tuple[str, ...]) -> list[Network]:
    return [ip_network(one) for one in written]


# How large the body of a request may be, by its address, and what is answered to one that was not taken.
#
# The server reads bodies before any view runs (``config/rsgi.py``, ADR 0031); what it refused comes here to be said in
# words. An address that stands in no line below takes a form of text.


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
        (r"/telefonia/|/api/v1/|/api/terceros/", MESSAGE),
        (r"/api/alertas/", ALERTS),
        (r"/campo/fotos", FILE),
        (r"/c/caso/[^/]+/[^/]+|/mi-empresa/casos/[^/]+/[^/]+", FILE),
        (r"/api/v2/cases/[^/]+/files$", FILES),
        (r"/casos/[^/]+/archivos$|/oficinas/recibir$|/ajustes/importar(/\d+/archivos)?$", FILES),
        (r"/companias/importar|/ciudades/lista|/ajustes/membrete|/ajustes/procedimiento/|/primeros-pasos", FILE),
    )
]
MACHINES = ("/api/", "/tmf-api/", "/mefApi/", "/telefonia/", "/campo/envios", "/campo/fotos")
"""Whoever sends there reads JSON."""
OF_THE_API = ("/api/", "/mefApi/")
"""Whoever sends there reads problems (RFC 9457)."""
OF_TM_FORUM = "/tmf-api/"
"""Whoever sends there reads the errors of that standard."""
PROBLEM = "application/problem+json"


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
        if request.path.startswith(OF_TM_FORUM):
            response: HttpResponse = tm_forum_error(request.path, STATUS[why], title, remedy)
        elif request.path.startswith(OF_THE_API):
            response = problem_of_body(STATUS[why], title, remedy)
        elif request.path.startswith(MACHINES):
            said = {"error": title, "title": title, "detail": remedy, "field": "body"}
            response = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
        else:
            context = {
                "request_id": logs.context_value("request"),
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


def problem_of_body(status: int, title: str, remedy: str) -> HttpResponse:
    """What is wrong with a body, in the members of both versions of the API: ``field``, and ``errors``."""
    wrong = {"field": "body", "errors": [{"field": "body", "detail": remedy}]}
    said = {"type": "about:blank", "status": status, "title": title, "remedy": remedy, "clause": "", **wrong}
    return JsonResponse(said, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def tm_forum_error(path: str, status: int, reason: str, message: str, **more: str) -> JsonResponse:
    """An error as TM Forum writes it, of version 5 with its type; ``more``: ``referenceError``."""
    said = {"code": f"ERR{status}", "reason": reason, "message": message, "status": str(status), **more}
    if "/v5/" in path:
        said = {"@type": "Error", **said}
    response = JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def too_large(most: int) -> tuple[str, str]:
    """What is wrong with a body of more than ``most`` bytes, and what helps: the limit, in KB or MB."""
    largest = f"{most // MB} MB" if most > FORM else f"{most // KB} KB"
    return _("Too much was sent at once."), _("This address accepts at most %s.") % largest


def words_of(path: str, why: Why) -> tuple[str, str]:
    """What is wrong, and what helps."""
    if why is Why.TOO_LARGE:
        return too_large(ceiling(path))
    return {
        Why.TOO_SLOW: (
            _("What was sent took too long to arrive."),
            _("Nothing was saved. Try again with a better connection, or send less at a time."),
        ),
        Why.BROKEN_OFF: (_("The transmission was cut off."), _("Nothing was saved. Send it again.")),
        Why.BUSY: (
            _("Too many files are being sent from where you are."),
            _("Nothing was saved. Wait a moment, then send it again."),
        ),
        Why.NO_ROOM: (
            _("There is no space to receive a file just now."),
            _("Nothing was saved. Whoever runs the server must free up disk space; text is still accepted."),
        ),
    }[why]
