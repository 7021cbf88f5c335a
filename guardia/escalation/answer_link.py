"""The link of a page: it opens the answer to one notice, and nothing else, for as long as a page may matter.

It is signed, so that nobody can make one up; whoever holds it may answer, as whoever holds the telephone may.
"""

from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

SALT = "guardia.escalation.answer_link"
GOOD_FOR = timedelta(days=7)


class LinkIsInvalid(Exception):
    """This is no link of ours, or somebody has changed it."""


class LinkHasExpired(LinkIsInvalid):
    """It was one of ours, more than seven days ago."""


def token(notice_id: int) -> str:
    """What names this notice in the address of its answer; it is good for seven days from now."""
    return signer().sign(str(notice_id))


def read(token: str) -> int:
    """The notice that a link names. Raises LinkHasExpired after seven days, LinkIsInvalid where it is none of ours."""
    try:
        return int(signer().unsign(token, max_age=GOOD_FOR))
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt=SALT)  # a colon ends a link in many a telephone
