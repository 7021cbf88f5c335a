"""The door to a company's own sign-in: an address that nobody can make up, so that it tells nobody who is here."""

from datetime import timedelta

from guardia.customers.own_sign_in import OwnSignIn
from guardia.people import signed

SALT = "guardia.customers.sign_in_address"
GOOD_FOR = timedelta(days=3650)
"""It may be bookmarked, or stand among the programs of a company: it only leads to the company's own provider."""


def token(customer_id: int) -> str:
    return signed.short_token(SALT, customer_id)


def behind_it(written: str) -> OwnSignIn | None:
    """The sign-in of the company that the address names, with the company; None where it is none of ours, or is off."""
    try:
        customer_id = signed.read_short(written, SALT, GOOD_FOR)[0]
    except signed.LinkIsInvalid:
        return None
    return of(customer_id)


def of(customer_id: int) -> OwnSignIn | None:
    """The sign-in that this company has in use, if the company is active."""
    found = OwnSignIn.objects.filter(customer=customer_id, active=True, customer__active=True)
    return found.select_related("customer").first()
