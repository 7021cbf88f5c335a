"""The forms of the sign-in: allauth's, with this installation's words, limits and journal."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.adapter import get_adapter as second_step
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from guardia.config.now import now
from guardia.people.attempts import NOBODY
from guardia.people.audit import AuditKind, step_mark
from guardia.people.second_step import code_mark, was_code_taken
from guardia.people.staff import Staff
from guardia.web.shared.audit import note
from guardia.web.sign_in.adapter import refuse_when_limited

CODE_LIVES = timedelta(minutes=2)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class SignInForm(LoginForm):
    """``username`` and ``password``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["login"].widget = forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none", "maxlength": 60}
        )
        self.fields["password"].label, self.fields["password"].help_text = _("Password"), ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].max_length = 4096

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)

    def clean_login(self) -> str:
        return self.cleaned_data["login"].strip().lower()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if len(password) > 4096:
            raise ValidationError(_("The password is wrong."))
        return password

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        login = Login(user=self.user, redirect_url=redirect_url)
        return flows.login.perform_password_login(request, self.user_credentials(), login)


class Watched:
    """A form of a second step: its attempts are limited and written into the journal."""

    user: Any

    def looked_at(self, looks: Any) -> Any:
        """What ``looks`` finds. Raises ValidationError where it is wrong, or may not be tried any more."""
        staff, request = self.user, context.request
        account = step_mark(staff.username)
        refuse_when_limited(request, account)
        try:
            return looks()
        except ValidationError:
            note(request, AuditKind.STEP_FAILED, staff=staff, account=account)
            raise


class CodeIsWatched(Watched):
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.Field = self.fields["code"]  # type: ignore[attr-defined]
        field.label, field.widget = _("Code"), forms.TextInput(attrs={**CODE, "maxlength": 40})

    def clean_code(self) -> str:
        return self.looked_at(self._looked_up)

    def _looked_up(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and was_used(self.user, code):
            raise second_step().validation_error("incorrect_code")
        return code

    def save(self) -> None:
        super().save()  # type: ignore[misc]
        mark = code_mark(self.user, self.cleaned_data["code"])  # type: ignore[attr-defined]
        note(context.request, AuditKind.STEP_TAKEN, staff=self.user, by=self.authenticator.type, code=mark)


def was_used(staff: Staff, code: str) -> bool:
    """A code is good once, whichever process takes it."""
    return was_code_taken(staff, code, now() - CODE_LIVES)


class CodeForm(CodeIsWatched, AuthenticateForm):
    pass


class CodeAgainForm(CodeIsWatched, ReauthenticateForm):
    pass


class FirstCodeForm(Watched, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code shown by the application")
        self.fields["code"].widget = forms.TextInput(attrs={**CODE, "maxlength": 10})

    def clean_code(self) -> str:
        return self.looked_at(super().clean_code)


class KeyIsWatched(Watched):
    def clean_credential(self) -> Authenticator:
        looks = super().clean_credential  # type: ignore[misc]
        return self.looked_at(lambda: whole(looks))


class KeyForm(KeyIsWatched, AuthenticateWebAuthnForm):
    pass


class KeyAgainForm(KeyIsWatched, ReauthenticateWebAuthnForm):
    pass


class KeyAloneForm(LoginWebAuthnForm):
    """A passkey in place of name and password. Whose it is, is the visitor's word until the signature is checked.

    Nobody guesses a signature: one that is right lets in, whatever others from the same network were wrong about.
    """

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = whole(super().clean_credential)
        except ValidationError:
            refuse_when_limited(context.request, NOBODY)
            note(context.request, AuditKind.SIGN_IN_FAILED, by="webauthn")
            raise
        return found


class NewKeyForm(AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = whole(super().clean)
        return found


def whole(looks: Any) -> Any:
    """What ``looks`` finds in a key's answer. Raises ValidationError where it finds nothing that fits.

    The answer is a visitor's: what reads it throws whatever a torn one leads to (a missing part, a short number, a
    signature of somebody else), and none of that is an error of the server.
    """
    try:
        return looks()
    except ValidationError:
        raise
    except Exception as torn:
        raise second_step().validation_error("incorrect_code") from torn
