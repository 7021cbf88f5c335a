"""A file is looked at: its page, its bytes, its thumbnail. One that was withdrawn says so; one that is lost, too."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from guardia.cases.case import Case
from guardia.config.now import now
from guardia.evidence import store
from guardia.evidence.case_file import CaseFile
from guardia.people.policy import may_handle
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.case import found
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.files.section import FileRow, row_of
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour
from guardia.web.shared.files import FILE_POLICY, served

GONE, LOST = 410, 404
KEPT_BY_THE_BROWSER = "private, no-cache"
"""It keeps the bytes, and asks each time whether they may still be seen: one that was withdrawn is seen no more."""


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file on its own page, with the ones before and after it."""

    row: FileRow
    case_number: str
    case_href: str
    size: tuple[int, int] | None
    sha256: str
    added: str
    withdrawn: str
    withdrawn_by: str
    why: str
    is_lost: bool
    before: FileRow | None
    after: FileRow | None
    show_href: str
    withdraw_href: str


@desk_page
@require_GET
def file_page(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    case, at = found(request, number), now()
    one = file_or_404(case, file_id)
    return file_shown(request, case, one, at, status=GONE if one.withdrawn_at else 200)


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def content(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """The bytes: a picture in place, all else as a file; with ``?descargar`` always as a file."""
    case = found(request, number)
    one = file_or_404(case, file_id)
    if one.withdrawn_at is None and (seen := seen_already(request, one)):
        return seen
    kept = None if one.withdrawn_at else store.read(one.sha256)
    if kept is None:
        return not_there(request, one)
    return kept_there(served(kept, one.name, one.type, in_place="descargar" not in request.GET), one)


@desk_page
@require_GET
@csp_override(FILE_POLICY)
def thumbnail(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """The small picture; in its place a sign where the store has lost it."""
    case = found(request, number)
    one = file_or_404(case, file_id)
    if one.withdrawn_at:
        return not_there(request, one)
    if not one.has_thumbnail:
        raise Http404
    if seen := seen_already(request, one):
        return seen
    kept = store.read(one.sha256, thumbnail=True)
    if kept is None:
        return HttpResponse(sign_of_loss(), content_type="image/svg+xml", status=LOST)
    return kept_there(served(kept, f"{one.pk}.jpg", "image/jpeg", in_place=True), one)


def kept_there(answer: HttpResponse, one: CaseFile) -> HttpResponse:
    """The bytes behind an address never change: who has seen them gets them no second time, only leave to show them."""
    if answer.headers["Content-Disposition"].startswith("inline"):
        answer.headers["Cache-Control"] = KEPT_BY_THE_BROWSER
        answer.headers["ETag"] = tag_of(one)
    return answer


def seen_already(request: DeskRequest, one: CaseFile) -> HttpResponse | None:
    """304 for the bytes that the browser has; the caller has looked that they may be seen."""
    if request.headers.get("If-None-Match", "").removeprefix("W/") != tag_of(one):
        return None
    return HttpResponse(status=304, headers={"ETag": tag_of(one), "Cache-Control": KEPT_BY_THE_BROWSER})


def tag_of(one: CaseFile) -> str:
    return f'"{one.sha256[:32]}"'


def file_or_404(case: Case, file_id: int) -> CaseFile:
    kept = CaseFile.objects.filter(pk=file_id, case=case).first() if file_id <= LARGEST_ID else None
    if kept is None:
        raise Http404
    return kept


def not_there(request: DeskRequest, one: CaseFile) -> HttpResponse:
    """In the words of who asks: withdrawn (410), or lost (404)."""
    status = GONE if one.withdrawn_at else LOST
    answer = render(request, "desk/files/over.html", {"withdrawn": bool(one.withdrawn_at)}, status=status)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def sign_of_loss() -> bytes:
    return Path(str(finders.find("guardia/missing.svg"))).read_bytes()


def file_shown(
    request: DeskRequest,
    case: Case,
    one: CaseFile,
    at: datetime,
    *,
    refusal: str = "",
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    """Its page; ``refusal`` and ``why`` when a withdrawal comes back."""
    context = {
        "file": shown_of(case, one, request.user, at),
        "refusal": refusal,
        "why": why,
        "shell": shell_for(request, at, with_views=False, area=case.desk),
    }
    return page(request, "desk/files/file.html", context, status=status)


def shown_of(case: Case, one: CaseFile, staff: Staff, at: datetime) -> FileShown:
    before, after = neighbours(case, one, at)
    acts = may_handle(staff, case.desk) and one.withdrawn_at is None
    return FileShown(
        row=row_of(case, one, at),
        case_number=case.display_number,
        case_href=case_href(case),
        size=(one.width, one.height) if one.width and one.height else None,
        sha256=one.sha256,
        added=hour(one.added_at, at),
        withdrawn=hour(one.withdrawn_at, at) if one.withdrawn_at else "",
        withdrawn_by=one.withdrawn_by.name if one.withdrawn_by else "",
        why=why_withdrawn(case, one) if one.withdrawn_at else "",
        is_lost=one.withdrawn_at is None and not store.has(one.sha256),
        before=before,
        after=after,
        show_href=reverse("case_file_show", args=[case.number, one.pk]) if acts else "",
        withdraw_href=reverse("case_file_withdraw", args=[case.number, one.pk]) if acts else "",
    )


def neighbours(case: Case, one: CaseFile, at: datetime) -> tuple[FileRow | None, FileRow | None]:
    """Those of the same kind, as the strip shows them."""
    same = CaseFile.objects.filter(case=case, withdrawn_at=None, has_thumbnail=one.has_thumbnail)
    rows = list(same.order_by("taken_at", "pk"))
    if one not in rows:
        return None, None
    place = rows.index(one)
    before = row_of(case, rows[place - 1], at) if place else None
    return before, row_of(case, rows[place + 1], at) if place + 1 < len(rows) else None


def why_withdrawn(case: Case, one: CaseFile) -> str:
    events = case.events.filter(moment=Moment.FILE_WITHDRAWN, data__file=one.pk)
    event = events.prefetch_related("texts").first()
    return next((text.text or "" for text in event.texts.all() if text.name == "why"), "") if event else ""
