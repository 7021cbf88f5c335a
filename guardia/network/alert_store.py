"""What a source said is kept: each alert once, each turn once. A message of thousands is a few statements."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from guardia.config import sql_rows
from guardia.network.alert import Alert, AlertSource, AlertState, AlertTurn, WhatItOpens
from guardia.network.alert_message import AlertMessage, Message
from guardia.network.alerts_mapping import Rule, leads, rules_of

# What one more word of a source makes of its alert: a turn, or the same said again. Pure; hours are UTC.
#
# Repeats, late words and flaps do no harm: a word that was sent again, or overtaken on its way, turns nothing; an
# alert that comes and goes stays one that fires until it has been quiet for ``calm_seconds``.


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


SEEN_EVERY = timedelta(seconds=5)
"""That it was heard is written down this often: in a storm all would wait for this one row."""

LONGEST_TROUBLE = 300
CHANGED = """
    UPDATE alert SET state = u.state, severity = u.severity, summary = u.summary, labels = u.labels,
        element_id = u.element_id, service_id = u.service_id, outage_id = u.outage_id, case_id = u.case_id,
        since = u.since, resolved_at = u.resolved_at, last_at = u.last_at, times = u.times, turns = u.turns,
        acts_at = u.acts_at
    FROM jsonb_to_recordset(%s::jsonb) AS u(
        id bigint, state text, severity text, summary text, labels jsonb, element_id bigint, service_id bigint,
        outage_id bigint, case_id bigint, since timestamptz, resolved_at timestamptz, last_at timestamptz,
        times int, turns jsonb, acts_at timestamptz)
    WHERE alert.id = u.id
"""
WRITTEN = (
    *("id", "state", "severity", "summary", "labels", "element_id", "service_id", "outage_id", "case_id"),
    *("since", "resolved_at", "last_at", "times", "turns", "acts_at"),
)


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """How many alerts were new, how many turned (new ones too), and how many said nothing new."""

    new: int = 0
    turned: int = 0
    again: int = 0


def keep(source: AlertSource, message: Message, received_at: datetime) -> StoredCounts:
    """Into the tables, in the caller's transaction; ``received_at`` is UTC. Sent again, it changes nothing."""
    kept = StoredCounts()
    rules = rules_of(source) if message.alerts else []
    for once in rounds(message.alerts):
        one = _keep_once(source, once, rules, received_at)
        kept = StoredCounts(kept.new + one.new, kept.turned + one.turned, kept.again + one.again)
    is_heard(source, received_at, message.trouble)
    return kept


def rounds(alerts: Sequence[AlertMessage]) -> Iterable[list[AlertMessage]]:
    """As one after the other, where a message names an alert twice: each round names each once."""
    left = list(alerts)
    while left:
        once: dict[str, AlertMessage] = {}
        later = []
        for said in left:
            if said.fingerprint in once:
                later.append(said)
            else:
                once[said.fingerprint] = said
        yield [once[fingerprint] for fingerprint in sorted(once)]
        left = later


def _keep_once(
    source: AlertSource, said: list[AlertMessage], rules: Sequence[Rule], received_at: datetime
) -> StoredCounts:
    known = _locked(source, [one.fingerprint for one in said])
    missing = [one.fingerprint for one in said if one.fingerprint not in known]
    if missing:
        _take_turn(source)
        known |= _locked(source, missing)
    new, changed, turns = [], [], []
    for one in said:
        if alert := known.get(one.fingerprint):
            before = _mark(alert)
            turn = hear(alert, one.fires, one.at, received_at, source)
            if turn:
                _describe(alert, one)
            if turn or _mark(alert) != before:
                changed.append(alert)
        else:
            alert = Alert(source=source, fingerprint=one.fingerprint, group_key=group_of(one), name=one.name)
            turn = begins(alert, one.fires, one.at, received_at)
            _describe(alert, one)
            new.append(alert)
        if turn:
            turns.append((alert, turn))
    _lead([alert for alert, turn in turns if turn.fires and not alert.outage_id and not alert.case_id], rules)
    for alert in [*new, *(alert for alert, _turn in turns)]:
        alert.acts_at = looked_at_next(alert, source, opens=opens(alert, source))
    Alert.objects.bulk_create(new)
    write(changed)
    _write_turns(turns, received_at)
    return StoredCounts(len(new), len(turns), len(said) - len(turns))


def opens(alert: Alert, source: AlertSource) -> bool:
    return bool(alert.element_id or alert.service_id) and source.opens != WhatItOpens.NOTHING


