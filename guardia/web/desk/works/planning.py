"""A draft is written or changed: what was typed comes back with what is wrong with it; nobody is told."""

from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.network.elements import found
from guardia.network.reach import services_behind
from guardia.outages import work_drafting, work_turns
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.people.actor import Actor
from guardia.procedure import version as versions
from guardia.web.desk import reading as desk_reading
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.act_form import saved_words
from guardia.web.desk.stale import Refusal
from guardia.web.desk.works import reading
from guardia.web.desk.works.form import WorkForm, written

DRAFT = "trabajo"
MOST_ELEMENTS = 200


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """A new draft."""
    return answered(request, None)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, number: str) -> HttpResponse:
    """A draft, once more; what was announced is moved or cancelled instead."""
    work = reading.called(number)
    if work.state != WorkState.DRAFT:
        if request.method == "POST":
            raise Http404
        return redirect("work", work.display_number)
    return answered(request, work)


def answered(request: DeskRequest, work: PlannedWork | None) -> HttpResponse:
    at = now()
    if request.method != "POST":
        return shown(request, work, begun(request, work, at), at)
    form = WorkForm(request.POST, now=at)
    if not form.is_valid():
        return shown(request, work, form, at, Refusal(_("Nothing was saved yet. Correct what is marked."), status=422))
    try:
        with transaction.atomic():
            kept = keep(request, work, form, at)
    except versions.NoProcedure as none:
        return shown(request, work, form, at, Refusal(str(none), status=409))
    except Refused as refused:
        in_place = form.refuse(refused)
        sentence = _("Nothing was saved yet. Correct what is marked.") if in_place else str(refused)
        return shown(request, work, form, at, Refusal(sentence, status=422 if in_place else 409))
    desk_reading.drop_draft(request.user, draft_key(work))
    say(request, _("The draft is saved. Nobody has been told yet."), done_draft=draft_key(work))
    return redirect("work", kept.display_number)


def keep(request: DeskRequest, work: PlannedWork | None, form: WorkForm, at: datetime) -> PlannedWork:
    by = Actor.of_staff(request.user)
    if work is None:
        return work_drafting.draft(form.planned(), by=by, at=at)
    return work_drafting.change(work_turns.held(work.pk), form.planned(), by=by, at=at)


def begun(request: DeskRequest, work: PlannedWork | None, at: datetime) -> WorkForm:
    """With what is on record, and over it what this person was writing."""
    draft = desk_reading.draft_of(request.user, draft_key(work))
    known = {}
    if work:
        known = written(work, set(services_behind([work.element_id])) if work.element_id else set())
    return WorkForm(now=at, initial={**known, **(draft.fields if draft else {})})


def shown(
    request: DeskRequest, work: PlannedWork | None, form: WorkForm, at: datetime, refusal: Refusal | None = None
) -> HttpResponse:
    draft = desk_reading.draft_of(request.user, draft_key(work))
    context = {
        "shell": shell_for(request, at, view="works"),
        "form": form,
        "work": work,
        "elements": found("", MOST_ELEMENTS),
        "action": reverse("work_edit", args=[work.display_number]) if work else reverse("work_new"),
        "draft": draft_key(work),
        "saved_at": at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0,
        "saved_words": saved_words(draft.saved_at, at) if draft and not form.is_bound else "",
        "refusal": refusal,
    }
    return page(request, "desk/works/form.html", context, status=refusal.status if refusal else 200)


def draft_key(work: PlannedWork | None) -> str:
    return f"{DRAFT}:{work.pk if work else 0}"
