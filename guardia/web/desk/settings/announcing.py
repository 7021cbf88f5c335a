"""A rest day announced, a canton's day observed, either taken back: first what it would move, then done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from guardia.cases import calendar_change
from guardia.cases.calendar_change import Moved
from guardia.cases.labels import CLOCK_NAMES
from guardia.cases.refusals import Refused
from guardia.clocks import calendars
from guardia.clocks.calendar_change import CalendarChange, ChangeKind, announcements, journal_with_names
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.calendar import CantonForm, DayForm, WithdrawForm, address, day_words, what
from guardia.web.desk.settings.frame import changes, day_and_hour, number_in, settings_page
from guardia.web.desk.settings.setting_form import CONFLICT, INVALID


@dataclass(frozen=True)
class Proposal:
    """A change that is only proposal_of of: what it is called, what it would move, and how it is done."""

    title: str
    back: str
    kind: ChangeKind
    day: date | None = None
    canton: str = ""
    withdraws: CalendarChange | None = None

    def would_move(self) -> tuple[list[Moved], int]:
        return calendar_change.would_move(
            self.kind, now=now(), day=self.day, canton=self.canton, withdraws=self.withdraws
        )

    def do(self, reason: str, by: Any, at: datetime) -> CalendarChange:
        if self.withdraws:
            return calendar_change.withdraw(self.withdraws, reason=reason, by=by, at=at)
        return calendar_change.announce(self.kind, day=self.day, canton=self.canton, reason=reason, by=by, at=at)


@changes
def day(request: HttpRequest) -> HttpResponse:
    """A day that rests or works by decree."""

    def proposal_of(fields: dict[str, Any]) -> Proposal:
        asked, kind = fields["day"], ChangeKind(fields["kind"])
        words = _("%s works") if kind is ChangeKind.WORK else _("%s rests")
        return Proposal(words % day_words(asked), address(asked.year), kind, day=asked)

    return announced(request, DayForm(request.POST or None), proposal_of, _("Announce a day"))


@changes
def canton(request: HttpRequest) -> HttpResponse:
    """The local day of a canton, observed from now on."""

    def proposal_of(fields: dict[str, Any]) -> Proposal:
        name = fields["canton"]
        title = _("The local day of %s is observed") % name
        return Proposal(title, address(now().year), ChangeKind.OBSERVE, canton=name)

    known = calendars.announced_at(calendars.newest_edition()).cantons
    return announced(request, CantonForm(request.POST or None, without=known), proposal_of, _("Observe a canton's day"))


@changes
def withdraw(request: HttpRequest, change_id: int) -> HttpResponse:
    """An announcement is taken back."""
    change = get_object_or_404(announcements(), pk=min(change_id, LARGEST_ID))

    def proposal_of(_fields: dict[str, Any]) -> Proposal:
        back = address((change.day or now()).year)
        return Proposal(_("Withdrawn: %s") % what(change), back, ChangeKind.WITHDRAW, day=change.day, withdraws=change)

    title = _("Withdraw: %s") % what(change)
    return announced(request, WithdrawForm(request.POST or None), proposal_of, title)


def announced(
    request: HttpRequest, form: forms.Form, proposal_of: Callable[[dict[str, Any]], Proposal], title: str
) -> HttpResponse:
    """The form; sent, what the change would move; sent again with ``hacer``, the change."""
    if request.method != "POST":
        return sheet(request, form, title)
    if not form.is_valid():
        return sheet(request, form, title, status=INVALID)
    at, asked = now(), proposal_of(form.cleaned_data)
    try:
        calendar_change.refuse_past(asked.day, at)
        if "hacer" in request.POST:
            calendar_change.writes.take_turn("calendar_change")
            if unseen := announced_since(request):
                return sheet(request, form, title, asked, meanwhile=unseen, status=CONFLICT)
            asked.do(form.cleaned_data["reason"], member(request), now())
            say(request, _("On record: %s.") % asked.title)
            return redirect(asked.back)
    except Refused as refused:
        field = "day" if "day" in form.fields else None
        form.add_error(field, str(refused))
        return sheet(request, form, title, status=INVALID)
    return sheet(request, form, title, asked)


def announced_since(request: HttpRequest) -> list[str]:
    """What was announced after the page was shown; a form that does not say what it has seen is not asked."""
    seen = number_in(request.POST["edition"]) if "edition" in request.POST else LARGEST_ID
    return [f"{what(change)} ({change.by.name if change.by else '–'})" for change in journal_with_names(after=seen)]


def sheet(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    asked: Proposal | None = None,
    *,
    meanwhile: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    moved, count = asked.would_move() if asked else ([], 0)
    context = {
        "form": form,
        "title": title,
        "asked": asked,
        "moved": [moved_line(one) for one in moved],
        "count": count,
        "more": count - len(moved),
        "edition": calendars.newest_edition(),
        "meanwhile": meanwhile or [],
        "back": asked.back if asked else reverse("settings_calendar"),
    }
    return settings_page(request, "announce", context, tab="settings_calendar", status=status)


def moved_line(moved: Moved) -> dict[str, Any]:
    name, owed = CLOCK_NAMES[ClockKind(moved.kind)]
    return {
        "case": moved.case,
        "promise": f"{name}, {owed}",
        "was": day_and_hour(moved.was_due_at) if moved.was_due_at else "–",
        "due": day_and_hour(moved.due_at) if moved.due_at else "–",
    }


urlpatterns = [
    path("calendario/dia", day, name="settings_day"),
    path("calendario/canton", canton, name="settings_canton"),
    path("calendario/<int:change_id>/retirar", withdraw, name="settings_withdraw"),
]
