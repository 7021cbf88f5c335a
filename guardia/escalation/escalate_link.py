"""The link by which a contact asks for the next level of one case (E1): signed, good for a month.

It stands in that contact's letters. It is signed, so that nobody can make one up; whoever holds the letter may ask, as
whoever holds the telephone may.
"""

from datetime import timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from guardia.escalation.answer_link import LinkHasExpired, LinkIsInvalid

SALT = "guardia.escalation.escalate_link"
GOOD_FOR = timedelta(days=30)
"""Every letter brings a fresh one, so it must only outlive the wait for the next."""

LARGEST_ID = 2**63 - 1


class Asks(NamedTuple):
    """Who asks, and for what: the company behind whose wall the page is shown, its case and its contact, by id."""

    customer: int
    case: int
    contact: int


def token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this case and this contact of the company in the address of the page; good for a month from now."""
    return signer().sign(f"{customer_id}-{case_id}-{contact_id}")


def read(token: str) -> Asks:
    """Whom and what a link names. Raises LinkHasExpired after a month, LinkIsInvalid where it is none of ours."""
    try:
        customer, case, contact = map(int, signer().unsign(token, max_age=GOOD_FOR).split("-"))
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong
    if max(customer, case, contact) > LARGEST_ID:
        raise LinkIsInvalid
    return Asks(customer, case, contact)


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt=SALT)  # a colon ends a link in many a telephone
