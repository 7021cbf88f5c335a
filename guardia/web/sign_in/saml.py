"""Sign-in by the operator's own directory over SAML 2.0: allauth's views, which only the extra ``saml`` brings along.

Without SAML_ENTITY_ID nothing of it is imported, and its addresses lead nowhere.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guardia.people.audit_entry import AuditKind
from guardia.web.shared.audit import note
from guardia.web.sign_in.leaving import leaving
from guardia.web.sign_in.of_allauth import view_of

SLUG = "directorio"
XML = "application/samlmetadata+xml"


def of_allauth(request: HttpRequest, name: str) -> Callable[..., HttpResponse]:
    """The view of this name. Raises Http404 where no such directory is set up."""
    view = view_of("saml", name, is_set_up=settings.SAML_ENTITY_ID)
    request.META.setdefault("HTTP_HOST", request.get_host())  # it is read there without asking whether it was sent
    return view


@require_POST
@leaving
def login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Out to the directory."""
    return of_allauth(request, "login")(request, organization_slug=organization_slug)


@csrf_exempt
@require_POST
def acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The directory's answer, which its own page posts: kept, and looked at in the next step, that has our cookies."""
    if organization_slug != SLUG or not request.POST.get("SAMLResponse"):
        raise Http404
    return of_allauth(request, "acs")(request, organization_slug=organization_slug)


@require_safe
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Looks at what the directory signed: for us, for this sign-in, good now.

    What was posted is a visitor's: what reads it throws whatever a torn one leads to (no XML, no answer to something
    that we asked), and none of that is an error of the server.
    """
    look = of_allauth(request, "finish_acs")
    try:
        return look(request, organization_slug=organization_slug)
    except (ImmediateHttpResponse, Http404, DatabaseError):
        raise
    except Exception as torn:
        note(request, AuditKind.SIGN_IN_FAILED, by="saml", why=type(torn).__name__)
        words = _("The sign-in with %(directory)s did not come to its end. Try again, or use your password.")
        messages.error(request, words % {"directory": settings.SAML_NAME})
        return redirect("sign_in")


@csrf_exempt
def sls(_request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Nobody is signed out from outside: a session ends here, by hand, when it is idle, or by an administrator."""
    raise Http404


@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the directory must know of this house."""
    of_allauth(request, "metadata")
    utils = import_module("allauth.socialaccount.providers.saml.utils")
    app = utils.get_app_or_404(request, organization_slug)
    config: dict[str, Any] = utils.build_saml_config(request, app.settings, organization_slug)
    del config["sp"]["singleLogoutService"]
    asked = import_module("onelogin.saml2.settings").OneLogin_Saml2_Settings(config, sp_validation_only=True)
    return HttpResponse(asked.get_sp_metadata(), content_type=XML)
