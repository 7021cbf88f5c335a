"""Files come in from the page of the case: chosen, dropped, pasted or photographed, several at once."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.cases.case_files import add_ready, take_turns_for
from guardia.cases.file_ready import ready
from guardia.cases.file_refusals import FileNotTaken
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.config.walls import Wall, behind, in_one_step, repeated
from guardia.evidence.files import Ready, limit
from guardia.mailroom.names import safe_name
from guardia.people.actor import Actor
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.web.desk.acts.offered import asked_by
from guardia.web.desk.case import found, shown
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import request_page
from guardia.web.desk.page import is_fragment, say

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
    with behind(Wall.STAFF):
        case = found(request, number)
    if request.method != "POST":
        return HttpResponseRedirect(at_the_files(case))
    if not may_handle(request.user, case.desk):
        raise PermissionDenied
    coming = looked_at(request)  # pictures take long: nobody waits for anything meanwhile
    return repeated(lambda: in_one_step(request, lambda: taken(request, number, coming)))


def taken(request: DeskRequest, number: str, coming: Coming) -> HttpResponse:
    at = now()
    case = found(request, number, locked=True)
    try:
        with transaction.atomic():
            count = add_all(case, coming, request.user, at, shown="shown" in request.POST)
    except Refused as refused:
        count = 0
        coming.refuse_all(str(refused))
        case = found(request, number, locked=True)
    return answered(request, case, coming, count, at)


def looked_at(request: HttpRequest) -> Coming:
    coming = Coming()
    uploaded, captions = request.FILES.getlist("files"), request.POST.getlist("caption")
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


def add_all(case: Case, coming: Coming, staff: Staff, at: datetime, *, shown: bool) -> int:
    by = Actor.of_staff(staff)
    take_turns_for([made for made, _ in coming.ready])
    for made, caption in coming.ready:
        add_ready(case, made, by=by, now=at, caption=caption, shown=shown)
    return len(coming.ready)


def answered(request: DeskRequest, case: Case, coming: Coming, count: int, at: datetime) -> HttpResponse:
    """The section again for the script; for a form, the page with what was refused, or the way back to the case."""
    words = ngettext("%(n)d file added.", "%(n)d files added.", count) % {"n": count} if count else ""
    if not coming.refused and not is_fragment(request):
        say(request, words)
        return HttpResponseRedirect(at_the_files(case))
    told = {"files_added": words, "files_refused": coming.refused}
    status = 200 if count else 422
    case = found(request, str(case.number))
    return shown(request, case, asked_by(case), at, template="desk/files/_section.html", status=status, **told)


def at_the_files(case: Case) -> str:
    return f"{reverse('case', args=[case.number])}#files-section"