def group_of(said: AlertMessage) -> str:
    return hashlib.sha256(said.group.encode()).hexdigest() if said.group else ""


def _locked(source: AlertSource, fingerprints: Sequence[str]) -> dict[str, Alert]:
    return {alert.fingerprint: alert for alert in Alert.objects.raw(LOCKED, [source.pk, list(fingerprints)])}


# By hand, since a message may name thousands: one array, and not a parameter for each.
LOCKED = "SELECT * FROM alert WHERE source_id = %s AND fingerprint = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def _take_turn(source: AlertSource) -> None:
    """Two messages that name the same new alert wait for each other, until the transaction ends."""
    sql_rows.take_turn(f"new alerts of {source.pk}")


def _mark(alert: Alert) -> tuple[object, ...]:
    return alert.times, alert.last_at, alert.state, len(alert.turns)


def _describe(alert: Alert, said: AlertMessage) -> None:
    """As the source says it now; a resolution that says less takes nothing away."""
    alert.severity = said.severity or alert.severity
    alert.summary = said.summary or alert.summary
    alert.labels = {**(alert.labels or {}), **said.labels} if not said.fires else dict(said.labels)


def _lead(alerts: Sequence[Alert], rules: Sequence[Rule]) -> None:
    if not alerts:
        return
    for alert, lead in zip(alerts, leads(rules, [alert.labels for alert in alerts]), strict=True):
        alert.element_id, alert.service_id = lead.element_id, lead.service_id


def write(alerts: Sequence[Alert]) -> None:
    """What has changed of locked alerts, in one statement."""
    if not alerts:
        return
    rows = [{name: _plain(getattr(alert, name)) for name in WRITTEN} for alert in alerts]
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [json.dumps(rows)])


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _write_turns(turns: Sequence[tuple[Alert, Turn]], received_at: datetime) -> None:
    rows = [
        AlertTurn(alert_id=alert.pk, fires=turn.fires, at=turn.at, received_at=received_at)
        for alert, turn in turns
        if turn.on_record
    ]
    if rows:
        AlertTurn.objects.bulk_create(rows, ignore_conflicts=True)


def is_heard(source: AlertSource, at: datetime, trouble: str = "") -> None:
    """A word of it came in at ``at`` (UTC), and what it should be looked at for; nothing, and what was is over."""
    words = one_line(trouble)
    if words == source.trouble and source.seen_at and at - source.seen_at < SEEN_EVERY:
        return
    AlertSource.objects.filter(pk=source.pk).update(trouble=words)
    AlertSource.objects.filter(pk=source.pk).exclude(seen_at__gte=at).update(seen_at=at)


def is_troubled(source: AlertSource, trouble: str) -> None:
    """A message of it was refused, and why: it stands in the settings until one is taken."""
    words = one_line(trouble)
    if words != source.trouble:
        AlertSource.objects.filter(pk=source.pk).update(trouble=words)


def one_line(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:LONGEST_TROUBLE]


# Old alerts go, so that no storm fills the database: those that are over and that neither case nor outage stands on.


BATCH = 1000
MOST_KEPT = 100_000
KEPT_IN_A_FLOOD = timedelta(days=1)
MOST_FIRING = 20_000


def thin(now: datetime, days: int) -> int:
    """Delete up to a batch of those that are over for so many days; how many went. ``now`` is UTC.

    Of more than ``MOST_KEPT`` only the last day's stay.
    """
    over = Alert.objects.filter(state=AlertState.RESOLVED, outage=None, case=None)
    is_flood = over.order_by("last_at")[MOST_KEPT : MOST_KEPT + 1].exists()
    before = now - (KEPT_IN_A_FLOOD if is_flood else timedelta(days=days))
    old = list(over.filter(last_at__lt=before).order_by("last_at").values_list("pk", flat=True)[:BATCH])
    if not old:
        return 0
    # One that fires again meanwhile is not deleted, nor are its turns: the policy looks at the row as it is now.
    locked = list(
        over.filter(pk__in=old).select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
    )
    AlertTurn.objects.filter(alert__in=locked)._raw_delete("default")
    Alert.objects.filter(pk__in=locked)._raw_delete("default")
    return len(locked)


def too_many(source: AlertSource) -> bool:
    """Whether more fire than anybody can look at: then its rules of firing want a look, not the alerts."""
    firing = Alert.objects.filter(source=source).exclude(state=AlertState.RESOLVED)
    return firing.order_by()[MOST_FIRING : MOST_FIRING + 1].exists()
