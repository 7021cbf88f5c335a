"""The headers of a message or of a part: read as they come, folded or broken, and bounded."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardia.mail.charsets import decoded

MAX_OCTETS = 2 * 1024 * 1024  # 10,000 recipients fit into half of it
MAX_FIELDS = 3_000

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
USUAL = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|references|in-reply-to|reply-to|mime-version|received|return-path"
    rb"|user-agent|x-[a-z0-9-]+|content-[a-z-]+|list-[a-z-]+|dkim-[a-z]+|arc-[a-z-]+|authentication-results) ?:",
    re.IGNORECASE,
)
FOLD = re.compile(rb"\r?\n[ \t]*|\r")


class Unreadable(Exception):
    """That a mail cannot be read. It is kept whole; only nothing is known of it.

    ``reason`` is a code: too_big, empty, no_from, header_bomb, too_deep, too_many_parts.
    """

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


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


# Encoded words in headers (RFC 2047): decoded once, never twice, and what they hide stays on one line.


WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")


def readable(text: str) -> str:
    """The header's text with its encoded words decoded. One that cannot be decoded stays as it is."""
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  # words side by side: a letter may begin in one and end in the next
    end = 0
    for word in WORD.finditer(text):
        between = text[end : word.start()]
        if not run or between.strip():
            out += [joined(run), between]
            run = []
        run.append((word[1].partition("*")[0].lower(), octets_of(word[2], word[3])))
        end = word.end()
    return "".join([*out, joined(run), text[end:]])


def octets_of(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64(octets)[0]
    return binascii.a2b_qp(octets, header=True)


def joined(run: list[tuple[str, bytes]]) -> str:
    out: list[str] = []
    charset, pending = "", bytearray()
    for each, octets in run:
        if each != charset:
            out.append(decoded(bytes(pending), charset)[0])
            charset, pending = each, bytearray()
        pending += octets
    return "".join([*out, decoded(bytes(pending), charset)[0]])


# The transfer encodings of MIME (RFC 2045), undone as far as it goes: a broken one gives what can be read of it.


NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def undone(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes that were encoded, and a defect ("" if none): broken_base64, broken_uu, unknown_encoding."""
    match encoding.strip().lower():
        case "" | "7bit" | "8bit" | "binary":
            return octets, ""
        case "quoted-printable":
            return binascii.a2b_qp(octets), ""
        case "base64":
            return base64(octets)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return uu(octets)
        case _:
            return octets, "unknown_encoding"


def base64(octets: bytes) -> tuple[bytes, str]:
    letters, rest = base64_letters(octets)
    try:
        content = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except ValueError:  # one letter too many stands for no whole byte
        content = binascii.a2b_base64(letters[: len(letters) // 4 * 4])
        return content, "broken_base64"
    return content, "broken_base64" if rest.strip(b"=") else ""


def base64_letters(octets: bytes) -> tuple[bytes, bytes]:
    """The letters up to the padding, and what is none of base64. A second run after it is another encoder's."""
    packed = b"".join(octets.split())
    letters, _, tail = packed.partition(b"=")
    if NOT_BASE64.search(letters):
        return NOT_BASE64.sub(b"", letters), b"!"
    return letters, tail


def uu(octets: bytes) -> tuple[bytes, str]:
    begin = UU_BEGIN.search(octets)
    if begin is None:
        return octets, "broken_uu"
    content, defect = [], ""
    for line in octets[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            content.append(binascii.a2b_uu(line))
        except ValueError:
            defect = "broken_uu"
    return b"".join(content), defect
