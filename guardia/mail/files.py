"""The parts of a mail that are files: what they are by their content, never by what the mail says of them.

No archive is ever unpacked, so none can be a bomb; a winmail.dat and an opaque signature are laid open (``packed``).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from guardia.mail.bodies import bodies_of
from guardia.mail.charsets import decoded, one_line
from guardia.mail.parts import Part, taken_apart


@dataclass(frozen=True)
class FileFound:
    """``part`` counts 1, 2, … through the files of this mail, in the order of the original."""

    part: int
    name: str  # safe, at most 120 characters
    type: str  # by its content
    size: int  # bytes
    sha256: str
    refused: str = ""  # why it is not given out: executable, too_big, too_many, too_big_together
    content_id: str = ""  # by which the HTML shows it, without brackets, in lower case


@dataclass(frozen=True)
class Limits:
    each: int = 25 * 1024 * 1024  # bytes
    together: int = 25 * 1024 * 1024
    count: int = 100


LIMITS = Limits()


def files_of(parts: Iterable[Part], limits: Limits = LIMITS) -> tuple[list[FileFound], list[str]]:
    """The files and the defects of their encodings. One that is refused is named all the same."""
    found: list[FileFound] = []
    defects: list[str] = []
    together = 0
    for number, part in enumerate(parts, 1):
        content, defect = part.content()
        together += len(content)
        name, type_ = name_and_type(part, content, number)
        found.append(
            FileFound(
                part=number,
                name=name,
                type=type_,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                refused=refusal(content, name, number, together, limits),
                content_id=content_id(part),
            )
        )
        defects += [defect] if defect else []
    return found, defects


def content_of(raw: bytes, part: int) -> bytes:
    """The bytes of the file with this number in this mail. Raises LookupError, Unreadable."""
    files = bodies_of(taken_apart(raw)).files
    if not 0 < part <= len(files):
        raise LookupError(part)
    return files[part - 1].content()[0]


def name_and_type(part: Part, content: bytes, number: int) -> tuple[str, str]:
    name = safe_name(part.file_name, "")
    type_, extension = type_of(content, name)
    if not name and part.type == "message/rfc822":
        type_, extension = type_of(content, "x.eml")
    return name or f"part-{number}{extension}"[:MAX_LENGTH], type_


def refusal(content: bytes, name: str, number: int, together: int, limits: Limits) -> str:
    """Why it is not given out; "" when it is."""
    if is_program(content, name):
        return "executable"
    if len(content) > limits.each:
        return "too_big"
    if number > limits.count:
        return "too_many"
    return "too_big_together" if together > limits.together else ""


def content_id(part: Part) -> str:
    return one_line(part.headers.first("content-id", 300), 250).strip("<> ").lower()


# What a file is, by its first bytes; its name only decides between kinds that begin alike.


OCTETS = "application/octet-stream"
SURE = 0.4  # puremagic's confidence for four bytes that match
LOOKED_AT = 64 * 1024

# Shown by a browser without a danger, given out with this very type and nosniff. All else goes out as octets.
PASSIVE = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf"])


MARKUP = re.compile(
    rb"<(?:!doctype html|html|head|body|script|iframe|meta|object|embed|form|img|a\s|svg|\?xml|!doctype|math)",
    re.IGNORECASE,
)
PROGRAM = re.compile(
    rb"\x7fELF|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|L\x00\x00\x00\x01\x14\x02\x00|dex\n03"
    rb"|\x00asm|MSCF|ITSF"
)
RUNS = """
    .exe .com .scr .pif .bat .cmd .msi .msp .msix .appx .jar .js .jse .vbs .vbe .wsf .wsh .ws .ps1 .psm1 .hta .cpl
    .lnk .reg .dll .sys .drv .ocx .application .gadget .inf .scf .chm .hlp .url .xll .apk .dmg .pkg .iso .img .vhd
    .vhdx .settingcontent-ms .appref-ms .diagcab .library-ms .search-ms .website
