"""What a rota and a cover may say. Every problem is found at once, by field, with its remedy."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from guardia.people.staff import Staff

ROTA_FIELDS = ("level", "seat", "members", "every_days", "starts_on", "turns_at", "zone")
MOST_MEMBERS, MOST_SEATS, LONGEST_TURN = 20, 20, 366
FAR = timedelta(days=2 * 366)
LATE = timedelta(hours=12)
"""A cover that was agreed by telephone may be written down this much later; further back is history."""
LONGEST_COVER = timedelta(days=92)

Problems = dict[str, str]


def rota_problems(fields: Mapping[str, Any], at: datetime) -> Problems:
    """``at`` (UTC) is now: a first turn years away, either way, is a slip of the pen."""
    found = {
        "seat": _seat_problem(fields["level"], fields["seat"]),
        "members": _members_problem(fields["members"]),
        "every_days": _turn_problem(fields["every_days"]),
        "starts_on": _start_problem(fields["starts_on"], at),
        "zone": "" if fields["zone"] in available_timezones() else _("Choose a time zone of the list."),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def cover_problems(fields: Mapping[str, Any], at: datetime) -> Problems:
    start, end, staff = fields["start"], fields["end"], fields["staff"]
    found = {
        "seat": _seat_problem(fields["level"], fields["seat"]),
        "staff": "" if staff.is_active else _has_left([staff.name]),
        "start": _cover_start_problem(start, at),
        "end": _cover_end_problem(start, end, at),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _seat_problem(level: int, seat: int) -> str:
    fits = 1 <= level <= 9 and 1 <= seat <= MOST_SEATS
    return "" if fits else _("Levels are 1 to 9 and seats 1 to %d.") % MOST_SEATS


def _members_problem(members: list[int]) -> str:
    if not members:
        return _("Nobody is named. Choose who takes the first turn.")
    if len(members) > MOST_MEMBERS:
        return _("At most %d people take turns.") % MOST_MEMBERS
    if len(set(members)) < len(members):
        return _("Somebody is named twice. Each person takes one turn of the round.")
    known = Staff.objects.in_bulk(members)
    if len(known) < len(members):
        return _("Somebody here is not among the operator's people. Choose from the list.")
    return _has_left(_gone(known[member] for member in members))


def _gone(people: Iterable[Staff]) -> list[str]:
    return [person.name for person in people if not person.is_active]


def _has_left(names: list[str]) -> str:
    if not names:
        return ""
    return _("%s is not active any more. Choose somebody else, or activate this person.") % ", ".join(names)


def _turn_problem(every_days: int) -> str:
    fits = 1 <= every_days <= LONGEST_TURN
    return "" if fits else _("A turn lasts from 1 to %d days.") % LONGEST_TURN


def _start_problem(starts_on: date, at: datetime) -> str:
    away = datetime.combine(starts_on, datetime.min.time(), UTC) - at
    return "" if abs(away) <= FAR else _("This day is more than two years away. Look at its year.")


def _cover_start_problem(start: datetime, at: datetime) -> str:
    if start < at - LATE:
        return _("This is more than 12 hours ago. What has been is not rewritten: begin later.")
    return _("This is more than two years away. Look at its year.") if start > at + FAR else ""


def _cover_end_problem(start: datetime, end: datetime, at: datetime) -> str:
    if end <= start:
        return _("It ends before it begins. Write a later hour.")
    if end <= at:
        return _("It would be over already. Write an hour to come.")
    return _("A cover lasts 92 days at most. For longer, write a new rota.") if end - start > LONGEST_COVER else ""
