"""Sign-in by the operator's own directory over OpenID Connect: allauth's views, loaded where there is a directory.

Without OIDC_URL nothing of it is imported, and its addresses lead nowhere: what it needs is 5 MB of each process.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guardia.web.sign_in.leaving import leaving
from guardia.web.sign_in.of_allauth import view_of

PROVIDER = "openid_connect"


@leaving
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to the directory."""
    return view_of(PROVIDER, "login", is_set_up=settings.OIDC_URL)(request, provider_id=provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it."""
    return view_of(PROVIDER, "callback", is_set_up=settings.OIDC_URL)(request, provider_id=provider_id)
