"""Who holds the levels from week to week, as a calendar shows it: one strip per seat, its turns end to end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.escalation.roster import Roster, Turn
from guardia.procedure.escalation_rules import LevelRule
from guardia.procedure.schema import Procedure
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.settings.frame import day_and_hour

WEEK, DAYS = timedelta(days=7), 7
PIECES = 48
"""A day is drawn in half hours."""


@dataclass(frozen=True)
class Strip:
    """One turn within one week. ``width``: half hours; ``is_gap``: nobody, from now on; ``is_over``: history."""

    name: str
    width: int
    hours: str
    is_cover: bool = False
    is_gap: bool = False
    is_over: bool = False


@dataclass(frozen=True)
class Row:
    level: int
    name: str
    seat: int
    is_first: bool
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Day:
    words: str
    is_today: bool


@dataclass(frozen=True)
class Week:
    words: str
    days: tuple[Day, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Gap:
    """A seat that nobody holds, from when until when (words in the operator's zone)."""

    level: int
    name: str
    seat: int
    since: str
    until: str


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


def weeks_from(monday: date, count: int, procedure: Procedure, at: datetime) -> list[Week]:
    """So many weeks from a Monday of the operator's zone. ``at`` (UTC) is now: what is before it is history."""
    start, end = midnight(monday), midnight(monday + count * WEEK)
    roster = Roster.between(start, end)
    return [week(monday + number * WEEK, procedure, roster, at) for number in range(count)]


def week(monday: date, procedure: Procedure, roster: Roster, at: datetime) -> Week:
    start, end = midnight(monday), midnight(monday + WEEK)
    today = at.astimezone(desk_zone()).date()
    dates = [monday + timedelta(days=number) for number in range(DAYS)]
    rows = []
    for rule in procedure.escalation.levels:
        for place, seat in enumerate(seats_of(rule, roster)):
            turns = turns_of(roster, rule.level, seat, start, end)
            rows.append(Row(rule.level, str(rule.name), seat, not place, tuple(strips(turns, start, end, at))))
    words = f"{date_format(dates[0], 'd/m')} – {date_format(dates[-1], 'd/m/Y')}"
    return Week(words, tuple(Day(date_format(day, "D j"), day == today) for day in dates), tuple(rows))


def strips(turns: Sequence[Turn], start: datetime, end: datetime, at: datetime) -> Iterable[Strip]:
    """End to end over the whole week; the shortest turn has half an hour, so that none is hidden."""
    drawn = 0
    for place, turn in enumerate(turns, start=1):
        left = DAYS * PIECES - (len(turns) - place)
        ends = min(max(half_hours(turn.end, start), drawn + 1), left) if place < len(turns) else DAYS * PIECES
        if ends <= drawn:
            continue
        yield Strip(
            name=turn.staff.name if turn.staff else "",
            width=ends - drawn,
            hours=hours_within(turn, start, end),
            is_cover=turn.is_cover,
            is_gap=turn.staff is None and turn.end > at,
            is_over=turn.end <= at,
        )
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
    """How far into the week an hour of the wall is."""
    local = at.astimezone(desk_zone())
    days = (local.date() - start.date()).days
    return days * PIECES + round((local.hour * 60 + local.minute) / 30)


def gaps(procedure: Procedure, start: datetime, end: datetime) -> list[Gap]:
    """The seats of the procedure's levels that nobody holds at some hour between (UTC), the earliest first."""
    roster = Roster.between(start, end)
    found: list[tuple[datetime, Gap]] = []
    for rule in procedure.escalation.levels:
        for seat in seats_of(rule, roster):
            for turn in turns_of(roster, rule.level, seat, start, end):
                if turn.staff is None:
                    since = "" if turn.start <= start else day_and_hour(turn.start)
                    until = "" if turn.end >= end else day_and_hour(turn.end)
                    found.append((turn.start, Gap(rule.level, str(rule.name), seat, since, until)))
    return [gap for _at, gap in sorted(found, key=lambda one: (one[0], one[1].level, one[1].seat))]
