"""The session of a contact who signed in: of this portal alone, ended by hand or by itself, known by a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from guardia.customers.contact import Contact
from guardia.customers.sign_in import CompanySession

LASTS = timedelta(hours=8)
KEPT_FOR = timedelta(days=30)
AT_ONCE = 200


def begin(contact: Contact, mailbox: str, at: datetime) -> tuple[CompanySession, str]:
    """A session of this contact from ``at`` (UTC), and the secret that its cookie holds."""
    token = secrets.token_urlsafe(32)
    session = CompanySession.objects.create(
        customer_id=contact.customer_id,
        contact=contact,
        mailbox=mailbox,
        token_hash=hashed(token),
        opened_at=at,
        expires_at=at + LASTS,
    )
    return session, token


def of(token: str, at: datetime) -> CompanySession | None:
    """The session that a cookie names, while it lasts and its person and company are active."""
    if not token or len(token) > 100:
        return None
    found = CompanySession.objects.filter(token_hash=hashed(token), ended_at=None, expires_at__gt=at)
    return found.filter(contact__active=True, customer__active=True).first()


def end(session: CompanySession, at: datetime) -> None:
    CompanySession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=at)


def forget(at: datetime) -> int:
    """Sessions that are long over are deleted, so many at a time; how many."""
    old = CompanySession.objects.filter(expires_at__lt=at - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return CompanySession.objects.filter(pk__in=list(old[:AT_ONCE])).delete()[0]


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
