"""The headers of a message or of a part: read as they come, folded or broken, and bounded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardia.mailroom.charsets import decoded
from guardia.mailroom.unreadable import Unreadable

MAX_OCTETS = 2 * 1024 * 1024  # 10,000 recipients fit into half of it
MAX_FIELDS = 3_000

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
USUAL = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|references|in-reply-to|reply-to|mime-version|received|return-path"
    rb"|user-agent|x-[a-z0-9-]+|content-[a-z-]+|list-[a-z-]+|dkim-[a-z]+|arc-[a-z-]+|authentication-results) ?:",
    re.IGNORECASE,
)
FOLD = re.compile(rb"\r?\n[ \t]*|\r")


@dataclass(frozen=True)
class Headers:
    fields: tuple[tuple[str, bytes], ...] = ()  # names in lower case
    broken: bool = False  # a line among them was none

    def __contains__(self, name: str) -> bool:
        return any(each == name for each, _ in self.fields)

    def all(self, name: str, length: int = 10_000) -> list[str]:
        """Every value of this name (lower case), unfolded, its encoded words still encoded, cut to ``length`` bytes."""
        return [decoded(FOLD.sub(b" ", octets[:length]))[0].strip() for each, octets in self.fields if each == name]

    def first(self, name: str, length: int = 10_000) -> str:
        return next(iter(self.all(name, length)), "")


def headers_at(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers that begin at ``start``, and where the body begins. Raises Unreadable (header_bomb)."""
    fields: list[tuple[str, list[bytes]]] = []
    broken, at = False, start
    for line, following in lines(raw, start, end):
        if following - start > MAX_OCTETS or len(fields) > MAX_FIELDS:
            raise Unreadable("header_bomb")
        if not line.strip(b"\r\n"):
            at = following
            break
        field = FIELD.match(line)
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif field:
            fields.append((field[1].decode("ascii").lower(), [field[2]]))
        elif at == start and line.startswith((b"From ", b">From ")):
            pass  # the envelope's line of an mbox
        elif fields and headers_go_on(raw, following, end):
            fields[-1][1].append(b" " + line)
            broken = True
        else:
            broken = True
            break  # the empty line is missing: this one is of the body
        at = following
    return Headers(tuple((name, b"".join(octets).strip()) for name, octets in fields), broken), at


def lines(raw: bytes, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """Each line with its end, and where the next one begins."""
    while start < end:
        found = raw.find(b"\n", start, end)
        following = end if found < 0 else found + 1
        yield raw[start : min(following, start + MAX_OCTETS)], following
        start = following


def headers_go_on(raw: bytes, start: int, end: int) -> bool:
    """Whether the next line is a header beyond doubt, so that the one before it was only folded badly."""
    line, _ = next(lines(raw, start, end), (b"", 0))
    return bool(USUAL.match(line))
