"""A message taken apart (MIME): its tree of parts, as places in the raw bytes. Bounded in depth and number.

Nothing is copied until a part is asked for, and each level is searched once for its own boundary only, so the time
is that of the message's length. What stands inside an attached message is not ours and stays closed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from guardia.mailroom.headers import Headers, headers_at
from guardia.mailroom.packed import SIGNED, TNEF_TYPES, Unpacked, signed_mail, winmail
from guardia.mailroom.params import value_and_params
from guardia.mailroom.transfer import undone
from guardia.mailroom.unreadable import Unreadable

MAX_DEPTH = 20
MAX_PARTS = 500

TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}\Z")
GUESSED = re.compile(rb"^--([^\s][^\r\n]{0,198}?)[ \t]*\r?\nContent-", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    raw: bytes = field(repr=False)
    start: int  # of the body
    end: int
    headers: Headers
    type: str
    params: dict[str, str]
    parts: tuple["Part", ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return value_and_params(self.headers.first("content-disposition"))

    @property
    def file_name(self) -> str:
        """As the mail says, not yet safe."""
        return self.disposition[1].get("filename", "") or self.params.get("name", "")

    def content(self) -> tuple[bytes, str]:
        """The decoded bytes, and a defect."""
        encoding = self.headers.first("content-transfer-encoding").partition(";")[0].strip(" \t\"'")
        return undone(self.raw[self.start : self.end], encoding)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order of the original."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def leaves(self) -> Iterator["Part"]:
        return (part for part in self.walk() if not part.parts)


class Taking:
    """One message being taken apart."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.count = 0

    def part(self, start: int, end: int, depth: int = 0, default: str = "text/plain") -> Part:
        self.count += 1
        if self.count > MAX_PARTS:
            raise Unreadable("too_many_parts")
        if depth > MAX_DEPTH:
            raise Unreadable("too_deep")
        headers, body = headers_at(self.raw, start, end)
        type_, params, defects = type_of(headers, default)
        parts: tuple[Part, ...] = ()
        if type_.startswith("multipart/"):
            parts, found = self.below(type_, params.get("boundary", ""), body, end, depth)
            defects += found
            type_ = type_ if parts else "text/plain"
        part = Part(self.raw, body, end, headers, type_, params, parts, defects)
        return part if parts else replace(part, parts=self.unpacked(part, depth))

    def unpacked(self, part: Part, depth: int) -> tuple[Part, ...]:
        """What is packed inside a part that is no multipart: they are parts as any other, of bytes of their own."""
        if part.type in SIGNED and (inner := signed_mail(part.content()[0])) is not None:
            taking = Taking(inner)
            taking.count = self.count
            found = taking.part(0, len(inner), depth + 1)
            self.count = taking.count
            return (found,)
        if part.type in TNEF_TYPES or part.file_name.lower() == "winmail.dat":
            held = winmail(part.content()[0])
            return tuple(parts_of(held)) if held else ()
        return ()

    def below(
        self, type_: str, boundary: str, start: int, end: int, depth: int
    ) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        spans, closed = self.between(boundary.encode("utf-8", "replace").strip(), start, end)
        defects: tuple[str, ...] = () if closed else ("unclosed_multipart",)
        if not spans:
            guess = GUESSED.search(self.raw, start, end)
            spans, _ = self.between(guess[1], start, end) if guess else ([], False)
            defects = ("no_boundary",)
        default = "message/rfc822" if type_ == "multipart/digest" else "text/plain"
        return tuple(self.part(*span, depth + 1, default) for span in spans), defects

    def between(self, boundary: bytes, start: int, end: int) -> tuple[list[tuple[int, int]], bool]:
        """Where the parts between these boundary lines begin and end, and whether the last one was closed."""
        spans: list[tuple[int, int]] = []
        if not 0 < len(boundary) <= 200:
            return spans, False
        line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
        opened = -1
        for delimiter in line.finditer(self.raw, start, end):
            if opened >= 0:
                spans.append((opened, self.before(opened, delimiter.start())))
            if len(spans) > MAX_PARTS:
                raise Unreadable("too_many_parts")
            if delimiter[1]:
                return spans, True
            opened = delimiter.end()
        if opened >= 0:
            spans.append((opened, end))
        return spans, False

    def before(self, start: int, end: int) -> int:
        """The line end before a boundary belongs to the boundary."""
        for mark in (b"\r\n", b"\n"):
            if self.raw.endswith(mark, start, end):
                return end - len(mark)
        return end


def parts_of(held: Unpacked) -> Iterator[Part]:
    """As parts: its words first, then its files."""
    for type_, words in (("text/plain", held.text), ("text/html", held.html)):
        if words.strip():
            octets = words.encode("utf-8", "replace")
            yield Part(octets, 0, len(octets), Headers(), type_, {"charset": "utf-8"})
    for name, octets in held.files:
        yield Part(octets, 0, len(octets), Headers(), "application/octet-stream", {"name": name})


def taken_apart(raw: bytes) -> Part:
    """The whole message. Raises Unreadable (header_bomb, too_deep, too_many_parts)."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # lines that end as on an old Macintosh
    start = len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    return Taking(raw).part(start, len(raw))


def type_of(headers: Headers, default: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Type, parameters and defects."""
    defects = ("broken_header",) if headers.broken else ()
    if "content-type" not in headers:
        return default, {}, defects
    type_, params = value_and_params(headers.first("content-type"))
    if TYPE.match(type_):
        return type_, params, defects
    return "text/plain" if type_.startswith("text") else "application/octet-stream", params, (*defects, "broken_type")
