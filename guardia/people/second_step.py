"""Who must come in by a second step, who has one, and how its secrets are kept."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from guardia.people import sealing
from guardia.people.audit import AuditEntry, AuditKind
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


# Where somebody is signed in, and how that ends. The rows are allauth's; ending one deletes Django's session too.


SEEN = "guardia_seen_at"
"""Under which name a session keeps when it was used, in seconds since 1970; noted every some minutes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One browser that is signed in: since when, when it was used last (UTC), from where, and what it says it is."""

    id: int
    since: datetime
    seen_at: datetime
    address: str
    device: str
    is_this: bool


def standing(staff: Staff, current: str = "") -> list[Standing]:
    """The sessions of this person that are good still, the latest used first. ``current``: the key of one's own."""
    found = UserSession.objects.purge_and_list(staff)
    return [
        Standing(one.pk, one.created_at, one.last_seen_at, one.ip, device(one.user_agent), one.session_key == current)
        for one in sorted(found, key=lambda one: one.last_seen_at, reverse=True)
    ]


def end_one(staff: Staff, session_id: int) -> bool:
    """Whether this session of this person was there to be ended."""
    found = UserSession.objects.filter(user_id=staff.pk, pk=session_id).first()
    if found:
        found.end()
    return found is not None


def end_all(staff: Staff, but: str = "") -> int:
    """End every session of this person, but the one of the key ``but``; how many there were."""
    found = list(UserSession.objects.filter(user_id=staff.pk).exclude(session_key=but))
    for one in found:
        one.end()
    return len(found)


def seen(session_key: str, at: datetime, address: str) -> None:
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=at, ip=address)


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device(agent: str) -> str:
    """``Firefox · Windows``: what a browser says of itself, in two words; itself where it says neither."""
    named = [next((words for sign, words in kinds if sign in agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in named if word) or agent[:60] or "–"


def begin(request: HttpRequest) -> None:
    """Write down that somebody is signed in by this browser."""
    UserSession.objects.create_from_request(request)
