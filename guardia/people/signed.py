"""Links that name somebody or something by id and are signed, so that nobody can make one up; digits of codes."""

import hashlib
import hmac
from datetime import timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import salted_hmac

LARGEST_ID = 2**63 - 1


class LinkIsInvalid(Exception):
    """This is no link of ours, or somebody has changed it."""


class LinkHasExpired(LinkIsInvalid):
    """It was one of ours, and is no longer good."""


class LetterLink(NamedTuple):
    """What the link of a letter names, by id: the company under whose policies it is read, its case, its contact."""

    customer: int
    case: int
    contact: int


def token(salt: str, *ids: int) -> str:
    """What names these in an address; how long it is good is asked when it is read. ``salt``: for which page it is."""
    return signer(salt).sign("-".join(str(one) for one in ids))


def read(token: str, salt: str, good_for: timedelta, *, ids: int = 1) -> list[int]:
    """The ids that a link names, as many as ``ids``. Raises LinkHasExpired, LinkIsInvalid."""
    return _read(signer(salt), token, good_for, ids)


def _read(by: TimestampSigner, token: str, good_for: timedelta, ids: int) -> list[int]:
    try:
        found = [int(one) for one in by.unsign(token, max_age=good_for).split("-")]
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong
    if len(found) != ids or max(found) > LARGEST_ID:
        raise LinkIsInvalid
    return found


def short_token(salt: str, *ids: int) -> str:
    """``token`` with a signature of 22 signs (132 bits), for a link that must fit into an SMS; see ``read_short``."""
    return ShortSigner(sep=".", salt=salt).sign("-".join(str(one) for one in ids))


def read_short(token: str, salt: str, good_for: timedelta, *, ids: int = 1) -> list[int]:
    """The ids that a short link names. Raises LinkHasExpired, LinkIsInvalid."""
    return _read(ShortSigner(sep=".", salt=salt), token, good_for, ids)


class ShortSigner(TimestampSigner):
    """132 bits are as far out of reach of guessing as 256, and half as long to send."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return super().signature(value, key)[:22]


def signer(salt: str) -> TimestampSigner:
    return TimestampSigner(sep=".", salt=salt)  # a colon ends a link in many a telephone


DIGITS = 6


def digits_of(what_for: str, salt: bytes, row: int) -> str:
    """The six digits of a row (as an HOTP, RFC 4226): computed when they are sent and when they are tried."""
    key = salted_hmac(what_for, salt.hex(), algorithm="sha256").digest()
    mac = hmac.new(key, b"%d" % row, hashlib.sha256).digest()
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
