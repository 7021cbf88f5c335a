"""The door to a company's own sign-in: an address that nobody can make up, so that it tells nobody who is here."""

from datetime import timedelta

from guardia.customers.own_sign_in import OwnSignIn
from guardia.people import signed

SALT = "guardia.customers.sign_in_address"
GOOD_FOR = timedelta(days=3650)
"""It may be bookmarked, or stand among the programs of a company: it only leads to the company's own provider."""


def token(customer_id: int) -> str:
    return signed.short_token(SALT, customer_id)


def company_in(written: str) -> int | None:
    """The company that the address names, by id; None where it is none of ours."""
    try:
        return signed.read_short(written, SALT, GOOD_FOR)[0]
    except signed.LinkIsInvalid:
        return None


def of(customer_id: int) -> OwnSignIn | None:
    """The sign-in that this company has in use, with the company, if that is active."""
    found = OwnSignIn.objects.filter(customer=customer_id, active=True, customer__active=True)
    return found.select_related("customer").first()
