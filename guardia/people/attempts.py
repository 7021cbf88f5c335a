"""How often somebody may be wrong. Counted in the journal, so that it holds for every process and after a restart."""

from datetime import datetime, timedelta

from django.conf import settings

from guardia.config.requests import network, of_network
from guardia.config.sql_rows import rows_of, take_turn
from guardia.people.audit import AuditEntry, AuditKind, failures, write_down
from guardia.people.staff import Staff

FILE_OF_CONTACT = "contact"
MOST_FILES, FILES_COUNTED_FOR = 30, timedelta(minutes=10)
"""So many files may one contact take, and so many send."""

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


def may_try(by: Staff, at: datetime) -> bool:
    """Whether this person may try a connection at ``at`` (UTC): TRIALS_PER_HOUR of them, whatever they led to.

    With a trial one learns what answers where, so that it is on record (AuditKind.TRIED) and not without end.
    """
    take_turn(f"trial of {by.pk}")
    lately = AuditEntry.objects.filter(staff=by, at__gt=at - timedelta(hours=1), kind=AuditKind.TRIED)
    return lately.count() < settings.TRIALS_PER_HOUR


def one_more_file(kind: AuditKind, contact_id: int, address: str, agent: str, at: datetime) -> bool:
    """Write down that a customer's contact takes a file (EXPORTED) or sends one (BROUGHT_IN), at ``at`` (UTC).

    False: this contact has had too many, or one is being made at this moment. Nobody else of the company is refused.
    A report is set, and a picture decoded, by one process for all: whoever asks without end would hold it.
    """
    if not makes_alone(contact_id):
        return False
    lately = AuditEntry.objects.filter(about=FILE_OF_CONTACT, key=str(contact_id), at__gt=at - FILES_COUNTED_FOR)
    if lately.filter(kind=kind).count() >= MOST_FILES:
        return False
    write_down(kind, at=at, address=address, agent=agent, about=FILE_OF_CONTACT, key=contact_id)
    return True


def makes_alone(contact_id: int) -> bool:
    """Whether no file of this contact is being made at this moment by another transaction; none is until this one ends.

    ``one_more_file`` sees to it where the file is made in its own transaction; whoever makes it in the next asks again.
    """
    ((is_alone,),) = rows_of("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"file of {contact_id}"])
    return bool(is_alone)


# Links to customers' pages and keys of the API that are none of ours: counted in the journal, by where they come from
# (ADR 0022).
#
# One of ours opens in any case: behind one address a whole company may stand, and only one of it may be guessing.


def one_more(address: str, agent: str, at: datetime, *, key: str | None = None) -> bool:
    """Write down that the network of ``address`` came with a link that is none, at ``at`` (UTC). False: it has had too
    many of them (GUESSES_OF_ADDRESS), which is written down once in the time they count.

    ``key``: it was no link but a key of the API that was refused, with this prefix as far as it had one.
    """
    take_turn(f"guess from {network(address)}")
    since = at - timedelta(minutes=settings.ATTEMPT_MINUTES)
    lately = AuditEntry.objects.filter(address__range=of_network(address), at__gt=since)
    if lately.filter(kind=AuditKind.GUESSED).count() < settings.GUESSES_OF_ADDRESS:
        about = "" if key is None else "api_key"
        write_down(AuditKind.GUESSED, at=at, address=address, agent=agent, about=about, key=key or "")
        return True
    if not lately.filter(kind=AuditKind.GUESSES_LIMITED).exists():
        write_down(AuditKind.GUESSES_LIMITED, at=at, address=address, agent=agent)
    return False
