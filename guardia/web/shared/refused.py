"""Whoever is refused by role is told so, and the log says who tried what: a request that is refused leaves no row."""

import logging
import sys

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.defaults import server_error

from guardia.config import log_context
from guardia.config.collisions import is_collision
from guardia.config.proxies import address_of
from guardia.web.shared.away import away, full, gave_way, in_use, is_away, is_full, is_in_use

LOG = logging.getLogger("guardia.refused")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 403. Whoever signed in is named by id, the address by its name in the site map."""
    staff = getattr(request, "_cached_user", None)  # asked for already, or the door has no people of the house
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
    if is_away(trouble):
        return away(request)
    if is_collision(trouble):
        return gave_way(request)
    if is_in_use(trouble):
        return in_use(request)
    if is_full(trouble):
        return full(request)
    try:
        page = get_template("500.html").render({"request_id": log_context.said("request")})
    except TemplateDoesNotExist:
        return server_error(request)
    return HttpResponseServerError(page)
