"""What is taken as a file of a case, and as what: a closed list of types, each by its content; limits.

A photograph is written anew without what its camera wrote beside it; a document is kept byte for byte and never opened.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings

from guardia.evidence import apart
from guardia.evidence.store import digest

MEGABYTE = 1024 * 1024
MOST_FILES = 200
"""Of one case: a night with four crews leaves forty."""

PICTURES = frozenset(
    [
        *("image/jpeg", "image/png", "image/webp", "image/gif"),
        *("image/heic", "image/heif", "image/avif", "image/mpo", "image/x-ms-bmp", "image/bmp"),
    ]
)
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
DOCUMENTS = frozenset(
    [
        "application/pdf",
        "text/plain",
        "text/csv",
        "application/json",
        "application/xml",
        "message/rfc822",
        "text/calendar",
        "application/zip",
        "application/gzip",
        "application/x-tar",
        "application/x-7z-compressed",
        "application/vnd.tcpdump.pcap",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-outlook",
        f"{OFFICE}.wordprocessingml.document",
        f"{OFFICE}.spreadsheetml.sheet",
        f"{OFFICE}.presentationml.presentation",
        f"{OPEN}.text",
        f"{OPEN}.spreadsheet",
        f"{OPEN}.presentation",
    ]
)
RUNNING = ("text/html", "image/svg+xml", "application/xhtml+xml")
"""What a browser runs: refused, with a way out."""

OTHER_NAMES = {"application/x-gzip": "application/gzip", "application/excel": "application/vnd.ms-excel"}
GZIP = b"\x1f\x8b\x08"
HEIF = re.compile(rb"\A....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|avif|avis)", re.DOTALL)
MACROS = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))


class Why(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    PROGRAM = "program"
    RUNS = "runs"
    MACROS = "macros"
    UNKNOWN = "unknown"
    BROKEN_PICTURE = "broken_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    BUSY = "busy"


class NotTaken(Exception):
    """``values`` for the sentence that says so."""

    def __init__(self, why: Why, **values: object) -> None:
        self.why, self.values = why, values
        super().__init__(why.value)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file as it will be kept; its hash is that of what is kept."""

    name: str  # safe
    type: str
    content: bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes = b""
    taken: datetime | None = None  # as its camera says, without a zone where the camera names none


def limit() -> int:
    """The largest file that is taken, in bytes."""
    return settings.ATTACHMENT_LIMIT_MB * MEGABYTE


def ready(content: bytes, name: str, type_: str, *, is_program: bool, instead: str) -> Ready:
    """The file as it will be kept. ``name`` is safe already, ``type_`` was found in the content; ``instead`` names what
    has no name. Raises NotTaken.
    """
    type_ = "application/gzip" if content.startswith(GZIP) else OTHER_NAMES.get(type_, type_)
    refuse(content, type_, is_program=is_program)
    if type_ in PICTURES or HEIF.match(content):
        return _picture(content, name or instead)
    if type_ not in DOCUMENTS:
        raise NotTaken(Why.UNKNOWN)
    return Ready(name or instead, type_, content, digest(content))


def refuse(content: bytes, type_: str, *, is_program: bool) -> None:
    """Raises NotTaken for what is not even looked into."""
    if not content:
        raise NotTaken(Why.EMPTY)
    if len(content) > limit():
        raise NotTaken(Why.TOO_LARGE, most=settings.ATTACHMENT_LIMIT_MB)
    if is_program:
        raise NotTaken(Why.PROGRAM)
    if type_ in RUNNING:
        raise NotTaken(Why.RUNS)
    is_text = type_.startswith("text/") or type_ in {"application/pdf", "application/json", "message/rfc822"}
    if "macroenabled" in type_.lower() or (not is_text and any(mark in content for mark in MACROS)):
        raise NotTaken(Why.MACROS)


def _picture(content: bytes, name: str) -> Ready:
    try:
        made = apart.picture_of(content)
    except apart.TooManyPixels as many:
        raise NotTaken(Why.TOO_MANY_PIXELS, most=many.most) from many
    except apart.Busy as busy:
        raise NotTaken(Why.BUSY) from busy
    except apart.Unreadable as wrong:
        raise NotTaken(Why.BROKEN_PICTURE) from wrong
    return Ready(
        named_as(name, made.extension),
        made.type,
        made.content,
        digest(made.content),
        made.width,
        made.height,
        made.thumbnail,
        made.taken,
    )


def named_as(name: str, extension: str) -> str:
    """The name with the extension of what is kept: a photograph of a telephone becomes a JPEG."""
    stem, dot, old = name.rpartition(".")
    same = {".jpg": (".jpg", ".jpeg")}.get(extension, (extension,))
    if dot and f".{old.lower()}" in same:
        return name
    return f"{stem if dot and stem else name}{extension}"
