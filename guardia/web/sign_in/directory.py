"""Sign-in by the operator's directory (OpenID Connect, SAML): it says who somebody is, not that somebody works here."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guardia.people.audit import AuditKind
from guardia.people.lookup import staff_called, staff_of_address
from guardia.people.staff import Staff
from guardia.web.shared.audit import note
from guardia.web.sign_in.sessions import around

View = Callable[..., HttpResponse]

# --- directory --------------------------------------------------------------------------------------------------------
LONGEST = 200
SAML = "saml"


class DirectoryAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The person this identity belongs to; found once by address or name, then kept. Nobody else comes in."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise refuse_sign_in(request, _("You are not allowed to open this."))
        if sociallogin.is_existing:
            return
        staff = known(sociallogin)
        if staff is None:
            note(request, AuditKind.SIGN_IN_FAILED, by="socialaccount", uid=sociallogin.account.uid[:LONGEST])
            raise refuse_sign_in(
                request,
                _("%(directory)s recognises you, but no account here has your address. Ask an administrator to add it.")
                % {"directory": name_of(sociallogin.account.provider)},
            )
        sociallogin.connect(request, staff)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **how: Any) -> None:
        note(request, AuditKind.SIGN_IN_FAILED, by="socialaccount", why=str(how.get("error", ""))[:LONGEST])
        raise refuse_sign_in(
            request,
            _("The sign-in with %(directory)s was not completed. Try again, or use your password.")
            % {"directory": name_of(getattr(provider, "id", ""))},
        )

    def get_requests_session(self) -> Any:
        """As allauth's, but it reaches no address that an outsider could turn against this machine's surroundings."""
        from guardia.people.outward import OfTheDirectory

        session = super().get_requests_session()
        session.mount("http://", OfTheDirectory())
        session.mount("https://", OfTheDirectory())
        return session


def refuse_sign_in(request: HttpRequest, words: str) -> ImmediateHttpResponse:
    messages.error(request, words)
    return ImmediateHttpResponse(redirect("sign_in"))


def name_of(provider: str) -> str:
    return str(settings.SAML_NAME if provider == SAML else settings.OIDC_NAME)


def known(sociallogin: SocialLogin) -> Staff | None:
    """The one active person of this address, which the directory says it has checked; or of this name (OIDC_MATCH).

    SAML has no word for whether an address was checked: what the one directory that is set up signs, counts.
    """
    if sociallogin.account.provider == SAML:
        said, match = sociallogin.user, settings.SAML_MATCH
        return named(said.username) if match == "username" else of_address(said.email)
    claims = sociallogin.account.get_provider_account().get_user_data() or {}
    if settings.OIDC_MATCH == "username":
        return named(str(claims.get("preferred_username") or ""))
    return of_address(str(claims.get("email") or "")) if claims.get("email_verified") is True else None


def named(written: str) -> Staff | None:
    name = written.strip().lower()
    return staff_called(name, is_active=True) if name else None


def of_address(written: str) -> Staff | None:
    """An address that several have is nobody's."""
    return staff_of_address(written.strip())


# --- leaving ----------------------------------------------------------------------------------------------------------
# On to a directory's own page. A form may be answered by our pages alone (form-action), so one stands between.


def leaving(view: View) -> View:
    """What leads to another site becomes a page that goes there by itself; a link stands on it as well."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        address = response.headers.get("Location", "")
        host = urlsplit(address).netloc
        if not host or host == request.get_host() or not address.startswith(("https://", "http://")):
            return response
        page = render(request, "desk/sign_in/leaving.html", {**around(request), "address": address, "host": host})
        page.headers["Cache-Control"] = "no-store"
        page.cookies = response.cookies
        return page

    return shown


# --- views of allauth -------------------------------------------------------------------------------------------------
# allauth's views of a directory, loaded where there is one: without it its addresses lead nowhere.
def view_of(provider: str, name: str, *, is_set_up: object) -> View:
    """The view of this name. Raises Http404 where no such directory is set up."""
    if not is_set_up:
        raise Http404
    view: View = getattr(import_module(f"allauth.socialaccount.providers.{provider}.views"), name)
    return view


# --- OpenID Connect ---------------------------------------------------------------------------------------------------
# Sign-in by the operator's own directory over OpenID Connect: allauth's views, loaded where there is a directory.
# Without OIDC_URL nothing of it is imported, and its addresses lead nowhere: what it needs is 5 MB of each process.
PROVIDER = "openid_connect"


@leaving
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to the directory."""
    return view_of(PROVIDER, "login", is_set_up=settings.OIDC_URL)(request, provider_id=provider_id)


