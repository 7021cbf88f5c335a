"""A new password: one's own, or by the link of one use that somebody was handed. Every other session ends."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import PasswordVerificationMixin
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.notices.secret_mail import post_secret
from guardia.people import access_link, password_reset, second_step
from guardia.people.attempts import NOBODY
from guardia.people.audit import AuditKind
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member
from guardia.web.desk.entry import own_page
from guardia.web.desk.page import say
from guardia.web.shared.audit import note
from guardia.web.sign_in.adapter import refuse_when_limited
from guardia.web.sign_in.sessions import INVALID, around, stays


# --- forms ------------------------------------------------------------------------------------------------------------
# The forms by which a password is set: one's own, or by a link of one use, which may be asked for by mail.
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
        self.fields["password1"].help_text = _(
            "12 characters or more. Long and easy to remember is better than obscure."
        )

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.staff)
        return self.cleaned_data["password1"]


class MailboxForm(forms.Form):
    """The mailbox to which a link goes."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={
            "required": _("Write your email address, such as area@example.com."),
            "invalid": _("Write your email address, such as area@example.com."),
        },
    )


class ChangeForm(NewPasswordForm):
    """The old password too; it counts as an attempt like any other."""

    oldpassword = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("oldpassword", "password1", "password2")

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.staff, self.cleaned_data["oldpassword"]):
            raise ValidationError(_("The password is wrong."))
        return self.cleaned_data["oldpassword"]


# --- pages ------------------------------------------------------------------------------------------------------------
GONE = 410


@never_cache
@sensitive_post_parameters()
def change(request: HttpRequest) -> HttpResponse:
    staff = member(request)
    form = ChangeForm(request.POST or None, of=staff)
    if request.method == "POST" and form.is_valid():
        staff.set_password(form.cleaned_data["password1"])
        ended = second_step.end_all(staff, but=request.session.session_key or "")
        stays(request, staff)
        note(request, AuditKind.PASSWORD_CHANGED, about="staff", key=staff.pk, sessions=ended)
        say(request, gettext("Your password is changed. Every other browser is signed out."))
        return redirect("mfa_index")
    return answered(request, "password", {"form": form}, is_wrong=bool(form.errors))


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for a mailbox and sends a link there; whether it is anybody's changes nothing in the answer.

    Who has another trouble is told whom to ask. Without PASSWORD_RESET_BY_MAIL that is all.
    """
    form = MailboxForm(request.POST or None) if settings.PASSWORD_RESET_BY_MAIL else None
    context = {"form": form, "was_sent": "enviado" in request.GET, "minutes": password_reset.GOOD_FOR.seconds // 60}
    if request.method != "POST" or form is None:
        return answered(request, "forgotten", context, is_wrong=False)
    if not form.is_valid():
        return answered(request, "forgotten", context, is_wrong=True)
    try:
        ask_for_link(request, form.cleaned_data["email"])
    except password_reset.TooOften:
        page = {**context, **around(request), "limited": True}
        return keeps(render(request, "desk/sign_in/forgotten.html", page, status=429))
    return redirect(f"{reverse('forgotten')}?enviado")


def ask_for_link(request: HttpRequest, mailbox: str) -> None:
    """Raises TooOften."""
    at = now()
    agent = request.headers.get("User-Agent", "")
    password_reset.ask(
        mailbox, address=address_of(request), agent=agent, at=at, post=lambda made, to: post_secret(to, at, reset=made)
    )


@never_cache
@sensitive_post_parameters()
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST sets. A link that is none, was used or is too old says so, and counts against its network.

    Nobody guesses a link: one that is good opens, whatever others from the same network were wrong about.
    """
    staff = access_link.holder(token) or password_reset.holder(token, now())
    if staff is None:
        try:
            refuse_when_limited(request, NOBODY)
        except ValidationError as limited:
            return link_over(request, " ".join(limited.messages), 429)
        note(request, AuditKind.LINK_FAILED)
        return link_over(request, "", GONE)
    form = NewPasswordForm(request.POST or None, of=staff)
    if request.method == "POST" and form.is_valid():
        access_link.use(staff, form.cleaned_data["password1"], at=now(), address=address_of(request))
        say(request, gettext("Your password is set. Sign in with it."))
        return redirect("sign_in")
    return answered(request, "by_link", {"form": form, "holder": staff}, is_wrong=bool(form.errors))


def answered(request: HttpRequest, template: str, context: dict, *, is_wrong: bool) -> HttpResponse:
    """A wrong form keeps what it wrote: the attempt."""
    page = {**context, **around(request)}
    response = render(request, f"desk/sign_in/{template}.html", page, status=INVALID if is_wrong else 200)
    return keeps(response)


def link_over(request: HttpRequest, words: str, status: int) -> HttpResponse:
    page = {**around(request), "words": words}
    return keeps(render(request, "desk/sign_in/link_over.html", page, status=status))


urlpatterns = [
    path("entrar/sin-clave", forgotten, name="forgotten"),
    path("entrar/enlace/<str:token>", by_link, name="access_link"),
    path("cuenta/clave", own_page(change), name="change_password"),
]
