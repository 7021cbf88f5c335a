"""The same message taken twice is one message, whichever way its copies came and whatever was written on them."""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from guardia.mail.charsets import clean
from guardia.mail.headers import Headers, Unreadable
from guardia.mail.parts import Part, taken_apart

WRITTEN_ONCE = ("message-id", "date", "from", "subject")  # by the sender; each server adds others of its own
SPACES = re.compile(r"\s+")
# Looked for where blanks begin, not at each of them: a mail of nothing but blanks would take hours.
LINE_END = re.compile(rb"(?<![ \t])[ \t]*+\r?\n")
FROM_LINE = re.compile(rb"^>(>*From )", re.MULTILINE)


def identity(raw: bytes) -> str:
    """64 hex digits, of what the sender wrote and nobody else. Never raises.

    A copy with other Received or Delivered-To lines, other line ends or another transfer encoding is the same
    message. One with the same Message-ID and another body is another, since anybody can write that header. Without
    Message-ID the first server's Received line tells two equal messages apart.
    """
    try:
        whole = taken_apart(raw)
    except Unreadable:
        return digest([b"unreadable", LINE_END.sub(b"\n", raw).strip()])
    return digest([*origin(whole.headers), *contents(whole)])


def origin(headers: Headers) -> list[bytes]:
    values = [words(headers.first(name)) for name in WRITTEN_ONCE]
    if not values[0]:
        values += [words(each) for each in headers.all("received")[-1:]]
    return values


def words(value: str) -> bytes:
    return SPACES.sub(" ", value).strip().encode("utf-8", "replace")


def contents(whole: Part) -> list[bytes]:
    """Of each part its name and its bytes, decoded; a text's without what ways of transport change in it."""
    found: list[bytes] = []
    for part in whole.leaves():
        content, _ = part.content()
        if part.type.startswith(("text/", "message/")):
            content = FROM_LINE.sub(rb"\1", LINE_END.sub(b"\n", content)).rstrip()
        found += [words(part.file_name), content]
    return found


def digest(values: list[bytes]) -> str:
    whole = hashlib.sha256()
    for value in values:
        whole.update(len(value).to_bytes(8, "big"))
        whole.update(value)
    return whole.hexdigest()


# By which ids a message knows itself and what it answers, and when it says it was written.


ID_LENGTH = 500
OLDEST, NEWEST = 50, 150  # of the ids of a long thread, so many of its beginning and of its end
YEARS = range(1990, 2100)

ID = re.compile(r"<([^<>]{1,998})>")
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
