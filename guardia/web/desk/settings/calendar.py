"""The year's rest days, what was announced, and how far the running promises have followed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.calendar_change import left_to_follow
from guardia.clocks.calendar_change import CalendarChange, ChangeKind, journal_with_names
from guardia.clocks.calendars import Announced, announced
from guardia.clocks.rest_days import FIRST, LAST, ZONES, RestDay, local_days, rest_days
from guardia.config.now import now
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.page import page, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import looks, number_in, settings_page
from guardia.web.desk.settings.setting_form import DAY, REASON, REASONED

SATURDAY = 5


class DayForm(DeskForm):
    readers = REASONED
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, DAY))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it does"),
        choices=[
            (ChangeKind.REST.value, gettext_lazy("rests (nobody works in office hours)")),
            (ChangeKind.WORK.value, gettext_lazy("works (a rest day taken away, or made up for)")),
        ],
    )
    reason = words(
        gettext_lazy("Decree or reason"), REASON, needed=True, help_text=gettext_lazy("Each case it moves shows it.")
    )

    def clean_day(self) -> date:
        asked = self.cleaned_data["day"]
        if not FIRST <= asked.year <= LAST:
            sentence = _("Rest days are kept for %(first)d to %(last)d. Look at the year.")
            raise forms.ValidationError(sentence % {"first": FIRST, "last": LAST})
        return asked


class CantonForm(DeskForm):
    readers = REASONED
    canton = forms.ChoiceField(
        label=gettext_lazy("Canton"),
        error_messages={"invalid_choice": gettext_lazy("Choose a canton of the list that is not observed yet.")},
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
    context = shown_calendar(year_asked(request.GET.get("anio", ""), at), at)
    return settings_page(request, "calendar", context, tab="settings_calendar")


@looks
def progress(request: HttpRequest) -> HttpResponse:
    """How many running promises have still to be looked at; the page asks until there is none."""
    left = left_to_follow(now())
    tag = tag_of([left])
    if same := unchanged(request, tag):
        return same
    return stamped(page(request, "desk/settings/_progress.html", {"left": left, "tag": tag}), tag)


def shown_calendar(year: int, at: datetime) -> dict[str, Any]:
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


def year_asked(written: str, at: datetime) -> int:
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
        return _("Falls on a %(weekday)s: rested on %(day)s.") % words
    return _("Falls on a %(weekday)s: rested on %(day)s, and the %(weekday)s is worked.") % words


def decreed(day: date, change: CalendarChange, today: date) -> RestLine:
    works = change.kind == ChangeKind.WORK
    return RestLine(
        day=day,
        day_words=day_words(day),
        name=_("Working day by decree") if works else _("Rest day by decree"),
        true_words="",
        why=change.reason,
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
        return _("The local day of %s is observed") % change.canton
    words = _("%s works") if change.kind == ChangeKind.WORK else _("%s rests")
    return words % day_words(change.day) if change.day else ""


def day_words(day: date) -> str:
    return date_format(day, "D d/m/Y")


urlpatterns = [
    path("calendario", calendar, name="settings_calendar"),
    path("calendario/avance", progress, name="settings_calendar_progress"),
]
