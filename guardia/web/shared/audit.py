"""Writes a request into the journal: who, from where, with what browser; and that the link of a letter was opened."""

from typing import Any

from django.http import HttpRequest

from guardia.config import asking
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.customers.values import no_formula
from guardia.notices import life
from guardia.people.audit import AuditKind, write_down
from guardia.people.staff import Staff


# --- audit ------------------------------------------------------------------------------------------------------------
@asking.of_primary()
def note(request: HttpRequest, kind: AuditKind, *, staff: Staff | None = None, account: str = "", **said: Any) -> None:
    """One line of the journal about this request; ``staff``: about whom, where nobody has signed in yet."""
    known = staff or (request.user if isinstance(request.user, Staff) else None)
    agent = request.headers.get("User-Agent", "")
    write_down(kind, at=now(), staff=known, account=account, address=address_of(request), agent=agent, **said)


def exported(request: HttpRequest, what: str, key: object = "", **facts: Any) -> None:
    """Somebody took a file of many rows out of the operator. ``what``: of which report or list."""
    note(request, AuditKind.EXPORTED, about=what, key=key, **facts)


def seen_in_bulk(request: HttpRequest, what: str, key: object = "", **facts: Any) -> None:
    """Somebody was shown many persons' data on one page."""
    note(request, AuditKind.SEEN_IN_BULK, about=what, key=key, **facts)


# --- links opened -----------------------------------------------------------------------------------------------------
# A link of a letter was opened: the letter is known to have arrived. Who opened it, a person or a scanner, is not.
LONGEST = 19  # digits: what is shorter fits into a bigint


def opened_by(request: HttpRequest, customer_id: int, contact_id: int | None = None) -> None:
    """Write it on the message that the address names (``por``), if it went to this company, and to this contact.

    The ids are those of the signed link. The role of the page reads only, so this is done by the one of the
    acts, before the page takes its own role. What names no message of theirs changes nothing.
    """
    named = request.GET.get("por", "")
    if request.method != "GET" or not (named.isascii() and named.isdigit() and len(named) < LONGEST):
        return
    with behind(DatabaseRole.PORTAL_ACTS, customer_id):
        life.opened(int(named), now(), customer_id=customer_id, contact_id=contact_id)


# --- spreadsheets -----------------------------------------------------------------------------------------------------
# Text in a file that a spreadsheet opens.


def as_text(cell: object) -> str:
    """What a cell of a CSV file says, so that no spreadsheet takes it for a formula: an apostrophe stands before it."""
    return no_formula(str(cell))
