"""Links that name somebody or something by id and are signed, so that nobody can make one up."""

from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

LARGEST_ID = 2**63 - 1


class LinkIsInvalid(Exception):
    """This is no link of ours, or somebody has changed it."""


class LinkHasExpired(LinkIsInvalid):
    """It was one of ours, and is no longer good."""


def token(salt: str, *ids: int) -> str:
    """What names these in an address; how long it is good is asked when it is read. ``salt``: for which page it is."""
    return signer(salt).sign("-".join(str(one) for one in ids))


def read(token: str, salt: str, good_for: timedelta, *, ids: int = 1) -> list[int]:
    """The ids that a link names, as many as ``ids``. Raises LinkHasExpired, LinkIsInvalid."""
    try:
        found = [int(one) for one in signer(salt).unsign(token, max_age=good_for).split("-")]
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong
    if len(found) != ids or max(found) > LARGEST_ID:
        raise LinkIsInvalid
    return found


def signer(salt: str) -> TimestampSigner:
    return TimestampSigner(sep=".", salt=salt)  # a colon ends a link in many a telephone
