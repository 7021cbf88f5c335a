"""One request: what would go, what stays, what stands against it; confirmed by a typed word; its copy fetched."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.evidence.case_file import CaseFile
from guardia.people.signed import LARGEST_ID
from guardia.privacy import requests
from guardia.privacy.request import Asked, Erasure, PrivacyRequest, State
from guardia.privacy.tables import GROUPS, KEPT
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import page as answer
from guardia.web.desk.page import say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.privacy.frame import protects, shown, whom
from guardia.web.desk.settings.privacy.words import refused
from guardia.web.shared.audit import exported
from guardia.web.shared.files import download

INVALID, GONE = 422, 410
MOVES = (State.ASKED, State.CONFIRMED)


@protects
@require_GET
def page(request: HttpRequest, request_id: int) -> HttpResponse:
    return told(request, read(request_id))


@protects
@require_GET
def progress(request: HttpRequest, request_id: int) -> HttpResponse:
    """How far it is; once it has come to its end the page is opened anew."""
    asked = read(request_id)
    tag = tag_of_progress(asked)
    if same := unchanged(request, tag):
        return same
    response = stamped(answer(request, "desk/settings/privacy/_progress.html", {"asked": asked, "tag": tag}), tag)
    if asked.state not in MOVES:
        response["HX-Refresh"] = "true"
    return response


def tag_of_progress(asked: PrivacyRequest) -> str:
    return tag_of([asked.state, asked.steps_done, asked.steps])


@protects
@require_POST
def confirm(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    typed = request.POST.get("palabra", "")[:100]
    files = [number_in(one) for one in request.POST.getlist("archivo")[:500]]
    try:
        requests.confirm(asked, typed, files, by=member(request), at=now())
    except ValidationError as unfit:
        return told(request, asked, refusal=" ".join(unfit.messages), ticked=files, status=INVALID)
    return redirect("privacy_request", asked.pk)


@protects
@require_POST
def again(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    requests.look_again(asked)
    return redirect("privacy_request", asked.pk)


@protects
@require_POST
def cancel(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = read(request_id, locked=True)
    requests.cancel(asked, at=now())
    if asked.state == State.CANCELLED:
        say(request, _("Request %d was cancelled: nothing was erased.") % asked.pk)
        return redirect("settings_privacy")
    return redirect("privacy_request", asked.pk)


@protects
@require_GET
def copy(request: HttpRequest, request_id: int) -> HttpResponse:
    """The ZIP, while it waits; that it was fetched is on the journal."""
    asked = PrivacyRequest.objects.filter(pk=min(request_id, LARGEST_ID)).first()
    if asked is None or asked.file is None or asked.state != State.READY:
        return told(
            request,
            read(request_id),
            refusal=_("There is no copy to be fetched any more: ask for it anew."),
            status=GONE,
        )
    exported(request, "person", key=asked.pk)
    return download(bytes(asked.file), f"guardia-persona-{asked.pk}.zip", "application/zip")


def read(request_id: int, *, locked: bool = False) -> PrivacyRequest:
    """Raises Http404."""
    found = PrivacyRequest.objects.defer("file").select_related(
        "contact__customer", "staff", "asked_by", "confirmed_by"
    )
    found = found.select_for_update(of=("self",)) if locked else found
    asked = found.filter(pk=min(request_id, LARGEST_ID)).first()
    if asked is None:
        raise Http404
    return asked


def told(
    request: HttpRequest, asked: PrivacyRequest, *, refusal: str = "", ticked: Any = (), status: int = 200
) -> HttpResponse:
    found = asked.found
    tomb = Erasure.objects.filter(request=asked).first()
    counts = tomb.counts if tomb and asked.state == State.DONE else found.get("goes", {})
    files = CaseFile.objects.filter(pk__in=found.get("files", []) if asked.what == Asked.ERASE else [])
    context = {
        "asked": asked,
        "whom": whom(asked),
        "is_erasure": asked.what == Asked.ERASE,
        "moves": asked.state in MOVES,
        "tag": tag_of_progress(asked),
        "is_ready": asked.state == State.READY,
        "may_look_again": asked.state in (State.READY, State.FAILED),
        "goes": [(words, counts[group]) for group, words in GROUPS.items() if group in counts],
        "stays": [
            (table.replace("_", " "), count, KEPT.get(table, "")) for table, count in found.get("stays", {}).items()
        ],
        "shared": asked.subject.get("shared", []),
        "refusals": refused(asked.refusals) if asked.state == State.READY else [],
        "files": files.select_related("case").order_by("-added_at"),
        "ticked": set(ticked),
        "word": requests.word(),
        "refusal": refusal,
        "tomb": tomb,
        "now": now(),
    }
    return shown(request, "request", context, status=status)
