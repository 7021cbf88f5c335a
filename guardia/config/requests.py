"""Each request has a number: in every line of the log, in the answer's X-Request-ID, and on the page that says that
something broke, so that whoever sees it can read it out over the telephone.

The outermost of the middlewares: it also measures how long a request took, by the name of its address.
"""

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from guardia.config import database_roles, log_context, meters

log = logging.getLogger("guardia.request")

HEADER = "X-Request-ID"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for another when it is read out."""
OURS = 8
THEIRS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{5,63}", re.ASCII)
CASE = re.compile(r"[1-9]\d{5,17}", re.ASCII)
SLOW_SECONDS = 2.0
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
        with log_context.about(request=number), database_roles.for_a_request(request.path):
            response = self.get_response(request)
            self._say(request, response, perf_counter() - begun)
        response[HEADER] = number
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict) -> None:
        """From here on the address is known by its name; of the address itself nothing is written, it may be a key."""
        route = request.resolver_match.url_name if request.resolver_match else None
        case = str(kwargs.get("number", ""))
        log_context.tell(route=route, case=case if CASE.fullmatch(case) else "")

    def _say(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = (request.resolver_match.url_name if request.resolver_match else None) or "none"
        meters.request_took(route, request.method or "", response.status_code, seconds)
        log_context.tell(role=getattr(getattr(request, "_cached_user", None), "role", ""))
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
