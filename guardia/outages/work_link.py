"""The link by which a contact reads of a planned work and answers: signed, for that company alone, for a year."""

from datetime import timedelta
from typing import NamedTuple

from guardia.people import signed

SALT = "guardia.outages.work_link"
GOOD_FOR = timedelta(days=366)


class Reads(NamedTuple):
    """Who reads what: the company behind whose wall it is shown, the work and the contact, by id."""

    customer: int
    work: int
    contact: int


def token(customer_id: int, work_id: int, contact_id: int) -> str:
    """What names this work and this contact in the address of the page; good for a year from now."""
    return signed.token(SALT, customer_id, work_id, contact_id)


def read(token: str) -> Reads:
    """Whom and what a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return Reads(*signed.read(token, SALT, GOOD_FOR, ids=3))