def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it."""
    return view_of(PROVIDER, "callback", is_set_up=settings.OIDC_URL)(request, provider_id=provider_id)


# --- SAML 2.0 ---------------------------------------------------------------------------------------------------------
# Sign-in by the operator's own directory over SAML 2.0: allauth's views, which only the extra ``saml`` brings along.
# Without SAML_ENTITY_ID nothing of it is imported, and its addresses lead nowhere.
SLUG = "directorio"
XML = "application/samlmetadata+xml"


def saml_view_of(request: HttpRequest, name: str) -> Callable[..., HttpResponse]:
    """The view of this name. Raises Http404 where no such directory is set up."""
    view = view_of("saml", name, is_set_up=settings.SAML_ENTITY_ID)
    request.META.setdefault("HTTP_HOST", request.get_host())  # it is read there without asking whether it was sent
    return view


@require_POST
@leaving
def saml_login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Out to the directory."""
    return saml_view_of(request, "login")(request, organization_slug=organization_slug)


@csrf_exempt
@require_POST
def saml_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The directory's answer, which its own page posts: kept, and looked at in the next step, that has our cookies."""
    if organization_slug != SLUG or not request.POST.get("SAMLResponse"):
        raise Http404
    return saml_view_of(request, "acs")(request, organization_slug=organization_slug)


@require_safe
def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Looks at what the directory signed: for us, for this sign-in, good now.

    What was posted is a visitor's: what reads it throws whatever a torn one leads to (no XML, no answer to something
    that we asked), and none of that is an error of the server.
    """
    look = saml_view_of(request, "finish_acs")
    try:
        return look(request, organization_slug=organization_slug)
    except (ImmediateHttpResponse, Http404, DatabaseError):
        raise
    except Exception as torn:
        note(request, AuditKind.SIGN_IN_FAILED, by="saml", why=type(torn).__name__)
        words = _("The sign-in with %(directory)s was not completed. Try again, or use your password.")
        messages.error(request, words % {"directory": settings.SAML_NAME})
        return redirect("sign_in")


@csrf_exempt
def saml_sls(_request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Nobody is signed out from outside: a session ends here, by hand, when it is idle, or by an administrator."""
    raise Http404


@require_safe
def saml_metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the directory must know of this installation."""
    saml_view_of(request, "metadata")
    utils = import_module("allauth.socialaccount.providers.saml.utils")
    app = utils.get_app_or_404(request, organization_slug)
    config: dict[str, Any] = utils.build_saml_config(request, app.settings, organization_slug)
    del config["sp"]["singleLogoutService"]
    asked = import_module("onelogin.saml2.settings").OneLogin_Saml2_Settings(config, sp_validation_only=True)
    return HttpResponse(asked.get_sp_metadata(), content_type=XML)


urlpatterns = [
    path("directorio/<slug:provider_id>", oidc_login, name="openid_connect_login"),
    path("directorio/<slug:provider_id>/vuelta", oidc_callback, name="openid_connect_callback"),
    path("saml/<slug:organization_slug>", saml_login, name="saml_login"),
    path("saml/<slug:organization_slug>/vuelta", saml_acs, name="saml_acs"),
    path("saml/<slug:organization_slug>/fin", saml_finish, name="saml_finish_acs"),
    path("saml/<slug:organization_slug>/salida", saml_sls, name="saml_sls"),
    path("saml/<slug:organization_slug>/datos", saml_metadata, name="saml_metadata"),
]
