"""What a file is, by its first bytes; its name only decides between kinds that begin alike."""

import re

import puremagic

from guardia.mailroom.charsets import decoded
from guardia.mailroom.names import extension_of

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
    # puremagic would open a file of this name if there were one: under /dev/null there is none.
    for found in puremagic.magic_string(content, f"/dev/null/x{extension}") if content else []:
        if found.confidence >= SURE and found.mime_type and (found.byte_match or found.confidence > SURE):
            type_ = decoded(found.mime_type.encode("utf-8", "replace"))[0][:100]
            return type_, EXTENSIONS.get(type_, f".{found.extension.lstrip('.')}")
    return OCTETS, ".bin"
