"""The link of a page: it opens the answer to one notice, and nothing else, for as long as a page may matter.

It is signed, so that nobody can make one up; whoever holds it may answer, as whoever holds the telephone may.
"""

from datetime import timedelta

from guardia.people import signed

SALT = "guardia.escalation.answer_link"
GOOD_FOR = timedelta(days=7)


def token(notice_id: int) -> str:
    """What names this notice in the address of its answer; it is good for seven days from now."""
    return signed.token(SALT, notice_id)


def read(token: str) -> int:
    """The notice that a link names. Raises LinkHasExpired after seven days, LinkIsInvalid where it is none of ours."""
    return signed.read(token, SALT, GOOD_FOR)[0]
