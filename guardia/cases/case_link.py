"""The link in every notice: it opens one case of one company for one contact, and shows it until it expires (P2).

It is signed, so that nobody can make one up. Whoever holds the letter reads and acts in the name of the contact it was
sent to, as whoever holds that contact's telephone may; the page says whose link it is.
"""

from datetime import timedelta

from guardia.people import signed

SALT = "guardia.cases.case_link"
GOOD_FOR = timedelta(days=90)
"""Every notice brings a fresh one: it must outlast the longest case, and the time in which a closing is objected to."""

NONCE_SALT = "guardia.cases.case_link.nonce"
NONCE_GOOD_FOR = timedelta(hours=12)
"""How long a page may lie open before one of its buttons is pressed."""


def token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this case and this contact in the address of the page; good for ninety days from now."""
    return signed.short_token(SALT, customer_id, case_id, contact_id)


def read(token: str) -> signed.LetterLink:
    """Whom and what a link names. Raises LinkHasExpired after ninety days, LinkIsInvalid where it is none of ours."""
    return signed.LetterLink(*signed.read_short(token, SALT, GOOD_FOR, ids=3))


def nonce(case_id: int, contact_id: int, drawn: int) -> str:
    """What a button of the page carries: a number ``drawn`` for this case and contact alone, which counts once."""
    return signed.short_token(NONCE_SALT, case_id, contact_id, drawn)


def nonce_in(written: str, case_id: int, contact_id: int) -> int:
    """The number that a button carried. Raises LinkHasExpired after twelve hours, LinkIsInvalid where it is not of this
    case and contact.
    """
    case, contact, drawn = signed.read_short(written, NONCE_SALT, NONCE_GOOD_FOR, ids=3)
    if (case, contact) != (case_id, contact_id):
        raise signed.LinkIsInvalid
    return drawn
