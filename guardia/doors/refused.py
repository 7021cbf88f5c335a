"""Whoever is refused by role is told so, and the log says who tried what: a request that is refused leaves no row."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.defaults import permission_denied

from guardia.config.proxies import address_of

LOG = logging.getLogger("guardia.refused")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 403. Whoever signed in is named by id, the address by its name in the site map."""
    staff = getattr(request, "_cached_user", None)  # asked for already, or the door has no people of the house
    name = request.resolver_match.url_name if request.resolver_match else None
    LOG.warning(
        "%s %s refused to person %s from %s", request.method, name, getattr(staff, "pk", None), address_of(request)
    )
    return permission_denied(request, exception)
