"""What the house asks of a sign-in: limits on attempts, the journal, sessions that end, nobody who signs up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.people.attempts import note_limit, too_many
from guardia.people.audit_entry import AuditKind, account_mark, browser_mark, step_mark
from guardia.people.policy import Right, may
from guardia.people.sessions import SEEN
from guardia.people.staff import Staff
from guardia.web.shared.audit import note
from guardia.web.sign_in.known_browser import known_by, remember

WRONG = _("The user name or the password is wrong.")
LIMITED = _("Too many attempts. Wait some minutes, then try again; an administrator can give you a one-time link.")
SECOND_STEP_STAGE = "guardia.web.sign_in.second_step.SecondStepStage"


def refuse_when_limited(request: HttpRequest, account: str) -> None:
    """Raises ValidationError where this account or this network has been wrong too often (ATTEMPTS_OF_…). NOBODY for
    an attempt that names no account.
    """
    at, address = now(), address_of(request)
    if too_many(account, address, at):
        note_limit(account, address, request.headers.get("User-Agent", ""), at)
        raise ValidationError(LIMITED)


class HouseAdapter(DefaultAccountAdapter):
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
        staff = Staff.objects.filter(username=username).first()
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
        """Only what went wrong: the pages of this house say by themselves what was done."""
        if message:
            messages.add_message(request, level, message)

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """The journal keeps it; the house's outbox is for what is owed about a case."""


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
