"""One draft: written with its mistakes told by line, compared with the version in force, submitted, approved."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guardia.config.languages import in_each_language
from guardia.config.now import now
from guardia.customers.contacts import contacts_to_tell
from guardia.customers.values import line, read
from guardia.notices.announcement import AnnouncementKind
from guardia.notices.announcing import announce
from guardia.people.policy import Right, may
from guardia.people.signed import LARGEST_ID
from guardia.procedure import differences, drafting, version
from guardia.procedure.differences import all_differences
from guardia.procedure.drafting import DraftState, ProcedureDraft, draft_of_id, numbers_of, with_numbers
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import day_and_hour, number_in, settings_page
from guardia.web.desk.settings.procedure import (
    STATES,
    TAB,
    WHAT_FOR,
    differences_in_words,
    looks,
    may_approve,
    may_write,
    writes,
)
from guardia.web.portal.procedure_document import ProcedureView
from guardia.web.shared.act import CONFLICT, INVALID, Refusal, attempt
from guardia.web.shared.hour_fields import HourField

REASON = 400
PARTS = ("what_for", "source", "effective_at", "tells_customers")
"""What is written of a draft."""


class DraftForm(DeskForm):
    readers = {"what_for": line(WHAT_FOR, needed=True)}
    what_for = words(gettext_lazy("What changes, and why"), WHAT_FOR, needed=True)
    effective_at = HourField(
        label=gettext_lazy("In force from (time)"),
        ahead=True,
        help_text=gettext_lazy("In the operator's time. Empty: from its approval on."),
    )
    tells_customers = forms.BooleanField(label=gettext_lazy("Email all customers when it is approved"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Text (YAML)"),
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "yaml", "wrap": "off"}),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data)
        self.initial = initial


@writes
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft; sent: saved as it is written, with its mistakes."""
    found = one(pk)
    if request.method != "POST":
        return answered(request, found, form_of(found))
    found = drafting.held(found.pk)
    form = DraftForm(request.POST, initial={})
    if not form.is_valid():
        return answered(request, found, form, status=INVALID)
    done = attempt(lambda: write(request, found, **{name: form.cleaned_data[name] for name in PARTS}))
    if isinstance(done, Refusal):
        return answered(request, found, form, refused=done.sentence, status=CONFLICT)
    say(request, _("Saved. Nothing changes until it is approved."))
    return redirect("settings_draft", found.pk)


@writes
def numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The promised times of the draft, a field each, for whoever does not want to read YAML."""
    found = one(pk)
    procedure, problems = drafting.read(found)
    if procedure is None:
        say(request, _("The text has mistakes (%d). Correct them first.") % len(problems))
        return redirect("settings_draft", found.pk)
    known = numbers_of(procedure)
    typed = {number.key: request.POST.get(number.key, number.written)[:60] for number in known}
    context = {
        "draft": found,
        "back": reverse("settings_draft", args=[found.pk]),
        "rows": list(zip(known, typed.values(), strict=True)),
    }
    if request.method != "POST":
        return settings_page(request, "procedure/numbers", context, tab=TAB)
    found = drafting.held(found.pk)
    done = attempt(lambda: write(request, found, source=with_numbers(found.source, typed)))
    if isinstance(done, Refusal):
        return settings_page(
            request, "procedure/numbers", {**context, "refused": done.sentence}, tab=TAB, status=CONFLICT
        )
    say(request, _("Saved. Nothing changes until it is approved."))
    return redirect("settings_draft", found.pk)


def write(request: HttpRequest, found: ProcedureDraft, **changed: Any) -> None:
    """The draft with these parts of it changed, by who sends it, over the revision that was looked at.

    Raises drafting.NotPossible.
    """
    parts = {name: changed.get(name, getattr(found, name)) for name in PARTS}
    revision = number_in(request.POST.get("revision", ""))
    drafting.write(found, **parts, revision=revision, by=member(request), at=now())


@looks
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as the customers would read it, marked as a draft."""
    found = one(pk)
    procedure, problems = drafting.read(found)
    if procedure is None:
        raise Http404(_("The text has mistakes (%d). Correct them first.") % len(problems))
    at = found.effective_at or now()
    preview = ProcedureVersion(
        number=0,
        code=procedure.code,
        title=str(procedure.title),
        sha256=version.digest(procedure.model_dump(mode="json")),
        published_at=found.edited_at,
        effective_at=at,
    )
    context = {"shown": ProcedureView(preview, {}, procedure), "languages": (), "is_draft": True}
    return render(request, "portal/procedure_document.html", context)


