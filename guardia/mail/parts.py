"""A message taken apart (MIME): its tree of parts, as places in the raw bytes. Bounded in depth and number.

Nothing is copied until a part is asked for, and each level is searched once for its own boundary only, so the time
is that of the message's length. What stands inside an attached message is not ours and stays closed.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_to_bytes

from tnefparse import TNEF  # type: ignore[import-untyped]

from guardia.mail.charsets import clean, decoded
from guardia.mail.headers import Headers, Unreadable, headers_at, readable, undone

# Headers with parameters (RFC 2045, RFC 2231): Content-Type and Content-Disposition.


MAX_LENGTH = 8_000
MAX_SECTIONS = 50
PARAM = re.compile(r';\s*([^\s=;*"]{1,60})(?:\*(\d{1,2}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def value_and_params(text: str) -> tuple[str, dict[str, str]]:
    """The value in lower case and its parameters, decoded. The first of two equal names counts."""
    text = text[:MAX_LENGTH]
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, number, star, value in PARAM.findall(text):
        at = int(number or 0)
        if at < MAX_SECTIONS:
            sections.setdefault(name.lower() + ("*" if star or number else ""), {}).setdefault(
                at, (bare(value), bool(star))
            )
    params = {name.rstrip("*"): joined(found) for name, found in sections.items() if name.endswith("*")}
    for name, found in sections.items():
        params.setdefault(name, readable(found[0][0]) if 0 in found else "")
    return text.partition(";")[0].strip().lower(), params


def bare(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        return ESCAPED.sub(r"\1", value[1:-1])
    return value.strip('"')


def joined(found: dict[int, tuple[str, bool]]) -> str:
    """The sections of RFC 2231 in their order; those with a star hold %XX, the first its charset."""
    octets, charset = bytearray(), ""
    for at in sorted(found):
        value, encoded = found[at]
        if encoded and not octets and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        octets += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    return decoded(bytes(octets), charset)[0]


# What is packed inside a part: Outlook's winmail.dat (TNEF), and a mail that is signed as one opaque part (S/MIME).
#
# A signature is not verified and nothing is decrypted or uncompressed here: the parts are only laid open. What cannot
# be unpacked stays the file that it is. Neither format makes more of its bytes than there are, so none can be a bomb.


SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
TNEF_BEGINS = b"\x78\x9f\x3e\x22"
MOST_FILES = 100
LARGEST = 25 * 1024 * 1024  # bytes

log = logging.getLogger(__name__)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it warns of each attribute that it does not know


@dataclass(frozen=True)
class Unpacked:
    """The files of a winmail.dat with their names as it says them, and its words where it has any."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""


def signed_mail(octets: bytes) -> bytes | None:
    """The mail inside an opaque signature (RFC 8551, signed-data); None where it is none, or is encrypted."""
    if len(octets) > LARGEST:
        return None
    from asn1crypto import cms  # type: ignore[import-untyped]

    try:
        info = cms.ContentInfo.load(octets)
        if info["content_type"].native != "signed_data":
            return None
        content = info["content"]["encap_content_info"]["content"].native
    except Exception:  # whatever a hostile mail makes the reader raise: it stays a file
        log.info("an S/MIME part cannot be unpacked", exc_info=True)
        return None
    return content if isinstance(content, bytes) and content.strip() else None


def winmail(octets: bytes) -> Unpacked | None:
    """The parts of a winmail.dat; None where it is none, is broken, or holds nothing."""
    if not octets.startswith(TNEF_BEGINS) or len(octets) > LARGEST:
        return None
    try:
        found = TNEF(octets, do_checksum=False)
        files = [(one.long_filename() or one.name, one.data) for one in found.attachments[:MOST_FILES] if one.data]
        body, html = found.body, found.htmlbody
    except Exception:  # as above
        log.info("a winmail.dat cannot be unpacked", exc_info=True)
        return None
    named = tuple((words_of(name), data) for name, data in files if isinstance(data, bytes))
    unpacked = Unpacked(named, words_of(body), words_of(html))
    return unpacked if unpacked != Unpacked() else None


def words_of(written: object) -> str:
    if isinstance(written, bytes):
        return clean(decoded(written)[0])
    return clean(written) if isinstance(written, str) else ""


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
