"""Which announcement moved an hour, where several came before anything could follow the first (A3 D)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from guardia.clocks.calendars import CalendarChange


def last_that_moved(by: Callable[[int], object], edition: int, seen: int) -> CalendarChange:
    """The last announcement after ``seen`` without which the hours would be others.

    ``by`` gives the hours by an edition of the calendar. The newest one where no single one did.
    """
    changes = list(CalendarChange.objects.filter(pk__gt=seen, pk__lte=edition).order_by("-pk"))
    known = [change.pk for change in changes[1:]] + [seen]
    moving = (change for change, before in zip(changes, known, strict=True) if by(change.pk) != by(before))
    return changes[0] if len(changes) == 1 else next(moving, changes[0])


def announcement_facts(change: CalendarChange, edition: int) -> dict[str, Any]:
    """What the event says of the announcement; ``edition`` is that of the calendar by which the hours count now."""
    return {
        "edition": edition,
        "day": (change.day or "") and str(change.day),
        "canton": change.canton,
        "kind": change.kind,
    }


def moved_hour(clock: str, was: datetime | None, due: datetime | None) -> dict[str, str | None]:
    """One promise that moves; None where no hour can be promised. Hours are UTC."""
    return {"clock": clock, "was": was.isoformat() if was else None, "due_at": due.isoformat() if due else None}


def editions() -> list[int]:
    """Every edition of the calendar, the newest first, down to that before the first announcement."""
    return [*CalendarChange.objects.order_by("-pk").values_list("pk", flat=True), 0]
