"""Which announcement moved an hour, where several came before anything could follow the first (A3 D)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from guardia.clocks.calendar_change import CalendarChange
from guardia.clocks.calendars import newest_edition


def last_that_moved(by: Callable[[int], object], edition: int, seen: int) -> tuple[CalendarChange, int]:
    """The last announcement after ``seen`` without which the hours would be others, and the edition before it.

    ``by`` gives the hours by an edition of the calendar. The newest one where no single one did.
    """
    changes = list(CalendarChange.objects.filter(pk__gt=seen, pk__lte=edition).order_by("-pk"))
    known = [change.pk for change in changes[1:]] + [seen]
    pairs = list(zip(changes, known, strict=True))
    if len(pairs) == 1:
        return pairs[0]
    return next((pair for pair in pairs if by(pair[0].pk) != by(pair[1])), pairs[0])


def said_of(change: CalendarChange, edition: int) -> dict[str, Any]:
    """What the event says of the announcement; ``edition`` is that of the calendar by which the hours count now."""
    return {
        "edition": edition,
        "day": (change.day or "") and str(change.day),
        "canton": change.canton,
        "kind": change.kind,
    }


def moved_hour(clock: str, was: datetime | None, due: datetime | None) -> dict[str, str | None]:
    """One promise that moves; None where no hour can be promised. Hours are UTC."""
    return {"clock": clock, "was": was and was.isoformat(), "due_at": due and due.isoformat()}


def editions() -> list[int]:
    """Every edition of the calendar, the newest first, down to that before the first announcement."""
    return [*CalendarChange.objects.order_by("-pk").values_list("pk", flat=True), 0] if newest_edition() else [0]
