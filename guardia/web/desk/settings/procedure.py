"""The procedure at a glance: versions, drafts, and what one version promised otherwise than the one before."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.config.now import now
from guardia.customers.values import line
from guardia.notices import announcing
from guardia.notices.announcement import AnnouncementKind
from guardia.people import lookup as people
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure import differences, drafting
from guardia.procedure.differences import all_differences
from guardia.procedure.drafting import DraftState, ProcedureDraft, ended_drafts, open_drafts
from guardia.procedure.schema import Procedure
from guardia.procedure.version import ProcedureVersion, version_before, version_numbered, versions_newest_first
from guardia.web.desk.companies.frame import DeskForm, member, needs, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import day_and_hour, settings_page
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.responses import text_of

TAB = "settings_procedure"
WHAT_FOR, SHOWN = 200, 30


class NewDraftForm(DeskForm):
    readers = {"what_for": line(WHAT_FOR, needed=True)}
    what_for = words(
        gettext_lazy("What changes, and why"),
        WHAT_FOR,
        needed=True,
        help_text=gettext_lazy("One sentence. The customers read it when the version is published."),
    )
    file = forms.FileField(
        label=gettext_lazy("File (YAML)"),
        required=False,
        help_text=gettext_lazy("Empty: the draft starts from the text of the newest version."),
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> str:
        return text_of(self.cleaned_data.get("file"))


looks = needs(Right.SEE_DESK)
writes = needs(Right.SEE_DESK, Right.DRAFT_PROCEDURE)

STATES: dict[str, Promise] = {
    DraftState.WRITING: pgettext_lazy("draft", "being written"),
    DraftState.SUBMITTED: pgettext_lazy("draft", "waits for approval"),
    DraftState.APPROVED: pgettext_lazy("draft", "approved"),
    DraftState.WITHDRAWN: pgettext_lazy("draft", "archived"),
}


@looks
def procedure(request: HttpRequest) -> HttpResponse:
    return answered(request, NewDraftForm())


@writes
def new(request: HttpRequest) -> HttpResponse:
    """A draft with the text of the newest version, or with that of a file."""
    if request.method != "POST":
        return redirect("settings_procedure")
    form = NewDraftForm(request.POST, files=request.FILES)
    draft = attempt(lambda: begun(form.cleaned_data, member(request)), form)
    if isinstance(draft, Refusal):
        return answered(request, form, status=INVALID)
    say(request, _("Draft created. Nothing changes until it is approved."))
    return redirect("settings_draft", draft.pk)


def begun(fields: dict[str, Any], by: Staff) -> ProcedureDraft:
    return drafting.begin(fields["what_for"], by=by, at=now(), source=fields["file"])


def answered(request: HttpRequest, form: NewDraftForm, status: int = 200) -> HttpResponse:
    at = now()
    versions = list(versions_newest_first()[:SHOWN])
    context: dict[str, Any] = {
        "form": form,
        "may_write": may_write(request),
        "rows": version_rows(versions, names_of(versions), at),
        "open": [(draft, STATES[draft.state]) for draft in open_drafts()],
        "ended": [(draft, STATES[draft.state]) for draft in ended_drafts()[:SHOWN]],
    }
    return settings_page(request, "procedure/page", context, tab=TAB, status=status)


@looks
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: its facts, what it promises otherwise than the one before it, and who was told."""
    found = held(number)
    before = version_before(number)
    told = announcing.announcement_of(AnnouncementKind.PROCEDURE, str(number))
    context = {
        "row": version_rows([found], names_of([found]), now())[0],
        "before": before,
        "lines": differences_in_words(before.procedure, found.procedure) if before else [],
        "told": told,
        "progress": announcing.progress(told) if told else {},
        "back": reverse("settings_procedure"),
    }
    return settings_page(request, "procedure/version", context, tab=TAB)


@looks
def source(request: HttpRequest, number: int) -> HttpResponse:
    """The file that it was published from, byte by byte."""
    found = held(number)
    response = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in found.code)
    response["Content-Disposition"] = f'attachment; filename="{name}-v{found.number}.yaml"'
    return response


def held(number: int) -> ProcedureVersion:
    found = version_numbered(number)
    if found is None:
        raise Http404
    return found


def names_of(versions: list[ProcedureVersion]) -> dict[int, str]:
    return people.staff_named({version.published_by_id for version in versions if version.published_by_id})


def differences_in_words(old: Procedure, new: Procedure) -> list[differences.DescribedDifference]:
    return [differences.describe(each, old, new) for each in all_differences(old, new)]


def version_rows(versions: list[ProcedureVersion], names: dict[int, str], at: datetime) -> list[dict[str, Any]]:
    """The newest first; which is in force at ``at`` (UTC), which will be, which was."""
    ruling = max(
        (each for each in versions if each.effective_at <= at),
        key=lambda each: (each.effective_at, each.number),
        default=None,
    )
    return [
        {
            "version": each,
            "state": _("in force") if each is ruling else _("scheduled") if each.effective_at > at else _("replaced"),
            "effective": day_and_hour(each.effective_at),
            "published": day_and_hour(each.published_at),
            "by": names.get(each.published_by_id or 0, ""),
        }
        for each in versions
    ]


def may_write(request: HttpRequest) -> bool:
    return may(member(request), Right.DRAFT_PROCEDURE)


def may_approve(request: HttpRequest, draft: ProcedureDraft) -> bool:
    """The quality manager, if somebody else wrote and submitted it."""
    staff = member(request)
    return may(staff, Right.APPROVE_PROCEDURE) and staff.pk not in (draft.edited_by_id, draft.submitted_by_id)


urlpatterns = [
    path("procedimiento", procedure, name="settings_procedure"),
    path("procedimiento/borrador", new, name="settings_draft_new"),
    path("procedimiento/version/<int:number>", version, name="settings_version"),
    path("procedimiento/version/<int:number>/fuente", source, name="settings_version_source"),
]