"""
PROGRAM_NAMES = frozenset(RUNS.split())
BY_START = [
    (re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"), "image/jpeg", ".jpg"),
    (re.compile(rb"\x78\x9f\x3e\x22"), "application/ms-tnef", ".dat"),
    (
        re.compile(rb"(?:\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\x0a\x0d\x0d\x0a)"),
        "application/vnd.tcpdump.pcap",
        ".pcap",
    ),
    (re.compile(rb"-----BEGIN PGP SIGNATURE"), "application/pgp-signature", ".asc"),
    (re.compile(rb"-----BEGIN PGP MESSAGE"), "application/pgp-encrypted", ".asc"),
    (re.compile(rb"\xef?\xbb?\xbf?BEGIN:VCALENDAR", re.IGNORECASE), "text/calendar", ".ics"),
    (re.compile(rb"\xef?\xbb?\xbf?BEGIN:VCARD", re.IGNORECASE), "text/vcard", ".vcf"),
]
TEXTS = {".csv": "text/csv", ".json": "application/json", ".eml": "message/rfc822", ".xml": "application/xml"}
EXTENSIONS = {"text/plain": ".txt", "text/html": ".html", "image/jpeg": ".jpg", "message/rfc822": ".eml"}
NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def type_of(content: bytes, name: str) -> tuple[str, str]:
    """The type, and the extension that a file of it without a name should have. ``name`` is already safe."""
    start, extension = content[:LOOKED_AT], extension_of(name)
    for pattern, type_, usual in BY_START:
        if pattern.match(start):
            return type_, usual
    if is_text(start):
        return text_type(start, extension)
    return by_magic(content, extension)


def is_program(content: bytes, name: str) -> bool:
    """Whether a double click would run it, by its first bytes or by its name."""
    windows = content.startswith(b"MZ") and not is_text(content[:LOOKED_AT])
    return windows or bool(PROGRAM.match(content)) or extension_of(name) in PROGRAM_NAMES


def is_text(start: bytes) -> bool:
    return not NOT_TEXT.search(start) and not start.startswith((b"%PDF", b"{\\rtf", b"GIF8"))


def text_type(start: bytes, extension: str) -> tuple[str, str]:
    if markup := MARKUP.search(start[:4096]):
        scalable = markup[0].lower() == b"<svg" or b"<svg" in start[:4096].lower()
        xml = start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
        type_ = "image/svg+xml" if scalable else "application/xml" if xml else "text/html"
        return type_, {"image/svg+xml": ".svg", "application/xml": ".xml"}.get(type_, ".html")
    type_ = TEXTS.get(extension, "text/plain")
    return type_, EXTENSIONS.get(type_, extension)


def by_magic(content: bytes, extension: str) -> tuple[str, str]:
    import puremagic

    # puremagic would open a file of this name if there were one: under /dev/null there is none.
    for found in puremagic.magic_string(content, f"/dev/null/x{extension}") if content else []:
        if found.confidence >= SURE and found.mime_type and (found.byte_match or found.confidence > SURE):
            type_ = decoded(found.mime_type.encode("utf-8", "replace"))[0][:100]
            return type_, EXTENSIONS.get(type_, f".{found.extension.lstrip('.')}")
    return OCTETS, ".bin"


# Names of attached files, made safe for any file system and any eye.


MAX_LENGTH = 120
MAX_EXTENSION = 12

FORBIDDEN = re.compile(r'[<>:"|?*%\x7f-\x9f]')
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)


def safe_name(name: str, instead: str) -> str:
    """This name without path, control or direction marks, at most 120 characters, its last extension in sight.

    ``instead`` is given when nothing is left of it.
    """
    name = unicodedata.normalize("NFC", one_line(name, 1_000))
    name = name.replace("\\", "/").rpartition("/")[2]
    name = FORBIDDEN.sub("_", UNSEEN.sub("", name))
    stem, dot, extension = name.strip(". \t").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension.strip()[:MAX_EXTENSION]
    stem = stem.strip(". ")[: MAX_LENGTH - len(extension) - len(dot)].strip(". ")
    safe = f"{stem}{dot}{extension}".strip(". ")
    if not safe.strip("._- "):
        return instead
    return f"_{safe}"[:MAX_LENGTH] if RESERVED.match(safe) else safe


def extension_of(name: str) -> str:
    """In lower case with its dot; "" if none."""
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if stem and dot else ""
