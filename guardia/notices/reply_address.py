"""Where an answer to one of our mails goes: ``casos+<mark>@domain``. The mark names the case and the contact, signed.

It proves that whoever answers holds a mail of ours. Some servers write an address in small letters: the mark has no
others, and it fits the 64 characters of a mailbox's name (RFC 5321).
"""

import base64
import re
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from guardia.people.connections import setting

SALT = "guardia.notices.reply_address"
OF_THE_SIGNATURE = 10  # octets: nobody guesses 80 bits over SMTP
LONGEST_NAME = 64
MARKED = re.compile(r"[0-9a-v]{1,13}-[0-9a-v]{1,13}\.[a-z2-7]{16}")


class Marked(NamedTuple):
    """What an address names: a case and a contact, by id."""

    case: int
    contact: int


class ShortSigner(Signer):
    """Django's signer with a signature that survives a mail address."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        signed = salted_hmac(f"{SALT}signer", value, key or self.key, algorithm=self.algorithm)
        return base64.b32encode(signed.digest()[:OF_THE_SIGNATURE]).decode().lower()


def reply_address(case_id: int, contact_id: int) -> str:
    """Where this contact's answer about this case goes; our plain address where mail does not come back to us.

    Without MAIL_IN nothing reads such an address, and many a server refuses it.
    """
    name, _, host = setting("MAIL_FROM").rpartition("@")
    marked = f"{name}+{mark(case_id, contact_id)}"
    fits = setting("MAIL_IN") and len(marked) <= LONGEST_NAME
    return f"{marked}@{host}" if fits else setting("MAIL_FROM")


def mark(case_id: int, contact_id: int) -> str:
    return signer().sign(f"{in_32(case_id)}-{in_32(contact_id)}")


def read(address: str) -> Marked | None:
    """What an address of ours names; None for any other, and for a mark that somebody made up."""
    name, _, host = address.lower().rpartition("@")
    ours, _, host_of_ours = setting("MAIL_FROM").lower().rpartition("@")
    own, _, found = name.rpartition("+")
    if (own, host) != (ours, host_of_ours) or not MARKED.fullmatch(found):
        return None
    try:
        case, contact = signer().unsign(found).split("-")
    except BadSignature:
        return None
    return Marked(int(case, 32), int(contact, 32))


def signer() -> ShortSigner:
    return ShortSigner(sep=".", salt=SALT)


# --- where a report comes back to that a letter did not arrive --------------------------------------------------------

OF_RETURNS = f"{SALT}.returns"
RETURNED = re.compile(r"r([0-9a-v]{1,13}\.[a-z2-7]{16})")


def return_path(delivery_id: int) -> str:
    """``casos+r<mark>@domain``: the sender of this delivery's envelope, so that a bounce names its letter.

    Empty where our plain address must do: mail does not come back to us (MAIL_IN), or MAIL_RETURN_PATHS is 0.
    """
    ours = setting("MAIL_FROM")
    name, _, host = ours.rpartition("@")
    marked = f"{name}+r{ShortSigner(sep='.', salt=OF_RETURNS).sign(in_32(delivery_id))}"
    fits = setting("MAIL_IN") and settings.MAIL_RETURN_PATHS and len(marked) <= LONGEST_NAME
    return f"{marked}@{host}" if fits else ""


def read_return_path(address: str) -> int | None:
    """The delivery that such an address names, by id; None for any other, and for a mark that somebody made up."""
    return _signed_id(address, RETURNED, OF_RETURNS)


def _signed_id(address: str, written_as: re.Pattern[str], salt: str) -> int | None:
    """The id that a mark of this kind in an address of ours names; None for any other."""
    name, _, host = address.lower().rpartition("@")
    ours, _, host_of_ours = setting("MAIL_FROM").lower().rpartition("@")
    own, _, found = name.rpartition("+")
    written = written_as.fullmatch(found)
    if (own, host) != (ours, host_of_ours) or not written:
        return None
    try:
        return int(ShortSigner(sep=".", salt=salt).unsign(written[1]), 32)
    except BadSignature:
        return None


def in_32(number: int) -> str:
    """``int(…, 32)`` reads it."""
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = "0123456789abcdefghijklmnopqrstuv"[digit] + digits
    return digits or "0"


# --- where a carrier's answer about one of our tickets comes back to --------------------------------------------------

OF_TICKETS = f"{SALT}.carrier_tickets"
OF_A_TICKET = re.compile(r"t([0-9a-v]{1,13}\.[a-z2-7]{16})")


def ticket_address(ticket_id: int) -> str:
    """``casos+t<mark>@domain``: where a carrier answers about this ticket; our plain address where no mail comes back.

    No customer is ever given such an address, and none of a case leads to a ticket.
    """
    ours = setting("MAIL_FROM")
    name, _, host = ours.rpartition("@")
    marked = f"{name}+t{ShortSigner(sep='.', salt=OF_TICKETS).sign(in_32(ticket_id))}"
    return f"{marked}@{host}" if setting("MAIL_IN") and len(marked) <= LONGEST_NAME else ours


def read_ticket(address: str) -> int | None:
    """The ticket that such an address names, by id; None for any other, and for a mark that somebody made up."""
    return _signed_id(address, OF_A_TICKET, OF_TICKETS)