@writes
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the steps of a draft."""
    if request.method != "POST" or name not in STEPS:
        raise Http404
    one(pk)
    found = drafting.held(pk)
    words = attempt(lambda: STEPS[name](request, found))
    if isinstance(words, Refusal):
        said = {"reason_error": words.fields["reason"]} if words.fields else {"refused": words.sentence}
        return answered(request, found, form_of(found), **said, status=words.status)
    say(request, words)
    return redirect("settings_draft", found.pk)


def plainly(act: Callable[..., object], words: Promise) -> Callable[[HttpRequest, ProcedureDraft], str]:
    """A step without words of its own from whoever takes it."""

    def step(request: HttpRequest, found: ProcedureDraft) -> str:
        act(found, by=member(request), at=now())
        return str(words)

    return step


def approve(request: HttpRequest, found: ProcedureDraft) -> str:
    """Published, and the customers' letters are on their way where it says so."""
    must_approve(request)
    before = version.version_at(found.effective_at or now())
    at = now()
    published = drafting.approve(found, by=member(request), at=at, reason=reason_in(request, needed=False))
    if found.tells_customers:
        announce(
            AnnouncementKind.PROCEDURE,
            str(published.number),
            published,
            facts_of(found, before, published),
            by=member(request),
            at=at,
        )
    words = {"number": published.number, "hour": day_and_hour(published.effective_at)}
    return _("Approved: version %(number)d applies from %(hour)s.") % words


def send_back(request: HttpRequest, found: ProcedureDraft) -> str:
    must_approve(request)
    drafting.send_back(found, reason_in(request), by=member(request), at=now())
    return _("Sent back with your comment.")


STEPS: dict[str, Callable[[HttpRequest, ProcedureDraft], str]] = {
    "presentar": plainly(drafting.submit, gettext_lazy("Submitted. The quality manager finds it here.")),
    "aprobar": approve,
    "devolver": send_back,
    "archivar": plainly(drafting.discard, gettext_lazy("Archived. It can be resumed here.")),
    "retomar": plainly(drafting.take_up, gettext_lazy("Resumed.")),
    "poner-al-dia": plainly(
        drafting.catch_up, gettext_lazy("The draft is now based on the newest version, as it is written.")
    ),
}


def must_approve(request: HttpRequest) -> None:
    if not may(member(request), Right.APPROVE_PROCEDURE):
        raise drafting.NotPossible(_("Only the quality manager can approve or send back a draft."))


def reason_in(request: HttpRequest, needed: bool = True) -> str:
    """Raises Unfit."""
    return str(read({"reason": line(REASON, needed=needed)}, {"reason": request.POST.get("reason", "")})["reason"])


def facts_of(found: ProcedureDraft, before: ProcedureVersion | None, published: ProcedureVersion) -> dict[str, Any]:
    """What the letter says: in each language that is written, since its reader's is not known here."""
    changes: dict[str, list[str]] = {}
    if before:
        changed = all_differences(before.procedure, published.procedure)
        lines = partial(differences.public_lines, changed, before.procedure, published.procedure)
        changes = in_each_language(lines)
    return {
        "number": published.number,
        "code": published.code,
        "effective_at": published.effective_at.isoformat(),
        "what_for": found.what_for,
        "changes": changes,
    }


def one(pk: int) -> ProcedureDraft:
    found = draft_of_id(pk) if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def form_of(found: ProcedureDraft) -> DraftForm:
    return DraftForm(initial={name: getattr(found, name) for name in PARTS})


def answered(
    request: HttpRequest,
    found: ProcedureDraft,
    form: DraftForm,
    *,
    refused: str = "",
    reason_error: str = "",
    status: int = 200,
) -> HttpResponse:
    procedure, problems = drafting.read(found)
    ruling = found.base if found.version_id else version.version_at(found.effective_at or now())
    last = drafting.newest()
    newer = last if last and found.is_open and last.pk != found.base_id else None
    context: dict[str, Any] = {
        "draft": found,
        "form": form,
        "state": STATES[found.state],
        "problems": problems,
        "ruling": ruling,
        "lines": differences_in_words(ruling.procedure, procedure) if ruling and procedure else [],
        "newer": newer,
        "meanwhile": differences_in_words(found.base.procedure, newer.procedure) if newer and found.base else [],
        "refused": refused,
        "reason_error": reason_error,
        "may_write": may_write(request),
        "may_approve": may_approve(request, found),
        "contacts": contacts_to_tell().count(),
        "is_writing": found.state == DraftState.WRITING,
        "is_submitted": found.state == DraftState.SUBMITTED,
        "is_away": found.state == DraftState.WITHDRAWN,
        "edited": day_and_hour(found.edited_at),
        "submitted": day_and_hour(found.submitted_at) if found.submitted_at else "",
        "decided": day_and_hour(found.decided_at) if found.decided_at else "",
        "back": reverse("settings_procedure"),
    }
    return settings_page(request, "procedure/draft", context, tab=TAB, status=status)


urlpatterns = [
    path("procedimiento/borrador/<int:pk>", draft, name="settings_draft"),
    path("procedimiento/borrador/<int:pk>/plazos", numbers, name="settings_draft_numbers"),
    path("procedimiento/borrador/<int:pk>/documento", document, name="settings_draft_document"),
    path("procedimiento/borrador/<int:pk>/<slug:name>", step, name="settings_draft_step"),
]
