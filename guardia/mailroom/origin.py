"""By which ids a message knows itself and what it answers, and when it says it was written."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from guardia.mailroom.charsets import clean
from guardia.mailroom.headers import Headers

ID_LENGTH = 500
OLDEST, NEWEST = 50, 150  # of the ids of a long thread, so many of its beginning and of its end
YEARS = range(1990, 2100)

ID = re.compile(r"<([^<>]{1,998})>")
SPACES = re.compile(r"\s+")
YEAR_OF_NONE = re.compile(r"(?<![\d+-])0\d{3}(?!\d)")  # "0001" is how some programs write that there is no date


def message_id(headers: Headers) -> str:
    """With its angle brackets; "" if none, or if it is too long to be one."""
    value = headers.first("message-id")
    found = ID.search(value)
    bare = SPACES.sub("", clean(found[1] if found else value)).strip("<>")
    return f"<{bare}>" if bare and len(bare) <= ID_LENGTH - 2 else ""


def references(headers: Headers) -> tuple[str, ...]:
    """What it answers, oldest first, without repeats: References, then In-Reply-To. Ids that were folded are whole."""
    values = [*headers.all("references", 200_000), *headers.all("in-reply-to")]
    ids = (f"<{SPACES.sub('', clean(bare))}>" for value in values for bare in ID.findall(value))
    unique = list(dict.fromkeys(each for each in reversed(list(ids)) if 2 < len(each) <= ID_LENGTH))[::-1]
    return tuple(unique if len(unique) <= OLDEST + NEWEST else unique[:OLDEST] + unique[-NEWEST:])


def dated(value: str) -> datetime | None:
    """The Date in UTC; None when it is none, or of a year that cannot be."""
    if YEAR_OF_NONE.search(value):
        return None
    try:
        date = parsedate_to_datetime(value)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return date if date.year in YEARS else None
