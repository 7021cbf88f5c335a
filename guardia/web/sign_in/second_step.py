"""The second step of a sign-in: where it is asked for, and how allauth is told of this house's rules for it."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.people.second_step import has_one, must_have_one, sealed, unsealed
from guardia.people.staff import Staff

LATER = "second_step_later"
"""In the session of whoever has just set the installation up: the second step is asked for at the next sign-in."""


class SecondStepStage(AuthenticateStage):
    """Asked of whoever has one, whatever the first step was; but of nobody whose directory has asked already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not asked_by_the_directory(request, self.login.user)


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. Write the one that is shown now."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role comes in by a second step: set up another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unsealed(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_remove(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return _("Key %d") % (Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1)

    def get_totp_label(self, user: Any) -> str:
        return user.username


def may_remove(authenticator: Authenticator) -> bool:
    """Not the last one of somebody whose role must have one."""
    staff = Staff.objects.get(pk=authenticator.user_id)
    if not must_have_one(staff):
        return True
    others = Authenticator.objects.filter(user_id=staff.pk).exclude(pk=authenticator.pk)
    return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def asked_by_the_directory(request: HttpRequest, staff: Staff | None) -> bool:
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
    return must_have_one(staff) and not asked_by_the_directory(request, staff) and not has_one(staff)
