"""What one more word of a source makes of its alert: a turn, or the same said again. Pure; hours are UTC.

Repeats, late words and flaps do no harm: a word that was sent again, or overtaken on its way, turns nothing; an alert
that comes and goes stays one that fires until it has been quiet for ``calm_seconds``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.network.alert import Alert, AlertSource, AlertState

FLAPS = 5
"""So many turns within the window: it came, went, came, went and came again."""

WINDOW = timedelta(minutes=10)
LATE = timedelta(minutes=2)
"""A word that contradicts a newer one is an old one on its way so long; after that the source means it."""

AGAIN = timedelta(seconds=30)
"""The same word within this time is the same message sent again, and is not counted."""

MOST_TURNS = 20
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """``on_record``: kept as a row; while it flaps only the first turn and the last are."""

    fires: bool
    at: datetime
    on_record: bool = True


def window_of(source: AlertSource) -> timedelta:
    return max(WINDOW, 4 * timedelta(seconds=source.calm_seconds))


def begins(alert: Alert, fires: bool, said_at: datetime | None, received_at: datetime) -> Turn | None:
    """The first word of an alert fills in its hours. One that is over before it was known leaves no turn."""
    at = min(said_at or received_at, received_at)
    alert.first_at = alert.since = at
    alert.last_at = received_at
    alert.turns = [[at.isoformat(), fires]]
    alert.state = AlertState.FIRING if fires else AlertState.RESOLVED
    alert.resolved_at = None if fires else at
    return Turn(True, at) if fires else None


def hear(
    alert: Alert, fires: bool, said_at: datetime | None, received_at: datetime, source: AlertSource
) -> Turn | None:
    """One more word of a known alert: the turn it makes, if it makes one. The alert's fields follow."""
    fires_now, last_turn = last_of(alert)
    at = min(said_at or received_at, received_at)
    if fires == fires_now:
        _repeat(alert, received_at)
        return None
    # What ends in the very second in which it began has ended: many sources count in seconds.
    if at < last_turn or (at == last_turn and fires):
        if said_at and received_at - alert.last_at < LATE:
            return None
        at = max(received_at, last_turn + MOMENT)
    at = max(at, last_turn + MOMENT)
    was_flapping = alert.state == AlertState.FLAPPING
    was_over = fires and not was_flapping and at - last_turn >= timedelta(seconds=source.calm_seconds)
    alert.turns = [*recent(alert, at, source), [at.isoformat(), fires]][-MOST_TURNS:]
    alert.times += 1 if fires else 0
    alert.last_at = received_at
    _follow(alert, fires, at, was_over)
    return Turn(fires, at, on_record=not was_flapping)


def _follow(alert: Alert, fires: bool, at: datetime, was_over: bool) -> None:
    """State, hours and what it was part of. Within the calm it never counted as resolved, and goes on."""
    if fires and was_over:
        alert.since, alert.outage_id, alert.case_id = at, None, None
    if alert.state == AlertState.FLAPPING or len(alert.turns) >= FLAPS:
        alert.state = AlertState.FLAPPING
    else:
        alert.state = AlertState.FIRING if fires else AlertState.RESOLVED
    alert.resolved_at = alert.resolved_at if fires else at


def _repeat(alert: Alert, received_at: datetime) -> None:
    if received_at - alert.last_at >= AGAIN:
        alert.times += 1
        alert.last_at = received_at


def last_of(alert: Alert) -> tuple[bool, datetime]:
    """Whether it fires by the last word, and since when."""
    if alert.turns:
        written, fires = alert.turns[-1]
        return bool(fires), datetime.fromisoformat(written)
    fires = alert.state != AlertState.RESOLVED
    return fires, alert.since if fires else alert.resolved_at or alert.since


def recent(alert: Alert, at: datetime, source: AlertSource) -> list[list]:
    after = at - window_of(source)
    return [turn for turn in alert.turns if datetime.fromisoformat(turn[0]) >= after]


def is_over(alert: Alert, now: datetime, source: AlertSource) -> bool:
    """Whether it has been quiet for so long that it counts as resolved."""
    fires, since = last_of(alert)
    return not fires and now - since >= timedelta(seconds=source.calm_seconds)


def looked_at_next(alert: Alert, source: AlertSource, *, opens: bool) -> datetime | None:
    """When something is to be done about it. ``opens``: it leads somewhere, and its source opens something."""
    fires, since = last_of(alert)
    if not fires:
        is_known = bool(alert.outage_id or alert.case_id or alert.service_id or alert.element_id)
        return since + timedelta(seconds=source.calm_seconds) if is_known or _flaps(alert) else None
    if alert.outage_id or alert.case_id or not opens:
        return None
    return (alert.since if _flaps(alert) else since) + timedelta(seconds=source.hold_seconds)


def _flaps(alert: Alert) -> bool:
    return alert.state == AlertState.FLAPPING
