"""The rest days and local days of the calendar, and the form that announces a day or takes one back (A3 D)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import calendar_change
from guardia.cases.calendar_change import Moved, left_to_follow
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks import calendars
from guardia.clocks.calendars import Announced, CalendarChange, ChangeKind, announced, announcements, journal_with_names
from guardia.clocks.rest_days import FIRST, LAST, ZONES, RestDay, local_days, rest_days
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import page, say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import changes, day_and_hour, looks, number_in, settings_page
from guardia.web.desk.settings.setting_form import REASON, REASONED
from guardia.web.shared.act import CONFLICT, INVALID, Refusal, attempt
from guardia.web.shared.hour_fields import DayField

# --- calendar ---------------------------------------------------------------------------------------------------------
# The year's rest days, what was announced, and how far the running promises have followed.
SATURDAY = 5


class DayForm(DeskForm):
    readers = REASONED
    day = DayField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it does"),
        choices=[
            (ChangeKind.REST.value, gettext_lazy("day off (no office hours)")),
            (ChangeKind.WORK.value, gettext_lazy("working day (a holiday removed, or made up for)")),
        ],
    )
    reason = words(
        gettext_lazy("Decree or reason"),
        REASON,
        needed=True,
        help_text=gettext_lazy("Each case affected shows the change."),
    )

    def clean_day(self) -> date:
        asked = self.cleaned_data["day"]
        if not FIRST <= asked.year <= LAST:
            sentence = _("Rest days are kept for %(first)d to %(last)d. Check the year.")
            raise forms.ValidationError(sentence % {"first": FIRST, "last": LAST})
        return asked


class CantonForm(DeskForm):
    readers = REASONED
    canton = forms.ChoiceField(
        label=gettext_lazy("Canton"),
        error_messages={"invalid_choice": gettext_lazy("Choose a canton from the list that is not observed yet.")},
    )
    reason = words(
        gettext_lazy("Reason"), REASON, needed=True, help_text=gettext_lazy("Where the desk works, for example.")
    )

    def __init__(self, data: Any = None, *, without: Iterable[str] = ()) -> None:
        super().__init__(data, auto_id="canton_%s")  # it stands beside the form of a day, which has a reason too
        observed = set(without)
        listed = sorted(local_days().values())
        left = [(name, f"{name} · {day:02d}/{month:02d}") for name, month, day in listed if name not in observed]
        self.offer("canton", [("", "—"), *left])


class WithdrawForm(DeskForm):
    readers = REASONED
    reason = words(gettext_lazy("Reason"), REASON, needed=True)


@looks
def calendar(request: HttpRequest) -> HttpResponse:
    at = now()
    context = calendar_context(chosen_year(request.GET.get("anio", ""), at), at)
    return settings_page(request, "calendar", context, tab="settings_calendar")


@looks
def progress(request: HttpRequest) -> HttpResponse:
    """How many running promises have still to be looked at; the page asks until there is none."""
    left = left_to_follow(now())
    tag = tag_of([left])
    if same := unchanged(request, tag):
        return same
    return stamped(page(request, "desk/settings/_progress.html", {"left": left, "tag": tag}), tag)


def calendar_context(year: int, at: datetime) -> dict[str, Any]:
    left = left_to_follow(at)
    journal = list(journal_with_names())
    cantons = announced(journal).cantons
    return {
        "year": year,
        "before": address(year - 1) if year > FIRST else "",
        "after": address(year + 1) if year < LAST else "",
        "is_lawful_here": is_lawful_here(),
        "lines": year_lines(year, journal, at),
        "journal": journal_lines(journal, at),
        "cantons": cantons,
        "left": left,
        "tag": tag_of([left]),
        "day_form": DayForm(),
        "canton_form": CantonForm(without=cantons),
        "all_observed": len(cantons) >= len(local_days()),
    }


def chosen_year(written: str, at: datetime) -> int:
    """A year that the law's table knows; this one for anything else."""
    asked = number_in(written)
    return asked if FIRST <= asked <= LAST else min(max(localdate(at).year, FIRST), LAST)


def address(year: int) -> str:
    return f"{reverse('settings_calendar')}?anio={year}"


@dataclass(frozen=True)
class RestLine:
    """One line of the year. ``works``: a decree takes the rest away; ``works_instead``: a true date that is worked."""

    day: date
    day_words: str
    name: str
    true_words: str
    why: str
    kind: str = "law"
    is_over: bool = False
    works: bool = False


def year_lines(year: int, journal: Iterable[CalendarChange], at: datetime) -> list[RestLine]:
    """``year``: one that the law's table knows. ``at`` (UTC) is now: days before it are over.

    The law is Ecuador's, and holds in its zones; elsewhere what was announced is all there is.
    """
    changes = list(journal)
    said, today = announced(changes), localdate(at)
    cantons = ("", *said.cantons) if is_lawful_here() else ()
    by_law = {rest: None for canton in cantons for rest in rest_days([year], canton)}
    lines = [lawful(rest, said, today) for rest in by_law]
    lines += [decreed(day, change, today) for day, change in standing(changes).items() if day.year == year]
    return sorted(lines, key=lambda line: (line.day, line.kind))


def is_lawful_here() -> bool:
    """Whether the law whose days are known is the operator's."""
    return settings.TIME_ZONE in ZONES


def lawful(rest: RestDay, said: Announced, today: date) -> RestLine:
    moved = rest.day != rest.true_day
    return RestLine(
        day=rest.day,
        day_words=day_words(rest.day),
        name=str(rest),
        true_words=day_words(rest.true_day) if moved else "",
        why=why_moved(rest) if moved else "",
        kind="local" if rest.canton else "law",
        is_over=rest.day < today,
        works=rest.day in said.works,
    )


