"""The link by which a company sees who answers now: signed, for this company alone, good for a year."""

from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from guardia.escalation.answer_link import LinkHasExpired, LinkIsInvalid

SALT = "guardia.escalation.customer_link"
GOOD_FOR = timedelta(days=366)


def token(customer_id: int) -> str:
    """What names this company in the address of its page."""
    return signer().sign(str(customer_id))


def read(token: str) -> int:
    """The company that a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    try:
        return int(signer().unsign(token, max_age=GOOD_FOR))
    except SignatureExpired as late:
        raise LinkHasExpired from late
    except (BadSignature, ValueError) as wrong:
        raise LinkIsInvalid from wrong


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt=SALT)  # a colon ends a link in many a telephone
