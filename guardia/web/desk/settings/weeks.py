"""Who holds each level, week by week; hours that nobody holds stand out."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from guardia.config.now import now
from guardia.web.desk.settings.frame import looks, ruling, shown
from guardia.web.desk.settings.holding import WEEK, gaps, weeks_from

SHOWN = 4
FAR = 104 * WEEK


@looks
def weeks(request: HttpRequest) -> HttpResponse:
    at = now()
    procedure = ruling(at).procedure
    this = monday_of(localdate(at))
    first = monday_asked(request.GET.get("desde", ""), this)
    context = {
        "weeks": weeks_from(first, SHOWN, procedure, at),
        "gaps": gaps(procedure, at, at + SHOWN * WEEK),
        "before": address(first - SHOWN * WEEK) if first > this - FAR else "",
        "after": address(first + SHOWN * WEEK) if first < this + FAR else "",
        "today": "" if first == this else reverse("settings_rotas"),
    }
    return shown(request, "weeks", context, tab="settings_rotas")


def monday_asked(written: str, this: date) -> date:
    """The Monday of the day that an address names, two years away at most; this week's for what is no such day."""
    try:
        asked = date.fromisoformat(written)
    except ValueError:
        return this
    return monday_of(asked) if abs(asked - this) <= FAR + WEEK else this


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def address(monday: date) -> str:
    return f"{reverse('settings_rotas')}?desde={monday.isoformat()}"
