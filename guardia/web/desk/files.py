"""Photographs and documents on a case: added, looked at, shown to the customer, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from guardia.cases.case import Case
from guardia.cases.case_files import FileNotTaken, add_ready, ready, show_file, take_turns_for, withdraw_file
from guardia.cases.case_rows import withdrawal_of
from guardia.config.database_roles import DatabaseRole, behind, in_one_step, repeated
from guardia.config.now import now
from guardia.evidence import files, store
from guardia.evidence.files import CaseFile, Ready, limit
from guardia.mail.files import safe_name
from guardia.people.policy import may_handle
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Actor, Staff
from guardia.web.desk.acts.offered import next_act
from guardia.web.desk.case import case_answer, found
from guardia.web.desk.case_page.evidence import file_row as row_of
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page, request_page
from guardia.web.desk.page import case_href, is_fragment, page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.responses import FILE_POLICY, served

# --- adding -----------------------------------------------------------------------------------------------------------
# Files come in from the page of the case: chosen, dropped, pasted or photographed, several at once.
MOST_AT_ONCE = 20


@dataclass
class Coming:
    """What was sent: what can be taken, with its caption, and why the rest cannot."""

    ready: list[tuple[Ready, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def refuse_all(self, why: str) -> None:
        self.ready, self.refused = [], [("", why)]


@request_page
def add(request: DeskRequest, number: str) -> HttpResponse:
    """GET leads to the files on the page of the case; POST adds them. What cannot be taken is named with its reason,
    and the rest is added all the same; where the store takes nothing, nothing is.
    """
    with behind(DatabaseRole.STAFF):
        case = found(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(at_the_files(case))
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    # Pictures take long: nobody waits for anything meanwhile.
    coming = looked_through(request.FILES.getlist("files"), request.POST.getlist("caption"))
    return repeated(lambda: in_one_step(request, lambda: taken(request, number, coming)))


def taken(request: DeskRequest, number: str, coming: Coming) -> HttpResponse:
    at = now()
    case = found(request, number, locked=True)
    added = attempt(lambda: add_all(case, coming, request.user, at, shown="shown" in request.POST))
    if isinstance(added, Refusal):
        coming.refuse_all(added.sentence)
        return answered(request, found(request, number, locked=True), coming, 0, at)
    return answered(request, case, coming, len(added), at)


def looked_through(uploaded: Sequence[UploadedFile], captions: Sequence[str]) -> Coming:
    """Each file made ready, or the reason why it cannot be taken. ``captions``: one for each, or one for all."""
    coming = Coming()
    if not uploaded:
        coming.refuse_all(_("No file was chosen. Choose one, or drop it here."))
    elif len(uploaded) > MOST_AT_ONCE:
        coming.refuse_all(_("At most %(n)d files at a time. Send the others afterwards.") % {"n": MOST_AT_ONCE})
    else:
        one_each = len(captions) == len(uploaded)
        for place, one in enumerate(uploaded):
            look_at(one, captions[place] if one_each else captions[0] if captions else "", coming)
    return coming


def look_at(one: UploadedFile, caption: str, coming: Coming) -> None:
    name = one.name or ""
    try:
        # One byte more than may be is enough to be refused for it.
        coming.ready.append((ready(one.read(limit() + 1), name), caption))
    except FileNotTaken as refused:
        coming.refused.append((safe_name(name, _("a file")), str(refused)))


def add_all(case: Case, coming: Coming, staff: Staff, at: datetime, *, shown: bool) -> list[CaseFile]:
    """What can be taken is on the case. Raises Refused: then nothing is."""
    by = Actor.of_staff(staff)
    take_turns_for([made for made, _ in coming.ready])
    return [add_ready(case, made, by=by, now=at, caption=caption, shown=shown) for made, caption in coming.ready]


def answered(request: DeskRequest, case: Case, coming: Coming, count: int, at: datetime) -> HttpResponse:
    """The section again for the script; for a form, the page with what was refused, or the way back to the case."""
    words = ngettext("%(n)d file added.", "%(n)d files added.", count) % {"n": count} if count else ""
    if not coming.refused and not is_fragment(request):
        say(request, words)
        return HttpResponseRedirect(at_the_files(case))
    told = {"files_added": words, "files_refused": coming.refused}
    status = 200 if count else 422
    case = found(request, str(case.number))
    return case_answer(request, case, next_act(case), at, template="desk/files/_section.html", status=status, **told)


def at_the_files(case: Case) -> str:
    return f"{reverse('case', args=[case.number])}#files-section"


# --- what is looked at ------------------------------------------------------------------------------------------------
# A file is looked at: its page, its bytes, its thumbnail. One that was withdrawn says so; one that is lost, too.
GONE, LOST = 410, 404
KEPT_BY_THE_BROWSER = "private, no-cache"
"""It keeps the bytes, and asks each time whether they may still be seen: one that was withdrawn is seen no more."""


@desk_page
@require_GET
def file_page(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    case, at = found(request, number), now()
    one = file_or_404(case, file_id)
    return file_page_of(request, case, one, at, status=GONE if one.withdrawn_at else 200)


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
    return cached_privately(served(kept, one.name, one.type, in_place="descargar" not in request.GET), one)


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
    return cached_privately(served(kept, f"{one.pk}.jpg", "image/jpeg", in_place=True), one)


def cached_privately(answer: HttpResponse, one: CaseFile) -> HttpResponse:
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
    kept = files.file_of(case, file_id) if file_id <= LARGEST_ID else None
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


def file_page_of(
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
        "file": file_context(case, one, request.user, at),
        "refusal": refusal,
        "why": why,
        "shell": shell_for(request, at, with_views=False, area=case.desk),
    }
    return page(request, "desk/files/file.html", context, status=status)


def file_context(case: Case, one: CaseFile, staff: Staff, at: datetime) -> dict[str, Any]:
    """A file on its own page, with the ones before and after it."""
    before, after = neighbours(case, one, at)
    acts = may_handle(staff, case.desk) and one.withdrawn_at is None
    return {
        "row": row_of(case, one, at),
        "case_number": case.display_number,
        "case_href": case_href(case),
        "size": (one.width, one.height) if one.width and one.height else None,
        "sha256": one.sha256,
        "added": hour(one.added_at, at),
        "withdrawn": hour(one.withdrawn_at, at) if one.withdrawn_at else "",
        "withdrawn_by": one.withdrawn_by.name if one.withdrawn_by else "",
        "why": why_withdrawn(case, one) if one.withdrawn_at else "",
        "is_lost": one.withdrawn_at is None and not store.has(one.sha256),
        "before": before,
        "after": after,
        "show_href": reverse("case_file_show", args=[case.number, one.pk]) if acts else "",
        "withdraw_href": reverse("case_file_withdraw", args=[case.number, one.pk]) if acts else "",
    }


def neighbours(case: Case, one: CaseFile, at: datetime) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Those of the same kind, as the strip shows them."""
    rows = files.of_the_same_strip(one)
    if one not in rows:
        return None, None
    place = rows.index(one)
    before = row_of(case, rows[place - 1], at) if place else None
    return before, row_of(case, rows[place + 1], at) if place + 1 < len(rows) else None


