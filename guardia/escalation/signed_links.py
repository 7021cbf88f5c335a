"""The links of an escalation that are signed, so that nobody can make one up; each opens one thing, for as long as it
may matter.

A page's opens the answer to one notice. A company's shows it who answers now. That of a contact's letter asks for the
next level of one case (E1). Whoever holds a link may use it, as whoever holds the telephone may call.
"""

from datetime import timedelta

from guardia.people import signed

ANSWER_SALT = "guardia.escalation.answer_link"
ANSWER_GOOD_FOR = timedelta(days=7)


def answer_token(notice_id: int) -> str:
    """What names this notice in the address of its answer; it is good for seven days from now."""
    return signed.token(ANSWER_SALT, notice_id)


def read_answer_token(token: str) -> int:
    """The notice that a link names. Raises LinkHasExpired after seven days, LinkIsInvalid where it is none of ours."""
    return signed.read(token, ANSWER_SALT, ANSWER_GOOD_FOR)[0]


CUSTOMER_SALT = "guardia.escalation.customer_link"
CUSTOMER_GOOD_FOR = timedelta(days=366)


def customer_token(customer_id: int) -> str:
    """What names this company in the address of its page."""
    return signed.token(CUSTOMER_SALT, customer_id)


def read_customer_token(token: str) -> int:
    """The company that a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return signed.read(token, CUSTOMER_SALT, CUSTOMER_GOOD_FOR)[0]


ESCALATE_SALT = "guardia.escalation.escalate_link"
ESCALATE_GOOD_FOR = timedelta(days=30)
"""Every letter brings a fresh one, so it must only outlive the wait for the next."""


def escalate_token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this case and this contact of the company in the address of the page; good for a month from now."""
    return signed.token(ESCALATE_SALT, customer_id, case_id, contact_id)


def read_escalate_token(token: str) -> signed.LetterLink:
    """Whom and what a link names. Raises LinkHasExpired after a month, LinkIsInvalid where it is none of ours."""
    return signed.LetterLink(*signed.read(token, ESCALATE_SALT, ESCALATE_GOOD_FOR, ids=3))
