"""How often somebody may be wrong. Counted in the journal, so that it holds for every process and after a restart."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from guardia.config.proxies import network, of_network
from guardia.people.audit_entry import AuditEntry, AuditKind, failures, write_down

NOBODY = ""
"""The account of an attempt that names none, such as a wrong one-time link: it counts against its network alone."""


def too_many(account: str, address: str, at: datetime) -> bool:
    """Whether an attempt of this account (its mark, or NOBODY) from the network of this address is not even looked at.
    ``at`` is UTC.

    Whoever tries at the same time waits here until the other attempt is counted. An account that does not exist is
    limited as one that does, so that the limit tells nobody which is which.
    """
    within = timedelta(minutes=settings.ATTEMPT_MINUTES)
    take_turn(f"attempt from {network(address)}")
    if account != NOBODY:
        take_turn(f"attempt of {account}")
        if failures(at, within, account=account) >= settings.ATTEMPTS_OF_ACCOUNT:
            return True
    return failures(at, within, address__range=of_network(address)) >= settings.ATTEMPTS_OF_ADDRESS


def note_limit(account: str, address: str, agent: str, at: datetime) -> None:
    """Write down that attempts are being refused: once in the time they count, however many there are."""
    since = at - timedelta(minutes=settings.ATTEMPT_MINUTES)
    told = AuditEntry.objects.filter(kind=AuditKind.SIGN_IN_LIMITED, at__gt=since, account=account, address=address)
    if not told.exists():
        write_down(AuditKind.SIGN_IN_LIMITED, at=at, account=account, address=address, agent=agent)


def take_turn(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])
