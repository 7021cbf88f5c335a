"""The same message taken twice is one message, whichever way its copies came and whatever was written on them."""

import hashlib
import re

from guardia.mailroom.headers import Headers
from guardia.mailroom.parts import Part, taken_apart
from guardia.mailroom.unreadable import Unreadable

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
