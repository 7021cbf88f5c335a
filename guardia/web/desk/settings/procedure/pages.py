"""The procedure at a glance: versions, drafts, and what one version promised otherwise than the one before."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.notices import announcing
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.people.staff import Staff
from guardia.procedure import difference_words, drafting
from guardia.procedure.differences import differences
from guardia.procedure.draft import DraftState, ProcedureDraft
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import shown
from guardia.web.desk.settings.procedure.forms import NewDraftForm
from guardia.web.desk.settings.procedure.frame import STATES, TAB, looks, may_write, version_rows, writes

SHOWN = 30
INVALID = 422


@looks
def procedure(request: HttpRequest) -> HttpResponse:
    return answered(request, NewDraftForm())


@writes
def new(request: HttpRequest) -> HttpResponse:
    """A draft with the text of the newest version, or with that of a file."""
    if request.method != "POST":
        return redirect("settings_procedure")
    form = NewDraftForm(request.POST, files=request.FILES)
    if not form.is_valid():
        return answered(request, form, status=INVALID)
    fields = form.cleaned_data
    try:
        draft = drafting.begin(fields["what_for"], by=member(request), at=now(), source=fields["file"])
    except drafting.NotPossible as refused:
        form.add_error(None, str(refused))
        return answered(request, form, status=INVALID)
    say(request, _("A draft was begun. Nothing changes until it is approved."))
    return redirect("settings_draft", draft.pk)


def answered(request: HttpRequest, form: NewDraftForm, status: int = 200) -> HttpResponse:
    at = now()
    versions = list(ProcedureVersion.objects.defer("source", "document").order_by("-number")[:SHOWN])
    drafts = ProcedureDraft.objects.defer("source").select_related("edited_by", "base", "version").order_by("-pk")
    context: dict[str, Any] = {
        "form": form,
        "may_write": may_write(request),
        "rows": version_rows(versions, names_of(versions), at),
        "open": [(draft, STATES[draft.state]) for draft in drafts.filter(state__in=OPEN)],
        "ended": [(draft, STATES[draft.state]) for draft in drafts.exclude(state__in=OPEN)[:SHOWN]],
    }
    return shown(request, "procedure/page", context, tab=TAB, status=status)


OPEN = (DraftState.WRITING, DraftState.SUBMITTED)


@looks
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: its facts, what it promises otherwise than the one before it, and who was told."""
    found = held(number)
    before = ProcedureVersion.objects.filter(number__lt=number).order_by("-number").first()
    changes = differences(before.procedure, found.procedure) if before else []
    told = Announcement.objects.filter(kind=AnnouncementKind.PROCEDURE, key=str(number)).first()
    context = {
        "row": version_rows([found], names_of([found]), now())[0],
        "before": before,
        "lines": [difference_words.said(each, before.procedure, found.procedure) for each in changes] if before else [],
        "told": told,
        "progress": announcing.progress(told) if told else {},
        "back": reverse("settings_procedure"),
    }
    return shown(request, "procedure/version", context, tab=TAB)


@looks
def source(request: HttpRequest, number: int) -> HttpResponse:
    """The file that it was published from, byte by byte."""
    found = held(number)
    response = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in found.code)
    response["Content-Disposition"] = f'attachment; filename="{name}-v{found.number}.yaml"'
    return response


def held(number: int) -> ProcedureVersion:
    found = ProcedureVersion.objects.filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def names_of(versions: list[ProcedureVersion]) -> dict[int, str]:
    who = {version.published_by_id for version in versions if version.published_by_id}
    return dict(Staff.objects.filter(pk__in=who).values_list("pk", "name"))