def why_withdrawn(case: Case, one: CaseFile) -> str:
    event = withdrawal_of(case, one.pk)
    return next((text.text or "" for text in event.texts.all() if text.name == "why"), "") if event else ""


# --- acting -----------------------------------------------------------------------------------------------------------
# What is done with a file: the customer may see it or no longer, or it is withdrawn with the reason.
@request_page
@require_POST
def show(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """``shown=1``: the customer sees it too, also in the closing report; else no longer."""
    case = for_whom_may(request, number)
    one, wanted, at = file_or_404(case, file_id), request.POST.get("shown") == "1", now()
    done = attempt(lambda: show_file(case, one, shown=wanted, by=Actor.of_staff(request.user), at=at))
    if isinstance(done, Refusal):
        return file_page_of(request, case, file_or_404(case, file_id), at, refusal=done.sentence, status=done.status)
    say(request, _("The customer sees this file.") if wanted else _("The customer no longer sees this file."))
    return redirect("case_file", case.number, one.pk)


@request_page
@require_POST
def withdraw(request: DeskRequest, number: str, file_id: int) -> HttpResponse:
    """Its bytes go for good; that it was there, and why it is not, stays in the log."""
    case = for_whom_may(request, number)
    one, why, at = file_or_404(case, file_id), request.POST.get("why", "").replace("\0", ""), now()
    done = attempt(lambda: withdraw_file(case, one, why, by=Actor.of_staff(request.user), at=at))
    if isinstance(done, Refusal):
        return file_page_of(
            request, case, file_or_404(case, file_id), at, refusal=done.sentence, why=why, status=INVALID
        )
    say(request, _("Withdrawn: %(name)s.") % {"name": one.name})
    return HttpResponseRedirect(at_the_files(case))


def for_whom_may(request: DeskRequest, number: str) -> Case:
    case = found(request, number, locked=True)
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    return case


ONE = "casos/<slug:number>/archivos/<int:file_id>"

urlpatterns = [
    path("casos/<slug:number>/archivos", add, name="case_files"),
    path(ONE, file_page, name="case_file"),
    path(f"{ONE}/contenido", content, name="case_file_content"),
    path(f"{ONE}/miniatura", thumbnail, name="case_file_thumbnail"),
    path(f"{ONE}/mostrar", show, name="case_file_show"),
    path(f"{ONE}/retirar", withdraw, name="case_file_withdraw"),
]
