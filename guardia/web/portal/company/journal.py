"""Who of a company came in, and who did not: into the journal, by id."""

from typing import Any

from django.http import HttpRequest

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.customers.contact import Contact
from guardia.customers.sessions import Whence
from guardia.people.audit_entry import AuditKind, write_down

BY_CODE, BY_OWN = "code_by_mail", "own_sign_in"


def note(request: HttpRequest, kind: AuditKind, *, contact: Contact | None = None, **said: Any) -> None:
    """One line, behind the staff's wall: a ``contact`` by id, or what ``about`` and ``key`` name."""
    if contact:
        said |= {"about": "contact", "key": contact.pk}
    write_down(kind, at=now(), address=address_of(request), agent=request.headers.get("User-Agent", ""), **said)


def whence(request: HttpRequest) -> Whence:
    """From where a session begins."""
    return Whence(address_of(request), request.headers.get("User-Agent", ""))
