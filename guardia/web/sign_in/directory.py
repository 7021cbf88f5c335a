"""Sign-in by the operator's own directory (OpenID Connect, SAML): it says who somebody is, never that somebody works
here.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guardia.people.audit_entry import AuditKind
from guardia.people.staff import Staff
from guardia.web.shared.audit import note

LONGEST = 200
SAML = "saml"


class DirectoryAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The person this identity belongs to; found once by address or name, then kept. Nobody else comes in."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise turned_away(request, _("This is not yours to open."))
        if sociallogin.is_existing:
            return
        staff = known(sociallogin)
        if staff is None:
            note(request, AuditKind.SIGN_IN_FAILED, by="socialaccount", uid=sociallogin.account.uid[:LONGEST])
            raise turned_away(
                request,
                _("%(directory)s knows you, but nobody here has your address. Ask an administrator to write you down.")
                % {"directory": name_of(sociallogin.account.provider)},
            )
        sociallogin.connect(request, staff)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **how: Any) -> None:
        note(request, AuditKind.SIGN_IN_FAILED, by="socialaccount", why=str(how.get("error", ""))[:LONGEST])
        raise turned_away(
            request,
            _("The sign-in with %(directory)s did not come to its end. Try again, or use your password.")
            % {"directory": name_of(getattr(provider, "id", ""))},
        )

    def get_requests_session(self) -> Any:
        """As allauth's, but it reaches no address that an outsider could turn against this machine's surroundings."""
        from guardia.people.outward import OfTheDirectory

        session = super().get_requests_session()
        session.mount("http://", OfTheDirectory())
        session.mount("https://", OfTheDirectory())
        return session


def turned_away(request: HttpRequest, words: str) -> ImmediateHttpResponse:
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
    return Staff.objects.filter(username=name, is_active=True).first() if name else None


def of_address(written: str) -> Staff | None:
    """An address that several have is nobody's."""
    address = written.strip()
    found = list(Staff.objects.filter(email__iexact=address, is_active=True)[:2]) if address else []
    return found[0] if len(found) == 1 else None
