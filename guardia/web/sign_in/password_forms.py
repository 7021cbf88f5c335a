"""The forms by which a password is set: one's own, or by a link of one use, which may be asked for by mail."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import PasswordVerificationMixin
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guardia.people.staff import Staff


class NewPasswordForm(PasswordVerificationMixin, forms.Form):
    """A new password, typed twice; the rules are those of AUTH_PASSWORD_VALIDATORS."""

    password1 = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("New password, again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, of: Staff, **kwargs: Any) -> None:
        self.staff = of
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("12 letters or more. Long and easy to remember is better than odd.")

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.staff)
        return self.cleaned_data["password1"]


class MailboxForm(forms.Form):
    """The mailbox to which a link goes."""

    email = forms.EmailField(
        label=_("Your mailbox"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={
            "required": _("Write your mailbox, such as area@example.com."),
            "invalid": _("Write your mailbox, such as area@example.com."),
        },
    )


class ChangeForm(NewPasswordForm):
    """The old password too; it counts as an attempt like any other."""

    oldpassword = forms.CharField(
        label=_("Password of today"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("oldpassword", "password1", "password2")

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.staff, self.cleaned_data["oldpassword"]):
            raise ValidationError(_("The password is wrong."))
        return self.cleaned_data["oldpassword"]
