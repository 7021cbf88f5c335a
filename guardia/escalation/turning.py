"""Whose turn it is on one rota (E2 to E4): pure arithmetic of days and of the clock on the wall.

A turn begins at ``turns_at`` of its day in the rota's zone, whatever the zone's clocks do that week: the week in which
they change is an hour longer or shorter. An hour that the wall skips counts as if the clocks had not changed yet; one
that it repeats counts the first time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from guardia.escalation.rota import Rota


def in_turn(rota: "Rota", at: datetime) -> list[int]:
    """The ids of all members, beginning with whose turn it is: who steps in where the one before cannot.

    Empty before the first turn, or where the rota names nobody. Whether the rota holds at that hour (``valid``) is not
    asked. Raises ValueError for a time without a zone.
    """
    turn = _turn(rota, at)
    if turn < 0 or not rota.members:
        return []
    first = turn % len(rota.members)
    return [*rota.members[first:], *rota.members[:first]]


def changes(rota: "Rota", start: datetime, end: datetime) -> Iterator[datetime]:
    """The hours after ``start`` and before ``end`` at which a turn begins, in order, in UTC."""
    for turn in count(max(_turn(rota, start) + 1, 0)):
        at = _begins(rota, turn)
        if at >= end:
            return
        yield at


def first_turn(rota: "Rota") -> datetime:
    """When the first member's first turn begins, in UTC."""
    return _begins(rota, 0)


def _turn(rota: "Rota", at: datetime) -> int:
    """The number of the turn that runs at ``at``: 0 is the first, less than 0 is before it."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    turn = (at.astimezone(ZoneInfo(rota.zone)).date() - rota.starts_on).days // rota.every_days + 1
    while at < _begins(rota, turn):
        turn -= 1
    return turn


def _begins(rota: "Rota", turn: int) -> datetime:
    day = rota.starts_on + timedelta(days=turn * rota.every_days)
    return datetime.combine(day, rota.turns_at, ZoneInfo(rota.zone)).astimezone(UTC)
