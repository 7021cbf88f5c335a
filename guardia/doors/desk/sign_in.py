"""Signing in and out. The desk then speaks the person's own language."""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import TextInput
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from guardia.people.policy import Right, may
from guardia.people.staff import Staff


class SignInForm(AuthenticationForm):
    username = UsernameField(label=_("User name"), widget=TextInput(attrs={"autofocus": True}))


class SignIn(LoginView):
    authentication_form = SignInForm
    template_name = "desk/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """A technician's work is in the field: the desk is not his to open."""
        if isinstance(self.request.user, Staff) and not may(self.request.user, Right.SEE_DESK):
            return resolve_url("field")
        return super().get_default_redirect_url()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.get_user().language, samesite="Lax")
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


SignOut = LogoutView
