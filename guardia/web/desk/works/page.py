"""The page of one planned work and what is done with it: announced, moved, cancelled, ended; objections answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import company_of_id
from guardia.outages import work_announcing, work_answers, work_course, work_turns
from guardia.outages.planned_work import PlannedWork
from guardia.people.actor import Actor
from guardia.people.policy import Right, may
from guardia.web.desk.acts.act import as_hour
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.stale import Refusal
from guardia.web.desk.works import planned
from guardia.web.desk.works.planning import WindowForm, hours_written
from guardia.web.desk.works.work_view import work_context


@desk_page
@require_GET
def work(request: DeskRequest, number: str) -> HttpResponse:
    return work_page(request, planned.called(number), now())


def work_page(
    request: DeskRequest,
    work: PlannedWork,
    at: datetime,
    act: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
    window: WindowForm | None = None,
) -> HttpResponse:
    """``act``: the one that was refused, with what was ``typed`` in it."""
    context = {
        "shell": shell_for(request, at, view="works"),
        "work": work_context(work, at),
        "window": window or WindowForm(now=at, initial=hours_written(work)),
        "act": act,
        "typed": typed,
        "refusal": refusal,
        "may_plan": may(request.user, Right.HANDLE_CASES),
        "told_href": reverse("work_told", args=[work.display_number]),
    }
    return page(request, "desk/works/work.html", context, status=refusal.status if refusal else 200)


# --- acts -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Doing:
    """Which work, held; who, the hour (UTC), and the fields as they were sent."""

    work: PlannedWork
    by: Actor
    at: datetime
    typed: dict[str, str]
    window: WindowForm | None = None

    def said(self, name: str) -> str:
        return self.typed.get(name, "")

    def company(self) -> Customer:
        """Raises Http404 for what is none."""
        found = company_of_id(self.said("company"))
        if found is None:
            raise Http404
        return found


def announce(doing: Doing) -> None:
    work_announcing.announce(doing.work, doing.said("reason"), by=doing.by, at=doing.at)


def move(doing: Doing) -> None:
    assert doing.window is not None, "a move comes with its hours"
    hours = doing.window.cleaned_data
    why, reason = doing.said("why"), doing.said("reason")
    work_announcing.move(doing.work, hours["starts"], hours["ends"], why, reason, by=doing.by, at=doing.at)


def cancel(doing: Doing) -> None:
    work_announcing.cancel(doing.work, doing.said("why"), by=doing.by, at=doing.at)


def end(doing: Doing) -> None:
    words = doing.said("at").replace("T", " ").strip()
    at = as_hour(words, desk_zone(), doing.at, ahead=False) if words else doing.at
    work_course.end(doing.work, by=doing.by, at=at, now=doing.at)


def reply(doing: Doing) -> None:
    work_answers.reply(doing.work, doing.company(), doing.said("words"), by=doing.by, at=doing.at)


def take_out(doing: Doing) -> None:
    work_answers.take_out(doing.work, doing.company(), doing.said("why"), by=doing.by, at=doing.at)


ACTS: dict[str, tuple[Callable[[Doing], None], Promise]] = {
    "anunciar": (announce, _("%(number)s is announced: the companies are being told.")),
    "mover": (move, _("%(number)s has its new hours: the companies are being told.")),
    "cancelar": (cancel, _("%(number)s is cancelled.")),
    "terminar": (end, _("%(number)s is over: the companies are being told.")),
    "responder": (reply, _("The answer is on its way.")),
    "quitar": (take_out, _("The company is taken out, and is told.")),
}


@desk_page
def act(request: DeskRequest, number: str, act: str) -> HttpResponse:
    """POST does it and leads back to the work; a refusal comes back in its place with what was typed."""
    if act not in ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("work", planned.called(number).display_number)
    work = work_turns.held(planned.called(number).pk)
    at = now()
    typed = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    window = WindowForm(typed, now=at) if act == "mover" else None
    if window and not window.is_valid():
        sentence = gettext("Nothing was sent yet. Correct the hours.")
        return work_page(request, work, at, act, typed, Refusal(sentence, status=422), window)
    run, words = ACTS[act]
    try:
        with transaction.atomic():
            run(Doing(work, Actor.of_staff(request.user), at, typed, window))
    except (Refused, forms.ValidationError) as refused:
        sentence = " ".join(refused.messages) if isinstance(refused, forms.ValidationError) else str(refused)
        status = 422 if isinstance(refused, forms.ValidationError) or refused.field else 409
        return work_page(request, planned.called(number), at, act, typed, Refusal(sentence, status=status), window)
    say(request, str(words) % {"number": work.display_number})
    return redirect("work", work.display_number)
