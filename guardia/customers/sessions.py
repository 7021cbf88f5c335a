"""The session of a contact who signed in: of this portal alone, ended by hand or by itself, known by a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from guardia.config.sql_rows import rows_of
from guardia.customers.contact import Contact
from guardia.customers.sign_in import CompanySession

LASTS = timedelta(hours=8)
KEPT_FOR = timedelta(days=30)
AT_ONCE = 200
MOST_SHOWN = 100
HAS_OWN = Q(customer__own_sign_in__active=True)


@dataclass(frozen=True)
class Whence:
    """From which address, and by which browser, as it calls itself."""

    address: str | None = None
    agent: str = ""


NOWHERE = Whence()


def begin(
    contact: Contact, mailbox: str, at: datetime, whence: Whence = NOWHERE, *, by_own: bool = False
) -> tuple[CompanySession, str]:
    """A session of this contact from ``at`` (UTC), and the secret that its cookie holds. ``by_own``: let in by the
    company's own provider.
    """
    token = secrets.token_urlsafe(32)
    session = CompanySession.objects.create(
        customer_id=contact.customer_id,
        contact=contact,
        mailbox=mailbox,
        token_hash=hashed(token),
        by_own=by_own,
        address=whence.address,
        agent="".join(sign for sign in whence.agent if sign.isprintable())[:200],
        opened_at=at,
        expires_at=at + LASTS,
    )
    return session, token


def company_of(token: str) -> int | None:
    """The company of the session that a cookie names, by id, whether it lasts or not: asked before any is known."""
    if not token or len(token) > 100:
        return None
    return rows_of("SELECT company_of_session(%s)", [hashed(token)])[0][0]


def of(token: str, at: datetime) -> CompanySession | None:
    """The session that a cookie names, while it lasts and its person and company are active."""
    if not token or len(token) > 100:
        return None
    return good(at).filter(token_hash=hashed(token)).first()


def good(at: datetime) -> QuerySet[CompanySession]:
    """Sessions that are good at ``at`` (UTC). One that came by a code ends where the company requires its own sign-in,
    one that came by that where the company has none any more.
    """
    still = CompanySession.objects.filter(ended_at=None, expires_at__gt=at, contact__active=True, customer__active=True)
    by_code = Q(by_own=False) & ~Q(customer__own_sign_in__active=True, customer__own_sign_in__required=True)
    return still.filter(by_code | (Q(by_own=True) & HAS_OWN))


def standing(at: datetime, **of: object) -> list[CompanySession]:
    """The good sessions of a contact or a company, the latest first."""
    return list(good(at).filter(**of).select_related("contact").order_by("-opened_at", "-pk")[:MOST_SHOWN])


def end(session: CompanySession, at: datetime) -> None:
    CompanySession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=at)


def end_some(sessions: Sequence[CompanySession], at: datetime) -> int:
    """How many of them were not over yet."""
    return CompanySession.objects.filter(pk__in=[one.pk for one in sessions], ended_at=None).update(ended_at=at)


def end_of_company(customer_id: int, at: datetime, *, by_own: bool) -> int:
    """End those of a company that came by its own sign-in, or by a code; how many."""
    return CompanySession.objects.filter(customer=customer_id, by_own=by_own, ended_at=None).update(ended_at=at)


def forget(at: datetime) -> int:
    """Sessions that are long over are deleted, so many at a time; how many."""
    old = CompanySession.objects.filter(expires_at__lt=at - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return CompanySession.objects.filter(pk__in=list(old[:AT_ONCE])).delete()[0]


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
