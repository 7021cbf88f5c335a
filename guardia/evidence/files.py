"""What is taken as a file of a case, and as what: a closed list of types, each by its content; limits.

A photograph is written anew without what its camera wrote beside it; a document is kept byte for byte and never opened.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from guardia.evidence import image_process
from guardia.evidence.store import digest

if TYPE_CHECKING:
    from guardia.cases.case import Case

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
        made = image_process.picture_of(content)
    except image_process.TooManyPixels as many:
        raise NotTaken(Why.TOO_MANY_PIXELS, most=many.most) from many
    except image_process.Busy as busy:
        raise NotTaken(Why.BUSY) from busy
    except image_process.Unreadable as wrong:
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


# A photograph or document on a case: the bytes stand in the store of attachments, what is known of it here.


class CaseFile(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="files")
    visit = models.ForeignKey("guardia.Visit", models.PROTECT, null=True, related_name="files")
    key = models.UUIDField(null=True, unique=True, help_text="drawn by the telephone that sent it; it arrives once")
    name = models.CharField(max_length=200, help_text="made safe")
    type = models.CharField(max_length=100, help_text="by its content, never by what its name says")
    size = models.IntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.IntegerField(null=True, help_text="pixels; null: no picture")
    height = models.IntegerField(null=True)
    has_thumbnail = models.BooleanField(default=False)
    caption = models.CharField(max_length=400, blank=True)
    shown = models.BooleanField(default=False, help_text="the customer sees it too")
    taken_at = models.DateTimeField(help_text="when the photograph was taken; else when it was added")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    added_by_name = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True, help_text="taken off the case; the bytes are gone")
    withdrawn_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "case_file"
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], condition=Q(withdrawn_at=None), name="case_file_once")
        ]
        indexes = [
            models.Index(fields=["case", "taken_at"], name="case_file_of_case"),
            models.Index(fields=["sha256"], name="case_file_of_bytes"),
        ]

    def __str__(self) -> str:
        return self.name


def files_of(case: "Case") -> QuerySet[CaseFile]:
    """Return the files of the case by the hour each was taken, withdrawn ones too."""
    return CaseFile.objects.filter(case=case).order_by("taken_at", "pk")


def files_for_machines(case: "Case", *, withdrawn: bool | None = None) -> QuerySet[CaseFile]:
    """Return the files of the case; with ``withdrawn`` those that were taken off it, or those that stand."""
    found = CaseFile.objects.filter(case=case)
    return found if withdrawn is None else found.filter(withdrawn_at__isnull=not withdrawn)


def file_of(case: "Case", pk: int) -> CaseFile | None:
    """Return the file of the case with this id."""
    return CaseFile.objects.filter(pk=pk, case=case).first()


def pictures_of(case: "Case") -> QuerySet[CaseFile]:
    """Return the photographs of the case that stand, the latest first."""
    pictures = CaseFile.objects.filter(case=case, withdrawn_at=None, type__startswith="image/")
    return pictures.order_by("-taken_at")


def standing_among(ids: Iterable[int]) -> QuerySet[CaseFile]:
    """Return those of these files that nobody has withdrawn, with their cases."""
    return CaseFile.objects.filter(pk__in=ids, withdrawn_at=None).select_related("case")


def of_the_same_strip(one: CaseFile) -> list[CaseFile]:
    """Return the files of the case that stand and have a thumbnail as this one has, or have none as it has none."""
    same = CaseFile.objects.filter(case=one.case_id, withdrawn_at=None, has_thumbnail=one.has_thumbnail)
    return list(same.order_by("taken_at", "pk"))


def files_of_ids(ids: Collection[int]) -> models.QuerySet[CaseFile]:
    """These files with their cases, the last added first."""
    return CaseFile.objects.filter(pk__in=ids).select_related("case").order_by("-added_at")


def files_for_company(case_id: int) -> models.QuerySet[CaseFile]:
    """The files of the case that its company is shown, in the order in which they were taken."""
    return CaseFile.objects.filter(case=case_id, shown=True, withdrawn_at=None).order_by("taken_at", "pk")


def is_key_known(key: UUID) -> bool:
    """Whether a telephone has sent a file under this key."""
    return CaseFile.objects.filter(key=key).exists()


def photographs_of_visits(visit_ids: Collection[int]) -> dict[int, int]:
    """How many files were added at each of these visits, by the visit's id."""
    files = CaseFile.objects.filter(visit__in=list(visit_ids), withdrawn_at=None)
    return Counter(files.values_list("visit", flat=True))


def file_for_company(case_id: int, pk: int) -> CaseFile | None:
    """The file of this id, if the case's company is shown it."""
    return files_for_company(case_id).filter(pk=pk).first()
