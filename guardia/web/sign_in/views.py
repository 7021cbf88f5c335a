"""allauth's views in our frame; each says what was done in the journal."""

from datetime import timedelta
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy

from guardia.config.now import now
from guardia.people import second_step, shifts
from guardia.people.audit import AuditKind
from guardia.people.shifts import EndedAs
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member
from guardia.web.desk.entry import own_page
from guardia.web.desk.handover.shifts import nobody_would_be_there
from guardia.web.first_run import key
from guardia.web.shared.audit import note
from guardia.web.sign_in.adapter import SecondStepAdapter, may_remove
from guardia.web.sign_in.sessions import Framed
from guardia.web.sign_in.watch import NOTED_EVERY_SECONDS

TEMPLATES = "desk/sign_in"
USED_LATELY = timedelta(seconds=2 * NOTED_EVERY_SECONDS)
"""A session that is used is noted every so often, so a page that is open somewhere was noted since."""


class SignIn(Framed, account.LoginView):
    template_name = f"{TEMPLATES}/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where nobody is on record, nobody can sign in: whoever comes is led to the first steps."""
        if key.is_open():
            return redirect("first_run")
        found: HttpResponse = super().get(request, *args, **kwargs)
        return found

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        offers = {
            "oidc_name": settings.OIDC_NAME if settings.OIDC_URL else "",
            "saml_name": settings.SAML_NAME if settings.SAML_ENTITY_ID else "",
        }
        return {**super().get_context_data(**more), **offers, "next": self.request.GET.get("next", "")}


class SignOut(account.LogoutView):
    """Whoever signs out leaves the desk at once (A1); the last one is asked first, since nobody would be there."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, Staff) and not is_open_elsewhere(request, request.user):
            shifts.take_turn()
            at = now()
            if request.POST.get("seguro") != "si" and shifts.is_the_last(request.user, at):
                return nobody_would_be_there(request, at, "sign_out")
            shifts.leave(request.user, at, EndedAs.SIGNED_OUT)
        found: HttpResponse = super().post(request, *args, **kwargs)
        return found


def is_open_elsewhere(request: HttpRequest, staff: Staff) -> bool:
    """Whether another browser of this person was used lately: the desk is not left by signing out of one of two."""
    since = now() - USED_LATELY
    standing = second_step.standing(staff, request.session.session_key or "")
    return any(one.seen_at >= since for one in standing if not one.is_this)


class SecondStep(Framed, base.AuthenticateView):
    template_name = f"{TEMPLATES}/second_step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if form is self.webauthn_form:
            note(self.request, AuditKind.STEP_TAKEN, staff=self.stage.login.user, by="webauthn")
        return response


class KeyAlone(webauthn.LoginWebAuthnView):
    """A passkey in place of name and password."""

    def form_invalid(self, form: Any) -> HttpResponse:
        super().form_invalid(form)
        return redirect("sign_in")


class OnceMore(Framed):
    """Asks somebody who came in a while ago once more; whoever has no way to show it is led to the account's page."""

    def _check_reauthentication_method_available(self, request: HttpRequest) -> HttpResponse | None:
        if not get_adapter().get_reauthentication_methods(request.user):
            return redirect("mfa_index")
        found: HttpResponse | None = super()._check_reauthentication_method_available(request)  # type: ignore[misc]
        return found


class Again(OnceMore, account.ReauthenticateView):
    template_name = f"{TEMPLATES}/again.html"


class AgainByCode(OnceMore, base.ReauthenticateView):
    template_name = f"{TEMPLATES}/again.html"


class AgainByKey(OnceMore, webauthn.ReauthenticateWebAuthnView):
    template_name = f"{TEMPLATES}/again.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        super().form_invalid(form)
        return redirect("mfa_reauthenticate_webauthn")


