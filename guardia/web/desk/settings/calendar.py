"""The year's rest days, what was announced, and how far the running promises have followed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from guardia.cases.calendar_change import left_to_follow
from guardia.clocks.calendar_change import CalendarChange
from guardia.clocks.calendars import announced
from guardia.clocks.rest_days import FIRST, LAST, local_days
from guardia.config.now import now
from guardia.web.desk.page import page, stamped, tag_of, unchanged
from guardia.web.desk.settings.forms import CantonForm, DayForm
from guardia.web.desk.settings.frame import looks, number_in, shown
from guardia.web.desk.settings.year import is_lawful_here, journal_lines, year_lines


@looks
def calendar(request: HttpRequest) -> HttpResponse:
    at = now()
    context = shown_calendar(year_asked(request.GET.get("anio", ""), at), at)
    return shown(request, "calendar", context, tab="settings_calendar")


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
    journal = list(CalendarChange.objects.select_related("by", "withdraws").order_by("pk"))
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
