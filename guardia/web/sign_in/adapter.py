"""What allauth is told of our rules: limits on attempts, the journal, the second step, nobody who signs up."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.people.attempts import note_limit, too_many
from guardia.people.audit import AuditKind, account_mark, browser_mark, step_mark
from guardia.people.lookup import staff_called, staff_of_id
from guardia.people.policy import Right, may
from guardia.people.second_step import SEEN, has_another, has_one, must_have_one, sealed, steps_of_type, unsealed
from guardia.people.staff import Staff
from guardia.web.shared.audit import note

# --- known browser ----------------------------------------------------------------------------------------------------
# A browser by which somebody came in before: it is known by a signed cookie, and its wrong attempts are counted
# apart.
# Whoever has the cookie has a limit of its own and nothing else: no step of the sign-in is left out for it.
SALT = "guardia.web.known_browser"
GOOD_FOR = timedelta(days=90)


def remember(request: HttpRequest, response: HttpResponse, staff: Staff) -> None:
    """This person came in by this browser."""
    browser = known_by(request, staff.username) or secrets.token_hex(8)
    response.set_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        f"{browser}:{staff.username}",
        salt=SALT,
        max_age=int(GOOD_FOR.total_seconds()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def known_by(request: HttpRequest, username: str) -> str:
    """By what this browser is known as one of ``username``; empty where it is not."""
    said = request.get_signed_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME, default="", salt=SALT, max_age=int(GOOD_FOR.total_seconds())
    )
    browser, _colon, name = (said or "").partition(":")
    return browser if name == username else ""


# --- adapter ----------------------------------------------------------------------------------------------------------
WRONG = _("The user name or the password is wrong.")
LIMITED = _("Too many attempts. Wait some minutes, then try again; an administrator can give you a one-time link.")
SECOND_STEP_STAGE = "guardia.web.sign_in.adapter.SecondStepStage"


def refuse_when_limited(request: HttpRequest, account: str) -> None:
    """Raises ValidationError where this account or this network has been wrong too often (ATTEMPTS_OF_…). NOBODY for
    an attempt that names no account.
    """
    at, address = now(), address_of(request)
    if too_many(account, address, at):
        note_limit(account, address, request.headers.get("User-Agent", ""), at)
        raise ValidationError(LIMITED)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The password is wrong."),
        "too_many_login_attempts": LIMITED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A technician's work is in the field: the desk is not his to open."""
        if isinstance(request.user, Staff) and not may(request.user, Right.SEE_DESK):
            return resolve_url("field")
        return str(super().get_login_redirect_url(request))

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        refuse_when_limited(request, account_of(request, credentials.get("username", "")))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        username = credentials.get("username", "")
        staff = staff_called(username)
        note(request, AuditKind.SIGN_IN_FAILED, staff=staff, account=account_of(request, username))

    def login(self, request: HttpRequest, user: Any) -> None:
        """The session ends for good after SESSION_COOKIE_AGE, however busy it is; its language is the person's."""
        super().login(request, user)
        at = now()
        request.session.set_expiry(at + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        request.session[SEEN] = int(at.timestamp())

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        note(request, AuditKind.SIGNED_IN, staff=user, by=steps_of(request, user))
        response = super().post_login(request, user, **how)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        remember(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        note(request, AuditKind.SIGNED_OUT)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        note(context.request, AuditKind.PASSWORD_CHANGED, staff=user, about="staff", key=user.pk)

    def get_login_stages(self) -> list[str]:
        return [SECOND_STEP_STAGE]

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whoever has just come in is not asked again at once: a second step is set up in one go."""
        records = get_authentication_records(self.request, self.request.user)
        freshest = max((one["at"] for one in records), default=0)
        age = now().timestamp() - freshest
        return not 0 <= age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """By the directory or a key: told what whoever mistypes a password is told."""
        note(request, AuditKind.SIGN_IN_FAILED, staff=user, account=account_mark(user.username))
        messages.error(request, _("You cannot sign in here. Ask an administrator."))
        return redirect("sign_in")

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **more: Any
    ) -> None:
        """Only what went wrong: the pages of this installation say by themselves what was done."""
        if message:
            messages.add_message(request, level, message)

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """The journal keeps it; the outbox is for what is owed about a case."""


def account_of(request: HttpRequest, username: str) -> str:
    """Under which account an attempt with this name is counted.

    Strangers' attempts are counted together. Whoever has come in, or came in by this browser before, is counted apart
    from them: nobody is shut out by somebody who knows the name.
    """
    name = username.strip().lower()
    if isinstance(request.user, Staff) and request.user.username == name:
        return step_mark(name)
    browser = known_by(request, name)
    return browser_mark(name, browser) if browser else account_mark(name)


def steps_of(request: HttpRequest, user: Staff) -> Sequence[str]:
    """By what somebody came in: password, totp, webauthn, recovery_codes, socialaccount."""
    return [str(one.get("type") or one["method"]) for one in get_authentication_records(request, user)]


# --- second step ------------------------------------------------------------------------------------------------------
# The second step of a sign-in: where it is asked for, and how allauth is told of this installation's rules for it.
LATER = "second_step_later"
"""In the session of whoever has just set the installation up: the second step is asked for at the next sign-in."""


class SecondStepStage(AuthenticateStage):
    """Asked of whoever has one, whatever the first step was; but of nobody whose directory has asked already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not had_second_step_at_directory(request, self.login.user)


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. Write the one that is shown now."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role signs in with a second step: set up another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unsealed(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_remove(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return gettext("Key %d") % (steps_of_type(user.pk, type) + 1)

    def get_totp_label(self, user: Any) -> str:
        return user.username


def may_remove(authenticator: Authenticator) -> bool:
    """Not the last one of somebody whose role must have one."""
    staff = staff_of_id(authenticator.user_id)
    return staff is None or not must_have_one(staff) or has_another(authenticator)


def had_second_step_at_directory(request: HttpRequest, staff: Staff | None) -> bool:
    """Whether this session came by a directory that the operator trusts to have asked for a second step."""
    trusted = {"oidc": settings.OIDC_HAS_SECOND_STEP, "saml": settings.SAML_HAS_SECOND_STEP}
    if not any(trusted.values()):
        return False
    found = get_authentication_records(request, staff)
    return any(one["method"] == "socialaccount" and trusted.get(one.get("provider", "")) for one in found)


def is_owed(request: HttpRequest, staff: Staff) -> bool:
    """Whether this person must set a second step up before anything else."""
    if request.session.get(LATER):
        return False
    return must_have_one(staff) and not had_second_step_at_directory(request, staff) and not has_one(staff)
