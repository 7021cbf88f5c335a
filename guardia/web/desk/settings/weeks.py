"""Who holds each level, week by week, as strips of a calendar; hours that nobody holds stand out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config.now import now
from guardia.escalation.roster import Roster, Turn
from guardia.procedure.rules import LevelRule
from guardia.procedure.schema import Procedure
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.settings.frame import day_and_hour, looks, settings_page, version_in_force

WEEK, DAYS = timedelta(days=7), 7
PIECES = 48
"""A day is drawn in half hours."""
SHOWN = 4
FAR = 104 * WEEK


@looks
def weeks(request: HttpRequest) -> HttpResponse:
    at = now()
    procedure = version_in_force(at).procedure
    this = monday_of(localdate(at))
    first = chosen_monday(request.GET.get("desde", ""), this)
    context = {
        "weeks": weeks_from(first, SHOWN, procedure, at),
        "gaps": gaps(procedure, at, at + SHOWN * WEEK),
        "before": address(first - SHOWN * WEEK) if first > this - FAR else "",
        "after": address(first + SHOWN * WEEK) if first < this + FAR else "",
        "today": "" if first == this else reverse("settings_rotas"),
    }
    return settings_page(request, "weeks", context, tab="settings_rotas")


def chosen_monday(written: str, this: date) -> date:
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


def seats_of(rule: LevelRule, roster: Roster) -> list[int]:
    """The seats a level shall have by the procedure, paged together, and those that somebody has filled besides."""
    wanted = range(1, (rule.persons if rule.together else 1) + 1)
    return sorted({*wanted, *roster.seats(rule.level)})


def turns_of(roster: Roster, level: int, seat: int, start: datetime, end: datetime) -> list[Turn]:
    """A seat's turns; one that nobody has ever filled is one empty stretch."""
    found = [turn for turn in roster.turns(level, start, end) if turn.seat == seat]
    return found or [Turn(seat, None, start, end, False)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), desk_zone())


def weeks_from(monday: date, count: int, procedure: Procedure, at: datetime) -> list[dict[str, Any]]:
    """So many weeks from a Monday of the operator's zone. ``at`` (UTC) is now: what is before it is history."""
    start, end = midnight(monday), midnight(monday + count * WEEK)
    roster = Roster.between(start, end)
    return [week(monday + number * WEEK, procedure, roster, at) for number in range(count)]


def week(monday: date, procedure: Procedure, roster: Roster, at: datetime) -> dict[str, Any]:
    start, end = midnight(monday), midnight(monday + WEEK)
    today = at.astimezone(desk_zone()).date()
    dates = [monday + timedelta(days=number) for number in range(DAYS)]
    return {
        "words": f"{date_format(dates[0], 'd/m')} – {date_format(dates[-1], 'd/m/Y')}",
        "days": [{"words": date_format(day, "D j"), "is_today": day == today} for day in dates],
        "rows": [
            {
                "level": rule.level,
                "name": rule.name,
                "seat": seat,
                "is_first": not place,
                "strips": list(strips(turns_of(roster, rule.level, seat, start, end), start, end, at)),
            }
            for rule in procedure.escalation.levels
            for place, seat in enumerate(seats_of(rule, roster))
        ],
    }


def strips(turns: Sequence[Turn], start: datetime, end: datetime, at: datetime) -> Iterable[dict[str, Any]]:
    """End to end over the whole week, in half hours; the shortest turn has one, so that none is hidden.

    ``is_gap``: nobody, from now on; ``is_over``: history.
    """
    drawn = 0
    for place, turn in enumerate(turns, start=1):
        left = DAYS * PIECES - (len(turns) - place)
        ends = min(max(half_hours(turn.end, start), drawn + 1), left) if place < len(turns) else DAYS * PIECES
        if ends <= drawn:
            continue
        yield {
            "name": turn.staff.name if turn.staff else "",
            "width": ends - drawn,
            "hours": hours_within(turn, start, end),
            "is_cover": turn.is_cover,
            "is_gap": turn.staff is None and turn.end > at,
            "is_over": turn.end <= at,
        }
        drawn = ends


def hours_within(turn: Turn, start: datetime, end: datetime) -> str:
    """From when to when, as far as it lies within the week: a turn that goes on beyond it has no edge there."""
    begins, ends = turn.start > start, turn.end < end
    if begins and ends:
        return f"{day_and_hour(turn.start)} – {day_and_hour(turn.end)}"
    if begins:
        return pgettext("turn", "from %(hour)s") % {"hour": day_and_hour(turn.start)}
    if ends:
        return pgettext("turn", "until %(hour)s") % {"hour": day_and_hour(turn.end)}
    return _("the whole week")


def half_hours(at: datetime, start: datetime) -> int:
    """How far into the week a local hour is."""
    local = at.astimezone(desk_zone())
    days = (local.date() - start.date()).days
    return days * PIECES + round((local.hour * 60 + local.minute) / 30)


def gaps(procedure: Procedure, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The seats of the procedure's levels that nobody holds at some hour between (UTC), the earliest first."""
    roster = Roster.between(start, end)
    found = [
        (turn.start, rule.level, seat, str(rule.name), turn.end)
        for rule in procedure.escalation.levels
        for seat in seats_of(rule, roster)
        for turn in turns_of(roster, rule.level, seat, start, end)
        if turn.staff is None
    ]
    return [
        {
            "level": level,
            "name": name,
            "seat": seat,
            "since": day_and_hour(since) if since > start else "",
            "until": day_and_hour(until) if until < end else "",
        }
        for since, level, seat, name, until in sorted(found)
    ]


urlpatterns = [
    path("rotaciones", weeks, name="settings_rotas"),
]
