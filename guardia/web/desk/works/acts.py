"""What is done with a planned work: announced, moved, cancelled, ended; an objection answered, a company taken out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.outages import work_announcing, work_answers, work_course, work_turns
from guardia.outages.planned_work import PlannedWork
from guardia.people.actor import Actor
from guardia.web.desk.acts.act import as_hour
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import say
from guardia.web.desk.shown.clock import desk_zone
from guardia.web.desk.stale import Refusal
from guardia.web.desk.works import page, reading
from guardia.web.desk.works.form import WindowForm


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
        written = self.said("company")
        if not (written.isascii() and written.isdigit() and len(written) < 19):
            raise Http404
        found = Customer.objects.filter(pk=int(written)).first()
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
    "anunciar": (announce, gettext_lazy("%(number)s is announced: the companies are being told.")),
    "mover": (move, gettext_lazy("%(number)s has its new hours: the companies are being told.")),
    "cancelar": (cancel, gettext_lazy("%(number)s is cancelled.")),
    "terminar": (end, gettext_lazy("%(number)s is over: the companies are being told.")),
    "responder": (reply, gettext_lazy("The answer is on its way.")),
    "quitar": (take_out, gettext_lazy("The company is taken out, and is told.")),
}


@desk_page
def act(request: DeskRequest, number: str, act: str) -> HttpResponse:
    """POST does it and leads back to the work; a refusal comes back in its place with what was typed."""
    if act not in ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("work", reading.called(number).display_number)
    work = work_turns.held(reading.called(number).pk)
    at = now()
    typed = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    window = WindowForm(typed, now=at) if act == "mover" else None
    if window and not window.is_valid():
        sentence = _("Nothing was sent yet. Correct the hours.")
        return page.shown(request, work, at, act, typed, Refusal(sentence, status=422), window)
    run, words = ACTS[act]
    try:
        with transaction.atomic():
            run(Doing(work, Actor.of_staff(request.user), at, typed, window))
    except (Refused, forms.ValidationError) as refused:
        sentence = " ".join(refused.messages) if isinstance(refused, forms.ValidationError) else str(refused)
        status = 422 if isinstance(refused, forms.ValidationError) or refused.field else 409
        return page.shown(request, reading.called(number), at, act, typed, Refusal(sentence, status=status), window)
    say(request, str(words) % {"number": work.display_number})
    return redirect("work", work.display_number)
