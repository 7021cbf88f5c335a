"""The link by which a contact asks for the next level of one case (E1): signed, good for a month.

It stands in that contact's letters. It is signed, so that nobody can make one up; whoever holds the letter may ask, as
whoever holds the telephone may.
"""

from datetime import timedelta
from typing import NamedTuple

from guardia.people import signed

SALT = "guardia.escalation.escalate_link"
GOOD_FOR = timedelta(days=30)
"""Every letter brings a fresh one, so it must only outlive the wait for the next."""


class Asks(NamedTuple):
    """Who asks, and for what: the company under whose row policies the page is shown, its case and its contact, by
    id.
    """

    customer: int
    case: int
    contact: int


def token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this case and this contact of the company in the address of the page; good for a month from now."""
    return signed.token(SALT, customer_id, case_id, contact_id)


def read(token: str) -> Asks:
    """Whom and what a link names. Raises LinkHasExpired after a month, LinkIsInvalid where it is none of ours."""
    return Asks(*signed.read(token, SALT, GOOD_FOR, ids=3))
