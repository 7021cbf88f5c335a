"""Writes a request into the journal: who, from where, with what browser."""

from typing import Any

from django.http import HttpRequest

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.people.audit_entry import AuditKind, write_down
from guardia.people.staff import Staff


def note(request: HttpRequest, kind: AuditKind, *, staff: Staff | None = None, account: str = "", **said: Any) -> None:
    """One line of the journal about this request; ``staff``: about whom, where nobody has signed in yet."""
    known = staff or (request.user if isinstance(request.user, Staff) else None)
    agent = request.headers.get("User-Agent", "")
    write_down(kind, at=now(), staff=known, account=account, address=address_of(request), agent=agent, **said)


def exported(request: HttpRequest, what: str, key: object = "", **facts: Any) -> None:
    """Somebody took a file of many rows out of the house. ``what``: of which report or list."""
    note(request, AuditKind.EXPORTED, about=what, key=key, **facts)


def seen_in_bulk(request: HttpRequest, what: str, key: object = "", **facts: Any) -> None:
    """Somebody was shown many persons' data on one page."""
    note(request, AuditKind.SEEN_IN_BULK, about=what, key=key, **facts)