class Account(Framed, base.IndexView):
    template_name = f"{TEMPLATES}/account.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        found = super().get_context_data(**more)
        codes = found["authenticators"].get("recovery_codes")
        return {
            **found,
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
            "sessions": second_step.standing(member(self.request), self.request.session.session_key or ""),
            "own_ends": reverse("sessions_end"),
        }


class AddApp(Framed, totp.ActivateTOTPView):
    template_name = f"{TEMPLATES}/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        note(self.request, AuditKind.STEP_ADDED, by="totp")
        return super().form_valid(form)


class RemoveApp(Framed, totp.DeactivateTOTPView):
    template_name = f"{TEMPLATES}/remove.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "is_app": True}

    def form_valid(self, form: Any) -> HttpResponse:
        note(self.request, AuditKind.STEP_REMOVED, by="totp")
        return super().form_valid(form)


class AddKey(Framed, webauthn.AddWebAuthnView):
    template_name = f"{TEMPLATES}/add_key.html"

    def form_valid(self, form: Any) -> HttpResponse:
        note(self.request, AuditKind.STEP_ADDED, by="webauthn")
        return super().form_valid(form)


class RenameKey(Framed, webauthn.EditWebAuthnView):
    template_name = f"{TEMPLATES}/rename_key.html"
    success_url = reverse_lazy("mfa_index")


class RemoveKey(Framed, webauthn.RemoveWebAuthnView):
    template_name = f"{TEMPLATES}/remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        if not may_remove(self.get_object()):
            form.add_error(None, ValidationError(SecondStepAdapter.error_messages["cannot_delete_authenticator"]))
            return self.form_invalid(form)
        note(self.request, AuditKind.STEP_REMOVED, by="webauthn")
        return super().form_valid(form)


class Codes(Framed, codes.ViewRecoveryCodesView):
    template_name = f"{TEMPLATES}/codes.html"


class NewCodes(Framed, codes.GenerateRecoveryCodesView):
    template_name = f"{TEMPLATES}/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        note(self.request, AuditKind.CODES_MADE)
        return super().form_valid(form)


def keys(_request: Any) -> HttpResponse:
    """allauth's own list of keys: here they stand on the page of the account."""
    return redirect(reverse("mfa_index"))


urlpatterns = [  # allauth asks for some of them by names of its own
    path("entrar", SignIn.as_view(), name="account_login"),
    path("entrar", SignIn.as_view(), name="sign_in"),
    path("entrar/llave", KeyAlone.as_view(), name="mfa_login_webauthn"),
    path("entrar/segundo-paso", SecondStep.as_view(), name="mfa_authenticate"),
    path("entrar/de-nuevo", own_page(Again.as_view()), name="account_reauthenticate"),
    path("entrar/de-nuevo/codigo", own_page(AgainByCode.as_view()), name="mfa_reauthenticate"),
    path("entrar/de-nuevo/llave", own_page(AgainByKey.as_view()), name="mfa_reauthenticate_webauthn"),
    path("salir", SignOut.as_view(), name="account_logout"),
    path("salir", SignOut.as_view(), name="sign_out"),
    path("cuenta/", own_page(Account.as_view()), name="mfa_index"),
    path("cuenta/aplicacion", own_page(AddApp.as_view()), name="mfa_activate_totp"),
    path("cuenta/aplicacion/quitar", own_page(RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("cuenta/llaves", own_page(keys), name="mfa_list_webauthn"),
    path("cuenta/llaves/nueva", own_page(AddKey.as_view()), name="mfa_add_webauthn"),
    path("cuenta/llaves/<int:pk>/nombre", own_page(RenameKey.as_view()), name="mfa_edit_webauthn"),
    path("cuenta/llaves/<int:pk>/quitar", own_page(RemoveKey.as_view()), name="mfa_remove_webauthn"),
    path("cuenta/codigos", own_page(Codes.as_view()), name="mfa_view_recovery_codes"),
    path("cuenta/codigos/nuevos", own_page(NewCodes.as_view()), name="mfa_generate_recovery_codes"),
]
