"""Who must come in by a second step, who has one, and how its secrets are kept."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.crypto import salted_hmac

from guardia.people import sealing
from guardia.people.audit_entry import AuditEntry, AuditKind
from guardia.people.staff import Staff

WHAT_FOR = "guardia.people.second_step"
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have_one(staff: Staff) -> bool:
    """Whether this person's role takes a second step (MFA_ROLES)."""
    return staff.role in settings.MFA_ROLES


def has_one(staff: Staff) -> bool:
    """Whether an authenticator app or a key is set up; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=staff.pk, type__in=STEPS).exists()


def remove_all(staff: Staff) -> int:
    """Take every second step of this person away, recovery codes too; how many there were."""
    return Authenticator.objects.filter(user_id=staff.pk).delete()[0]


def sealed(text: str) -> str:
    """A secret as the database keeps it: a copy of the tables alone makes no codes."""
    return sealing.seal(WHAT_FOR, text)


def unsealed(text: str) -> str:
    """Raises CannotBeUnsealed where SECRET_KEY has changed without SECRET_KEY_FALLBACKS."""
    return sealing.unseal(WHAT_FOR, text)


def code_mark(staff: Staff, code: str) -> str:
    """By which a code that was used once is known again."""
    code = code.replace(" ", "")
    return salted_hmac("guardia.people.code", f"{staff.pk}:{code}", algorithm="sha256").hexdigest()[:20]


def steps_of_type(user_id: int, type_: str) -> int:
    """How many second steps of this type somebody has."""
    return Authenticator.objects.filter(user_id=user_id, type=type_).count()


def has_another(authenticator: Authenticator) -> bool:
    """Whether its owner has a second step beside this one; recovery codes alone are none."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
    return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def was_code_taken(staff: Staff, code: str, since: datetime) -> bool:
    """Whether this code has let somebody in since this hour (UTC): it is good once, whichever process takes it."""
    lately = AuditEntry.objects.filter(kind=AuditKind.STEP_TAKEN, staff=staff, at__gt=since)
    return lately.filter(facts__code=code_mark(staff, code)).exists()
