"""The files of a case as its page shows them: a strip of photographs, documents as lines, what came with its mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import mail_tray
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.evidence import case_file
from guardia.evidence.case_file import CaseFile
from guardia.evidence.files import DOCUMENTS, MOST_FILES, PICTURES
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import hour
from guardia.web.desk.page import tag_of

MOST_MAILED = 50
SHORT = {
    "text/plain": "TXT",
    "message/rfc822": "EML",
    "text/calendar": "ICS",
    "application/gzip": "GZ",
    "application/x-7z-compressed": "7Z",
    "application/x-tar": "TAR",
    "application/vnd.tcpdump.pcap": "PCAP",
    "application/msword": "DOC",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.ms-outlook": "MSG",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
}
ACCEPTED = ",".join([*sorted(PICTURES | DOCUMENTS), ".heic", ".log", ".cfg", ".pcap", ".pcapng", ".msg", ".eml"])
OFFICE = {"document": "DOCX", "sheet": "XLSX", "presentation": "PPTX"}


@dataclass(frozen=True, slots=True)
class CaseFiles:
    pictures: Sequence[dict[str, Any]]
    documents: Sequence[dict[str, Any]]
    withdrawn: Sequence[dict[str, Any]]
    mailed: Sequence[dict[str, Any]]
    add_href: str
    limit: int
    limit_words: str
    accepts: str
    tag: str

    @property
    def count(self) -> int:
        return len(self.pictures) + len(self.documents)

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.withdrawn or self.mailed)


def files_of(case: Case, staff: Staff, at: datetime) -> CaseFiles:
    """By the hour each was taken, the newest last, as they happened."""
    rows = [row_of(case, one, at) for one in case_file.files_of(case)[: MOST_FILES * 2]]
    here = [row for row in rows if not row["is_withdrawn"]]
    mailed = mailed_files(case, at)
    return CaseFiles(
        pictures=[row for row in here if row["thumbnail"]],
        documents=[row for row in here if not row["thumbnail"]],
        withdrawn=[row for row in rows if row["is_withdrawn"]],
        mailed=mailed,
        add_href=reverse("case_files", args=[case.number]) if may_handle(staff, case.desk) else "",
        limit=settings.ATTACHMENT_LIMIT_MB * 1024 * 1024,
        limit_words=_("at most %(most)d MB each") % {"most": settings.ATTACHMENT_LIMIT_MB},
        accepts=ACCEPTED,
        tag=tag_of([*((row["id"], row["shown"], row["is_withdrawn"]) for row in rows), len(mailed)]),
    )


def row_of(case: Case, one: CaseFile, at: datetime) -> dict[str, Any]:
    """One file. ``thumbnail`` is empty where there is no picture; ``said`` is its caption, else its name."""
    place = [case.number, one.pk]
    is_there = one.withdrawn_at is None
    return {
        "id": one.pk,
        "href": reverse("case_file", args=place),
        "content_href": reverse("case_file_content", args=place),
        "thumbnail": reverse("case_file_thumbnail", args=place) if one.has_thumbnail and is_there else "",
        "name": one.name,
        "caption": one.caption,
        "said": one.caption or one.name,
        "kind": kind_words(one.type, one.size),
        "taken_at": one.taken_at,
        "hour": hour(one.taken_at, at),
        "by": one.added_by_name,
        "shown": one.shown,
        "is_withdrawn": not is_there,
    }


def kind_words(type_: str, size: int) -> str:
    """``PDF · 120 KB``: what it is by its content, and how large."""
    last = type_.rpartition("/")[2].rpartition(".")[2]
    short = SHORT.get(type_) or (OFFICE.get(last) if "openxml" in type_ else None) or last.upper()
    return f"{short} · {filesizeformat(size)}"


def mailed_files(case: Case, at: datetime) -> list[dict[str, Any]]:
    """What came with the mails that joined this case and is given out; pictures of a signature are no files."""
    return [
        {
            "href": reverse("message_file", args=[one.message_id, one.part]),
            "mail_href": reverse("message", args=[one.message_id]),
            "name": one.name,
            "kind": kind_words(one.type, one.size),
            "hour": hour(one.message.received_at, at),
        }
        for one in mail_tray.files_that_joined(case, MOST_MAILED)
    ]


@dataclass(frozen=True, slots=True)
class InLog:
    """A file beside its line in the log."""

    href: str
    thumbnail: str
    said: str


def in_log(events: Sequence[CaseEvent]) -> dict[int, InLog]:
    """By event: the file that it added and nobody has withdrawn."""
    added = {event.data["file"]: event.pk for event in events if event.moment == Moment.FILE_ADDED}
    if not added:
        return {}
    rows = {one.pk: row_of(one.case, one, one.added_at) for one in case_file.standing_among(added)}
    return {added[pk]: InLog(row["href"], row["thumbnail"], row["said"]) for pk, row in rows.items()}
