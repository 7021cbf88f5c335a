"""What a source said is kept: each alert once, each turn once. A message of thousands is a few statements."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from guardia.network import alerts_damping as damping
from guardia.network.alert import Alert, AlertSource, AlertTurn, WhatItOpens
from guardia.network.alert_message import AlertMessage, Message
from guardia.network.alerts_damping import Turn
from guardia.network.alerts_mapping import Rule, leads, rules_of

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
            turn = damping.hear(alert, one.fires, one.at, received_at, source)
            if turn:
                _describe(alert, one)
            if turn or _mark(alert) != before:
                changed.append(alert)
        else:
            alert = Alert(source=source, fingerprint=one.fingerprint, group_key=group_of(one), name=one.name)
            turn = damping.begins(alert, one.fires, one.at, received_at)
            _describe(alert, one)
            new.append(alert)
        if turn:
            turns.append((alert, turn))
    _lead([alert for alert, turn in turns if turn.fires and not alert.outage_id and not alert.case_id], rules)
    for alert in [*new, *(alert for alert, _turn in turns)]:
        alert.acts_at = damping.looked_at_next(alert, source, opens=opens(alert, source))
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"new alerts of {source.pk}"])


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
