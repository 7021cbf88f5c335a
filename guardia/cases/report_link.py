"""The link by which a contact reads the closing report of one case: signed, for that company alone, good for a year."""

from datetime import timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from guardia.escalation.answer_link import LinkHasExpired, LinkIsInvalid
from guardia.escalation.escalate_link import LARGEST_ID

SALT = "guardia.cases.report_link"
GOOD_FOR = timedelta(days=366)


class Reads(NamedTuple):
    """Who reads what: the company behind whose wall it is shown, its case and its contact, by id."""

    customer: int
    case: int
    contact: int


def token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this report and this contact in the address of the page; good for a year from now."""
    return signer().sign(f"{customer_id}-{case_id}-{contact_id}")


def read(token: str) -> Reads:
    """Whom and what a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    try:
        customer, case, contact = map(int, signer().unsign(token, max_age=GOOD_FOR).split("-"))
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong
    if max(customer, case, contact) > LARGEST_ID:
        raise LinkIsInvalid
    return Reads(customer, case, contact)


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt=SALT)  # a colon ends a link in many a telephone
