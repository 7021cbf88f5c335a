"""A code to a mailbox in place of a password: asked for, sent, tried, used once (P2).

Whoever asks learns nothing of whose mailbox it is: what is answered, and what is written, is the same. The digits are
computed from the row and the installation's secret (an HOTP, RFC 4226), so that no backup and no reader of the tables
has one.
"""

import os
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from guardia.config.database_roles import DatabaseRole, behind, of_code, of_mailbox
from guardia.config.requests import network
from guardia.customers import mailbox_contacts
from guardia.customers.sign_in import SignInCode
from guardia.people import signed

GOOD_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=1)
MOST_ATTEMPTS = 5

PAUSE = timedelta(seconds=60)
COUNTED_FOR = timedelta(hours=1)
BY_ONE_FOR_ONE = 5
OF_A_MAILBOX = 20
OF_AN_ADDRESS = 30
"""So many codes an hour; more are asked for by a machine. Whoever asks for a mailbox that is not his uses up his own
five, not those of the person whose it is. An address is an IPv4 one, or the /64 of an IPv6 one.
"""
OF_EVERYBODY = 1000
OF_A_STRANGE_ADDRESS = 3
"""Beyond so many of everybody together somebody asks by machine, from many addresses: then each address from which
nobody of that mailbox came in lately has so few. Nobody is refused for what all others asked.
"""
LATELY = timedelta(days=90)

AT_ONCE = 200


class TooOften(Exception):
    """So many codes have been asked for that no more are sent for a while."""


def ask(mailbox: str, asker: str, language: str, at: datetime) -> SignInCode | None:
    """Somebody at the IP address ``asker`` wrote this mailbox. A row is kept in any case; its ``mailbox`` is empty
    where it is nobody's, and then nothing is to be sent. ``at`` is UTC.

    None: one was asked for less than a minute ago, and that one still goes. Raises TooOften.
    """
    mailbox = mailbox.strip()[:254]
    with behind(DatabaseRole.PORTAL_ACTS, entry=of_mailbox(mailbox)):
        return _asked(mailbox, asker, language, at)


def _asked(mailbox: str, asker: str, language: str, at: datetime) -> SignInCode | None:
    mark, there, asker = marked("mailbox", mailbox.lower()), asker, marked("asker", network(asker))
    recent = SignInCode.objects.filter(asked_at__gt=at - COUNTED_FOR)
    theirs = recent.filter(mailbox_mark=mark)
    own = theirs.filter(asker_mark=asker)
    if own.filter(asked_at__gt=at - PAUSE).exists():
        return None
    from_there = recent.filter(asker_mark=asker).count()
    if own.count() >= BY_ONE_FOR_ONE or from_there >= OF_AN_ADDRESS:
        raise TooOften
    is_strange = from_there >= OF_A_STRANGE_ADDRESS and recent.count() >= OF_EVERYBODY
    if (is_strange or theirs.count() >= OF_A_MAILBOX) and not mailbox_contacts.came_in_from(there, at - LATELY):
        raise TooOften
    languages = mailbox_contacts.languages()
    return SignInCode.objects.create(
        mailbox_mark=mark,
        asker_mark=asker,
        mailbox=mailbox if languages else "",
        language=languages[0] if languages else language,
        salt=os.urandom(16),
        asked_at=at,
    )


def digits_of(code: SignInCode) -> str:
    """The six digits of this row."""
    return signed.digits_of("guardia.customers.codes", bytes(code.salt), code.pk)


def try_out(code_id: int, written: str, at: datetime) -> SignInCode | None:
    """The code of this row, used up, where these are its digits; None where not. Each try counts, right or wrong."""
    with behind(DatabaseRole.PORTAL_ACTS, entry=of_code(code_id)):
        return _tried(written, at)


def _tried(written: str, at: datetime) -> SignInCode | None:
    code = next(iter(SignInCode.objects.raw("SELECT * FROM signed_code()")), None)
    if code is None or is_over(code, at):
        return None
    code.attempts += 1
    digits = "".join(sign for sign in written if sign.isascii() and sign.isdigit())
    is_right = constant_time_compare(digits, digits_of(code)) and bool(code.mailbox)
    code.used_at = at if is_right else None
    code.save(update_fields=["attempts", "used_at"])
    return code if is_right else None


def is_over(code: SignInCode, at: datetime) -> bool:
    """Used, too old, or tried too often."""
    return bool(code.used_at) or at >= code.asked_at + GOOD_FOR or code.attempts >= MOST_ATTEMPTS


def forget(at: datetime) -> int:
    """What no limit counts any more is deleted, so many at a time; how many rows that were."""
    old = SignInCode.objects.filter(asked_at__lt=at - KEPT_FOR).order_by("pk").values("pk")[:AT_ONCE]
    return SignInCode.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def marked(kind: str, value: str) -> str:
    """Enough to count by, and nothing to read: a hash with the installation's secret."""
    return salted_hmac(f"guardia.customers.codes.{kind}", value, algorithm="sha256").hexdigest()