def why_moved(rest: RestDay) -> str:
    """The law moves the rest, not the feast: the true date is then a working day, unless it is a weekend's."""
    words = {"weekday": date_format(rest.true_day, "l"), "day": date_format(rest.day, "l")}
    if rest.true_day.weekday() >= SATURDAY:
        return _("Falls on a %(weekday)s: observed on %(day)s.") % words
    return _("Falls on a %(weekday)s: observed on %(day)s, and the %(weekday)s is a working day.") % words


def decreed(day: date, change: CalendarChange, today: date) -> RestLine:
    works = change.kind == ChangeKind.WORK
    return RestLine(
        day=day,
        day_words=day_words(day),
        name=_("Working day by decree") if works else change.reason or _("Rest day by decree"),
        true_words="",
        why=change.reason if works else "",
        kind="decree",
        is_over=day < today,
        works=works,
    )


def standing(changes: list[CalendarChange]) -> dict[date, CalendarChange]:
    """The announced days that hold: not withdrawn, the later one of a day."""
    withdrawn = {change.withdraws_id for change in changes}
    days = [change for change in changes if change.kind in {ChangeKind.REST, ChangeKind.WORK}]
    return {change.day: change for change in days if change.day and change.pk not in withdrawn}


def journal_lines(changes: list[CalendarChange], at: datetime) -> list[dict[str, Any]]:
    """What was announced, the latest first, each with whether it can still be withdrawn."""
    withdrawn = {change.withdraws_id: change for change in changes if change.withdraws_id}
    today = localdate(at)
    return [
        {
            "pk": change.pk,
            "what": what(change),
            "reason": change.reason,
            "by": change.by.name if change.by else "",
            "at": change.at,
            "withdrawn": withdrawn.get(change.pk),
            "may_withdraw": change.pk not in withdrawn and not (change.day and change.day < today),
        }
        for change in reversed(changes)
        if change.kind != ChangeKind.WITHDRAW
    ]


def what(change: CalendarChange) -> str:
    """A line of the journal as a sentence."""
    if change.kind == ChangeKind.WITHDRAW and change.withdraws:
        return _("Withdrawn: %s") % what(change.withdraws)
    if change.kind == ChangeKind.OBSERVE:
        return _("The local holiday of %s is observed") % change.canton
    words = _("%s is a working day") if change.kind == ChangeKind.WORK else _("%s is a rest day")
    return words % day_words(change.day) if change.day else ""


def day_words(day: date) -> str:
    return date_format(day, "D d/m/Y")


# --- announcing -------------------------------------------------------------------------------------------------------
# A rest day announced, a canton's day observed, either taken back: first what it would move, then done.
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
        words = _("%s is a working day") if kind is ChangeKind.WORK else _("%s is a rest day")
        return Proposal(words % day_words(asked), address(asked.year), kind, day=asked)

    return announcement_page(request, DayForm(request.POST or None), proposal_of, _("Announce a day"))


@changes
def canton(request: HttpRequest) -> HttpResponse:
    """The local day of a canton, observed from now on."""

    def proposal_of(fields: dict[str, Any]) -> Proposal:
        name = fields["canton"]
        title = _("The local holiday of %s is observed") % name
        return Proposal(title, address(now().year), ChangeKind.OBSERVE, canton=name)

    known = calendars.announced_at(calendars.newest_edition()).cantons
    form = CantonForm(request.POST or None, without=known)
    return announcement_page(request, form, proposal_of, _("Observe a canton's day"))


@changes
def withdraw(request: HttpRequest, change_id: int) -> HttpResponse:
    """An announcement is taken back."""
    change = get_object_or_404(announcements(), pk=min(change_id, LARGEST_ID))

    def proposal_of(_fields: dict[str, Any]) -> Proposal:
        back = address((change.day or now()).year)
        return Proposal(_("Withdrawn: %s") % what(change), back, ChangeKind.WITHDRAW, day=change.day, withdraws=change)

    title = _("Withdraw: %s") % what(change)
    return announcement_page(request, WithdrawForm(request.POST or None), proposal_of, title)


def announcement_page(
    request: HttpRequest, form: forms.Form, proposal_of: Callable[[dict[str, Any]], Proposal], title: str
) -> HttpResponse:
    """The form; sent, what the change would move; sent again with ``hacer``, the change."""
    if request.method != "POST":
        return sheet(request, form, title)
    asked = attempt(lambda: possible(proposal_of(form.cleaned_data)), form)
    if isinstance(asked, Refusal):
        return sheet(request, form, title, status=INVALID)
    if "hacer" not in request.POST:
        return sheet(request, form, title, asked)
    calendar_change.writes.take_turn("calendar_change")
    if unseen := announced_since(request):
        return sheet(request, form, title, asked, meanwhile=unseen, status=CONFLICT)
    done = attempt(lambda: asked.do(form.cleaned_data["reason"], member(request), now()), form)
    if isinstance(done, Refusal):
        return sheet(request, form, title, status=INVALID)
    say(request, _("On record: %s.") % asked.title)
    return redirect(asked.back)


def possible(asked: Proposal) -> Proposal:
    """Raises DayIsOver."""
    calendar_change.refuse_past(asked.day, now())
    return asked


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
    path("calendario", calendar, name="settings_calendar"),
    path("calendario/avance", progress, name="settings_calendar_progress"),
    path("calendario/dia", day, name="settings_day"),
    path("calendario/canton", canton, name="settings_canton"),
    path("calendario/<int:change_id>/retirar", withdraw, name="settings_withdraw"),
]
