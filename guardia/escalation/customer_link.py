"""The link by which a company sees who answers now: signed, for this company alone, good for a year."""

from datetime import timedelta

from guardia.people import signed

SALT = "guardia.escalation.customer_link"
GOOD_FOR = timedelta(days=366)


def token(customer_id: int) -> str:
    """What names this company in the address of its page."""
    return signed.token(SALT, customer_id)


def read(token: str) -> int:
    """The company that a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return signed.read(token, SALT, GOOD_FOR)[0]
