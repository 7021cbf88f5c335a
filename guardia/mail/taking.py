"""A mail is taken: kept byte for byte, and nothing else, so that whoever hands it over may forget it at once.

What it is and where it belongs is ruled on afterwards, by itself. The same message taken twice is one.
"""

import hashlib
from contextlib import suppress
from datetime import datetime

from django.conf import settings

from guardia.mail.headers import Unreadable
from guardia.mail.identity import identity
from guardia.mail.message import Message, MessageKind, MessageState, Original, fill
from guardia.mail.raw_mail import read

MEGABYTE = 1024 * 1024
PIPE, IMAP, FOLDER = "pipe", "imap", "folder"


class TooLarge(Exception):
    """The mail is larger than this installation takes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the mail has {size / MEGABYTE:.1f} MB; the most here is {limit() // MEGABYTE} MB")


def limit() -> int:
    """The largest mail that is taken, in bytes."""
    return settings.MAIL_LIMIT_MB * MEGABYTE


def take(raw: bytes, way: str, now: datetime) -> Message:
    """Keep this mail, which came by ``way`` (imap, pipe, folder) at ``now`` (UTC). Raises TooLarge.

    It is safe as soon as the transaction of the caller is committed. One that is known already is given back.
    """
    if len(raw) > limit():
        raise TooLarge(len(raw))
    return keep(identity(raw), raw, way, now)


def take_headers(headers: bytes, size: int, way: str, now: datetime) -> Message:
    """Of a mail of ``size`` bytes, too large to be fetched: its headers, with the reason, for a person to see."""
    message = keep(identity(b"%d bytes\n" % size + headers), headers, way, now, **aside("too_large"))
    with suppress(Unreadable):
        fill(message, read(headers))
    return message


def take_note(what: str, way: str, now: datetime, reason: str) -> Message:
    """Of a mail that its server does not give out: that it is there. ``what`` names it, the same each time."""
    key = hashlib.sha256(what.encode()).hexdigest()
    return keep(key, what.encode(), way, now, subject=what[:500], **aside(reason))


def aside(reason: str) -> dict[str, str]:
    return {"kind": MessageKind.UNREADABLE, "state": MessageState.WAITING, "reason": reason}


def keep(key: str, content: bytes, way: str, now: datetime, **known: str) -> Message:
    message, is_new = Message.objects.get_or_create(identity=key, defaults={"way": way, "received_at": now, **known})
    if is_new:
        Original.objects.create(message=message, content=content)
    return message
